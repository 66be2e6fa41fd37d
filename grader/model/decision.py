"""An instructor's decisions about one student's work: points by hand, comments, times, answers.

Regrading never changes a decision. Each belongs to a student and an assignment; a decision about certain
files or a certain submission no longer applies when another submission counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from grader.model.grade import CriterionGrade, Grade, Status
from grader.model.student import Adjustment, AppliesTo, Submission, TimeRuling
from grader.model.text import clean_line, exact_text, plural_noun

MANUAL, COMMENT, TIME, REQUEST, HINT = "manual", "comment", "time", "request", "hint"
EARLIER_FILES = "the points by hand are for earlier files"
EARLIER_RUBRIC = "the points by hand are for an earlier rubric"


@dataclass(frozen=True, slots=True)
class ManualPoints:
    """The points that a grader gave by hand for a criterion, and the files that they read.

    `offered` are the points that the criterion offered then; None in a gradebook that did not record them.
    """

    criterion: str
    points: Fraction
    text: str
    files: str
    author: str
    offered: Fraction | None = None

    def is_for(self, offered: Fraction) -> bool:
        """True if the criterion still offers the points of which these were given."""
        return self.points <= offered if self.offered is None else self.offered == offered


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a line of a file, counted from 1; line 0 is the whole file. It may carry points."""

    id: str
    files: str
    file: str
    line: int
    text: str
    points: Fraction
    author: str

    @property
    def place(self) -> str:
        """`conv.py:12`, or `conv.py` for the whole file."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def note(self) -> str:
        """The text for the student."""
        worth = f" ({signed(self.points)})" if self.points else ""
        return f"{self.place}{worth}: {self.text}"


@dataclass(frozen=True, slots=True)
class RegradeRequest:
    """A student's question about a case (criterion/case, or "" for all), and the answer, at first ""."""

    id: str
    case: str
    text: str
    answer: str = ""
    author: str = ""

    @property
    def note(self) -> str:
        """The answer as the student reads it."""
        about = f" about {self.case}" if self.case else ""
        return f"answer to your question{about}: {self.answer}"


@dataclass(frozen=True, slots=True)
class GivenHint:
    """A hint that the instructor gave to a student. It costs its points in each submission of the student."""

    id: str
    criterion: str
    number: int
    text: str
    points: Fraction
    author: str

    @property
    def place(self) -> str:
        """`hint 1 for x_grad`."""
        return f"hint {self.number} for {self.criterion}"

    @property
    def note(self) -> str:
        """The text for the student."""
        return f"{self.place} ({signed(self.points)}): {self.text}"


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions about one student's work in one assignment."""

    manual: tuple[ManualPoints, ...] = ()
    comments: tuple[Comment, ...] = ()
    times: tuple[TimeRuling, ...] = ()
    requests: tuple[RegradeRequest, ...] = ()
    hints: tuple[GivenHint, ...] = ()

    def ruling_on(self, submission: Submission | None) -> TimeRuling | None:
        """The ruling on when this submission counts as submitted, if there is one."""
        if submission is None:
            return None
        return next((ruling for ruling in self.times if ruling.submission == submission.id), None)

    def points_of_comments(self, student: str, assignment: str, files: str) -> tuple[Adjustment, ...]:
        """The points that the comments on these files add to the score, or take from it."""
        return tuple(
            Adjustment(student, assignment, "", one.points, f"{one.place}: {one.text}", one.author)
            for one in self.comments
            if one.points and one.files == files
        )

    def points_of_hints(self, student: str, assignment: str) -> tuple[Adjustment, ...]:
        """The points that the hints took from the score."""
        return tuple(
            Adjustment(student, assignment, "", one.points, one.place, one.author, AppliesTo.STUDENT)
            for one in self.hints
        )


NONE = Decisions()


def apply_decisions(grade: Grade, files: str, decisions: Decisions) -> Grade:
    """The grade with the points by hand, the comments on these files and the answers to requests."""
    if decisions == NONE:
        return grade
    points = {one.criterion: one for one in decisions.manual}
    criteria = tuple(
        _by_hand(criterion, points.get(criterion.id)) if criterion.by_hand else criterion
        for criterion in grade.criteria
    )
    comments = sorted((c for c in decisions.comments if c.files == files), key=lambda c: (c.file, c.line))
    answers = (request.note for request in decisions.requests if request.answer)
    hints = (hint.note for hint in decisions.hints)
    notes = (*grade.notes, *(comment.note for comment in comments), *answers, *hints)
    return replace(grade, criteria=criteria, notes=notes)


def reason_to_wait(grade: Grade, files: str, decisions: Decisions) -> str:
    """The reason that points by hand keep the score from being final; "" if they do not."""
    points = {one.criterion: one for one in decisions.manual}
    by_hand = {criterion.id: criterion.points for criterion in grade.criteria if criterion.by_hand}
    if without_points := reason_to_wait_for_points([id for id in by_hand if id not in points]):
        return without_points
    if outdated := [id for id in by_hand if points[id].files != files]:
        return f"{EARLIER_FILES}: {', '.join(map(clean_line, outdated))}"
    if changed := [id for id, offered in by_hand.items() if not points[id].is_for(offered)]:
        return f"{EARLIER_RUBRIC}: {', '.join(map(clean_line, changed))}"
    return ""


def reason_to_wait_for_points(criteria: Sequence[str]) -> str:
    """The reason to wait for points by hand on these criteria; "" if there are none."""
    return f"not graded by hand yet: {', '.join(map(clean_line, criteria))}" if criteria else ""


def _by_hand(criterion: CriterionGrade, points: ManualPoints | None) -> CriterionGrade:
    if points is None:
        return criterion
    status = Status.OK if points.points >= criterion.points else Status.WRONG
    return replace(criterion, score=points.points, status=status, reason=points.text)


def signed(points: Fraction) -> str:
    """`+2 points`, `-1/3 points`."""
    number = exact_text(points)
    return f"{'+' * (points > 0)}{number} {plural_noun(points, 'point')}"


def decisions_of(rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Decisions:
    """Reads decisions, each as its kind, its key, and its values as the gradebook keeps them."""
    by_kind: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for kind, key, value in sorted(rows, key=lambda row: (row[0], row[1])):
        by_kind[kind].append(_read(kind, key, value))
    return Decisions(*(tuple(by_kind[kind]) for kind in KINDS))


# by kind: the class, and the field that is its key; in the order of the fields of Decisions
KINDS: Mapping[str, tuple[type[Any], str]] = {
    MANUAL: (ManualPoints, "criterion"),
    COMMENT: (Comment, "id"),
    TIME: (TimeRuling, "submission"),
    REQUEST: (RegradeRequest, "id"),
    HINT: (GivenHint, "id"),
}


def _read(kind: str, key: str, value: Mapping[str, Any]) -> Any:
    values = dict(value) | {n: Fraction(value[n]) for n in ("points", "offered") if n in value}
    decision, name = KINDS[kind]
    return decision(**{name: key}, **values)
