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

    from grader.judge.case_model import CaseModel, Id, Shape

    class ArraysCase(CaseModel):
        """Arrays by name, each with its shape."""

        arrays: Annotated[dict[Id, Shape], Field(min_length=1, max_length=8)]
        """For the probe, as `case.NAME`: its shape. `out_grad` is the gradient of the result."""

    return {"arrays": ArraysCase}


class ArraysKind(Kind):
    """The arrays that a case names. The kind does not know what the probe computes with them."""

    name = "arrays"
    keys = staticmethod(arrays_keys)

    def arrays_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The names that the case gives."""
        return tuple(parameters["arrays"])

    def differentiable_of(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """All arrays of the case except the upstream gradient."""
        return tuple(name for name in parameters["arrays"] if name != UPSTREAM)

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The arrays, in the order of the case, and no other values."""
        of_case = {name: tuple(shape) for name, shape in case.parameters["arrays"].items()}
        return draw_arrays(case, numbers, {}, of_case)

    def describe(self, case: Case, inputs: Inputs) -> str:
        """Each array with its shape."""
        shapes = ", ".join(f"{name} {inputs.array(name).shape}" for name in inputs.bases)
        return f"{shapes}{view_in_words(case)}"

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays, and the largest of them as the shape of a result."""
        shapes = list(parameters["arrays"].values())
        return shapes, [max(shapes, key=lambda shape: int(np.prod(shape)))]

    def why_not_linear(self, parameters: Mapping[str, Any]) -> str:
        """ "": the author claims linearity with `compare: adjoint`, and `grader verify` tests it."""
        return ""
