"""Finds the smallest case that fails as a failing case does: small shapes, small whole numbers.

`candidates` makes small cases of a case, the smallest first. `generate` freezes them for a handout, so that
every wrong idea meets the smallest of them that shows it; where there is a reference, it is asked.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.judge.cases import KINDS, generator, pair
from grader.judge.compare import compare
from grader.judge.inputs import Inputs
from grader.judge.look import look
from grader.judge.process.implementation import Implementation
from grader.judge.verdict.oracles import DRAWS, Expected, arrays_of
from grader.model.assignment import Assignment, Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.example import Example
from grader.model.grade import Outcome, Status

SECONDS = 1.0  # that a search may take
DTYPE = "float32"
UPSTREAM = "out_grad"
MOST_CANDIDATES = 80  # of a criterion
# On one axis (length, kernel, stride, padding), the simplest first: a plain window, a gap, what is left over,
# zeros around, more of them than the kernel is long.
AXES = (
    *((1, 1, 1, 0), (2, 1, 1, 0), (2, 2, 1, 0), (3, 2, 1, 0), (2, 1, 2, 0), (3, 2, 2, 0), (3, 1, 2, 0)),
    *((3, 2, 3, 0), (4, 2, 2, 0), (5, 2, 3, 0), (4, 1, 3, 0), (2, 2, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1)),
    *((3, 3, 1, 1), (2, 2, 1, 2), (3, 2, 2, 1), (4, 3, 1, 0)),
)
MOST_PIXELS = 12


def candidates(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """Small cases for the probe of `case`, the smallest first; some may have no answer."""
    made = sorted(_of_kind(case), key=lambda one: _size(one[1]))
    digests = set()
    for number, (small, inputs) in enumerate(made):
        if inputs.digest not in digests:
            digests.add(inputs.digest)
            yield replace(small, id=f"small-{number}"), inputs


def may_be_small(case: Case) -> bool:
    """Whether a smaller case can be held against an expected value in a student's sight."""
    return case.visibility is Visibility.VISIBLE and case.kind in KINDS and case.compare not in DRAWS


def ladder(criterion: Criterion) -> list[tuple[Case, Inputs]]:
    """The candidates of all visible cases of a criterion, the smallest first."""
    found: dict[str, tuple[Case, Inputs]] = {}
    for case in filter(may_be_small, criterion.cases):
        for small, inputs in itertools.islice(candidates(case), MOST_CANDIDATES):
            found.setdefault(inputs.digest, (small, inputs))
    rungs = sorted(found.values(), key=lambda one: _size(one[1]))[:MOST_CANDIDATES]
    return [(replace(case, id=f"small-{number}"), inputs) for number, (case, inputs) in enumerate(rungs, 1)]


def smallest(
    case: Case,
    failure: str,
    rungs: Iterable[tuple[Case, Inputs]],
    expected_of: Callable[[Case, Inputs], Expected],
    implementation: Implementation,
    assignment: Assignment,
    now: Callable[[], float] = time.monotonic,
) -> Example | None:
    """The first of the rungs that fails in the way that `failure` names; None where none does in time."""
    end = now() + SECONDS
    for small, inputs in rungs:
        if now() > end:
            return None
        try:
            expected = expected_of(small, inputs)
        except GraderFault:  # the reference refuses it: it is no case
            continue
        outcome = implementation.run(small.probe, inputs)
        if way_of_failing(expected, outcome, inputs) == failure:
            return look(small, inputs, expected, outcome, assignment.probes, is_smallest=True)
        if outcome.status not in (Status.OK, Status.ERROR):
            return None  # it hangs or dies: the next would, too
    return None


