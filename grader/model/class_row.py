"""One student's standing in one assignment: a row of every report on a class."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from grader.model.assignment import Visibility
from grader.model.decision import NONE, Decisions, apply_decisions, reason_to_wait
from grader.model.grade import Grade, Status
from grader.model.late_policy import OUTDATED, FinalScore, Policies, Standing, apply_policies, apply_policy_to
from grader.model.student import Adjustment, Student, Submission
from grader.model.text import clean_line, listing

NOTHING = "submitted nothing"
NOT_GRADED = "not graded yet"
_SAYS_NOTHING = (Status.OK, Status.WRONG, Status.NOT_RUN, Status.INTERNAL_ERROR)


@dataclass(frozen=True)
class ClassRow:
    """A student's current grade, if there is one; `fault` says why the last run has none.

    `submission` is the graded one; `adjustments` are the manual changes to its score; `policy_score` is the
    result of the course's policies for both. `is_absent`: the student is on the roster and submitted nothing.
    `offered` are the assignment's points if there is no grade to give them; 0 if they are unknown.
    `decisions` are the instructors' decisions besides the tests; the grade already includes them.
    """

    student_id: str
    assignment: str
    grade: Grade | None
    fault: str = ""
    student: Student | None = None
    submission: Submission | None = None
    adjustments: tuple[Adjustment, ...] = ()
    policy_score: FinalScore | None = None
    is_absent: bool = False
    offered: Fraction = Fraction(0)
    decisions: Decisions = NONE

    def with_decisions(self, decisions: Decisions) -> "ClassRow":
        """The same with the decisions (points by hand, comments and answers) added to the grade."""
        grade = None if self.grade is None else apply_decisions(self.grade, self.files, decisions)
        return replace(self, grade=grade, decisions=decisions)

    @property
    def files(self) -> str:
        """The digest of the graded files, "" without a grade."""
        return "" if self.submission is None else self.submission.files

    @cached_property
    def standing(self) -> Standing:
        """The input of the policies."""
        return Standing(
            student=self.student or Student(self.student_id),
            assignment=self.assignment,
            earned=Fraction(0) if self.grade is None else self.grade.score,
            max_score=self.offered if self.grade is None else self.grade.max_score,
            submission=self.submission,
            adjustments=(
                *self.adjustments,
                *self.decisions.points_of_comments(self.student_id, self.assignment, self.files),
                *self.decisions.points_of_hints(self.student_id, self.assignment),
            ),
            ruling=self.decisions.ruling_on(self.submission),
            is_open=bool(self.fault),
        )

    @cached_property
    def final(self) -> FinalScore:
        """The score that counts, with its steps; without policies, the points earned plus adjustments."""
        return self.policy_score or apply_policy_to(Policies(), self.standing, 0)

    @property
    def score(self) -> Fraction | None:
        """The score that counts; None if there is neither a grade nor a manual decision."""
        applied = any(adjustment.is_for(self.submission) for adjustment in self.adjustments)
        return self.final.score if applied or self.grade is not None else None

    @cached_property
    def review_reason(self) -> str:
        """The reason that the score needs review before it counts, without paths; "" if there is none."""
        if self.fault:
            return NOT_GRADED if self.fault == NOT_GRADED else "grading failed"
        if self.grade is not None and self.grade.not_selected:
            return f"partial: {self.grade.not_selected} cases were not selected"
        if self.grade is not None and self.grade.needs_review:
            return "not scored: " + listing([r.name for r in self.grade.needs_review])
        if not all(adjustment.is_for(self.submission) for adjustment in self.adjustments):
            return self.doubt or f"an adjustment {OUTDATED}"
        by_hand = "" if self.grade is None else reason_to_wait(self.grade, self.files, self.decisions)
        return self.doubt or self.final.unclear or by_hand

    @property
    def has_final_score(self) -> bool:
        """True if there is a score, and it needs no review."""
        return self.score is not None and not self.review_reason

    @property
    def doubt(self) -> str:
        """The doubt about the submission that counts, short and on one line."""
        return "" if self.submission is None else clean_line(self.submission.doubt)

    @property
    def remark(self) -> str:
        """A few words on how grading went; empty if all went well."""
        counts: Counter[Status] = Counter()
        for criterion in self.grade.criteria if self.grade is not None else ():
            counts.update(r.status for r in criterion.results if r.status not in _SAYS_NOTHING)
        words = [f"{status.value.replace('_', ' ')} ×{count}" for status, count in counts.items()]
        first = [f"needs review: {self.review_reason}"] if self.review_reason else []
        return ", ".join([*first, *[NOTHING] * self.is_absent, *words])


@dataclass(frozen=True)
class ClassReport:
    """The data behind a report on a class: `rows`, sorted by student and assignment.

    `titles` are those of assignments; `seconds` maps a submission's id to the CPU time that it took.
    """

    rows: tuple[ClassRow, ...]
    titles: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def assignments(self) -> tuple[str, ...]:
        """The assignments in the rows, sorted."""
        return tuple(sorted({row.assignment for row in self.rows}))

    def of(self, assignment: str) -> tuple[ClassRow, ...]:
        """The rows of one assignment."""
        return tuple(row for row in self.rows if row.assignment == assignment)

    def title(self, assignment: str) -> str:
        """An assignment's title; its name if the title is unknown."""
        return self.titles.get(assignment, assignment)

    def max_score(self, assignment: str) -> Fraction:
        """The points that an assignment offers; 0 if no student has a grade."""
        return max((row.standing.max_score for row in self.of(assignment)), default=Fraction(0))


def to_review(rows: Iterable[ClassRow]) -> list[ClassRow]:
    """The rows that need review, sorted: `grader batch` names them, and each report counts them."""
    rows_to_review = (row for row in rows if row.review_reason)
    return sorted(rows_to_review, key=lambda row: (row.student_id, row.assignment))


def review_line(row: ClassRow) -> str:
    """The line in a report for a row without its score."""
    who = clean_line(row.standing.student.label)
    return f"{who}, {row.assignment}: needs review first ({row.review_reason})"


def reveal_cases(rows: Iterable[ClassRow], visibilities: Collection[Visibility]) -> list[ClassRow]:
    """The rows with cases of these visibilities made visible, for reports that may reveal them."""
    return [
        row if row.grade is None else replace(row, grade=_showing(row.grade, visibilities)) for row in rows
    ]


def _showing(grade: Grade, visibilities: Collection[Visibility]) -> Grade:
    criteria = []
    for criterion in grade.criteria:
        results = (
            replace(result, visibility=Visibility.VISIBLE) if result.visibility in visibilities else result
            for result in criterion.results
        )
        criteria.append(replace(criterion, results=tuple(results)))
    return replace(grade, criteria=tuple(criteria))


def with_policies(rows: Iterable[ClassRow], policies: Policies) -> list[ClassRow]:
    """The rows of a class, each with its score after the policies."""
    class_rows = list(rows)
    finals = apply_policies(policies, (row.standing for row in class_rows))
    return [replace(row, policy_score=finals[row.student_id, row.assignment]) for row in class_rows]
