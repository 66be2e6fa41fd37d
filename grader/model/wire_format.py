"""The frames that cross between judge and worker: a JSON header of known fields, then raw array bytes.

    4 bytes   length of the header, little-endian
    header    UTF-8 JSON object; its "arrays" lists {"dtype", "shape"} of each array
    arrays    the elements in C order, little-endian, one array after the other

There is no length field for an array: its bytes follow from dtype and shape, so nothing can
disagree. Every length is capped before it is read.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model.errors import ProtocolError
from grader.model.plain_data import decode

DATA = "data"  # the dtype of a text of `grader.model.plain_data` in place of an array; it goes first
ITEM_BYTES = {
    **{"|b1": 1, "|i1": 1, "|u1": 1, "<i2": 2, "<u2": 2, "<i4": 4, "<u4": 4, "<i8": 8, "<u8": 8},
    **{"<f2": 2, "<f4": 4, "<f8": 8, "<c8": 8, "<c16": 16, DATA: 1},
}
KINDS = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}
MAX_HEADER_BYTES = 64 * 1024
MAX_ARRAYS = 64
MAX_DIMENSIONS = 16
_JSON = json.JSONEncoder(separators=(",", ":"))

REPLY_FIELDS = frozenset({"nonce", "status", "error"})  # besides "arrays"
FUNCTION = "function"  # the field of a call: the number of the function
FUNCTION_RESULT_BYTES = 64 << 20  # the most that a function of a case may return
ERROR_FIELDS = frozenset({"type", "bases", "message", "file", "line", "source", "calls", "is_of_submission"})
CALL_FIELDS = frozenset({"function", "file", "line", "source", "arguments", "variables"})
VARIABLE_FIELDS = frozenset({"name", "shape", "dtype", "value"})
MAX_BASES = 20  # classes that an exception's class derives from
CUT_MARK = "…"  # at the end of a call's text that is cut
RAISED, NOT_TRIED = -1, -2  # in place of the number of an answer, where code with edits gave none
MAX_CALLS = 6  # calls of a submission that an exception passed through
MAX_VARIABLES = 6  # of the line where a call raised
MAX_NAME = 40  # characters of a variable's name
MAX_NUMBERS = 8  # of a tuple that is a variable's value
MAX_NUMBER = 10**9  # the largest of its numbers, in either direction
DTYPE_NAMES = {  # as NumPy writes them: float32 for <f4
    code: "bool" if code == "|b1" else f"{KINDS[code[1]]}{8 * size}"
    for code, size in ITEM_BYTES.items()
    if code != DATA
}


@dataclass(frozen=True)
class RawArray:
    """An array as it crosses the wire: NumPy's dtype string, its shape, its bytes in C order."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


@dataclass(frozen=True)
class Frame:
    """One message: the header without its "arrays", and the arrays."""

    header: Mapping[str, Any]
    arrays: tuple[RawArray, ...]


def array_bytes(dtype: str, shape: Sequence[int]) -> int:
    """The number of bytes that an array of this dtype and shape takes."""
    return ITEM_BYTES[dtype] * math.prod(shape)


def encode(header: Mapping[str, Any], arrays: Sequence[RawArray] = ()) -> bytes:
    """The frame's bytes."""
    headers = [{"dtype": a.dtype, "shape": list(a.shape)} for a in arrays]
    text = _JSON.encode({**header, "arrays": headers}).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *(a.data for a in arrays)])


class FrameReader:
    """Cuts a stream of bytes into frames; `max_bytes` caps the arrays of one frame together.

    Raises ProtocolError at the first byte that cannot belong to a well-formed frame.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._header: dict[str, Any] | None = None
        self._arrays: list[tuple[str, tuple[int, ...], int]] = []

    @property
    def is_empty(self) -> bool:
        """True if no byte of an unfinished frame is waiting."""
        return not self._buffer and self._header is None

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yields every frame that `data` completes."""
        self._buffer += data
        while True:
            if self._header is None and not self._take_header():
                return
            assert self._header is not None
            total = sum(size for _, _, size in self._arrays)
            if len(self._buffer) < total:
                return
            arrays, at = [], 0
            for dtype, shape, size in self._arrays:
                arrays.append(RawArray(dtype, shape, bytes(self._buffer[at : at + size])))
                at += size
            del self._buffer[:total]
            header, self._header = self._header, None
            yield Frame(header, tuple(arrays))

    def _take_header(self) -> bool:
        if len(self._buffer) < 4:
            return False
        length = int.from_bytes(self._buffer[:4], "little")
        if length > MAX_HEADER_BYTES:
            raise ProtocolError(f"a header of {length} bytes; at most {MAX_HEADER_BYTES} are read")
        if len(self._buffer) < 4 + length:
            return False
        try:
            header = json.loads(self._buffer[4 : 4 + length].decode())
        except (ValueError, RecursionError) as error:
            raise ProtocolError("a header that is not JSON") from error
        del self._buffer[: 4 + length]
        if not isinstance(header, dict):
            raise ProtocolError("a header that is not an object")
        self._arrays = [self._check_array(entry) for entry in self._listed(header.pop("arrays", None))]
        total = sum(size for _, _, size in self._arrays)
        if total > self._max_bytes:
            raise ProtocolError(f"{total} bytes of arrays; at most {self._max_bytes} are read")
        self._header = header
        return True

    @staticmethod
    def _listed(arrays: object) -> list[object]:
        if not isinstance(arrays, list) or len(arrays) > MAX_ARRAYS:
            raise ProtocolError("a header with arrays that are not a short list")
        return arrays

    @staticmethod
    def _check_array(entry: object) -> tuple[str, tuple[int, ...], int]:
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape"}:
            raise ProtocolError("an array that is not dtype and shape")
        dtype, shape = entry["dtype"], entry["shape"]
        if not isinstance(dtype, str) or dtype not in ITEM_BYTES:
            raise ProtocolError("an array of a dtype that does not travel")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
            raise ProtocolError("a shape that is not a short list")
        if any(type(n) is not int or n < 0 for n in shape):
            raise ProtocolError("a shape with a length that is no count")
        if math.prod(n for n in shape if n) > 2**40:  # NumPy counts elements this way even if one n is 0
            raise ProtocolError("a shape that no array has")
        return dtype, tuple(shape), array_bytes(dtype, shape)


