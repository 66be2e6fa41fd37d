"""Cases with one array and the settings of an operation on it, or with two arrays."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np

from grader.judge.inputs import Inputs
from grader.judge.kind import Kind, Lengths, draw_arrays, in_words, view_in_words
from grader.model.assignment import Case
from grader.model.near_miss import near_miss

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel

NOT_FOR_THE_PROBE = ("shape", "other", "lengths", "level", "view", "upstream", "wide")
MOST_SHAPES = 40


@cache
def array_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Count, Id, Item, Length, Number, Shape, Strict

    NamedShape = Annotated[list[Length | Id], Field(max_length=8)]
    DrawnLength = Annotated[list[Length], Field(min_length=2, max_length=2)]

    class StridedModel(Strict):
        """A view of an array's buffer, for `as_strided`, in elements."""

        shape: Shape
        """Its shape."""
        strides: list[Number] = Field(max_length=8)
        """Its strides, one for each axis."""
        offset: Length = 0
        """The position of its first element."""

    class ArrayCase(CaseModel):
        """One array and the operation on it."""

        kernel: Id | None = None
        """For the probe, as `case.kernel`: the kernel that the case is about."""
        shape: NamedShape
        """The shape of `case.a`; a length may be 0, or a name in `lengths`."""
        other: NamedShape | None = None
        """The shape of a second array, `case.other`."""
        lengths: dict[Id, DrawnLength] | None = None
        """Random lengths, by the names that shapes use for them: [from, to], both included."""
        level: Number | None = None
        """A number to add to each element of `case.a`: -20 makes all of them negative."""
        strided: StridedModel | None = None
        """For the probe, as `case.strided`: a view of `case.a`, made by as_strided, to begin with."""
        axes: Number | list[Number] | None = None
        """For the probe, as `case.axes`; negative ones count from the end."""
        keepdims: bool | None = None
        """For the probe, as `case.keepdims`."""
        index: list[Item] | None = None
        """For the probe, as `case.index`: integers, slices such as "1::-2", "..." and "new" (None)."""
        source: list[Item] | None = None
        """For the probe, as `case.source`: the index of the elements to assign."""
        number: Number | None = None
        """For the probe, as `case.number`: the number to assign, if it is a single number."""
        tile: Count | None = None
        """For the probe, as `case.tile`: the side of a square tile."""
        refused: Literal[True] | None = None
        """For the probe, as `case.refused`: expect an exception, and compare its name."""
        dilation: Length | None = None
        """For the probe, as `case.dilation`."""
        padding: list[Annotated[list[Number], Field(min_length=2, max_length=2)]] | None = None
        """For the probe, as `case.padding`: [before, after] of each axis."""
        target: list[Annotated[int, Field(ge=-1, le=1_000_000)]] | None = None
        """For the probe, as `case.target`: a shape to reduce to, to broadcast to or to reshape to."""
        upstream: bool | None = None
        """Whether there is a `case.out_grad` of the same shape."""

    return {"shape": ArrayCase}


def _has_negative_axis(case: Case, inputs: Inputs) -> bool:
    axes = inputs.values.get("axes") or ()
    return any(axis < 0 for axis in ([axes] if isinstance(axes, int) else axes))


