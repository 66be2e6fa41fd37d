"""Makes the arrays of a case shorter, without regard to their meaning: the smallest shapes first."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Set

import numpy as np

from grader.judge.inputs import Array
from grader.judge.kind import Shape

Place = tuple[str, int]  # an array and one of its axes
Fit = Callable[[Mapping[str, Shape]], bool]  # whether these shapes fit together


def shorter_shapes(
    shapes: Mapping[str, Shape], stated: Set[int] = frozenset(), fit: Fit | None = None
) -> Iterator[dict[str, Shape]]:
    """Each set of shapes up to these, by the number of elements; the last one is the case's own.

    Equal lengths at the same place of two arrays, counted from the front or from the back, stay equal: they
    are often the samples or the channels of both. With `fit`, so do equal lengths at two other places if the
    shapes fit together only then. Other lengths are independent. The reference refuses shapes that do not fit
    together. `stated` are lengths that the question names; they stay, because by broadcasting a reference
    might answer for other lengths.
    """
    groups = _tied(shapes)
    if fit is not None:
        groups = _tied_by(fit, groups, shapes)
    longest = [shapes[group[0][0]][group[0][1]] for group in groups]
    first = tuple(n if n in stated else min(n, 1) for n in longest)
    queued, queue = {first}, [(_size(_shapes(shapes, groups, first)), first)]
    while queue:
        _, lengths = heapq.heappop(queue)
        yield _shapes(shapes, groups, lengths)
        for number, most in enumerate(longest):
            longer = (*lengths[:number], lengths[number] + 1, *lengths[number + 1 :])
            if longer[number] <= most and longer not in queued:
                queued.add(longer)
                heapq.heappush(queue, (_size(_shapes(shapes, groups, longer)), longer))


def stated_lengths(question: object) -> set[int]:
    """The lengths in every `shape` of a question, at any depth."""
    if isinstance(question, list | tuple):
        return set().union(*map(stated_lengths, question))
    if not isinstance(question, Mapping):
        return set()
    return _lengths(question.get("shape")).union(*map(stated_lengths, question.values()))


def _lengths(shape: object) -> set[int]:
    """The whole numbers in a `shape`, or in the shapes that it holds."""
    if isinstance(shape, list | tuple):
        return set().union(*map(_lengths, shape))
    return {shape} if isinstance(shape, int) and not isinstance(shape, bool) else set()


def leading_block(array: Array, shape: Shape) -> Array:
    """The first elements of an array on each axis."""
    return array[tuple(slice(n) for n in shape)]


def _tied(shapes: Mapping[str, Shape]) -> list[list[Place]]:
    """The axes of all arrays, in groups that have one length."""
    groups: list[list[Place]] = []
    for name, shape in shapes.items():
        for axis, length in enumerate(shape):
            place = (name, axis)
            tied_groups = [g for g in groups if any(_is_tied(place, other, shapes) for other in g)]
            tied_groups = [g for g in tied_groups if name not in {other for other, _ in g} and length]
            if tied_groups:
                tied_groups[0].append(place)
            else:
                groups.append([place])
    return groups


def _tied_by(fit: Fit, groups: list[list[Place]], shapes: Mapping[str, Shape]) -> list[list[Place]]:
    """The groups; two of one length become one group if neither of them can be shorter alone."""

    def can_be_shorter(*places: Place) -> bool:
        return fit(
            {
                name: tuple(n - ((name, axis) in places) for axis, n in enumerate(shape))
                for name, shape in shapes.items()
            }
        )

    tied: list[list[Place]] = []
    for group in groups:
        name, axis = group[0]
        length = shapes[name][axis]
        other = next(
            (
                other
                for other in tied
                if shapes[other[0][0]][other[0][1]] == length > 1
                and can_be_shorter(*group, *other)
                and not can_be_shorter(*group)
                and not can_be_shorter(*other)
            ),
            None,
        )
        if other is None:
            tied.append(list(group))
        else:
            other += group
    return tied


def _is_tied(one: Place, other: Place, shapes: Mapping[str, Shape]) -> bool:
    (name, axis), (other_name, other_axis) = one, other
    is_there = axis == other_axis or axis - len(shapes[name]) == other_axis - len(shapes[other_name])
    return is_there and shapes[name][axis] == shapes[other_name][other_axis]


def _shapes(
    shapes: Mapping[str, Shape], groups: list[list[Place]], lengths: tuple[int, ...]
) -> dict[str, Shape]:
    length_at = {place: n for group, n in zip(groups, lengths, strict=True) for place in group}
    return {
        name: tuple(length_at[name, axis] for axis in range(len(shape))) for name, shape in shapes.items()
    }


def _size(shapes: Mapping[str, Shape]) -> int:
    return sum(int(np.prod(shape)) for shape in shapes.values())
