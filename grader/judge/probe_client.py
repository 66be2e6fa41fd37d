"""Implements the fixtures `submission` and `reference` of an author's tests, in NumPy arrays."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.judge.differences.probe_values import NO_VALUE, arrays_of, value_of
from grader.judge.inputs import Inputs
from grader.model.grade import Outcome


class ProbeClient:
    """Provides the functions of probes.py as methods: `asked.conv(x=x, w=w, stride=1, padding=0)`.

    The probe finds each keyword argument in its case: an array (float32) as `case.x`, anything else
    unchanged. The result is an array, a tuple of arrays if the probe returns several, or another value.
    `answer` runs the probe, and raises if there is no answer.
    """

    def __init__(self, probes: Path, answer: Callable[[str, Inputs], Outcome]) -> None:
        self._probes = probes
        self._answer = answer

    def __getattr__(self, probe: str) -> Callable[..., Any]:
        tree = ast.parse(self._probes.read_text(encoding="utf-8"))
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        if probe not in names:
            raise AttributeError(f"{self._probes.name} defines no {probe}: it defines {', '.join(names)}")

        def ask(**arguments: Any) -> Any:
            outcome = self._answer(probe, _inputs(arguments))
            value, arrays = value_of(outcome.arrays), arrays_of(outcome)
            if value is not NO_VALUE:
                return value
            return arrays[0] if len(arrays) == 1 else arrays

        return ask


def _inputs(arguments: Mapping[str, Any]) -> Inputs:
    arrays = {name: value for name, value in arguments.items() if isinstance(value, np.ndarray)}
    values = {name: value for name, value in arguments.items() if name not in arrays}
    bases = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
    return Inputs(values, bases, dict.fromkeys(bases, ()))