def way_of_failing(expected: Expected, outcome: Outcome, inputs: Inputs) -> str:
    """How a case fails, in a word that is equal for alike failures; "" where it passes."""
    if outcome.status is Status.ERROR:
        place = outcome.reason.partition(": ")[0]
        return f"error {outcome.error} {place}"
    if outcome.status is not Status.OK:
        return str(outcome.status)
    arrays = arrays_of(outcome)
    difference = compare(expected, arrays, DTYPE, inputs)
    if difference is None:
        return ""
    if len(arrays) != len(expected.arrays):
        return "number of results"
    for number, (wanted, found) in enumerate(zip(expected.arrays, arrays, strict=True)):
        if wanted.shape != found.shape:
            return f"shape of {number}"
        if wanted.dtype.kind != found.dtype.kind:
            return f"dtype of {number}"
        alone = Expected((wanted,), None if expected.bounds is None else (expected.bounds[number],))
        if compare(alone, [found], DTYPE, inputs) is not None:
            return f"values of {number}"
    return "dtype"


def _size(inputs: Inputs) -> tuple[int, int, int]:
    views = sum(len(recipe) for recipe in inputs.recipes.values())
    upstream = inputs.bases.get(UPSTREAM)
    nonzero = 0 if upstream is None else int(np.count_nonzero(upstream))
    return sum(array.size for array in inputs.bases.values()), views, nonzero


def _of_kind(case: Case) -> Iterator[tuple[Case, Inputs]]:
    makers = {"conv": _convs, "array": _arrays, "matmul": _matmuls, "logits": _logits, "view_chain": _chains}
    return makers[case.kind](case)


def _drawn(case: Case, parameters: Mapping[str, Any]) -> tuple[Case, Inputs] | None:
    """A case with other parameters, and its inputs in whole numbers from 1 on; None where there is none."""
    small = replace(case, parameters={**case.parameters, **parameters}, data="integers", drawn=False)
    rng = generator([case.name, "small"])
    try:
        inputs = KINDS[case.kind](small, rng, rng)
        counted = {name: _counted(inputs.array(name).shape) for name in inputs.bases if name != "labels"}
        return small, inputs.holding(counted)
    except (ValueError, IndexError, KeyError, ZeroDivisionError):
        return None


def _counted(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float32).reshape(shape)


