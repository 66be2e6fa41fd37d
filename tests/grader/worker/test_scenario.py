"""A scenario takes its steps in order, and returns the values of calls and attributes at that moment."""

from types import SimpleNamespace
from typing import Any

import pytest

from grader.worker.scenario import scenario
from tests.tables import by_name


class Counter:
    """Counts by a step, and remembers all counts in one list."""

    def __init__(self, by: int = 1) -> None:
        if by < 1:
            raise IndexError("by")
        self.by = by
        self.counts: list[int] = []

    def count(self, start: int = 0) -> list[int]:
        """All counts, in the list that it continues to use."""
        self.counts.append(start + self.by)
        return self.counts

    def clear(self, values: list[int]) -> None:
        """Empties its argument."""
        values.clear()

    def echo(self, values: list[int]) -> list[int]:
        """Returns its argument."""
        return values

    def missing(self) -> None:
        """Not written yet."""
        raise NotImplementedError("not yet")


SUBMISSION = SimpleNamespace(Counter=Counter, double=lambda x: 2 * x, make=Counter)
SCENARIOS: dict[str, tuple[list[dict[str, Any]], Any]] = {
    "a_function": ([{"call": "double", "given": [4]}], [8]),
    "a_result_as_it_was": (
        [{"new": "Counter"}, {"call": "count"}, {"call": "count", "given": {"start": 5}}],
        [[1], [1, 6]],
    ),
    "the_object_created_last": (
        [{"new": "Counter", "name": "one"}, {"new": "Counter", "given": [7]}, {"get": "by"}],
        [7],
    ),
    "an_object_by_its_name": (
        [{"new": "Counter", "name": "one"}, {"new": "Counter", "given": [7]}, {"get": "by", "of": "one"}],
        [1],
    ),
    "a_result_that_is_kept": (
        [{"call": "make", "name": "made", "given": {"by": 3}}, {"get": "by", "of": "made"}],
        [3],
    ),
    "an_attribute_that_is_set": ([{"new": "Counter"}, {"set": "by", "to": 9}, {"call": "count"}], [[9]]),
    "a_value_of_the_case": ([{"call": "double", "given": [{"case": "k"}]}], [10]),
    "a_value_that_a_step_changed": (
        [
            {"new": "Counter"},
            {"call": "clear", "given": [{"case": "values"}]},
            {"call": "echo", "given": [{"case": "values"}]},
        ],
        [None, []],
    ),
    "an_exception_and_what_follows": (
        [{"new": "Counter", "given": [0], "raises": "LookupError"}, {"new": "Counter"}, {"get": "by"}],
        [1],
    ),
}


def case_of(steps: list[dict[str, Any]]) -> Any:
    return SimpleNamespace(scenario=steps, k=5, values=[1, 2])


@pytest.mark.parametrize(("steps", "results"), by_name(SCENARIOS))
def test_a_scenario_returns_what_each_call_and_attribute_was(
    steps: list[dict[str, Any]], results: Any
) -> None:
    assert scenario(SUBMISSION, case_of(steps)) == results


@pytest.mark.parametrize(
    ("steps", "error"),
    by_name(
        {
            "nothing_raised": (
                [{"new": "Counter", "raises": "ValueError"}],
                "step 1 of the scenario must raise",
            ),
            "another_exception": ([{"new": "Counter", "given": [0], "raises": "TypeError"}], "by"),
            "not_written_yet": ([{"new": "Counter"}, {"call": "missing", "raises": "RuntimeError"}], "yet"),
        }
    ),
)
def test_a_step_must_raise_what_it_says(steps: list[dict[str, Any]], error: str) -> None:
    with pytest.raises((AssertionError, IndexError, NotImplementedError), match=error):
        scenario(SUBMISSION, case_of(steps))
