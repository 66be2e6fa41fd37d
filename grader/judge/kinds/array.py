"""Cases with one array, or with two; `ask` holds the other values that a probe needs."""

import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np

from grader.judge.inputs import Inputs
from grader.judge.kind import Kind, Lengths, draw_arrays, view_in_words
from grader.model.assignment import Case
from grader.model.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel

MOST_SHAPES = 40  # of axes of up to SHORT elements, as many of up to LONG, and as many with longer ones
SHORT, LONG = 3, 6
MOST_ELEMENTS = 300  # of a shape among them
SHAPES = "shape", "other"  # the keys that hold one


@cache
def array_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Id, Length, Number

    NamedShape = Annotated[list[Length | Id], Field(max_length=8)]
    DrawnLength = Annotated[list[Length], Field(min_length=2, max_length=2)]

    class ArrayCase(CaseModel):
        """One array, or two."""

        shape: NamedShape
        """The shape of `case.a`; a length may be 0, or a name in `lengths`."""
        other: NamedShape | None = None
        """The shape of a second array, `case.other`."""
        lengths: dict[Id, DrawnLength] | None = None
        """Random lengths, by the names that shapes use for them: [from, to], both included.
        [9, 9] only gives a length a name, for the formula of a budget."""
        level: Number | None = None
        """A number to add to each element of `case.a`: -20 makes all of them negative."""
        upstream: bool | None = None
        """Whether there is a `case.out_grad` of the same shape."""

    return {"shape": ArrayCase}


def _axes(inputs: Inputs) -> list[int]:
    """The integers that a case asks for under the name `axes`: one, a list of them, or none."""
    axes = inputs.ask.get("axes", [])
    listed = axes if isinstance(axes, list) else [axes]
    return [axis for axis in listed if isinstance(axis, int) and not isinstance(axis, bool)]


def _has_negative_axis(case: Case, inputs: Inputs) -> bool:
    return any(axis < 0 for axis in _axes(inputs))


def _is_cycle(case: Case, inputs: Inputs) -> bool:
    axes = _axes(inputs)
    if sorted(axes) != list(range(len(axes))):
        return False
    return [axes[axis] for axis in axes] != list(range(len(axes)))


class ArrayKind(Kind):
    """An array `a`, and on request a second array `other` and an `out_grad` of the shape of `a`."""

    name = "array"
    keys = staticmethod(array_keys)
    arrays = ("a", "other", "out_grad")
    differentiable = ("a",)
    conditions: ClassVar = {
        "negative_axis": _has_negative_axis,
        "permutation_not_involution": _is_cycle,
    }

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The arrays alone."""
        parameters = _with_lengths(case.parameters, lambda low, high: int(shapes.integers(low, high + 1)))
        shapes_of = {"a": tuple(parameters["shape"])}
        if "other" in parameters:
            shapes_of["other"] = tuple(parameters["other"])
        if parameters.get("upstream"):
            shapes_of["out_grad"] = shapes_of["a"]
        inputs = draw_arrays(case, numbers, {}, shapes_of)
        level = parameters.get("level", 0)
        return inputs.holding({"a": inputs.array("a") + np.float32(level)}) if level else inputs

    def complaint(self, parameters: Mapping[str, Any]) -> str:
        """The problem with a name that has no range of lengths, or with a range that runs backwards."""
        ranges = parameters.get("lengths", {})
        named = [n for n in (*parameters["shape"], *parameters.get("other", ())) if isinstance(n, str)]
        if unknown := [name for name in named if name not in ranges]:
            message = f"found the length {unknown[0]!r}, expected a number or a name in `lengths`"
            return message + did_you_mean(unknown[0], ranges)
        backwards = [name for name, (low, high) in ranges.items() if low > high]
        return (
            f"found a range of {backwards[0]!r} that runs backwards, expected [from, to]" if backwards else ""
        )

    def formula_names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names in `lengths`."""
        return tuple(parameters.get("lengths", ()))

    def draws_lengths(self, parameters: Mapping[str, Any]) -> bool:
        """True if a length has a range; [32, 32] only gives it a name."""
        return any(low != high for low, high in parameters.get("lengths", {}).values())

    def names_of_lengths(self, case: Case, inputs: Inputs) -> Mapping[str, int]:
        """The drawn lengths, read from the shapes of the arrays."""
        named = [*zip(case.parameters["shape"], inputs.array("a").shape, strict=True)]
        if "other" in inputs.bases:
            named += zip(case.parameters["other"], inputs.array("other").shape, strict=True)
        return {name: length for name, length in named if isinstance(name, str)}

    def describe(self, case: Case, inputs: Inputs) -> str:
        """The shapes in words."""
        other = f" and one of shape {inputs.array('other').shape}" if "other" in inputs.bases else ""
        return f"an array of shape {inputs.array('a').shape}{other}{view_in_words(case)}"

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays. A result is as large as the first, or as a product of the two."""
        parameters = _with_lengths(parameters, max)
        shape, other = parameters["shape"], parameters.get("other", [])
        inputs = [shape, other, shape if parameters.get("upstream") else []]
        # with a second array, a product of matrices, or what both broadcast to
        return inputs, [shape, [*shape[:1], *other[-1:]] if other else []]

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The same values on shorter axes, without the views of the case and with them.

        Of a second array, lengths that are equal stay equal, and others are as long as the longest axis.
        Names of lengths stay, because a budget may depend on them.
        """
        named, parameters = parameters, _with_lengths(parameters, max)
        shape = parameters["shape"]
        for lengths in _shorter(shape):
            small: dict[str, Any] = {"shape": list(lengths), "level": 0}
            if "other" in parameters:
                lesser = dict(zip(shape, lengths, strict=True))
                longest = max(SHORT, *lengths)
                small["other"] = [lesser.get(n, min(n, longest)) for n in parameters["other"]]
            if (small_named := _with_names(named, small)) is None:
                continue
            for view in dict.fromkeys([(), parameters.get("view", ())]):
                yield {**small_named, "view": view}
        yield {}  # in numbers that can be followed


