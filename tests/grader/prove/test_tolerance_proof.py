"""A tolerance accepts every legitimate way of computing, and nothing less accurate."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.judge.comparisons.bound import linear_bound
from grader.judge.differences.difference import Expected
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.model.assignment import Case, Data
from grader.prove import tolerance_proof
from grader.prove.tolerance_proof import COMPUTATIONS, Sweep, sweep

CONV = {"batch": 2, "x": [7, 6, 3], "w": [3, 2, 4], "stride": [2, 3], "padding": [1, 0], "view": ()}
CROPPED = {"batch": 2, "x": [6, 4, 2], "w": [2, 1, 3], "stride": [3, 2], "padding": [2, 1], "view": ("flip",)}
CASES = {
    "conv": ("conv", CONV, "bound"),
    "cropped": ("conv", CROPPED, "bound"),
    "matmul": ("matmul", {"matmul": [5, 7, 3], "bias": False, "view": ()}, "bound"),
    "logits": ("logits", {"logits": [4, 6], "level": 0, "view": ()}, "close"),
    "alike": ("logits", {"logits": [4, 6], "level": 0, "spread": 0, "view": ()}, "close"),
}
RESULTS = {  # what the probes of a kind compute, in the order of COMPUTATIONS
    "conv": ("conv", "x_grad", "w_grad"),
    "matmul": ("dense", "x_grad", "w_grad"),
    "logits": ("softmax", "cross_entropy", "cross_entropy_grad"),
}
PROBES = [
    pytest.param(name, number, id=f"{name}-{probe}")
    for name, (kind, _, _) in CASES.items()
    for number, probe in enumerate(RESULTS[kind])
]


def proof_of(name: str, number: int) -> tuple[Case, Inputs, Expected]:
    """A real-valued case and its expected values, from our own computation in float64."""
    kind, parameters, compare = CASES[name]
    case = Case("real", "only", "probe", kind, parameters, data=Data.NORMAL, compare=compare)
    inputs = draw(case, "tiny")
    results = COMPUTATIONS[kind][number]({n: inputs.array(n)[None] for n in inputs.bases}, inputs.values)
    return case, inputs, Expected((results.exact[0, ...],), (results.bound[0, ...],))


@pytest.mark.parametrize(("name", "number"), PROBES)
def test_every_legitimate_way_stays_inside_and_every_wrong_one_is_caught(name: str, number: int) -> None:
    swept = sweep(*proof_of(name, number), seeds=60)
    assert swept == Sweep("only/real", 60, swept.worst, ())
    assert 0 < swept.worst < 1


def loops(case: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """A convolution and its two gradients, one product after the other, in float64."""
    x, w, out_grad = (case[name].astype(np.float64) for name in ("x", "w", "out_grad"))
    (s_h, s_w), (p_h, p_w) = case["stride"], case["padding"]
    out, x_grad, w_grad = np.zeros_like(out_grad), np.zeros_like(x), np.zeros_like(w)
    for i, j in np.ndindex(out.shape[1:3]):
        for a, b in np.ndindex(w.shape[:2]):
            row, column = i * s_h + a - p_h, j * s_w + b - p_w
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                out[:, i, j] += x[:, row, column] @ w[a, b]
                x_grad[:, row, column] += out_grad[:, i, j] @ w[a, b].T
                w_grad[a, b] += x[:, row, column].T @ out_grad[:, i, j]
    return {"conv": out, "x_grad": x_grad, "w_grad": w_grad}


@pytest.mark.parametrize("name", ["conv", "cropped"])
@pytest.mark.parametrize("number", range(3))
def test_the_sweeps_right_values_are_the_convolution_and_its_gradients(name: str, number: int) -> None:
    _, inputs, expected = proof_of(name, number)
    arrays = {n: inputs.array(n) for n in inputs.bases}
    by_loops = loops({**arrays, **inputs.values})[RESULTS["conv"][number]]
    absolute = loops({n: abs(a) for n, a in arrays.items()} | dict(inputs.values))[RESULTS["conv"][number]]
    np.testing.assert_allclose(expected.arrays[0], by_loops, rtol=1e-12, atol=1e-12)
    assert expected.bounds is not None
    np.testing.assert_allclose(expected.bounds[0], linear_bound(absolute), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "number", "formula", "factor", "why"),
    [
        ("conv", 1, "linear_bound", 1 / 16, "too tight: im2col is right and fails on"),
        ("conv", 1, "linear_bound", 2000, "too wide: inputs rounded to TF32 is wrong and passes on"),
        ("logits", 0, "close_bound", 1 / 64, "too tight: exponentials by their sum is right and fails on"),
        ("logits", 0, "close_bound", 1e7, "too wide: a class forgotten is wrong and passes on"),
    ],
)
def test_a_tolerance_that_is_too_tight_or_too_wide_is_found_out(
    monkeypatch: pytest.MonkeyPatch, name: str, number: int, formula: str, factor: float, why: str
) -> None:
    right = getattr(tolerance_proof, formula)
    monkeypatch.setattr(tolerance_proof, formula, lambda array: factor * right(array))
    swept = sweep(*proof_of(name, number), seeds=20)
    assert any(why in problem and "of 20 seeds" in problem for problem in swept.problems), swept


def test_a_probe_of_which_no_way_is_known_is_a_problem() -> None:
    case, inputs, expected = proof_of("matmul", 0)
    with_bias = Expected((expected.arrays[0] + 1,), expected.bounds)
    another_bound = Expected(expected.arrays, tuple(2 * bound for bound in expected.bounds or ()))
    for unknown in (with_bias, another_bound):
        swept = sweep(case, inputs, unknown, seeds=5)
        assert swept.seeds == 0
        assert "write `compare: close` and a `tolerance`" in swept.problems[0]
    swept = sweep(replace(case, kind="array"), inputs, expected, seeds=5)
    assert len(swept.problems) == 1


@pytest.mark.parametrize("exact", [-3.0, 0.0, 1e-3, 1.0, 2.0**20])
@pytest.mark.parametrize("seed", [0, 1])
def test_just_inside_and_just_outside_are_where_they_are_said_to_be(exact: float, seed: int) -> None:
    array, bound = np.array([exact]), np.array([8 * 2.0**-24 * max(abs(exact), 1e-3)])
    inside, outside = tolerance_proof._around(array, bound, seed)
    assert abs(float(inside[0]) - exact) <= 0.99 * bound[0]
    assert 1.01 * bound[0] <= abs(float(outside[0]) - exact) <= 1.3 * bound[0]


def test_a_reduced_case_keeps_its_remainders() -> None:
    large = {"batch": 8, "x": [61, 40, 32], "w": [5, 3, 64], "stride": [4, 3], "padding": [1, 2], "view": ()}
    case = Case("real", "only", "probe", "conv", large, data=Data.NORMAL, compare="bound")
    sizes = tolerance_proof._reduced(case).parameters
    assert sizes["x"] == [17, 16, 4] and sizes["w"] == [5, 3, 4] and sizes["batch"] == 2
    assert {k: sizes[k] for k in ("stride", "padding")} == {k: large[k] for k in ("stride", "padding")}
