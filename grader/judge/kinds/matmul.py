"""Cases of a dense layer: a matrix product, with a bias if the case asks for one."""

import itertools
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from grader.judge.inputs import Inputs
from grader.judge.kind import Kind, Lengths, draw_arrays, view_in_words
from grader.model.assignment import Case

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel


@cache
def matmul_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Length

    class MatmulCase(CaseModel):
        """A dense layer: [N, I, O] for x (N, I), w (I, O), out_grad (N, O) and, with `bias`, b (O,)."""

        matmul: Annotated[list[Length], Field(min_length=3, max_length=3)]
        """[N, I, O]: samples, features, outputs."""
        bias: bool = False
        """Whether there is a `case.b` of shape (O,)."""

    return {"matmul": MatmulCase}


class MatmulKind(Kind):
    """Samples `x`, weights `w`, the upstream gradient `out_grad`, and a bias `b` if the case asks for one."""

    name = "matmul"
    keys = staticmethod(matmul_keys)
    arrays = ("x", "w", "b", "out_grad")
    differentiable = ("x", "w")

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """The arrays, and no other values."""
        samples, features, outputs = case.parameters["matmul"]
        bias = {"b": (outputs,)} if case.parameters["bias"] else {}
        arrays = {"x": (samples, features), "w": (features, outputs), **bias, "out_grad": (samples, outputs)}
        return draw_arrays(case, numbers, {}, arrays)

    def describe(self, case: Case, inputs: Inputs) -> str:
        """The numbers of samples, features and outputs in words."""
        (samples, features), outputs = inputs.array("x").shape, inputs.array("w").shape[1]
        plural, bias = "s" if samples != 1 else "", ", with a bias" if "b" in inputs.bases else ""
        return (
            f"{samples} sample{plural} of {features} features, {outputs} outputs{bias}{view_in_words(case)}"
        )

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of the arrays, and of the result, which is like `out_grad`."""
        samples, features, outputs = parameters["matmul"]
        out = [samples, outputs]
        return [[samples, features], [features, outputs], out, [outputs]], [out]

    def why_not_linear(self, parameters: Mapping[str, Any]) -> str:
        """The reason why a layer with a bias is not linear; "" without a bias."""
        return "a layer with a bias is not linear in its input" if parameters["bias"] else ""

    def reduce(self, parameters: Mapping[str, Any], longest: int, channels: int) -> dict[str, Any]:
        """The case with fewer samples, features and outputs."""
        return {**parameters, "matmul": [min(n, 3 * longest) for n in parameters["matmul"]]}

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Cases with one or two of everything, without the case's views and with them."""
        for sizes in itertools.product((1, 2), repeat=3):
            for view in dict.fromkeys([(), parameters.get("view", ())]):
                yield {"matmul": list(sizes), "view": view}
        for sizes in ((2, 3, 2), (3, 1, 2)):
            yield {"matmul": list(sizes), "view": ()}
