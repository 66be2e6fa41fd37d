"""Holds the result of a run of `grader batch`."""

from dataclasses import dataclass

from grader.model.class_input.inventory import Doubt


@dataclass(frozen=True, slots=True)
class CountingSubmission:
    """The one of a student's `of` submissions that counts: its name or number, and its time."""

    student: str
    submission: str
    submitted_at: str
    of: int


@dataclass(frozen=True)
class BatchSummary:
    """The result of a run: how many were graded now and how many before, and what needs review.

    `to_review` are students' standings as the reports count them, whether this run or an earlier one graded
    them; `aside` are the entries that the intake could not use. `rescored` of the graded submissions needed
    no case to run; `ran` counts the cases that did. `absent` names students on the roster who submitted
    nothing; `again` those with withdrawn work that counts again. `counting` holds the submission that counts
    for each student with several. `warnings` say which submission times are missing, and
    which grades do not fit this run.
    """

    graded: int
    graded_before: int
    to_review: tuple[Doubt, ...]
    aside: tuple[Doubt, ...] = ()
    rescored: int = 0
    ran: int = 0
    absent: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    counting: tuple[CountingSubmission, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """True if nothing needs review."""
        return not self.to_review and not self.aside
