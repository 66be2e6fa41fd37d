"""Checks the tolerance of each real-valued case from both sides: against rounding, and against mistakes.

All legitimate ways to compute the same thing must stay inside, for every seed. Results just outside, a
forgotten term and inputs of fewer bits must not. The arithmetic is NumPy's in float32, many seeds at a time,
and `grader.judge.differences.array_difference` makes every decision, as in grading.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judge.comparison import DTYPE
from grader.judge.comparisons.bound import linear_bound
from grader.judge.comparisons.close import close_bound
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Expected
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.kinds import kind_of
from grader.judge.kinds.conv.shape_slips import pair
from grader.model.assignment import Case

Array = npt.NDArray[Any]
SEEDS = 200
AT_ONCE = 50  # seeds in memory
LONGEST, CHANNELS = 16, 4  # the size to which a case is reduced: errors and bounds shrink equally
TF32_DROPPED = 13  # bits of float32's mantissa


@dataclass(frozen=True)
class Sweep:
    """The result of many seeds for one case: the largest share of a bound used by rounding, and problems."""

    case: str
    seeds: int
    worst: float
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """Results by how they were computed, and the exact ones to compare; the first axis is the seed."""

    exact: Array
    bound: Array
    right: Mapping[str, Array]
    wrong: Mapping[str, Array]


Computation = Callable[[Mapping[str, Array], Mapping[str, Any]], Results]


def sweep(case: Case, inputs: Inputs, expected: Expected, seeds: int = SEEDS) -> Sweep:
    """Checks the tolerance of one `bound` or `close` case from both sides.

    `inputs` and `expected` are the case's own; they show what the probe computes.
    """
    computation = next((c for c in COMPUTATIONS.get(case.kind, ()) if _agrees(c, inputs, expected)), None)
    if computation is None:
        problem = (
            f"compare: {case.compare} has a bound that is proved for other functions only: write "
            "`compare: close` and a `tolerance` that every correct version meets"
        )
        return Sweep(case.name, 0, 0.0, (problem,))
    reduced = _reduced(case)
    worst, alarms, missed = 0.0, Counter[str](), Counter[str]()
    for start in range(0, seeds, AT_ONCE):
        draws = [draw(reduced, __name__, redraw=n) for n in range(start, min(start + AT_ONCE, seeds))]
        arrays = {name: np.stack([each.array(name) for each in draws]) for name in draws[0].bases}
        results = computation(arrays, draws[0].values)
        for n in range(len(draws)):
            exact, bound = results.exact[n, ...], results.bound[n, ...]
            inside, outside = _around(exact, bound, start + n)
            right = {name: of_all[n, ...] for name, of_all in results.right.items()}
            right["99 % of the bound"] = inside
            wrong = {name: of_all[n, ...] for name, of_all in results.wrong.items()}
            wrong["101 % of it"] = outside
            alarms.update(name for name, actual in right.items() if not _passes(actual, exact, bound))
            missed.update(name for name, actual in wrong.items() if _passes(actual, exact, bound))
        for actual in results.right.values():
            off = abs(actual - results.exact)
            worst = max(worst, float(np.divide(off, results.bound, where=off > 0, out=0 * off).max()))
    tight = [f"too tight: {name} is right and fails on {n} of {seeds} seeds" for name, n in alarms.items()]
    wide = [f"too wide: {name} is wrong and passes on {n} of {seeds} seeds" for name, n in missed.items()]
    return Sweep(case.name, seeds, worst, tuple(f"compare: {case.compare} is {why}" for why in tight + wide))


def _passes(actual: Array, exact: Array, bound: Array) -> bool:
    return first_difference(Expected((exact,), (bound,)), [actual], DTYPE) is None


def _agrees(computation: Computation, inputs: Inputs, expected: Expected) -> bool:
    """True if the probe computes this: on the case's own inputs, it gives the oracle's expected values."""
    results = computation({name: inputs.array(name)[None] for name in inputs.bases}, inputs.values)
    if len(expected.arrays) != 1 or results.exact[0].shape != expected.arrays[0].shape:
        return False
    assert expected.bounds is not None
    off = abs(results.exact[0] - expected.arrays[0])
    return bool((off <= 1e-6 * expected.bounds[0]).all()) and np.allclose(
        results.bound[0], expected.bounds[0], rtol=1e-6, atol=0
    )


def _around(exact: Array, bound: Array, seed: int) -> tuple[Array, Array]:
    """`exact` with one element off by its bound: just inside and just outside, as exactly as float32 can."""
    problems = []
    place = np.unravel_index(np.flatnonzero(bound)[seed % np.count_nonzero(bound)], exact.shape)
    sign = 1 if seed % 2 else -1
    for share, direction in ((0.99, -np.inf), (1.01, np.inf)):
        off = share * bound[place]
        value = np.float32(sign * exact[place] + off)
        if (float(value) - sign * exact[place] - off) * direction < 0:  # rounded to the wrong side
            value = np.nextafter(value, np.float32(direction))
        result = exact.astype(np.float32)
        result[place] = sign * value
        problems.append(result)
    return problems[0], problems[1]


def _reduced(case: Case) -> Case:
    """The case with fewer channels and shorter axes; strides, remainders and paddings stay."""
    return replace(case, parameters=kind_of(case).reduce(case.parameters, LONGEST, CHANNELS))


# Sums of products: a convolution, its gradients, and a layer, which is a convolution of images of one pixel.


def _forward(x: Array, w: Array, out_grad: Array, stride: Any, padding: Any) -> tuple[Array, Array, int]:
    """out = windows @ w, as (rows, columns, how many terms come from one kernel element)."""
    windows = _windows(_framed(x, padding), w.shape[1:3])[:, :, :: stride[0], :: stride[1]]
    return _rows(windows), _rows(w), x.shape[-1]


def _x_grad(x: Array, w: Array, out_grad: Array, stride: Any, padding: Any) -> tuple[Array, Array, int]:
    """The gradient for stride 1 under the flipped kernel; the part outside the input is cut off."""
    seeds, batch, height, width, _ = x.shape
    edge = (w.shape[1] - 1, w.shape[2] - 1)
    full = np.zeros(
        (seeds, batch, height + 2 * padding[0] - edge[0], width + 2 * padding[1] - edge[1], w.shape[-1]),
        out_grad.dtype,
    )
    full[:, :, :: stride[0], :: stride[1]] = out_grad
    windows = _windows(_framed(full, edge), w.shape[1:3])
    inside = windows[:, :, padding[0] : padding[0] + height, padding[1] : padding[1] + width]
    return _rows(inside), _rows(w[:, ::-1, ::-1].swapaxes(3, 4)), w.shape[-1]


def _w_grad(x: Array, w: Array, out_grad: Array, stride: Any, padding: Any) -> tuple[Array, Array, int]:
    """w_grad = windows^T @ out_grad; one block of terms is one sample."""
    windows, _, _ = _forward(x, w, out_grad, stride, padding)
    return windows.swapaxes(1, 2), _rows(out_grad), out_grad.shape[2] * out_grad.shape[3]


def _framed(x: Array, edge: Any) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (edge[0],) * 2, (edge[1],) * 2, (0, 0)))


def _windows(x: Array, kernel: Any) -> Array:
    """(seeds, N, H', W', KH, KW, C), one pixel apart."""
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return view.transpose(0, 1, 2, 3, 5, 6, 4)


def _rows(a: Array) -> Array:
    """A matrix for each seed: the axes from the fourth on make up its columns."""
    return a.reshape(a.shape[0], -1, math.prod(a.shape[4:]))


def _in_blocks(left: Array, right: Array, block: int) -> Array:
    total = left[..., :block] @ right[:, :block]
    for k in range(block, left.shape[-1], block):
        total = total + left[..., k : k + block] @ right[:, k : k + block]
    return total


def _pairwise(left: Array, right: Array) -> Array:
    terms = left.shape[-1]
    if terms == 1:
        return left * right
    half = terms // 2
    return _pairwise(left[..., :half], right[:, :half]) + _pairwise(left[..., half:], right[:, half:])


def _in_float64(left: Array, right: Array) -> Array:
    return (left.astype(np.float64) @ right).astype(np.float32)


def _sums(terms: Callable[..., tuple[Array, Array, int]], target: str) -> Computation:
    """The computation of a linear map; its result has the shape of the array `target`."""

    def computation(arrays: Mapping[str, Array], values: Mapping[str, Any]) -> Results:
        images = dict(arrays)
        if "stride" not in values:
            images["w"] = arrays["w"][:, None, None]
            images |= {name: arrays[name][:, :, None, None] for name in ("x", "out_grad")}
        stride, padding = pair(values.get("stride", 1)), pair(values.get("padding", 0))
        rows, columns, block = terms(images["x"], images["w"], images["out_grad"], stride, padding)
        forgotten = rows.copy()
        forgotten[..., abs(rows).sum((0, 1)).argmax()] = 0  # not one that lies on the padding
        right = {
            "im2col": rows @ columns,
            "kn2row": _in_blocks(rows, columns, block),
            "one term after the other": _in_blocks(rows, columns, 1),
            "from the last term to the first": _in_blocks(rows[..., ::-1], columns[:, ::-1], 1),
            "pairwise": _pairwise(rows, columns),
            "in float64, rounded": _in_float64(rows, columns),
        }
        wrong = {"a term forgotten": _in_float64(forgotten, columns)}
        rounded = _tf32(rows), _tf32(columns)
        if not (np.array_equal(rows, rounded[0]) and np.array_equal(columns, rounded[1])):
            wrong["inputs rounded to TF32"] = _in_float64(*rounded)
        exact, shape = rows.astype(np.float64), arrays[target].shape
        return Results(
            (exact @ columns).reshape(shape),
            linear_bound(abs(exact) @ abs(columns)).reshape(shape),
            {name: result.reshape(shape) for name, result in right.items()},
            {name: result.reshape(shape) for name, result in wrong.items()},
        )

    return computation


def _tf32(a: Array) -> Array:
    """Rounded to TF32's 10 bits of mantissa."""
    half = np.uint32(1 << (TF32_DROPPED - 1))
    bits = np.ascontiguousarray(a, dtype=np.float32).view(np.uint32) + half
    return (bits >> np.uint32(TF32_DROPPED) << np.uint32(TF32_DROPPED)).view(np.float32)


