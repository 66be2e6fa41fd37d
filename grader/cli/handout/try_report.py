"""`grader try --json`: a case's inputs, its expected value and the student's answer, for a program."""

import contextlib
import math
import sys
from typing import Any

import numpy as np

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.handout.one_case import set_up
from grader.judge.differences.python_words import in_full

FLOATS = ("float16", "float32", "float64")  # a longer one has no number in JSON
COMPLEX = ("complex64", "complex128")


def report(case_name: str) -> int:
    """Prints the case after one call of its probe; the student's output goes to standard error."""
    error, actual = "", None
    with contextlib.redirect_stdout(sys.stderr):
        bench = set_up(case_name)
        try:
            actual = plain(bench.names["ask"]())
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    expected = bench.names["expected"]
    facts = {
        "case": bench.name,
        "inputs": {name: plain(bench.names[name]) for name in bench.input_names},
        "calls": bench.calls,
        "expected": None if isinstance(expected, tuple) and not expected else plain(expected),
        "actual": actual,
        "error": error,
    }
    print_json("try/1", facts)
    return NOT_PASSED if error else PASSED


def plain(value: Any) -> Any:
    """An array as its dtype, shape and values, several arrays as a list, the rest as Python writes it.

    A complex number is the list of its real and its imaginary part.
    """
    value = _as_numpy(value)
    if isinstance(value, tuple) and any(isinstance(_as_numpy(part), np.ndarray) for part in value):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray) and (value.dtype.kind in "biu" or value.dtype.name in FLOATS):
        return {"dtype": value.dtype.name, "shape": list(value.shape), "values": _finite(value.tolist())}
    if isinstance(value, np.ndarray) and value.dtype.name in COMPLEX:
        parts = np.stack((value.real, value.imag), axis=-1)
        return {"dtype": value.dtype.name, "shape": list(value.shape), "values": _finite(parts.tolist())}
    return {"python": in_full(value)}


def _as_numpy(value: Any) -> Any:
    return value.numpy() if hasattr(value, "numpy") else value


def _finite(values: Any) -> Any:
    """The values with NaN and infinity as text, because JSON has no number for them."""
    if isinstance(values, list):
        return [_finite(each) for each in values]
    return values if math.isfinite(values) else str(values)
