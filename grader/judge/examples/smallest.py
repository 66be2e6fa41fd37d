"""Finds the smallest case that fails as a failing case does: small shapes, small whole numbers.

`candidates` makes small cases of a case, the smallest first. `generate` freezes them for a handout, so that
every misconception meets the smallest one that reveals it; if a reference is available, it answers instead.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from grader.judge.cases import generator, with_plain_values
from grader.judge.comparison import DTYPE
from grader.judge.comparisons import comparison_of
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import Array, arrays_of
from grader.judge.examples.lay_out_case import lay_out
from grader.judge.inputs import Inputs
from grader.judge.kinds import kind_of
from grader.judge.process.implementation import Implementation
from grader.model.assignment import OWN_TEST, Assignment, Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.example import Example
from grader.model.grade import Outcome, Status

SECONDS = 1.0  # for one search
UPSTREAM = "out_grad"
MOST_CANDIDATES = 320  # per criterion


def candidates(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """Up to MOST_CANDIDATES small cases for the probe of `case`, the smallest first; some have no answer."""
    by_digest: dict[str, tuple[Case, Inputs]] = {}
    for small, inputs in sorted(_candidates(case), key=lambda one: _size(one[1])):
        by_digest.setdefault(inputs.digest, (small, inputs))
    for number, (small, inputs) in enumerate(_various([*by_digest.values()])):
        yield replace(small, id=f"small-{number}"), inputs


def _various(pairs: Sequence[tuple[Case, Inputs]]) -> list[tuple[Case, Inputs]]:
    """The candidates to try, in the same order: the first of each sort, then the second of each, and so on.

    Otherwise the smallest of one sort would take all the places, and a mistake that needs two channels, or
    a view, would never be shown.
    """
    seen: Counter[object] = Counter()
    ranks = []
    for place, (_, inputs) in enumerate(pairs):
        ranks.append((seen[_sort(inputs)], place))
        seen[_sort(inputs)] += 1
    return [pairs[place] for place in sorted(place for _, place in sorted(ranks)[:MOST_CANDIDATES])]


def _sort(inputs: Inputs) -> object:
    """The lengths that are more than 1, and whether any array is a view."""
    lengths = {name: [min(n, 2) for n in array.shape] for name, array in inputs.bases.items()}
    return repr(sorted(lengths.items())), any(inputs.recipes.values())


def may_be_small(case: Case) -> bool:
    """True if a smaller case and its expected value can be shown to a student."""
    if case.kind == OWN_TEST or case.visibility is not Visibility.VISIBLE:
        return False
    how = comparison_of(case)
    return how.needs_expected and how.is_in_handout and not how.watches_the_run


def ladder(criterion: Criterion) -> list[tuple[Case, Inputs]]:
    """The candidates of all visible cases of a criterion: the plain ones first, each sort by size."""
    by_size: dict[str, tuple[Case, Inputs]] = {}
    for case in filter(may_be_small, criterion.cases):
        for small, inputs in candidates(case):
            if inputs.bases:  # nothing else gets smaller
                by_size.setdefault(inputs.digest, (small, inputs))
    rungs = _various(sorted(by_size.values(), key=lambda one: (not _is_plain(*one), _size(one[1]))))
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
    """The first rung that fails in the way that `failure` names; None if none does in time."""
    end = now() + SECONDS
    for small, inputs in rungs:
        if now() > end:
            return None
        if not inputs.bases:  # it is the case itself
            continue
        try:
            expected = expected_of(small, inputs)
        except GraderFault:  # the reference rejects it, so it is no case
            continue
        outcome = implementation.run(small.probe, inputs)
        if way_of_failing(expected, outcome, real_dtype(inputs)) == failure:
            return lay_out(small, inputs, expected, outcome, assignment.probes, is_smallest=True)
        if outcome.status not in (Status.OK, Status.ERROR):
            return None  # it hangs or dies, and so would the next one
    return None


def way_of_failing(expected: Expected, outcome: Outcome, dtype: str = DTYPE) -> str:
    """A word for how a case fails, the same for similar failures; "" if it passes.

    `dtype` is that of real results, "" for the expected one's.
    """
    if outcome.status is Status.ERROR:
        place = outcome.reason.partition(": ")[0]
        return f"error {outcome.error} {place}"
    if outcome.status is not Status.OK:
        return str(outcome.status)
    arrays = arrays_of(outcome)
    difference = first_difference(expected, arrays, dtype)
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
        if first_difference(alone, [array], dtype) is not None:
            return f"values of {number}"
    return "dtype"


def real_dtype(inputs: Inputs) -> str:
    """The dtype that real results must have for these inputs; "" if they must have the reference's."""
    return "" if inputs.states_dtypes else DTYPE


def _is_plain(case: Case, inputs: Inputs) -> bool:
    return kind_of(case).is_plain(inputs)


def _size(inputs: Inputs) -> tuple[int, int, int]:
    views = sum(len(recipe) for recipe in inputs.recipes.values())
    upstream = inputs.bases.get(UPSTREAM)
    nonzero = 0 if upstream is None else int(np.count_nonzero(upstream))
    return sum(array.size for array in inputs.bases.values()), views, nonzero


def _candidates(case: Case) -> Iterator[tuple[Case, Inputs]]:
    """Every small case that can be drawn, in whole numbers from 1 on, and with one nonzero upstream.

    For code that depends on signs, there are the numbers from -1 on, with other signs upstream. If the case
    has `wide` numbers, there are odd ones from 2049 on, which no 16-bit format holds.
    """
    for number, parameters in enumerate(kind_of(case).smaller(case.parameters)):
        parameters = {**case.parameters, **parameters}
        small = replace(case, parameters=parameters, data="integers", drawn=False, functions={})
        rng = generator([case.name, "small", str(number)])
        try:
            inputs = with_plain_values(small, kind_of(case).draw(small, rng, rng), rng, rng)
        except (ValueError, IndexError, KeyError, ZeroDivisionError):
            continue  # the settings of the case do not fit such lengths
        fixed = kind_of(case).fixed_of(case.parameters)
        counted = {n: _counted(inputs.array(n).shape) for n in inputs.bases if n not in fixed}
        inputs = inputs.holding(counted)
        yield small, inputs
        yield small, inputs.holding({n: 5 - 3 * a if n == UPSTREAM else a - 2 for n, a in counted.items()})
        if (wide := case.parameters.get("wide")) in counted:
            yield small, inputs.holding({wide: 2 * counted[wide] + 2047})
        upstream = counted.get(UPSTREAM, np.zeros(0, np.float32))
        for index in {0, upstream.size - 1} if upstream.size else ():  # shows where each number goes
            one = np.zeros(upstream.size, np.float32)
            one[index] = 1
            yield small, inputs.holding({UPSTREAM: one.reshape(upstream.shape)})


def _counted(shape: tuple[int, ...]) -> Array:
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float32).reshape(shape)
