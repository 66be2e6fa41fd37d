"""The functions that a case passes to a submission: each is a number, and calling it asks the judge.

    worker ──{"nonce", "function": 7}, arguments──▶ judge    while a probe runs, one call at a time
    worker ◀──{"nonce", "status", "error"}, result── judge

The function itself runs in one of the judge's processes. Nothing of it reaches the submission: no source, no
name, no closure.
"""

import builtins
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from grader.model.wire_format import FUNCTION, Frame, encode
from grader.worker import numpy_arrays
from grader.worker.student_module import NoData, to_raw, value_in

Exchange = Callable[[bytes], Frame | None]


class FunctionProxy:
    """A function of the grader. It takes data and arrays, and returns data and NumPy arrays.

    If the function raises, so does the call: an exception of the same built-in class. A function of an
    earlier question raises RuntimeError.
    """

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, *arguments: Any) -> Any:
        """The result of the function; see the class for exceptions."""
        return LINE.call(self._number, arguments)

    def __repr__(self) -> str:
        return "<a function of the grader>"


def proxies(numbers_by_name: Mapping[str, int | list[int]]) -> tuple[dict[str, Any], list[int]]:
    """The proxies of a question's functions, by name, for a number or a list of them; and all the numbers."""
    functions: dict[str, Any] = {}
    numbers: list[int] = []
    for name, value in numbers_by_name.items():
        of_name = value if isinstance(value, list) else [value]
        each = [FunctionProxy(number) for number in of_name]
        functions[name] = each if isinstance(value, list) else each[0]
        numbers += of_name
    return functions, numbers


class Line:
    """The line to the judge, which is open while a probe runs. If threads call, each waits for its turn."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._exchange: Exchange | None = None
        self._nonce = ""
        self._numbers: frozenset[int] = frozenset()

    def connect(self, exchange: Exchange) -> None:
        """Sets the function that sends a frame's bytes to the judge and returns the judge's frame."""
        self._exchange = exchange

    def open(self, nonce: str, numbers: Iterable[int]) -> None:
        """Begins a question that passes these functions."""
        self._nonce, self._numbers = nonce, frozenset(numbers)

    def close(self) -> None:
        """Ends the question, after the call that another thread may be making."""
        with self._turn:
            self._nonce, self._numbers = "", frozenset()

    def call(self, number: int, values: tuple[Any, ...]) -> Any:
        """The result of a call; raises the function's exception, or TypeError if a value cannot travel."""
        try:
            arguments = to_raw(values, numpy_arrays, is_plain=True, what="the argument list")
        except NoData as error:
            raise TypeError(str(error)) from None
        with self._turn:
            if number not in self._numbers or self._exchange is None:
                raise RuntimeError("this function belongs to an earlier question")
            frame = self._exchange(encode({"nonce": self._nonce, FUNCTION: number}, arguments))
        if frame is None:  # the judge is gone
            os._exit(0)
        if frame.header["status"] == "error":
            raise _exception(**frame.header["error"])
        return value_in(frame.arrays)


def _exception(type: str, message: str) -> Exception:
    kind = getattr(builtins, type, None)
    try:
        raised = kind(message) if isinstance(kind, builtins.type) else None
    except TypeError:  # a class that needs more than a text
        raised = None
    return raised if isinstance(raised, Exception) else RuntimeError(message)


LINE = Line()
