"""Arrays of any names and shapes; `ask` holds the other values that a probe needs."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from grader.judge.inputs import UPSTREAM, Inputs
from grader.judge.kind import Kind, Lengths, draw_arrays, view_in_words
from grader.model.assignment import Case

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel


@cache
def arrays_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, DrawnArray, Id, Shape

    class ArraysCase(CaseModel):
        """Arrays by name, each with its shape, or with a dtype and a range as well."""

        arrays: Annotated[dict[Id, Shape | DrawnArray], Field(min_length=1, max_length=8)]
        """For the probe, as `case.NAME`: a shape, or an array of [another dtype](#arrays-of-any-dtype).
        `out_grad` is the gradient of the result."""

    return {"arrays": ArraysCase}


class ArraysKind(Kind):
    """The arrays that a case names. The kind does not know what the probe computes with them."""

    name = "arrays"
    keys = staticmethod(arrays_keys)

    def arrays_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names that the case gives."""
        return tuple(parameters["arrays"])

    def differentiable_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """All arrays of real numbers in the case except the upstream gradient."""
        stated = _stated(parameters)
        of_reals = [n for n in parameters["arrays"] if n not in stated or stated[n]["dtype"] == "float32"]
        return tuple(name for name in of_reals if name != UPSTREAM)

    def fixed_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """Those with a dtype or a range of their own."""
        return tuple(_stated(parameters))

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The arrays, in the order of the case, and no other values."""
        return draw_arrays(case, numbers, {}, _shapes(case.parameters), _stated(case.parameters))

    def describe(self, case: Case, inputs: Inputs) -> str:
        """Each array with its shape, and with its dtype unless that is float32."""
        arrays = {name: inputs.array(name) for name in inputs.bases}
        words = [
            f"{name} {array.shape}" + (f" of {array.dtype}" if array.dtype != np.float32 else "")
            for name, array in arrays.items()
        ]
        return f"{', '.join(words)}{view_in_words(case)}"

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays, and the largest of them as the shape of a result."""
        shapes = list(_shapes(parameters).values())
        return shapes, [max(shapes, key=lambda shape: int(np.prod(shape)))]

    def itemsizes(self, parameters: Mapping[str, Any]) -> tuple[Sequence[int], Sequence[int]]:
        """Those of the stated dtypes; a result has that of the largest array."""
        stated, shapes = _stated(parameters), _shapes(parameters)
        sizes = [np.dtype(stated[n]["dtype"]).itemsize if n in stated else 4 for n in shapes]
        lengths = [int(np.prod(shape)) for shape in shapes.values()]
        return sizes, [sizes[lengths.index(max(lengths))]]

    def why_not_linear(self, parameters: Mapping[str, Any]) -> str:
        """ "": the author claims linearity with `compare: adjoint`, and `grader verify` tests it."""
        return ""


def _shapes(parameters: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of each array."""
    arrays = parameters["arrays"].items()
    return {name: tuple(about["shape"] if isinstance(about, Mapping) else about) for name, about in arrays}


def _stated(parameters: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The keys of each array that is more than a shape."""
    return {name: about for name, about in parameters["arrays"].items() if isinstance(about, Mapping)}
