"""Reads YAML; every complaint names file, line, what was found and what was expected."""

from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from grader.model.errors import UserError


class Document:
    """A YAML file with the line of every key and item."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = read(path)
        try:
            self._node = yaml.compose(text, Loader=yaml.SafeLoader)
            self._check_keys(self._node)
            self.data = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = None if mark is None else mark.line + 1
            raise UserError(f"found YAML that cannot be read: {error.problem}", path, line) from error
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise UserError(f"found YAML that cannot be read: {error.reason}", path, line) from error
        except RecursionError as error:
            raise UserError("found YAML that cannot be read: nested too deeply", path) from error

    def line(self, place: Sequence[Hashable]) -> int | None:
        """The line (from 1) of the key or item at the end of a path such as ("criteria", 1, "points")."""
        node, line = self._node, 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                found = [(k, v) for k, v in node.value if k.value == str(step)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def fail(self, message: str, place: Sequence[Hashable] = ()) -> UserError:
        """The complaint about what stands at `place`."""
        return UserError(message, self.path, self.line(place))

    def parse(self, model: type[Any], data: object, place: tuple[Hashable, ...] = ()) -> Any:
        """`data` as a checked `model`; UserError names the first thing that is wrong."""
        if not isinstance(data, dict):
            raise self.fail(f"found {_shown(data)}, expected keys: {', '.join(model.model_fields)}", place)
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = _first(error.errors(), data)
            message = _complaint(first, model, _steps(first, data))
            raise self.fail(message, (*place, *_steps(first, data), *first["loc"][-1:])) from error

    def _check_keys(self, node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    raise UserError("found YAML that cannot be read: a key that is no text", self.path, line)
                if key.value in seen:
                    raise UserError(
                        f"found key {key.value!r} twice (first in line {seen[key.value]}): remove one",
                        self.path,
                        line,
                    )
                seen[key.value] = line
                self._check_keys(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._check_keys(item)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def read(path: Path, missing: str = "no such file") -> str:
    """A file of the author's as text; UserError, with `missing` where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(missing, path) from error
    except UnicodeDecodeError as error:
        raise UserError(f"found bytes that are not UTF-8 (at byte {error.start})", path) from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path) from error


def _steps(error: Any, data: object) -> tuple[Hashable, ...]:
    """The keys and indices that lead to what is wrong; pydantic puts the branches of a union among them."""
    steps: list[Hashable] = []
    for step in error["loc"]:
        if (isinstance(data, dict) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            data = data[step]
            steps.append(step)
    return tuple(steps)


def _first(errors: Sequence[Any], data: object) -> Any:
    """The error to report: an unknown key (where one is misspelt, one is missing, too), else the first.

    Of the errors in a union's branches it is that of the branch which went furthest.
    """
    first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    steps = _steps(first, data)
    if first["type"] in ("extra_forbidden", "missing") or not steps:
        return first
    same = [error for error in errors if _steps(error, data)[: len(steps)] == steps]
    return max(same, key=lambda e: (len(_steps(e, data)), not e["type"].endswith("_type")))


def _complaint(error: Any, model: type[BaseModel], steps: Sequence[Hashable]) -> str:
    """pydantic's error as found, expected, what to do."""
    name, found = error["loc"][-1] if error["loc"] else "", _shown(error["input"])
    if error["type"] == "extra_forbidden":
        known = _fields_at(model, error["loc"][:-1])
        return f"found unknown key {name!r}, expected one of {', '.join(known)}: rename or remove it"
    if error["type"] == "missing":
        return f"found no {name!r}, expected it here: add it"
    name = next((step for step in reversed(steps) if isinstance(step, str)), name)
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"found {found} for {name!r}, expected otherwise: {message}"


def _fields_at(model: type[BaseModel], place: Iterable[Hashable]) -> list[str]:
    for step in place:
        annotation = model.model_fields[step].annotation if step in model.model_fields else None
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        nested = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if nested:
            model = nested[0]
    return list(model.model_fields)
