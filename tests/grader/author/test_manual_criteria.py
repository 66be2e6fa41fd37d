"""Laws of criteria that are graded by hand."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from grader.author.load import load
from grader.judge.verdict.score import score
from grader.model.errors import UserError
from grader.model.grade import Status

STYLE = """\
  - id: style
    kind: manual
    title: The code reads well
    points: 4
    anonymous: true
    levels:
      - {points: 4, text: clear}
      - {points: 1.5, text: hard to follow}
"""


@pytest.fixture
def rubric(course: Path) -> Callable[[str], Path]:
    """The course's assignment with a criterion at the end of its rubric; its folder."""

    def write(criterion: str) -> Path:
        folder = course / "assignments" / "tiny"
        text = (folder / "rubric.yaml").read_text(encoding="utf-8").replace("points: 10", "points: 14")
        (folder / "rubric.yaml").write_text(text + criterion, encoding="utf-8")
        return folder

    return write


def test_a_criterion_by_hand_has_levels_and_no_cases(rubric: Callable[[str], Path]) -> None:
    style = load(rubric(STYLE)).rubric.criteria[-1]
    assert (style.by_hand, style.anonymous, style.cases, style.points) == (True, True, (), 4)
    assert [level.points for level in style.levels] == [4, Fraction(3, 2)]


def test_its_points_are_offered_and_not_earned_until_a_person_gives_them(
    rubric: Callable[[str], Path],
) -> None:
    grade = score(load(rubric(STYLE)), {}, submission="ada", sandbox="none", device="cpu", versions={})
    assert (grade.criteria[-1].by_hand, grade.criteria[-1].status) == (True, Status.NOT_RUN)
    assert (grade.criteria[-1].points, grade.criteria[-1].score, grade.max_score) == (4, 0, 14)


@pytest.mark.parametrize(
    ("replacement", "written", "said"),
    [
        ("kind: manual", "kind: automatic", "kind"),
        ("points: 1.5", "points: 5", "expected at most the criterion's: 4"),
        ("id: style", "id: flip", "a second time"),
        ("anonymous: true", "anonymus: true", "unknown key 'anonymus'"),
        ("title: The code reads well", "cases: []", "unknown key 'cases'"),
    ],
)
def test_a_mistake_is_refused_with_its_line(
    rubric: Callable[[str], Path], replacement: str, written: str, message: str
) -> None:
    with pytest.raises(UserError, match=r"rubric\.yaml:\d+: .*" + message):
        load(rubric(STYLE.replace(replacement, written)))
