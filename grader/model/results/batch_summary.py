"""Holds what a run of `grader batch` results in."""

from dataclasses import dataclass

from grader.model.class_input.account import Doubt


@dataclass(frozen=True, slots=True)
class Counting:
    """Which of a student's several submissions counts: its name or number, its time, and `of` how many."""

    student: str
    submission: str
    submitted_at: str
    of: int


@dataclass(frozen=True)
class BatchSummary:
    """How a run went: how many were graded now and how many before, and what a person must look at.

    `to_review` are standings of students, as the reports count them, whether this run graded them or an
    earlier one; `aside` is what the intake could not take. `rescored` of those graded needed no case to be
    run; `ran` counts the cases that were. `absent` names those on the roster who submitted nothing; `again`
    those of whom something counts again that was withdrawn. `counting` says of each student with several
    submissions which one counts.
    """

    graded: int
    graded_before: int
    to_review: tuple[Doubt, ...]
    aside: tuple[Doubt, ...] = ()
    rescored: int = 0
    ran: int = 0
    absent: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    counting: tuple[Counting, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether a person need look at nothing."""
        return not self.to_review and not self.aside
