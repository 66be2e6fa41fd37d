"""The inventory of a class's input: every entry with its role, and every doubt to resolve."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The use of one entry of the input; the set is closed."""

    GRADED = "graded"
    """Its bytes are graded, for the student named with it."""
    EXTRA = "extra"
    """It belongs to a student but is not graded: the assignment does not ask for it."""
    LITTER = "litter"
    """A program left it there: `.DS_Store`, `__MACOSX`, `.ipynb_checkpoints`; see `grader.intake.litter`."""
    REFUSED = "refused"
    """It is not used, and `why` gives the reason: it needs review."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the input, or one folder that was not read (its path ends with a slash).

    `student` is the student's id, "" for an entry that belongs to no student.
    """

    path: str
    role: Role
    student: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision to make before a grade counts: its subject, the reason, and what to do."""

    name: str
    reason: str
