"""Freezes the small cases of each criterion with their expected values for a handout, and reads them."""

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.judge.comparison import Oracle
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE, Array
from grader.judge.examples.answer_to_small_case import answer_of
from grader.judge.examples.forward_shape import forward_of
from grader.judge.examples.smallest import ladder
from grader.judge.inputs import Inputs
from grader.model.assignment import Assignment, Case, Criterion
from grader.model.errors import UserError
from grader.model.file_formats.zip_bytes import zipped

SMALLEST = "smallest.zip"  # the file of a handout: JSON for each criterion


def freeze_ladders(assignment: Assignment, oracle: Oracle) -> bytes:
    """The ladders of every criterion as a zip; the same bytes every time."""
    ladders = {c.id: list(_frozen(c, assignment, oracle)) for c in assignment.rubric.criteria}
    return zipped(
        {name: json.dumps(rungs, separators=(",", ":")).encode() for name, rungs in ladders.items()}
    )


def _frozen(criterion: Criterion, assignment: Assignment, oracle: Oracle) -> Iterator[dict[str, Any]]:
    answer = answer_of(oracle, assignment)
    originals = {case.id: case.parameters for case in criterion.cases}
    for case, inputs in ladder(criterion, answer, forward_of(oracle, criterion)):
        expected = answer(case, inputs)
        if expected is None or expected.value is not NO_VALUE:
            continue
        original = originals[case.id]
        yield {
            "case": case.id,
            "parameters": {
                key: value for key, value in case.parameters.items() if original.get(key) != value
            },
            "values": dict(inputs.values),
            "ask": dict(inputs.ask),
            "inputs": {name: [_written(base), inputs.recipes[name]] for name, base in inputs.bases.items()},
            "expected": [_written(array) for array in expected.arrays],
            "bounds": None if expected.bounds is None else [_written(array) for array in expected.bounds],
        }


class FrozenLadders:
    """The small cases of a handout, by criterion, with their expected values."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._expected: dict[tuple[str, str], Expected] = {}

    def of(self, criterion: Criterion) -> Iterator[tuple[Case, Inputs]]:
        """A criterion's cases, the smallest first."""
        cases = {case.id: case for case in criterion.cases}
        for data in self._rungs(criterion):
            original = cases[data["case"]]
            parameters = {**original.parameters, **data["parameters"]}
            case = replace(original, parameters={**parameters, "view": tuple(parameters.get("view", ()))})
            bases = {name: _read(array) for name, (array, _) in data["inputs"].items()}
            recipes = {
                name: tuple((op, argument) for op, argument in recipe)
                for name, (_, recipe) in data["inputs"].items()
            }
            inputs = Inputs(data["values"], bases, recipes, data["ask"])
            bounds = None if data["bounds"] is None else tuple(map(_read, data["bounds"]))
            self._expected[case.name, inputs.digest] = Expected(tuple(map(_read, data["expected"])), bounds)
            yield case, inputs

    def _rungs(self, criterion: Criterion) -> list[dict[str, Any]]:
        """A criterion's entries; none if the handout has none, UserError if they cannot be read."""
        if not self._path.is_file():
            return []
        try:
            with zipfile.ZipFile(self._path) as archive:
                is_there = criterion.id in archive.namelist()
                rungs: list[dict[str, Any]] = json.loads(archive.read(criterion.id)) if is_there else []
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            message = "small cases that cannot be read: unpack the handout again"
            raise UserError(message, self._path) from error
        return rungs

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The expected value."""
        return self._expected[case.name, inputs.digest]


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
