"""What the reports on a class are made of: one student's standing in one assignment."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from grader.model.grade import Grade, Status
from grader.model.student import Adjustment, Student, Submission
from grader.report.text import listing

_SAYS_NOTHING = (Status.OK, Status.WRONG, Status.NOT_RUN, Status.INTERNAL_ERROR)


@dataclass(frozen=True)
class ClassRow:
    """A student's current grade, if there is one; `fault` says why the last attempt to grade failed.

    `submission` is the one that the grade is of; `adjustments` are what a person adds to it.
    """

    student_id: str
    assignment: str
    grade: Grade | None
    fault: str = ""
    student: Student | None = None
    submission: Submission | None = None
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def adjustment(self) -> Fraction:
        """The points that a person adds, in all."""
        return sum((adjustment.points for adjustment in self.adjustments), Fraction(0))

    @property
    def score(self) -> Fraction | None:
        """The points earned, with what a person adds; None where there is no grade."""
        return None if self.grade is None else self.grade.score + self.adjustment

    @property
    def needs_person(self) -> str:
        """Why a person must look before the score counts, without paths; empty where nobody must."""
        if self.fault:
            return "grading failed"
        if self.grade is not None and self.grade.not_selected:
            return f"partial: {self.grade.not_selected} cases were not selected"
        if self.grade is not None and self.grade.needs_person:
            return "not scored: " + listing([f"{r.criterion}/{r.case}" for r in self.grade.needs_person])
        return ""

    @property
    def remark(self) -> str:
        """A few words on how grading went; empty where it simply went."""
        counts: Counter[Status] = Counter()
        for criterion in self.grade.criteria if self.grade is not None else ():
            counts.update(r.status for r in criterion.results if r.status not in _SAYS_NOTHING)
        words = [f"{status.value.replace('_', ' ')} ×{count}" for status, count in counts.items()]
        return ", ".join((["needs a person"] if self.needs_person else []) + words)
