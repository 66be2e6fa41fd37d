"""Grades for the tests of reports."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest

from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

HOSTILE = "[red]\x1b[31mred\x1b]0;title\x07[/red] \x9b2J\u202etxt.exe\r<script>alert(1)</script> :bomb:"


@pytest.fixture
def hostile() -> str:
    """Markup, escape sequences, a direction override, a carriage return, HTML, an emoji code."""
    return HOSTILE


def criterion(id: str, points: int, results: Sequence[CheckResult], reason: str = "") -> CriterionGrade:
    passed = sum(r.status is Status.OK for r in results)
    statuses = {r.status for r in results}
    status = statuses.pop() if len(statuses) == 1 else Status.WRONG
    score = Fraction(points * passed, len(results))
    return CriterionGrade(id, f"what {id} is for", Fraction(points), score, status, tuple(results), reason)


@pytest.fixture
def make_criterion() -> Callable[..., CriterionGrade]:
    return criterion


@pytest.fixture
def make_grade() -> Callable[..., Grade]:
    def make(*criteria: CriterionGrade, submission: str = "ada", withheld: int = 0) -> Grade:
        return Grade(
            "conv_backward",
            submission,
            criteria,
            "bubblewrap",
            withheld=Fraction(withheld),
            versions={"numpy": "2.0", "backflip": "0.1"},
        )

    return make


@pytest.fixture
def mixed(make_grade: Callable[..., Grade]) -> Grade:
    """A grade with a bit of everything that a student may see on one page."""
    wrong = CheckResult(
        "x_grad",
        "remainder-1-of-3",
        Status.WRONG,
        inputs="2 images of 9×11, 3 channels, kernel 2×3, stride 3×2, padding 0×1, remainder 1×0",
        index=(0, 8, 0, 2),
        expected="(2, 9, 11, 3)",
        actual="(2, 8, 11, 3)",
        rationale="8 = (3 - 1)·3 + 2: the windows reach 8 rows; the 9th was never covered.",
        help="README.md#what-the-stride-leaves-over",
        output="".join(f"row {n}\n" for n in range(40)),
    )
    hidden = CheckResult(
        "flip", "of-a-view", Status.WRONG, Visibility.HIDDEN, "SECRET", (7, 7), "SECRET", "SECRET", "SECRET"
    )
    return make_grade(
        criterion("dilate", 10, [CheckResult("dilate", f"case-{n}", Status.OK) for n in range(3)]),
        criterion(
            "x_grad",
            30,
            [
                CheckResult("x_grad", "stride-1", Status.OK),
                wrong,
                CheckResult("x_grad", "stride-2", Status.TIMEOUT, rationale="no answer within 5 CPU seconds"),
                *(CheckResult("x_grad", f"draw-{n}", Status.WRONG, rationale=f"draw {n}") for n in range(3)),
            ],
        ),
        criterion("flip", 10, [CheckResult("flip", "vector", Status.OK), hidden]),
        criterion(
            "w_grad",
            30,
            [
                CheckResult(
                    "w_grad", f"case-{n}", Status.ERROR, rationale="IndexError: axis 4, line 31 of conv.py"
                )
                for n in range(8)
            ],
        ),
        criterion(
            "transpose",
            10,
            [CheckResult("transpose", "all", Status.NOT_RUN)],
            reason="it stands on x_grad, where no case passes",
        ),
        criterion("speed", 10, [CheckResult("speed", "large", Status.INTERNAL_ERROR, rationale="Traceback")]),
        withheld=10,
    )