def _convs(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """One picture, one channel; then two pictures, or channels, or the views of the case."""
    view = case.parameters.get("view", ())
    shapes = [
        (high, wide)
        for high, wide in itertools.product(AXES, AXES)
        if (high[0] * wide[0] <= MOST_PIXELS) and (AXES.index(high) < 3 or AXES.index(wide) < 3)
    ]
    is_square = [(axis, axis) for axis in AXES if axis[0] ** 2 <= MOST_PIXELS]
    for high, wide in dict.fromkeys([*shapes, *is_square]):
        yield from _conv(case, high, wide, 1, 1, 1, ())
    for batch, channels, filters in ((2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2, 3)):
        for high, wide in (((2, 1, 1, 0), (1, 1, 1, 0)), ((2, 2, 1, 0), (2, 1, 1, 0)), ((3, 2, 2, 0),) * 2):
            yield from _conv(case, high, wide, batch, channels, filters, ())
    if view:
        yield from _conv(case, (2, 2, 1, 0), (2, 1, 1, 0), 1, 1, 1, view)
    pairs = pair(case.parameters.get("stride", 1)), pair(case.parameters.get("padding", 0))
    if pairs[0][0] == pairs[0][1] and pairs[1][0] == pairs[1][1] and "stride" in case.parameters:
        parameters = {"stride": pairs[0][0], "padding": pairs[1][0], "batch": 1, "view": ()}
        if (made := _drawn(case, {"x": [3, 3, 1], "w": [2, 2, 1], **parameters})) is not None:
            yield made


def _conv(
    case: Case,
    high: tuple[int, int, int, int],
    wide: tuple[int, int, int, int],
    batch: int,
    channels: int,
    filters: int,
    view: tuple[str, ...],
) -> Iterator[tuple[Case, Inputs]]:
    parameters = {
        "batch": batch,
        "x": [high[0], wide[0], channels],
        "w": [high[1], wide[1], filters],
        "stride": [high[2], wide[2]],
        "padding": [high[3], wide[3]],
        "view": view,
    }
    parameters |= {key: case.parameters[key] for key in ("kernel",) if key in case.parameters}
    made = _drawn(case, parameters)
    if made is None:
        return
    small, inputs = made
    upstream = inputs.array(UPSTREAM)
    for index in {0, upstream.size - 1}:  # one nonzero: it shows where each number goes
        one = np.zeros(upstream.size, np.float32)
        one[index] = 1
        yield small, inputs.holding({UPSTREAM: one.reshape(upstream.shape)})
    yield small, inputs


def _arrays(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """The same settings on shorter axes, without the views of the case and with them."""
    shape = case.parameters["shape"]
    shorter = itertools.product(*(range(min(n, 1), min(n, 3) + 1) for n in shape))
    other = case.parameters.get("other")
    for lengths in sorted(shorter, key=lambda each: (int(np.prod(each)), each))[:40]:
        parameters: dict[str, Any] = {"shape": list(lengths), "level": 0}
        if other is not None:
            lesser = {n: m for n, m in zip(shape, lengths, strict=True)}
            parameters["other"] = [lesser.get(n, min(n, 3)) for n in other]
        for view in dict.fromkeys([(), case.parameters.get("view", ())]):
            made = _drawn(case, {**parameters, "view": view})
            if made is not None and _keeps_settings(case, made[1]):
                yield made
    made = _drawn(case, {})
    if made is not None:
        yield made  # in whole numbers that can be followed


def _keeps_settings(case: Case, inputs: Inputs) -> bool:
    """Whether a view by strides still lies inside its memory."""
    strided = inputs.values.get("strided")
    if not isinstance(strided, Mapping):
        return True
    offset = strided.get("offset", 0)
    ends = [(n - 1) * s for n, s in zip(strided["shape"], strided["strides"], strict=True)]
    low, high = (offset + sum(f(end, 0) for end in ends) for f in (min, max))
    return bool(low >= 0 and high < inputs.bases["a"].size)


def _matmuls(case: Case) -> Iterator[tuple[Case, Inputs]]:
    view = case.parameters.get("view", ())
    for sizes in ((1, 1, 1), (1, 2, 1), (1, 1, 2), (2, 1, 1), (1, 2, 2), (2, 2, 1), (2, 1, 2), (2, 2, 2)):
        for seen in dict.fromkeys([(), view]):
            if (made := _drawn(case, {"matmul": list(sizes), "view": seen})) is not None:
                small, inputs = made
                upstream = inputs.array(UPSTREAM)
                one = np.zeros(upstream.size, np.float32)
                one[-1] = 1
                yield small, inputs.holding({UPSTREAM: one.reshape(upstream.shape)})
                yield small, inputs
    if (made := _drawn(case, {"matmul": [2, 3, 2]})) is not None:
        yield made


def _logits(case: Case) -> Iterator[tuple[Case, Inputs]]:
    for samples, classes in ((1, 2), (2, 2), (1, 3), (2, 3)):
        small = replace(case, parameters={**case.parameters, "logits": [samples, classes], "view": ()})
        rng = generator([case.name, "small", str(samples), str(classes)])
        inputs = KINDS["logits"](small, rng, rng)
        if "spread" not in case.parameters:
            inputs = inputs.holding({"logits": _counted((samples, classes))})
        yield small, inputs


def _chains(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """One step of the chain after another left out, on the shape of the case."""
    rng = generator([case.name, "small"])
    whole = KINDS["view_chain"](case, rng, rng)
    if "ops" not in case.parameters:
        return
    ops = [list(each) for each in whole.values["ops"]]
    shape = whole.array("a").shape
    for start, end in itertools.combinations(range(len(ops) + 1), 2):
        values = {**whole.values, "ops": ops[start:end]}
        small = replace(case, parameters={**case.parameters, "chain": list(shape)})
        yield small, Inputs(values, {"a": _counted(shape)}, {"a": ()})
