"""The account of a class's input: every entry with its role, and every doubt that a person must resolve."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What becomes of one entry of the input; the set is closed."""

    GRADED = "graded"
    """Its bytes are graded, for the student named beside it."""
    EXTRA = "extra"
    """It belongs to a student and is not graded: the assignment does not ask for it."""
    LITTER = "litter"
    """A program left it there: `.DS_Store`, `__MACOSX`, `.ipynb_checkpoints`; see `grader.intake.litter`."""
    REFUSED = "refused"
    """It is not used, and `why` says so: a person must look."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the input, or one folder that was not looked into (its path ends with a slash).

    `student` is the student's id, "" for an entry that is no student's.
    """

    path: str
    role: Role
    student: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that a person must decide before a grade counts: what it is about, why, and what to do."""

    name: str
    reason: str
