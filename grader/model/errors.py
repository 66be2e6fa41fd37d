"""The exceptions that Backflip raises on purpose.

BackflipError
├── UserError        bad input of an author, an instructor or a student: one line, exit 2
│   └── NoSandbox    this machine cannot start the sandbox, and nothing of a submission ran: exit 4
├── GraderFault      the grader's own fault: exit 3, never a student's zero
│   └── ReferenceStopped  the reference exceeded a limit
└── ProtocolError    bytes on the wire that no honest worker writes
"""

from pathlib import Path


class BackflipError(Exception):
    """Root of every exception raised on purpose."""


class UserError(BackflipError):
    """Bad input, in one line: the place, what was found, what was expected, what to do.

    `source` and `line` (counted from 1) point at the place; either may be missing.
    """

    def __init__(self, message: str, source: Path | str | None = None, line: int | None = None) -> None:
        place = "" if source is None else f"{source}:{line}: " if line else f"{source}: "
        super().__init__(place + message)
        self.source = source


class NoSandbox(UserError):
    """This machine cannot start the sandbox, whatever is graded. Nothing of a submission ran."""


class GraderFault(BackflipError):
    """An error that only the grader can have caused."""


class ReferenceStopped(GraderFault):
    """The reference has no answer to a case, because it exceeded a limit."""

    def __init__(self, message: str, case: str) -> None:
        super().__init__(message)
        self.case = case


class ProtocolError(BackflipError):
    """A frame that breaks the rules of `grader.model.wire_format`."""
