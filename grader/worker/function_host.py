"""Runs the functions of cases for the judge: `python -m grader.worker.function_host`.

Nothing of a submission runs here. The functions are the course's own. Only the arguments come from a
submission, and they are data. The judge sends two kinds of request: "functions" brings the source of a
question's functions, and "apply" calls one of them. A mistake in the functions themselves ends the process,
because no submission is to blame for it.
"""

import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from grader.model.file_formats.module_text import module_from
from grader.model.wire_format import FUNCTION_RESULT_BYTES, MAX_ARRAYS, Frame, RawArray, encode
from grader.worker import numpy_arrays
from grader.worker.student_module import NoData, to_raw, value_in
from grader.worker.worker_loop import serve, set_limits

MEMORY_BYTES = 2 << 30
MAX_TEXT = 500
Function = Callable[..., Any]


def functions_of(source: str, uses: Sequence[Mapping[str, Any]]) -> list[Function]:
    """The functions that a question names, each with its fixed arguments.

    Each question gets a new module, so nothing that a function keeps reaches another submission.
    """
    module = module_from(source, "functions.py", "functions")
    return [partial(getattr(module, one["use"]), **one["given"]) for one in uses]


class FunctionHost:
    """Holds the functions of one question and calls them."""

    def __init__(self) -> None:
        self._functions: list[Function] = []

    def answer(self, frame: Frame) -> bytes:
        """The reply to one request; an exception of a function becomes an error in it."""
        header = frame.header
        if header["request"] == "functions":
            self._functions = functions_of(frame.arrays[0].data.decode(), header["functions"])
            return encode({"nonce": header["nonce"], "status": "ok", "error": None})
        try:
            value = _call(self._functions[header["place"]], value_in(frame.arrays))
        except Exception as raised:
            return encode({"nonce": header["nonce"], "status": "error", "error": _described(raised)})
        arrays = _sendable(value)
        status = "output_limit" if arrays is None else "ok"
        return encode({"nonce": header["nonce"], "status": status, "error": None}, arrays or ())


def _sendable(value: Any) -> list[RawArray] | None:
    """A result as it travels; None if it is too large, which the arguments decide."""
    try:
        arrays = to_raw(value, numpy_arrays, is_plain=True)
    except NoData as error:
        if error.is_too_much:
            return None
        raise
    is_large = len(arrays) > MAX_ARRAYS or sum(len(array.data) for array in arrays) > FUNCTION_RESULT_BYTES
    return None if is_large else arrays


def _call(function: Function, arguments: Any) -> Any:
    """What the function returns; TypeError, without its name, for another number of arguments."""
    if not isinstance(arguments, tuple):  # no honest worker sends that
        raise TypeError
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        raise _Misfit from None
    return function(*arguments)


class _Misfit(TypeError):
    """A call with more or fewer arguments than the function accepts."""

    def __str__(self) -> str:
        return "the function takes another number of arguments"


def _described(raised: Exception) -> dict[str, Any]:
    """The built-in class of an exception.

    Its text goes along only if it is a ValueError, with which a function refuses its arguments. Python's
    own texts name functions and variables.
    """
    built_in = next(one for one in type(raised).__mro__ if one.__module__ == "builtins")
    text = str(raised)[:MAX_TEXT] if isinstance(raised, ValueError | _Misfit) else ""
    place = {"file": "", "line": 0, "source": "", "calls": [], "is_of_submission": False}
    return {"type": built_in.__name__, "bases": [], "message": text, **place}


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unlimited = 2**31 - 1  # the judge watches the clock
    limits = {"cpu_seconds": unlimited, "file_bytes": 0, "open_files": 64, "processes": 0}
    set_limits({**limits, "memory_bytes": MEMORY_BYTES})
    os.chdir("/")
    serve(FunctionHost())