def check_data(arrays: Sequence[RawArray]) -> None:
    """Raises ProtocolError unless a text among the arrays goes first and is data that holds the others."""
    if any(array.dtype == DATA for array in arrays[1:]):
        raise ProtocolError("a text of data that does not come first")
    if arrays and arrays[0].dtype == DATA:
        decode(arrays[0].data, arrays[1:])


def check_reply(header: Mapping[str, Any], nonce: str) -> None:
    """Raises ProtocolError unless `header` is a reply to the request that carried `nonce`."""
    if set(header) != REPLY_FIELDS:
        raise ProtocolError("a reply with fields missing or added")
    if header["nonce"] != nonce:
        raise ProtocolError("a reply to something that was not asked")
    if header["status"] not in ("ok", "error", "output_limit"):
        raise ProtocolError("a reply with a status that no worker sends")
    error = header["error"]
    if (header["status"] == "error") != isinstance(error, dict) or not isinstance(error, dict | None):
        raise ProtocolError("a reply with a status that contradicts its error")
    if isinstance(error, dict):
        texts = [error.get(name) for name in ("type", "message", "file", "source")]
        if set(error) != ERROR_FIELDS or type(error["line"]) is not int:
            raise ProtocolError("an error with fields missing or added")
        if not all(isinstance(text, str) for text in texts):
            raise ProtocolError("an error with fields that are not text")
        bases = error["bases"]
        if (
            not isinstance(bases, list)
            or len(bases) > MAX_BASES
            or not all(isinstance(b, str) for b in bases)
        ):
            raise ProtocolError("an error whose class derives from no short list of names")
        if type(error["is_of_submission"]) is not bool:
            raise ProtocolError("an error that does not say whether the submission raised it")
        _check_calls(error["calls"])


def check_call(frame: Frame, nonce: str) -> None:
    """Raises ProtocolError unless `frame` calls a function in the course of the request with that `nonce`."""
    if set(frame.header) != {"nonce", FUNCTION}:
        raise ProtocolError("a call of a function with fields missing or added")
    if frame.header["nonce"] != nonce:
        raise ProtocolError("a call that belongs to no question")
    if type(frame.header[FUNCTION]) is not int or not frame.arrays or frame.arrays[0].dtype != DATA:
        raise ProtocolError("a call without a number or without arguments")
    check_data(frame.arrays)


def _check_calls(calls: object) -> None:
    """Raises ProtocolError unless these are a few calls, each with a line and texts."""
    if not isinstance(calls, list) or len(calls) > MAX_CALLS:
        raise ProtocolError("calls that are not a short list")
    for call in calls:
        if not isinstance(call, dict) or set(call) != CALL_FIELDS or type(call["line"]) is not int:
            raise ProtocolError("a call with fields missing or added")
        if not all(isinstance(call[name], str) for name in CALL_FIELDS - {"line", "variables"}):
            raise ProtocolError("a call with fields that are not text")
        variables = call["variables"]
        if not isinstance(variables, list) or len(variables) > MAX_VARIABLES:
            raise ProtocolError("variables that are not a short list")
        for variable in variables:
            _check_variable(variable)


def _check_variable(variable: object) -> None:
    """Raises ProtocolError unless this is a name with the shape of an array, or with a short plain value."""
    if not isinstance(variable, dict) or set(variable) != VARIABLE_FIELDS:
        raise ProtocolError("a variable with fields missing or added")
    name, shape, dtype, value = (variable[field] for field in ("name", "shape", "dtype", "value"))
    if not isinstance(name, str) or not name.isidentifier() or len(name) > MAX_NAME:
        raise ProtocolError("a variable without a short name")
    if shape is None:
        numbers = value if isinstance(value, list) else [value]
        is_plain = value is None or type(value) is bool or all(map(_is_small, numbers))
        if not is_plain or len(numbers) > MAX_NUMBERS or dtype != "":
            raise ProtocolError("a variable with a value that is not short and plain")
    elif (
        not isinstance(shape, list)
        or len(shape) > MAX_DIMENSIONS
        or not all(type(n) is int and 0 <= n <= MAX_NUMBER for n in shape)
        or dtype not in ("", *DTYPE_NAMES.values())
        or value is not None
    ):
        raise ProtocolError("a variable with a shape or a dtype that no array has")


def _is_small(number: object) -> bool:
    return type(number) is int and abs(number) <= MAX_NUMBER
