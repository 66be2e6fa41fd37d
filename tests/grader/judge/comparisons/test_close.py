"""Laws of the digest by which a wrong real number names the idea behind it."""

import pytest

from grader.judge.comparisons.close import Close
from grader.judge.differences.probe_values import text_of
from grader.model.assignment import Case
from grader.model.grade import HINT, Outcome, Status
from grader.model.wire_format import DATA, RawArray

CASE = Case("tanh", "slope", "slope", "literals", {}, compare="close")


def digest(value: object) -> str:
    text, _ = text_of(value)
    raw = RawArray(DATA, (len(text),), text.encode())
    return Close().digest(CASE, Outcome(Status.OK, arrays=(raw,)))


def test_a_number_is_known_by_its_first_digits_whatever_rounding_makes_of_the_others() -> None:
    assert digest(1.2345678) == digest(1.2345678 * (1 + 1e-12)) != digest(1.23460)
    assert not digest(1.2345678).startswith(HINT)


@pytest.mark.parametrize("value", [0.0, 0.5, -2.0, 1e-9])
def test_a_number_of_few_digits_is_only_a_hint(value: float) -> None:
    assert digest(value).startswith(HINT)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1.5, 2.5], "1.5", None, 3, True])
def test_anything_else_is_not_compared(value: object) -> None:
    assert digest(value) == ""
