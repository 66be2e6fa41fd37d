"""Finds the smallest case that fails as a failing case does: small shapes, small whole numbers.

`candidates` makes small cases of a case, the smallest first. `generate` freezes them for a handout, so that
every wrong idea meets the smallest of them that shows it; where there is a reference, it is asked.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from grader.judge.cases import generator
from grader.judge.comparison import DTYPE
from grader.judge.comparisons import comparison_of
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import Array, arrays_of
from grader.judge.examples.look import look
from grader.judge.inputs import Inputs
from grader.judge.kinds import kind_of
from grader.judge.process.implementation import Implementation
from grader.model.assignment import OWN_TEST, Assignment, Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.example import Example
from grader.model.grade import Outcome, Status

SECONDS = 1.0  # that a search may take
UPSTREAM = "out_grad"
MOST_CANDIDATES = 80  # of a criterion


def candidates(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """Small cases for the probe of `case`, the smallest first; some may have no answer."""
    pairs = sorted(_made(case), key=lambda one: _size(one[1]))
    digests = set()
    for number, (small, inputs) in enumerate(pairs):
        if inputs.digest not in digests:
            digests.add(inputs.digest)
            yield replace(small, id=f"small-{number}"), inputs


def may_be_small(case: Case) -> bool:
    """Whether a smaller case can be held against an expected value in a student's sight."""
    if case.kind == OWN_TEST or case.visibility is not Visibility.VISIBLE:
        return False
    how = comparison_of(case)
    return how.needs_expected and how.is_in_handout and not how.watches_the_run


def ladder(criterion: Criterion) -> list[tuple[Case, Inputs]]:
    """The candidates of all visible cases of a criterion, the smallest first."""
    by_size: dict[str, tuple[Case, Inputs]] = {}
    for case in filter(may_be_small, criterion.cases):
        for small, inputs in itertools.islice(candidates(case), MOST_CANDIDATES):
            by_size.setdefault(inputs.digest, (small, inputs))
    rungs = sorted(by_size.values(), key=lambda one: _size(one[1]))[:MOST_CANDIDATES]
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
        if way_of_failing(expected, outcome) == failure:
            return look(small, inputs, expected, outcome, assignment.probes, is_smallest=True)
        if outcome.status not in (Status.OK, Status.ERROR):
            return None  # it hangs or dies: the next would, too
    return None


def way_of_failing(expected: Expected, outcome: Outcome) -> str:
    """How a case fails, in a word that is equal for alike failures; "" where it passes."""
    if outcome.status is Status.ERROR:
        place = outcome.reason.partition(": ")[0]
        return f"error {outcome.error} {place}"
    if outcome.status is not Status.OK:
        return str(outcome.status)
    arrays = arrays_of(outcome)
    difference = first_difference(expected, arrays, DTYPE)
    if difference is None:
        return ""
    if len(arrays) != len(expected.arrays):
        return "number of results"
    for number, (wanted, array) in enumerate(zip(expected.arrays, arrays, strict=True)):
        if wanted.shape != array.shape:
            return f"shape of {number}"
        if wanted.dtype.kind != array.dtype.kind:
            return f"dtype of {number}"
        alone = Expected((wanted,), None if expected.bounds is None else (expected.bounds[number],))
        if first_difference(alone, [array], DTYPE) is not None:
            return f"values of {number}"
    return "dtype"


def _size(inputs: Inputs) -> tuple[int, int, int]:
    views = sum(len(recipe) for recipe in inputs.recipes.values())
    upstream = inputs.bases.get(UPSTREAM)
    nonzero = 0 if upstream is None else int(np.count_nonzero(upstream))
    return sum(array.size for array in inputs.bases.values()), views, nonzero


def _made(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """Every small case that can be drawn, in whole numbers from 1 on, and with one nonzero upstream."""
    for parameters in kind_of(case).smaller(case.parameters):
        small = replace(case, parameters={**case.parameters, **parameters}, data="integers", drawn=False)
        rng = generator([case.name, "small"])
        try:
            inputs = kind_of(case).draw(small, rng, rng)
        except (ValueError, IndexError, KeyError, ZeroDivisionError):
            continue  # the settings of the case do not fit such lengths
        fixed = kind_of(case).fixed
        counted = {n: _counted(inputs.array(n).shape) for n in inputs.bases if n not in fixed}
        inputs = inputs.holding(counted)
        yield small, inputs
        upstream = inputs.array(UPSTREAM) if UPSTREAM in inputs.bases else np.zeros(0, np.float32)
        for index in {0, upstream.size - 1} if upstream.size else ():  # it shows where each number goes
            one = np.zeros(upstream.size, np.float32)
            one[index] = 1
            yield small, inputs.holding({UPSTREAM: one.reshape(upstream.shape)})


def _counted(shape: tuple[int, ...]) -> Array:
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float32).reshape(shape)
