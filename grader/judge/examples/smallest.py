"""Finds the smallest case that fails as a failing case does: small shapes, small whole numbers.

`candidates` makes small cases of a case, the smallest first. `generate` freezes them for a handout, so that
every misconception meets the smallest one that reveals it; if a reference is available, it answers instead.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, islice, takewhile, zip_longest
from operator import itemgetter

import numpy as np

from grader.judge.comparisons import compared_by, comparison_of
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import Array
from grader.judge.draw_inputs import generator
from grader.judge.drawn_values import draw_values
from grader.judge.examples.answer_to_small_case import Answer
from grader.judge.examples.forward_shape import Forward, upstream_shape
from grader.judge.examples.shorter_arrays import leading_block, shorter_shapes, stated_lengths
from grader.judge.examples.trial import Trial, arrays_of_any_numbers
from grader.judge.inputs import UPSTREAM, Inputs
from grader.judge.kind import Shape, draw_arrays
from grader.judge.kinds import kind_of
from grader.model.assignment import Case, Criterion, Data, Visibility

SECONDS = 1.0  # for one search
MOST_CANDIDATES = 320  # of a criterion's cases with the same texts in their question
MANY = 17  # elements of an axis: more than a tile of 16×16 threads has on a side
WIDE = 2049  # the smallest whole number that no 16-bit format holds
MOST_SHAPES, MOST_ELEMENTS = 400, 100  # that are tried for a case whose kind names no smaller ones
MOST_REFUSED = 8  # that are frozen for a case that expects an exception
MOST_FITTING = 80  # of these shapes, if all that are left fit together

Small = tuple[Case, Inputs]
Attempt = Callable[[Case, Inputs, Expected], Trial]  # of a submission
HasAnswer = Callable[[], bool]
Place = tuple[object, ...]  # the keys and the indices that lead to a value of a question


def candidates(
    case: Case,
    answer: Answer,
    now: Callable[[], float] = time.monotonic,
    forward: Forward | None = None,
) -> Iterator[Small]:
    """Small cases for the probe of `case`, the smallest first, while the time for one search lasts.

    With `forward`, the upstream gradient has the shape of the forward pass's result.
    Half of the time is for drawing them. The reference is asked only when a case is next: it may be slow. No
    sort of case takes all the places (see `_various`), unless the other cases have no answer.
    """
    start = now()
    answer = _as_long_as_stated(case, answer)
    families = takewhile(lambda _: now() < start + SECONDS / 2, _families(case, answer, forward))
    in_families = ((one, number, family[0]) for number, family in enumerate(families) for one in family)
    by_digest: dict[str, tuple[Small, int, Small]] = {}
    for one, number, first in in_families:
        by_digest.setdefault(one[1].digest, (one, number, first))
    in_order = sorted(by_digest.values(), key=lambda each: order_of(*each[0]))
    counts: Counter[object] = Counter()
    tried: set[int] = set()
    has_answer: dict[int, bool] = {}
    for most in (_most_of_a_sort(one for one, _, _ in in_order), MOST_CANDIDATES):
        for place, ((small, inputs), number, first) in enumerate(in_order):
            sort = _sort(inputs)
            if place in tried or counts[sort] >= most:
                continue
            if now() > start + SECONDS or counts.total() == MOST_CANDIDATES:
                return
            tried.add(place)
            if number not in has_answer:
                has_answer[number] = answer(*first) is not None
            if has_answer[number]:
                yield small, inputs
                counts[sort] += 1
        if all(has_answer.values()):
            return  # every place is taken


def ladder(criterion: Criterion, answer: Answer, forward: Forward | None = None) -> list[Small]:
    """The candidates of all visible cases of a criterion: the plain ones first, each sort by size.

    Cases with other texts in their question, such as another kernel, have places of their own. The reference
    is asked only about those that are next in their sort, and once about a family. Cases that expect an
    exception come last, each with a few of its own: only the exception counts, so the first ones tell it.
    """
    in_handout = [c for c in criterion.cases if may_be_small(c) and comparison_of(c).is_in_handout]
    cases = [case for case in in_handout if not compared_by(case).expects_exception]
    refused = (
        islice(candidates(case, answer, lambda: 0.0, forward), MOST_REFUSED)
        for case in in_handout
        if compared_by(case).expects_exception
    )
    answers = ((case, _as_long_as_stated(case, answer)) for case in cases)
    by_digest: defaultdict[str, list[tuple[Small, HasAnswer]]] = defaultdict(list)
    for case, answer_of_case in answers:
        for family in _families(case, answer_of_case, forward):
            has_answer = cache(partial(_is_answered, answer_of_case, family[0]))
            for small in family:
                by_digest[small[1].digest].append((small, has_answer))
    in_order = sorted(by_digest.values(), key=lambda occurrences: order_of(*occurrences[0][0]))
    by_texts: defaultdict[str, list[Sequence[tuple[Small, HasAnswer]]]] = defaultdict(list)
    for occurrences in in_order:
        by_texts[repr(_texts(occurrences[0][0][0].ask))].append(occurrences)
    answered = (_various(one_question) for one_question in by_texts.values())
    return [small for each in chain(answered, refused) for small in each]


def _is_answered(answer: Answer, small: Small) -> bool:
    return answer(*small) is not None


def _as_long_as_stated(case: Case, answer: Answer) -> Answer:
    """`answer`, without those that are shorter than the question says.

    If the question states the shape of the result, so does the one of every small case: a slice would
    otherwise stop, without an error, at the end of an array that is too short for it.
    """
    whole = _small_case(case, 0)
    if whole is None or not list(_lists(whole[1].ask)):
        return answer
    expected = answer(*whole)
    stated = set() if expected is None else _places_of_shapes(whole[1].ask, expected)

    def as_stated(small: Case, inputs: Inputs) -> Expected | None:
        expected = answer(small, inputs)
        return None if expected is None or not stated <= _places_of_shapes(inputs.ask, expected) else expected

    return as_stated


def _places_of_shapes(question: Mapping[str, object], expected: Expected) -> set[Place]:
    """The places in a question of lists that are the shape of a result."""
    shapes = [list(array.shape) for array in expected.arrays]
    return {place for place, numbers in _lists(question) if numbers in shapes}


def _lists(value: object, place: Place = ()) -> Iterator[tuple[Place, list[object]]]:
    """Every list in a question with its place, at any depth."""
    if isinstance(value, list | tuple):
        yield place, list(value)
    if isinstance(value, list | tuple | Mapping):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, part in parts:
            yield from _lists(part, (*place, key))


def order_of(case: Case, inputs: Inputs) -> tuple[bool, int, int, int]:
    """The order in which small cases are tried: plain ones first, then the ones that are easiest to follow.

    This depends on the number of elements and the whole numbers in the question, then on views and the
    upstream gradient.
    """
    elements = sum(array.size for array in inputs.bases.values())
    views = sum(len(recipe) for recipe in inputs.recipes.values())
    upstream = inputs.bases.get(UPSTREAM)
    nonzero = 0 if upstream is None else int(np.count_nonzero(upstream))
    return not kind_of(case).is_plain(inputs), elements + _sum_of_numbers(dict(inputs.ask)), views, nonzero


def _sum_of_numbers(value: object) -> int:
    """The sum of the whole numbers in a question: a small stride is a simple one."""
    if isinstance(value, Mapping | list):
        return sum(map(_sum_of_numbers, value.values() if isinstance(value, Mapping) else value))
    return abs(value) if isinstance(value, int) else 0


def _various(in_order: Iterable[Sequence[tuple[Small, HasAnswer]]]) -> list[Small]:
    """The candidates to try, in the same order: the first of each sort, then the second of each, and so on.

    Otherwise the smallest of one sort would take all the places, and a mistake that needs two channels, a
    view, or a stride together with a padding would never be shown. Each entry of `in_order` is one
    candidate with all the families that lead to it.
    """
    by_sort: defaultdict[object, list[tuple[int, Sequence[tuple[Small, HasAnswer]]]]] = defaultdict(list)
    for place, occurrences in enumerate(in_order):
        by_sort[_sort(occurrences[0][0][1])].append((place, occurrences))
    rounds = zip_longest(*map(_answered, by_sort.values()))
    ranked = (one for each in rounds for one in sorted(filter(None, each), key=itemgetter(0)))
    return [small for _, small in sorted(islice(ranked, MOST_CANDIDATES), key=itemgetter(0))]


def _answered(
    candidates: Iterable[tuple[int, Sequence[tuple[Small, HasAnswer]]]],
) -> Iterator[tuple[int, Small]]:
    """Those that the reference answers, each with its place."""
    for place, occurrences in candidates:
        if (small := next((small for small, has_answer in occurrences if has_answer()), None)) is not None:
            yield place, small


def _most_of_a_sort(small_ones: Iterable[Small]) -> int:
    """The number of each sort with which there are up to MOST_CANDIDATES in all."""
    counts = Counter(_sort(inputs) for _, inputs in small_ones)
    ranks = sorted(rank for count in counts.values() for rank in range(count))
    return len(ranks) if len(ranks) <= MOST_CANDIDATES else max(1, ranks[MOST_CANDIDATES])


def _sort(inputs: Inputs) -> object:
    """Which lengths are 1, some or many; settings and question; whether there are views or wide numbers."""
    lengths = {name: [(n > 1) + (n >= MANY) for n in array.shape] for name, array in inputs.bases.items()}
    has_views = any(inputs.recipes.values())
    is_wide = any(np.abs(array).max(initial=0) >= WIDE for array in inputs.bases.values())
    settings = sorted(inputs.values.items()), sorted(inputs.ask.items())
    return repr((sorted(lengths.items()), settings, has_views, is_wide))


def may_be_small(case: Case) -> bool:
    """True if a smaller case can be shown to a student; docs/authoring.md says why the others have none."""
    if case.is_own_test or case.functions or case.visibility is not Visibility.VISIBLE:
        return False
    comparison = compared_by(case)
    return comparison.needs_expected or comparison.shows_work or comparison.expects_exception


def smallest(
    case: Case,
    failure: str,
    rungs: Iterable[Small],
    answer: Answer,
    attempt: Attempt,
    now: Callable[[], float] = time.monotonic,
) -> Trial | None:
    """The first small case that fails in the way that `failure` names; None if none does in time.

    A text in a question names what is asked, such as a kernel, so it stays.
    """
    end = now() + SECONDS
    for small, inputs in rungs:
        if now() > end:
            return None
        expected = answer(small, inputs) if _is_like(small, case) else None
        if expected is None:
            continue
        trial = attempt(small, inputs, expected)
        if trial.failure == failure:
            return trial
        if trial.is_over:
            return None  # it hangs or dies, and so would the next one
    return None


def _is_like(small: Case, case: Case) -> bool:
    """True if a small case asks what the case asks. Which exception is right, only the case itself says."""
    if compared_by(small).expects_exception or compared_by(case).expects_exception:
        return small.id == case.id
    return _texts(small.ask) == _texts(case.ask)


def _texts(question: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in question.items() if isinstance(value, str)}


def _families(case: Case, answer: Answer, forward: Forward | None) -> Iterator[list[Small]]:
    """Every small case that can be drawn, in several sorts of numbers.

    If the reference has no answer to the first of a family, the others are not tried.
    """
    smaller_cases = _with_smaller_parameters(case)
    for small, inputs in (
        _with_shorter_arrays(case, answer, forward) if smaller_cases is None else smaller_cases
    ):
        numbers = _in_small_numbers(small, inputs, smaller_cases is None)
        sorts = 1 if compared_by(case).expects_exception else None  # no number decides the exception
        yield [(small, each) for each in islice(numbers, sorts)]


def _with_smaller_parameters(case: Case) -> Iterator[Small] | None:
    """The smaller cases that the kind names; None if it names none."""
    parameters = kind_of(case).smaller(case.parameters)
    if parameters is None:
        return None
    return (
        small
        for number, smaller in enumerate(parameters)
        if (small := _small_case(replace(case, parameters={**case.parameters, **smaller}), number))
        is not None
    )


def _with_shorter_arrays(case: Case, answer: Answer, forward: Forward | None) -> Iterator[Small]:
    """The case with shorter arrays, without its views and with them.

    If the forward pass tells the shape of the upstream gradient, only the other arrays have free lengths.
    """
    if (whole := _small_case(case, 0)) is None or not whole[1].bases:
        return
    small, inputs = whole
    arrays = {name: inputs.array(name) for name in inputs.bases}
    rng = generator([case.name, "shorter"])
    upstream = arrays[UPSTREAM].shape if UPSTREAM in arrays else None
    follows = upstream is not None and upstream_shape(forward, inputs, arrays) == upstream
    lengths = {name: array.shape for name, array in arrays.items() if not (follows and name == UPSTREAM)}

    def fit(shapes: Mapping[str, Shape]) -> bool:
        blocks = {name: leading_block(arrays[name], shape) for name, shape in shapes.items()}
        if follows:
            return upstream_shape(forward, inputs, blocks) is not None
        compact = replace(small, parameters={**small.parameters, "view": ()})
        return (
            answer(compact, Inputs(inputs.values, blocks, dict.fromkeys(blocks, ()), inputs.ask)) is not None
        )

    shapes: Iterable[dict[str, Shape]] = shorter_shapes(lengths, stated_lengths(inputs.ask), fit)
    shapes = islice(takewhile(_is_small, shapes), MOST_SHAPES)
    if follows:
        shapes = islice(filter(fit, shapes), MOST_FITTING)
    for shorter in shapes:
        blocks = {name: leading_block(arrays[name], shape) for name, shape in shorter.items()}
        if follows and (shape := upstream_shape(forward, inputs, blocks)) is not None:
            shorter[UPSTREAM] = shape
        in_order = {name: shorter[name] for name in arrays}
        for view in dict.fromkeys([(), tuple(case.parameters.get("view", ()))]):
            one = replace(small, parameters={**small.parameters, "view": view})
            short_inputs = draw_arrays(one, rng, inputs.values, in_order).holding(blocks)
            yield one, replace(short_inputs, ask=inputs.ask)
    yield whole  # in numbers that a student can follow


def _is_small(shapes: Mapping[str, Shape]) -> bool:
    return sum(int(np.prod(shape)) for shape in shapes.values()) <= MOST_ELEMENTS


def _small_case(case: Case, number: int) -> Small | None:
    """A small case with its inputs; None if the settings of the case do not fit its lengths."""
    small = replace(case, data=Data.INTEGERS, is_drawn=False)
    rng = generator([case.name, "small", str(number)])
    try:
        inputs = kind_of(case).draw(small, rng, rng)
    except (ValueError, IndexError, KeyError, ZeroDivisionError):
        return None
    inputs = replace(inputs, ask={**case.ask, **draw_values(case.random, rng)})
    extra = compared_by(case).extra_values(case, generator([case.criterion, "small"]))  # the same in each
    return small, inputs.with_values(extra)


def _in_small_numbers(case: Case, inputs: Inputs, with_equal_ones: bool) -> Iterator[Inputs]:
    """The inputs in whole numbers from 1 on, and with one nonzero upstream.

    For code that depends on signs, there are the numbers from -1 on, with other signs upstream. If the case
    has `wide` numbers, there are odd ones from 2049 on, which no 16-bit format holds. Equal ones
    show which of several largest elements gets the upstream gradient.
    """
    numbers = {n: _counting_from_one(inputs.array(n).shape) for n in arrays_of_any_numbers(case, inputs)}
    inputs = inputs.holding(numbers)
    yield inputs
    yield inputs.holding({n: 5 - 3 * a if n == UPSTREAM else a - 2 for n, a in numbers.items()})
    if (wide := case.parameters.get("wide")) in numbers:
        yield inputs.holding({wide: 2 * numbers[wide] + WIDE - 2})
    if with_equal_ones and UPSTREAM in numbers:
        yield inputs.holding({n: np.ones_like(a) for n, a in numbers.items() if n != UPSTREAM})
    upstream = numbers.get(UPSTREAM, np.zeros(0, np.float32))
    for index in {0, upstream.size - 1} if upstream.size else ():  # shows where each number goes
        one = np.zeros(upstream.size, np.float32)
        one[index] = 1
        yield inputs.holding({UPSTREAM: one.reshape(upstream.shape)})


def _counting_from_one(shape: tuple[int, ...]) -> Array:
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float32).reshape(shape)