def _is_cycle(case: Case, inputs: Inputs) -> bool:
    axes = inputs.values.get("axes")
    if not isinstance(axes, list | tuple) or sorted(axes) != list(range(len(axes))):
        return False
    return not np.array_equal(np.asarray(axes)[list(axes)], range(len(axes)))


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
        """The arrays; all keys that do not describe an array go to the probe."""
        parameters = _with_lengths(case.parameters, lambda low, high: int(shapes.integers(low, high + 1)))
        values = {key: value for key, value in parameters.items() if key not in NOT_FOR_THE_PROBE}
        shapes_of = {"a": tuple(parameters["shape"])}
        if "other" in parameters:
            shapes_of["other"] = tuple(parameters["other"])
        if parameters.get("upstream"):
            shapes_of["out_grad"] = shapes_of["a"]
        inputs = draw_arrays(case, numbers, values, shapes_of)
        level = parameters.get("level", 0)
        return inputs.holding({"a": inputs.array("a") + np.float32(level)}) if level else inputs

    def complaint(self, parameters: Mapping[str, Any]) -> str:
        """The problem with a name that has no range of lengths, or with a range that runs backwards."""
        drawn = parameters.get("lengths", {})
        named = [n for n in (*parameters["shape"], *parameters.get("other", ())) if isinstance(n, str)]
        if unknown := [name for name in named if name not in drawn]:
            message = f"found the length {unknown[0]!r}, expected a number or a name in `lengths`"
            return message + near_miss(unknown[0], drawn)
        backwards = [name for name, (low, high) in drawn.items() if low > high]
        return (
            f"found a range of {backwards[0]!r} that runs backwards, expected [from, to]" if backwards else ""
        )

    def formula_names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names in `lengths`."""
        return tuple(parameters.get("lengths", ()))

    def names_of_lengths(self, case: Case, inputs: Inputs) -> Mapping[str, int]:
        """The drawn lengths, read from the shapes of the arrays."""
        named = [*zip(case.parameters["shape"], inputs.array("a").shape, strict=True)]
        if "other" in inputs.bases:
            named += zip(case.parameters["other"], inputs.array("other").shape, strict=True)
        return {name: length for name, length in named if isinstance(name, str)}

    def describe(self, case: Case, inputs: Inputs) -> str:
        """The shapes in words, then the other values for the probe."""
        other = f" and one of shape {inputs.array('other').shape}" if "other" in inputs.bases else ""
        asked_values = {key: value for key, value in inputs.values.items() if key in case.parameters}
        values = "".join(f", {name} {in_words(value)}" for name, value in asked_values.items())
        return f"an array of shape {inputs.array('a').shape}{other}{values}{view_in_words(case)}"

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays, and the shape after each operation that may make an array larger."""
        parameters = _with_lengths(parameters, max)
        shape, other = parameters["shape"], parameters.get("other", [])
        inputs = [shape, other, shape if parameters.get("upstream") else []]
        padding = parameters.get("padding", [])
        results = [
            [n * (parameters.get("dilation", 0) + 1) for n in shape],
            [n + max(sum(pair), 0) for n, pair in zip(shape, padding, strict=False)],
            parameters.get("target", []),
            parameters.get("strided", {}).get("shape", []),
        ]
        if "other" in parameters:  # a product of matrices, or what both broadcast to
            results.append([*shape[:1], *other[-1:]])
        return inputs, results

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The same settings on shorter axes, without the views of the case and with them."""
        parameters = _with_lengths(parameters, max)
        shape = parameters["shape"]
        shorter = itertools.product(*(range(min(n, 1), min(n, 3) + 1) for n in shape))
        for lengths in sorted(shorter, key=lambda each: (int(np.prod(each)), each))[:MOST_SHAPES]:
            small: dict[str, Any] = {"shape": list(lengths), "level": 0}
            if "other" in parameters:  # equal lengths stay equal
                lesser = dict(zip(shape, lengths, strict=True))
                small["other"] = [lesser.get(n, min(n, 3)) for n in parameters["other"]]
            if _lies_inside(parameters.get("strided"), int(np.prod(lengths))):
                for view in dict.fromkeys([(), parameters.get("view", ())]):
                    yield {**small, "view": view}
        yield {}  # in numbers that can be followed


def _with_lengths(parameters: Mapping[str, Any], choose: Callable[[int, int], int]) -> dict[str, Any]:
    """The parameters with each name in a shape replaced by a length."""
    chosen = {name: choose(*ends) for name, ends in parameters.get("lengths", {}).items()}
    shapes = {
        key: [chosen.get(n, n) for n in parameters[key]] for key in ("shape", "other") if key in parameters
    }
    return {**parameters, **shapes}


def _lies_inside(strided: Mapping[str, Any] | None, size: int) -> bool:
    """True if a view by strides, if there is one, stays within a buffer of that size."""
    if strided is None:
        return True
    ends = [(n - 1) * s for n, s in zip(strided["shape"], strided["strides"], strict=True)]
    low, high = (strided.get("offset", 0) + sum(each(end, 0) for end in ends) for each in (min, max))
    return bool(low >= 0 and high < size)
