"""Cases with logits and one-hot labels, the inputs of a softmax and of its loss."""

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
def logits_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Count, Length, Number

    class LogitsCase(CaseModel):
        """Logits and one-hot labels, both [N, C]. Without `spread`, `data` says how to draw them."""

        logits: Annotated[list[Count], Field(min_length=2, max_length=2)]
        """[N, C]: samples, classes."""
        spread: Length | None = None
        """How far apart the logits of a row are; from 1000 on, softmax returns only exact zeros and ones."""
        level: Number = 0
        """Row n (from 0) is near level (n + 1): if it is large, exp overflows, or all its values are 0."""

    return {"logits": LogitsCase}


class LogitsKind(Kind):
    """Rows of `logits` and one-hot `labels`; with a `spread`, the results are exact.

    Row n is then a permutation of 0, spread, 2 spread, ... around level (n + 1). From a spread of 1000 on
    exp(-spread) is 0 in float32 and float64, so that softmax holds zeros and ones and the loss is exact.
    """

    name = "logits"
    keys = staticmethod(logits_keys)
    arrays = ("logits", "labels")
    differentiable = ("logits",)
    fixed = ("labels", "logits")  # one-hot, and ranks that keep the loss exact

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """Both arrays; the labels are rows of the identity matrix."""
        samples, classes = case.parameters["logits"]
        both = {"logits": (samples, classes), "labels": (samples, classes)}
        inputs = draw_arrays(case, numbers, {}, both)
        labels = np.eye(classes, dtype=np.float32)[numbers.integers(0, classes, samples)]
        arrays = {"labels": labels}
        if "spread" in case.parameters:
            ranks = numbers.permuted(np.tile(np.arange(classes), (samples, 1)), axis=1)
            levels = case.parameters["level"] * np.arange(1, samples + 1)
            arrays["logits"] = (levels[:, None] + case.parameters["spread"] * ranks).astype(np.float32)
        return inputs.holding(arrays)

    def describe(self, case: Case, inputs: Inputs) -> str:
        """The numbers of samples and classes, and the range of the logits."""
        samples, classes = inputs.array("logits").shape
        spread, level = case.parameters.get("spread"), case.parameters.get("level", 0)
        distances = {None: "", 0: ", all logits of a row equal"}.get(spread, f", logits {spread} apart")
        around = f", row n around {level}·(n + 1)" if level else ""
        plural = "s" if samples != 1 else ""
        return f"{samples} sample{plural}, {classes} classes{distances}{around}{view_in_words(case)}"

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """The shapes of both arrays and of the result, which all have the shape of the logits."""
        return [parameters["logits"]] * 2, [parameters["logits"]]

    def reduce(self, parameters: Mapping[str, Any], longest: int, channels: int) -> dict[str, Any]:
        """The case with fewer samples and classes."""
        return {**parameters, "logits": [min(n, 3 * longest) for n in parameters["logits"]]}

    def smaller(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Cases with one or two samples and two or three classes."""
        for sizes in ([1, 2], [2, 2], [1, 3], [2, 3]):
            yield {"logits": sizes, "view": ()}
