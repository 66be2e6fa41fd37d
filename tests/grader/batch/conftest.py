"""A class to be graded, and the grades it may get."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from grader.batch.gradebook import Gradebook
from grader.batch.intake import Intake, find_submissions
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status


@pytest.fixture
def make_class(tmp_path: Path) -> Callable[..., Intake]:
    def make(*names: str) -> Intake:
        for name in names:
            (tmp_path / "class" / name).mkdir(parents=True)
            (tmp_path / "class" / name / "conv.py").write_text(f"# {name}\n")
        return find_submissions(tmp_path / "class", ["conv.py"])

    return make


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/build/gradebook.db"


@pytest.fixture
def gradebook(url: str) -> Iterator[Gradebook]:
    with Gradebook(url) as book:
        yield book


@pytest.fixture
def grade() -> Grade:
    """Thirds of points, a lone surrogate, a NUL: what a database may not take as it is."""
    right = CheckResult("conv", "a", Status.OK, misconceptions=("no_dilation", "not_flipped"))
    wrong = CheckResult(
        "conv",
        "b",
        Status.WRONG,
        Visibility.HIDDEN,
        "9×11",
        (),
        "0",
        "\ud800\x00'; DROP TABLE grades;--",
        "why",
    )
    criteria = (
        CriterionGrade("conv", "a title", Fraction(5), Fraction(5, 3), Status.WRONG, (right, wrong)),
        CriterionGrade("flip", "ein Übertrag", Fraction(1, 7), Fraction(0), Status.NOT_RUN, (), "\udfff"),
    )
    return Grade("conv_backward", "ada", criteria, "none", "cuda", Fraction(2, 9), 3, {"numpy": "2.0"})