def _shorter(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Lengths up to those of a shape, the fewest elements first. To cut edges off takes the long ones.

    The longest are just past a power of two: there a block, a warp or a tile of threads is not enough.
    """
    few = range(1, SHORT + 1)
    past = [2**power + 1 for power in range(LONG.bit_length(), max(shape, default=0).bit_length())]
    for lengths, least in ((few, 0), (range(1, LONG + 1), SHORT + 1), ((*few, *past), LONG + 1)):
        by_size = _by_size([[n for n in lengths if n <= most] or [most] for most in shape])
        small = itertools.takewhile(lambda some: math.prod(some) <= MOST_ELEMENTS, by_size)
        long_enough = (some for some in small if max(some, default=0) >= least)
        yield from itertools.islice(long_enough, MOST_SHAPES)


def _by_size(choices: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """One of its lengths for each axis, the fewest elements first, as they are needed.

    Eight axes have too many for a list.
    """
    first = (0,) * len(choices)
    queued, queue = {first}, [(math.prod(lengths[0] for lengths in choices), first)]
    while queue:
        _, places = heapq.heappop(queue)
        yield tuple(lengths[place] for lengths, place in zip(choices, places, strict=True))
        for axis, lengths in enumerate(choices):
            longer = (*places[:axis], places[axis] + 1, *places[axis + 1 :])
            if longer[axis] < len(lengths) and longer not in queued:
                queued.add(longer)
                size = math.prod(each[place] for each, place in zip(choices, longer, strict=True))
                heapq.heappush(queue, (size, longer))


def _with_names(parameters: Mapping[str, Any], small: dict[str, Any]) -> dict[str, Any] | None:
    """Small shapes with the names that the parameters give to lengths; None if one name has two lengths."""
    shapes = {key: [*zip(parameters[key], small[key], strict=True)] for key in SHAPES if key in small}
    pairs = [pair for shape in shapes.values() for pair in shape]
    length_of = {name: n for name, n in pairs if isinstance(name, str)}
    if any(length_of.get(name, n) != n for name, n in pairs):
        return None
    named = {
        key: [name if isinstance(name, str) else n for name, n in shape] for key, shape in shapes.items()
    }
    return {**small, **named, "lengths": {name: [n, n] for name, n in length_of.items()}}


def _with_lengths(parameters: Mapping[str, Any], choose: Callable[[int, int], int]) -> dict[str, Any]:
    """The parameters with each name in a shape replaced by a length."""
    length_of = {name: choose(*ends) for name, ends in parameters.get("lengths", {}).items()}
    shapes = {key: [length_of.get(n, n) for n in parameters[key]] for key in SHAPES if key in parameters}
    return {**parameters, **shapes}