# Softmax, the loss behind it, and the loss's gradient: logits and one-hot labels, (seeds, N, C).


def _powers(z: Array) -> Array:
    powers: Array = np.exp(z - z.max(-1, keepdims=True))
    return powers


def _softmax(z: Array) -> Array:
    shares: Array = _powers(z) / _powers(z).sum(-1, keepdims=True)
    return shares


def _log_softmax(z: Array) -> Array:
    logarithms: Array = z - z.max(-1, keepdims=True) - np.log(_powers(z).sum(-1, keepdims=True))
    return logarithms


def _samples(z: Array) -> Any:
    """N, in the dtype of `z`."""
    return z.dtype.type(z.shape[1])


SOFTMAX: Mapping[str, Callable[[Array], Array]] = {
    "exponentials by their sum": _softmax,
    "exponentials times a reciprocal": lambda z: _powers(z) * (1 / _powers(z).sum(-1, keepdims=True)),
    "summed from the last class": lambda z: _powers(z) / np.cumsum(_powers(z)[..., ::-1], -1)[..., -1:],
    "exponential of log-softmax": lambda z: np.exp(_log_softmax(z)),
}
LOSS: Mapping[str, Callable[[Array, Array], Array]] = {
    "mean of log-softmax": lambda z, y: -(_log_softmax(z) * y).sum(-1).mean(-1),
    "log of softmax": lambda z, y: -np.log((_softmax(z) * y).sum(-1)).mean(-1),
    "sample after sample": lambda z, y: -np.cumsum((_log_softmax(z) * y).sum(-1), -1)[..., -1] / _samples(z),
}
GRADIENT: Mapping[str, Callable[[Array, Array], Array]] = {
    "difference by N": lambda z, y: (_softmax(z) - y) / _samples(z),
    "softmax by N, then the label's share": lambda z, y: _softmax(z) / _samples(z) - y / _samples(z),
    "difference times 1 / N": lambda z, y: (np.exp(_log_softmax(z)) - y) * (1 / _samples(z)),
}


