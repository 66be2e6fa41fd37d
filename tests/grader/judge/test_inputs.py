"""What a course's own kind draws is checked before anything is asked, and each problem is named."""

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from grader.judge.discover_subclasses import method_place
from grader.judge.inputs import Inputs, what_no_case_takes

A = np.arange(6.0).reshape(2, 3)
ODD: dict[str, tuple[Any, str]] = {
    "no_inputs": ([1], "list, expected Inputs"),
    "a_value_that_cannot_travel": (Inputs({"n": {1}}, {}, {}), "values that cannot travel"),
    "bases_that_are_a_list": (Inputs({}, [A], {}), "bases or recipes that are no dict"),  # type: ignore[arg-type]
    "recipes_that_are_none": (Inputs({}, {"a": A}, None), "bases or recipes that are no dict"),  # type: ignore[arg-type]
    "a_number_for_a_name": (Inputs({}, {1: A}, {1: ()}), "an array named 1"),  # type: ignore[dict-item]
    "a_list_for_an_array": (Inputs({}, {"a": [1]}, {"a": ()}), "list for 'a', expected a NumPy array"),  # type: ignore[dict-item]
    "an_array_without_a_recipe": (Inputs({}, {"a": A}, {}), "recipes for [], expected one for each array"),
    "a_number_for_a_recipe": (Inputs({}, {"a": A}, {"a": 7}), "the recipe 7 for 'a'"),  # type: ignore[dict-item]
    "a_recipe_that_does_not_fit": (
        Inputs({}, {"a": A}, {"a": (("permute", [0, 2]),)}),
        "the recipe (('permute'",
    ),
}


@pytest.mark.parametrize(("drawn", "problem"), ODD.values(), ids=ODD)
def test_inputs_that_no_case_takes_are_named(drawn: Any, problem: str) -> None:
    assert what_no_case_takes(drawn).startswith(problem)


def test_inputs_that_a_case_takes_have_no_problem() -> None:
    views = {"a": (("permute", [1, 0]), ("slice", [[None, None, -1]]))}
    assert what_no_case_takes(Inputs({"n": 1}, {"a": A}, views)) == ""


class Decorated:
    @lru_cache  # noqa: B019
    def draw(self) -> None:
        """Draws nothing."""

    other = np.sum


def test_a_decorated_method_has_its_line_and_any_other_object_its_name() -> None:
    line = Decorated.draw.__wrapped__.__code__.co_firstlineno
    assert method_place(Decorated(), "draw", "kinds.py") == f"kinds.py:{line}: Decorated.draw"
    assert method_place(Decorated(), "other", "kinds.py").endswith("Decorated.other")
