"""Cases with plain values only, which the rubric writes or which are drawn from ranges."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from grader.judge.inputs import Inputs
from grader.judge.kind import Kind, Lengths
from grader.model.assignment import Case

if TYPE_CHECKING:
    from grader.judge.case_model import CaseModel


@cache
def literals_keys() -> "Mapping[str, type[CaseModel]]":
    """The models of a case, by the key that identifies this kind."""
    from pydantic import Field

    from grader.judge.case_model import CaseModel, Draws, Functions, Id, Literals, RandomValue, Scenario

    class AskCase(CaseModel):
        """Plain values without an array. With `draw`, N cases, each with different random values."""

        ask: Annotated[Literals, Field(min_length=1)]
        """For the probe, as `case.NAME`: null, true, numbers, texts, lists, mappings, as you write them."""
        draw: Draws | None = None
        """How many such cases there are, named id-1, id-2, ..."""

    class RandomCase(CaseModel):
        """Random values without an array. With `draw`, N cases, each with different values."""

        random: Annotated[dict[Id, RandomValue], Field(min_length=1)]
        """For the probe, as `case.NAME`: texts and numbers, drawn from ranges."""
        draw: Draws | None = None
        """How many such cases there are, named id-1, id-2, ..."""

    class ScenarioCase(CaseModel):
        """Steps that the grader takes, of the criterion's `probe: scenario`. With `draw`, N such cases."""

        scenario: Scenario
        """The steps that the grader's own probe `scenario` takes; their results are compared."""
        draw: Draws | None = None
        """How many such cases there are, named id-1, id-2, ..."""

    class FunctionsCase(CaseModel):
        """Functions without an array. With `draw`, N cases, each with a seed and an order of its own."""

        functions: Functions
        """For the probe, as `case.NAME`: functions of functions.py; see [functions](#functions)."""
        draw: Draws | None = None
        """How many such cases there are, named id-1, id-2, ..."""

    return {"ask": AskCase, "random": RandomCase, "functions": FunctionsCase, "scenario": ScenarioCase}


class LiteralsKind(Kind):
    """No arrays. The answer may be any Python value that the probe returns."""

    name = "literals"
    keys = staticmethod(literals_keys)
    yields = True

    def draw(self, case: Case, shapes: "np.random.Generator", numbers: "np.random.Generator") -> Inputs:
        """Inputs without arrays or values. The values that any kind may have are added later."""
        return Inputs({}, {}, {})

    def describe(self, case: Case, inputs: Inputs) -> str:
        """ "". The values that any kind may have are described after this text."""
        return ""

    def lengths(self, parameters: Mapping[str, Any]) -> tuple[Lengths, Lengths]:
        """No array."""
        return [], []
