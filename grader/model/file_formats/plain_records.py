"""Converts frozen records to JSON text and back, so that no file kept between runs can run code.

null, true, 7, 0.5, "text", [...]    are themselves
{"tuple": [...]}                     and so for every other type: its name and its parts
{"Case": [["id", "square"], ...]}    a record, by the name of its class

So each object of the JSON has one key, and the parser itself can make the values, from the inside out.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


class NotPlain(TypeError):
    """A value that has no form in this format."""


class Records:
    """Writes and reads records of some classes: dataclasses, and the StrEnums in their fields."""

    def __init__(self, classes: Iterable[type]) -> None:
        self._classes = {each.__name__: each for each in classes}
        self._readers: dict[str, Callable[[Any], Any]] = {
            "tuple": tuple,
            "dict": dict,
            "Path": Path,
            "Fraction": Fraction,
            "timedelta": lambda parts: timedelta(*parts),
            "offset": lambda seconds: timezone(timedelta(seconds=seconds)),
            "ZoneInfo": ZoneInfo,
            "datetime": _datetime,
        }

    def write(self, value: object) -> bytes:
        """The text of a value; NotPlain if part of it has none."""
        return json.dumps(self._tree(value), separators=(",", ":")).encode()

    def read(self, text: bytes) -> Any:
        """The value of a text; ValueError if `write` makes no such text from these classes."""
        try:
            return json.loads(text, object_pairs_hook=self._value)
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            OSError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise ValueError(f"no record: {error}") from error

    def _tree(self, value: object) -> Any:
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, list):
            return [self._tree(item) for item in value]
        name = type(value).__name__
        if is_dataclass(value) and self._classes.get(name) is type(value):
            names = [each.name for each in fields(value) if each.init]
            return {name: [[each, self._tree(getattr(value, each))] for each in names]}
        if isinstance(value, StrEnum) and self._classes.get(name) is type(value):
            return {name: str(value)}
        return self._tagged(value)

    def _tagged(self, value: object) -> dict[str, Any]:
        match value:
            case tuple():
                return {"tuple": [self._tree(item) for item in value]}
            case Mapping():
                return {"dict": [[self._tree(key), self._tree(item)] for key, item in value.items()]}
            case Path() | Fraction():
                return {"Path" if isinstance(value, Path) else "Fraction": str(value)}
            case timedelta():
                return {"timedelta": [value.days, value.seconds, value.microseconds]}
            case ZoneInfo() if value.key:
                return {"ZoneInfo": value.key}
            case datetime():
                zone = None if value.tzinfo is None else self._tree(value.tzinfo)
                return {"datetime": [value.replace(tzinfo=None).isoformat(), value.fold, zone]}
            case timezone():
                return {"offset": value.utcoffset(None).total_seconds()}
        raise NotPlain(type(value).__name__)

    def _value(self, pairs: list[tuple[str, Any]]) -> Any:
        """The value of an object of the JSON; its parts are values already."""
        ((name, parts),) = pairs
        if name in self._readers:
            return self._readers[name](parts)
        each = self._classes[name]
        return each(parts) if issubclass(each, StrEnum) else each(**dict(parts))


def _datetime(parts: tuple[str, int, tzinfo | None]) -> datetime:
    text, fold, zone = parts
    return datetime.fromisoformat(text).replace(tzinfo=UTC if zone == UTC else zone, fold=fold)
