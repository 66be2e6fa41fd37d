"""Computes statistics of a class in one assignment, with pure functions from rows to numbers."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import mean, median

from grader.model.assignment import Visibility
from grader.model.class_row import ClassRow, to_review
from grader.model.grade import Status

BINS = 10
LATE = (
    "late_days",
    "late_penalty",
    "late_cap",
    "drop_after",
)  # the policies that apply only to late submissions


@dataclass(frozen=True)
class CaseRate:
    """One case: in how many submissions it ran, and in how many it passed."""

    id: str
    visibility: Visibility
    ran: int
    passed: int

    @property
    def share(self) -> float:
        """The pass rate; 0 if it never ran."""
        return self.passed / self.ran if self.ran else 0.0


@dataclass(frozen=True)
class CriterionRate:
    """One criterion: the share of its points that the class earned, how many passed all, its cases."""

    id: str
    title: str
    points: Fraction
    earned: float
    graded: int
    passed: int
    cases: tuple[CaseRate, ...]


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, its message to students, the criteria that show it, and the students who have it."""

    name: str
    idea: str
    criteria: tuple[str, ...]
    students: tuple[str, ...]


@dataclass(frozen=True)
class ClassStatistics:
    """Everything that the class report shows about one assignment."""

    students: int
    scores: tuple[float, ...]
    max_score: float
    bins: tuple[int, ...]
    criteria: tuple[CriterionRate, ...]
    misconceptions: tuple[Misconception, ...]
    passed_by_none: tuple[str, ...]
    passed_by_all: tuple[str, ...]
    to_review: tuple[ClassRow, ...]
    absent: tuple[ClassRow, ...]
    late: int
    adjusted: int
    without_time: int

    @property
    def mean(self) -> float:
        """The mean score."""
        return mean(self.scores) if self.scores else 0.0

    @property
    def median(self) -> float:
        """The median score."""
        return median(self.scores) if self.scores else 0.0


def statistics_of(rows: Sequence[ClassRow]) -> ClassStatistics:
    """The statistics of one assignment's rows."""
    scores = tuple(sorted(float(row.score) for row in rows if row.score is not None))
    max_score = max((float(row.standing.max_score) for row in rows), default=0.0)
    criteria = _criteria(rows)
    cases = {f"{criterion.id}/{case.id}": case for criterion in criteria for case in criterion.cases}
    policies = [{step.policy for step in row.final.steps} for row in rows]
    return ClassStatistics(
        students=len(rows),
        scores=scores,
        max_score=max_score,
        bins=histogram(scores, max_score),
        criteria=criteria,
        misconceptions=_misconceptions(rows),
        passed_by_none=tuple(name for name, case in cases.items() if case.ran and not case.passed),
        passed_by_all=tuple(name for name, case in cases.items() if case.ran and case.passed == case.ran),
        to_review=tuple(to_review(rows)),
        absent=tuple(row for row in rows if row.is_absent),
        late=sum(
            bool(row.final.unclear or steps.intersection(LATE))
            for steps, row in zip(policies, rows, strict=True)
        ),
        adjusted=sum("adjustment" in steps for steps in policies),
        without_time=sum(
            "deadlines" in steps and _has_no_time(row) for steps, row in zip(policies, rows, strict=True)
        ),
    )


def histogram(scores: Sequence[float], max_score: float) -> tuple[int, ...]:
    """The number of scores in each tenth of the points offered; the last tenth includes everything above."""
    counts = [0] * BINS
    for score in scores:
        share = score / max_score if max_score else 0.0
        counts[min(max(int(share * BINS + 1e-9), 0), BINS - 1)] += 1
    return tuple(counts)


def _has_no_time(row: ClassRow) -> bool:
    return row.submission is not None and not row.submission.submitted_at


def _criteria(rows: Sequence[ClassRow]) -> tuple[CriterionRate, ...]:
    graded = [criterion for row in rows if row.grade is not None for criterion in row.grade.criteria]
    rates = []
    for id in dict.fromkeys(criterion.id for criterion in graded):
        mine = [criterion for criterion in graded if criterion.id == id]
        ran: Counter[str] = Counter()
        passed: Counter[str] = Counter()
        visibility: dict[str, Visibility] = {}
        for result in (result for criterion in mine for result in criterion.results):
            visibility[result.case] = result.visibility
            ran[result.case] += result.status is not Status.INTERNAL_ERROR
            passed[result.case] += result.status is Status.OK
        offered = sum((criterion.points for criterion in mine), Fraction(0))
        rates.append(
            CriterionRate(
                id=id,
                title=mine[0].title,
                points=mine[0].points,
                earned=float(sum((c.score for c in mine), Fraction(0)) / offered) if offered else 0.0,
                graded=len(mine),
                passed=sum(criterion.status is Status.OK for criterion in mine),
                cases=tuple(CaseRate(c, visibility[c], ran[c], passed[c]) for c in visibility),
            )
        )
    return tuple(rates)


def _misconceptions(rows: Sequence[ClassRow]) -> tuple[Misconception, ...]:
    """The most common first; the names of those that fit a student's answers equally well are combined."""
    students_with: dict[str, dict[str, None]] = defaultdict(dict)
    where: dict[str, dict[str, None]] = defaultdict(dict)
    ideas: dict[str, str] = {}
    for row in rows:
        for criterion in row.grade.criteria if row.grade is not None else ():
            for result in criterion.results:
                for name, idea in criterion.ideas_at(result).items():
                    students_with[name][row.student_id] = where[name][criterion.id] = None
                    ideas[name] = idea
    every = (Misconception(n, ideas[n], tuple(where[n]), tuple(students_with[n])) for n in students_with)
    return tuple(sorted(every, key=lambda m: (-len(m.students), m.name)))
