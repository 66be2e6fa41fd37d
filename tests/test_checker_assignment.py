"""The gradients that checkers judge keep the promises of the handout, for whatever seed."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.author.load import load
from grader.judge.draw_inputs import draw
from grader.model.assignment import Case, Visibility
from grader.worker.function_host import functions_of
from reference.checker import check, slope

ROOT = Path(__file__).parents[1]
DRAWS, ENOUGH = 8, 4  # of these, a wrong gradient shows in so many
RIGHT, WRONG = 1e-5, 1 / 20  # of the norm: at most, and at least
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 20))]
Function = Callable[..., Any]


@dataclass(frozen=True)
class Judged:
    """A case with its functions; `gradients` by their words."""

    case: Case
    forward: Function
    make_inputs: Function
    right: Function
    gradients: tuple[tuple[str, Function], ...]


@cache
def cases() -> tuple[Case, ...]:
    rubric = load(ROOT / "assignments" / "checker").rubric
    return tuple(case for case in rubric.cases if "gradients" in case.functions)


def judged(seed: int) -> Iterator[Judged]:
    for case in cases():
        inputs = draw(case, "checker", secret=f"secret {seed}", redraw=seed)
        handed = inputs.functions
        of_right = {**handed["forward"], "use": f"{handed['forward']['use']}_gradient"}
        named = [handed["forward"], handed["make_inputs"], of_right]
        # the right gradient may be none of the case's own: it is cut from the file of all functions
        whole = (ROOT / "assignments" / "checker" / "functions.py").read_text(encoding="utf-8")
        forward, make_inputs, right, *gradients = functions_of(whole, [*named, *handed["gradients"]])
        words = [str(one) for one in handed["gradients"]]
        yield Judged(case, forward, make_inputs, right, tuple(zip(words, gradients, strict=True)))


def errors(one: Judged, gradient: Function, seed: int) -> list[float]:
    """By draw, the largest error of a gradient as a share of the norm; infinite for what is no gradient."""
    differences = []
    rng = np.random.default_rng(seed)
    for number in range(DRAWS):
        inputs = one.make_inputs(number)
        out_grad = rng.normal(size=one.forward(*inputs).shape)
        right = one.right(out_grad, *inputs)
        try:
            actual = gradient(out_grad, *inputs)
            is_one = [g.shape for g in actual] == [g.shape for g in right]
        except Exception:  # raised by it, or because its result is no tuple of arrays
            is_one = False
        if is_one and all(np.isfinite(g).all() for g in actual):
            pairs = zip(actual, right, strict=True)
            differences.append(max(float(np.linalg.norm(g - r) / np.linalg.norm(r)) for g, r in pairs))
        else:
            differences.append(float("inf"))
    return differences


@pytest.mark.parametrize("seed", SEEDS)
def test_each_gradient_is_clearly_right_or_wrong_and_the_reference_knows(seed: int) -> None:
    for one in judged(seed):
        for words, gradient in one.gradients:
            differences = errors(one, gradient, seed)
            is_right = max(differences) <= RIGHT
            assert is_right or sum(error >= WRONG for error in differences) >= ENOUGH, (
                one.case.name,
                words,
                differences,
            )
            assert check(one.forward, gradient, one.make_inputs) == is_right, (
                one.case.name,
                words,
                differences,
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_step_of_a_thousandth_meets_a_kink(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for one in judged(seed):
        for number in range(DRAWS):
            inputs = one.make_inputs(number)
            out_grad = rng.normal(size=one.forward(*inputs).shape)
            directions = [(np.abs(a).max() or 1.0) * rng.uniform(-1, 1, a.shape) for a in inputs]
            short, long = (slope(one.forward, out_grad, inputs, directions, h) for h in (1e-5, 1e-3))
            terms = zip(one.right(out_grad, *inputs), directions, strict=True)
            size = sum(float(np.abs(g * v).sum()) for g, v in terms)
            assert abs(short - long) <= 1e-4 * size, (one.case.name, number)


def test_hidden_cases_hold_60_wrong_and_30_right_gradients() -> None:
    counts: Counter[bool] = Counter()
    for one in judged(0):
        verdicts = [max(errors(one, gradient, 0)) <= RIGHT for _, gradient in one.gradients]
        assert set(verdicts) == {True, False}, one.case.name
        if one.case.visibility is Visibility.HIDDEN:
            counts.update(verdicts)
    assert counts == {True: 30, False: 60}


def test_numbers_of_a_draw_follow_from_its_number_alone() -> None:
    for one in judged(0):
        for a, b in zip(one.make_inputs(3), one.make_inputs(3), strict=True):
            assert np.array_equal(a, b)