def _of_logits(formulas: Mapping[str, Callable[..., Array]], names: tuple[str, ...]) -> Computation:
    """The computation of a function of the arrays `names`; the first formula, in float64, is exact."""
    first = next(iter(formulas.values()))

    def in_float64(*float64_arrays: Array) -> Array:
        return np.asarray(first(*(array.astype(np.float64) for array in float64_arrays)))

    def computation(arrays: Mapping[str, Array], values: Mapping[str, Any]) -> Results:
        operands = [arrays[name] for name in names]
        forgotten = operands[0].copy()
        forgotten[..., -1] = -100  # its exponential is 0
        exact = in_float64(*operands)
        right = {name: np.asarray(formula(*operands)) for name, formula in formulas.items()}
        right["in float64, rounded"] = exact.astype(np.float32)
        wrong = {"a class forgotten": in_float64(forgotten, *operands[1:]).astype(np.float32)}
        return Results(exact, close_bound(exact), right, wrong)

    return computation


LINEAR = (_sums(_forward, "out_grad"), _sums(_x_grad, "x"), _sums(_w_grad, "w"))
COMPUTATIONS: Mapping[str, tuple[Computation, ...]] = {  # that probes may do, by kind of case
    "conv": LINEAR,
    "matmul": LINEAR,
    "logits": (
        _of_logits(SOFTMAX, ("logits",)),
        _of_logits(LOSS, ("logits", "labels")),
        _of_logits(GRADIENT, ("logits", "labels")),
    ),
}
