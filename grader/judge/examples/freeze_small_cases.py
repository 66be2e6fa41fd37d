"""Freezes the small cases of each criterion with their expected values for a handout, and reads them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.judge.comparison import Oracle
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import Array
from grader.judge.examples.smallest import answer_of, ladder
from grader.judge.inputs import Inputs
from grader.model.assignment import Assignment, Case, Criterion

SMALLEST = "smallest.json"  # the file of a handout


def freeze_ladders(assignment: Assignment, oracle: Oracle) -> str:
    """The ladders of every criterion as JSON; the same text every time."""
    rungs = {c.id: list(_frozen(c, oracle)) for c in assignment.rubric.criteria}
    return json.dumps(rungs, separators=(",", ":"))


def _frozen(criterion: Criterion, oracle: Oracle) -> Iterator[dict[str, Any]]:
    answer = answer_of(oracle)
    for case, inputs in ladder(criterion, answer):
        expected = answer(case, inputs)
        if expected is None:
            continue
        yield {
            "id": case.id,
            "kind": case.kind,
            "compare": case.compare,
            "parameters": dict(case.parameters),
            "values": dict(inputs.values),
            "ask": dict(inputs.ask),
            "inputs": {name: [_written(base), inputs.recipes[name]] for name, base in inputs.bases.items()},
            "expected": [_written(array) for array in expected.arrays],
            "bounds": None if expected.bounds is None else [_written(array) for array in expected.bounds],
        }


class FrozenLadders:
    """The small cases of a handout, by criterion, with their expected values."""

    def __init__(self, path: Path) -> None:
        self._rungs: Mapping[str, Any] = {}
        if path.is_file():
            self._rungs = json.loads(path.read_text(encoding="utf-8"))
        self._expected: dict[str, Expected] = {}

    def of(self, criterion: Criterion) -> Iterator[tuple[Case, Inputs]]:
        """A criterion's cases, the smallest first."""
        for data in self._rungs.get(criterion.id, ()):
            like = next((case for case in criterion.cases if case.kind == data["kind"]), None)
            if like is None:
                continue
            parameters = {**data["parameters"], "view": tuple(data["parameters"].get("view", ()))}
            case = replace(like, id=data["id"], compare=data["compare"], parameters=parameters)
            bases = {name: _read(array) for name, (array, _) in data["inputs"].items()}
            recipes = {
                name: tuple((op, argument) for op, argument in recipe)
                for name, (_, recipe) in data["inputs"].items()
            }
            inputs = Inputs(data["values"], bases, recipes, data["ask"])
            bounds = None if data["bounds"] is None else tuple(map(_read, data["bounds"]))
            self._expected[inputs.digest] = Expected(tuple(map(_read, data["expected"])), bounds)
            yield case, inputs

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The expected value."""
        return self._expected[inputs.digest]


def _written(array: Array) -> list[Any]:
    """The dtype, the shape and the numbers; JSON has no complex ones, so their parts follow one another."""
    numbers = np.ascontiguousarray(array).reshape(-1)
    return [array.dtype.str, list(array.shape), numbers.view(_part(array.dtype)).tolist()]


def _read(data: list[Any]) -> Array:
    dtype, shape, values = data
    array: Array = np.array(values, _part(np.dtype(dtype))).view(dtype).reshape(shape)
    return array


def _part(dtype: "np.dtype[Any]") -> "np.dtype[Any]":
    return np.zeros((), dtype).real.dtype
