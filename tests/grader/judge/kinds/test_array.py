"""Laws of lengths with names, which a budget's formula may use."""

from typing import Any

import numpy as np

from grader.judge.kinds.array import ArrayKind
from grader.model.assignment import Case

KIND = ArrayKind()
PRODUCT = {"shape": ["m", "k"], "other": ["k", "n"], "lengths": {"m": [20, 20], "k": [30, 30], "n": [25, 25]}}


def drawn_lengths(parameters: dict[str, Any]) -> dict[str, int]:
    case = Case("a", "c", "p", KIND.name, {**parameters, "view": ()})
    rng = np.random.default_rng(0)
    return dict(KIND.names_of_lengths(case, KIND.draw(case, rng, rng)))


def test_a_range_of_one_length_only_names_it() -> None:
    assert not KIND.draws_lengths(PRODUCT)
    assert not KIND.draws_lengths({"shape": [3]})
    assert KIND.draws_lengths({"shape": ["n"], "lengths": {"n": [3, 4]}})
    assert drawn_lengths(PRODUCT) == {"m": 20, "k": 30, "n": 25}


def test_a_smaller_case_gives_its_own_lengths_the_same_names() -> None:
    small = [drawn_lengths({**PRODUCT, **each}) for each in KIND.smaller(PRODUCT)]
    assert len(small) > 10
    assert {tuple(each) for each in small} == {("m", "k", "n")}
    assert min(small, key=lambda each: sum(each.values())) == {"m": 1, "k": 1, "n": 3}


def test_no_smaller_case_gives_one_name_two_lengths() -> None:
    square = {"shape": ["n", "n"], "lengths": {"n": [9, 9]}}
    lengths = [drawn_lengths({**square, **each})["n"] for each in KIND.smaller(square)]
    assert {1, 2, 3, 9} <= set(lengths)
