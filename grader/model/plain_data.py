"""Plain data as JSON text: the values that a probe may take and return besides arrays.

    null, true, 7, "text", [1, 2]   are themselves; a float is itself, or {"float": "nan"}
    {"tuple": [...]}, {"set": [...]}, {"dict": [[key, value], ...]}, {"bytes": hex}, {"complex": [re, im]}
    {"array": 0}                    is the first of the arrays that travel with the text

The set is closed, so nothing that is read can run. Depth and size are capped on both sides.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from grader.model.errors import ProtocolError

MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_DIGITS = 4000  # of an int: Python turns none with more digits into text
MOST_OF_ONE_HASH = 100  # elements of a set, or keys of a dict: the time that they take grows with the square
EXPECTED = "expected a number, a text, a list, a tuple, a dict, a set or an array"


class NotData(TypeError):
    """A value that cannot travel; the message names the part that cannot, and its type."""


class TooMuchData(NotData):
    """A value with more parts, levels or digits than can travel."""


class Encoder:
    """Turns one value into text; `leaf` converts an object to its array or number, or returns None.

    `what` is the name of the value in messages.
    """

    def __init__(self, leaf: Callable[[Any], Any], what: str = "the result") -> None:
        self._leaf = leaf
        self._what = what
        self._above: list[int] = []
        self._count = 0
        self.arrays: list[Any] = []

    def text(self, value: Any) -> str:
        """The text of a value; its arrays go to `arrays`. NotData names a part that cannot travel."""
        return json.dumps(self._tree(value, self._what), separators=(",", ":"), allow_nan=False)

    def _tree(self, value: Any, path: str) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            raise TooMuchData(f"{self._what} holds more than {MAX_VALUES} values")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return _int(value, path)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else {"float": str(float(value))}
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, complex):
            return {"complex": [self._tree(value.real, path), self._tree(value.imag, path)]}
        if isinstance(value, bytes | bytearray):
            return {"bytes": bytes(value).hex()}
        if isinstance(value, list | tuple | set | frozenset | dict):
            return self._container(value, path)
        leaf = self._leaf(value)
        if leaf is None:
            raise NotData(f"{path} is {_named(value)}; {EXPECTED}")
        if isinstance(leaf, bool | int | float | complex | str | bytes):
            return self._tree(leaf, path)
        self.arrays.append(leaf)
        return {"array": len(self.arrays) - 1}

    def _container(self, value: Any, path: str) -> Any:
        if id(value) in self._above:
            raise NotData(f"{path} is a {type(value).__name__} that holds itself")
        if len(self._above) == MAX_DEPTH:
            raise TooMuchData(f"{self._what} is nested more than {MAX_DEPTH} deep")
        self._above.append(id(value))
        tree: Any
        before = len(self.arrays)
        if isinstance(value, dict):
            keys = [self._tree(key, f"a key of {path}") for key in value]
            self._refuse_arrays(before, f"a key of {path}")
            values = [self._tree(item, f"{path}[{key!r}]") for key, item in value.items()]
            tree = {"dict": [[key, item] for key, item in zip(keys, values, strict=True)]}
        elif isinstance(value, set | frozenset):
            elements = [self._tree(item, f"an element of {path}") for item in value]
            self._refuse_arrays(before, f"an element of {path}")
            tree = {"set": sorted(elements, key=json.dumps)}
        else:
            items = [self._tree(item, f"{path}[{number}]") for number, item in enumerate(value)]
            tree = items if isinstance(value, list) else {"tuple": items}
        self._above.pop()
        return tree

    def _refuse_arrays(self, before: int, path: str) -> None:
        if len(self.arrays) > before:
            raise NotData(f"{path} is an array, which has no hash")


def _int(value: int, path: str) -> int:
    if value.bit_length() > MAX_DIGITS * 3:
        raise TooMuchData(f"{path} is an int of more than {MAX_DIGITS * 3} bits")
    return int(value)


def _named(value: Any) -> str:
    name = type(value).__name__
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"


def decode(text: bytes, arrays: Sequence[Any]) -> Any:
    """The value of a text; ProtocolError if no Encoder writes such a text."""
    try:
        tree = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a value that is not JSON") from error
    reader = _Decoder(arrays)
    try:
        value = reader.value(tree, 0)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise ProtocolError("a value of a form that no worker sends") from error
    if reader.array_numbers != list(range(len(arrays))):
        raise ProtocolError("a value that does not refer to each of its arrays once")
    return value


class _Decoder:
    def __init__(self, arrays: Sequence[Any]) -> None:
        self._arrays = arrays
        self._count = 0
        self.array_numbers: list[int] = []

    def value(self, tree: Any, depth: int) -> Any:
        self._count += 1
        if depth > MAX_DEPTH + 1 or self._count > MAX_VALUES * 2:
            raise ProtocolError("a value that is too deep or too large")
        if isinstance(tree, list):
            return [self.value(item, depth + 1) for item in tree]
        if not isinstance(tree, dict):
            return tree
        ((tag, content),) = tree.items()
        return getattr(self, f"_{tag}")(content, depth + 1) if tag in TAGS else self._unknown()

    def _unknown(self) -> Any:
        raise ProtocolError("a value of a kind that does not travel")

    def _tuple(self, items: Any, depth: int) -> Any:
        return tuple(self.value(_list(items), depth))

    def _set(self, items: Any, depth: int) -> Any:
        elements = self.value(_list(items), depth)
        _check_hashes(elements)
        return frozenset(elements)

    def _dict(self, pairs: Any, depth: int) -> Any:
        read = [(self.value(key, depth), self.value(value, depth)) for key, value in _list(pairs)]
        _check_hashes(key for key, _ in read)
        return dict(read)

    def _float(self, text: Any, depth: int) -> Any:
        if text not in ("nan", "inf", "-inf"):
            raise ValueError(text)
        return float(text)

    def _bytes(self, text: Any, depth: int) -> Any:
        return bytes.fromhex(text)

    def _complex(self, parts: Any, depth: int) -> Any:
        real, imaginary = (self.value(part, depth) for part in _list(parts))
        return complex(real, imaginary)

    def _array(self, index: Any, depth: int) -> Any:
        if type(index) is not int or index != len(self.array_numbers):
            raise ValueError(index)
        self.array_numbers.append(index)
        return self._arrays[index]


def _check_hashes(keys: Iterable[Any]) -> None:
    """ProtocolError for keys chosen to have equal hashes, as the numbers k * (2**61 - 1) have."""
    counts = Counter(map(hash, keys))
    if max(counts.values(), default=0) > MOST_OF_ONE_HASH:
        raise ProtocolError("a set or dict whose keys have equal hashes")


TAGS = ("tuple", "set", "dict", "float", "bytes", "complex", "array")


def _list(items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise TypeError(items)
    return items
