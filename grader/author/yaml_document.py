"""Reads YAML; every error message names the file, the line, what was found and what was expected."""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from grader.author.course_files import read_text
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError

NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
MERGE = "tag:yaml.org,2002:merge"
TEXT_KEYS = ("tag:yaml.org,2002:str", MERGE)
QUOTED = re.compile(r"'([^']*)'")  # the names that pydantic expects
EXPECTED = re.compile("^Input should (?:be|have) (.*)", re.DOTALL)  # as pydantic begins a message
UNQUOTED = re.compile("expected ','|mapping values|found character|found undefined|could not determine")
NEEDS_QUOTES = "; a text with punctuation may need quotes"  # after a problem of PyYAML's that begins so
MAX_NUMBER = 40  # digits
BAD_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_BYTES = 256 * 1024  # of YAML: handwritten files are smaller, and this takes about a second to read
MAX_NODES = 50_000  # strings, lists and mappings, with aliases written out
LONG = 100  # characters of a text that count as one value more
MAX_DEPTH = 50


class _Loader(yaml.SafeLoader):
    """Refuses YAML that is nested too deeply."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """PyYAML's method, which calls itself for nested nodes."""
        if self.depth == MAX_DEPTH:
            mark = None if parent is None else parent.start_mark
            raise yaml.composer.ComposerError(None, None, "nested too deeply", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class Document:
    """A YAML file with the line of every key and item."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = read_text(path, limit=MAX_BYTES)
        try:
            loader = _Loader(text)
            self._node = loader.get_single_node()
            if self._node is not None:
                self._check(self._node, {})
            self.data: Any = None if self._node is None else loader.construct_document(self._node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = None if mark is None else mark.line + 1
            problem = error.problem or error.context
            hint = NEEDS_QUOTES if UNQUOTED.match(str(problem)) else ""
            raise UserError(f"found YAML that cannot be read: {problem}{hint}", path, line) from error
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise UserError(f"found YAML that cannot be read: {error.reason}", path, line) from error

    def line(self, place: Sequence[Hashable]) -> int | None:
        """The line (from 1) of the key or item at the end of a path such as ("criteria", 1, "points")."""
        node, line = self._node, 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                pairs = [(k, v) for k, v in node.value if k.value == str(step)]
                if not pairs:
                    break
                line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def fail(self, message: str, place: Sequence[Hashable] = ()) -> UserError:
        """The error about the value at `place`; cuts endless words in the message."""
        message = re.sub(r"\S{100,}", lambda word: f"{word[0][:57]}...", message)
        return UserError(message, self.path, self.line(place))

    def parse(self, model: type[Any], data: object, place: tuple[Hashable, ...] = ()) -> Any:
        """`data` as a checked `model`; UserError names the first thing that is wrong."""
        if not isinstance(data, dict):
            raise self.fail(f"found {_short(data)}, expected keys: {', '.join(model.model_fields)}", place)
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = _first(error.errors(), data)
            message = _complaint(first, model, _steps(first, data))
            raise self.fail(message, (*place, *_steps(first, data), *first["loc"][-1:])) from error

    def _check(self, node: yaml.Node, sizes: dict[int, int]) -> int:
        """The number of nodes at `node` once aliases are written out; UserError for nonsensical input.

        `sizes` holds the counts so far, by the identity of the node, so that a shared node is counted once.
        """
        line = node.start_mark.line + 1
        if id(node) in sizes:
            if not sizes[id(node)]:
                raise UserError(
                    "found YAML that cannot be read: an alias inside the value that it names", self.path, line
                )
            return sizes[id(node)]
        sizes[id(node)] = 0  # until its children are counted
        if isinstance(node, yaml.MappingNode):
            self._check_keys(node)
            below = sum(self._check(key, sizes) + self._check(value, sizes) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            below = sum(self._check(item, sizes) for item in node.value)
        else:
            self._check_scalar(node, line)
            below = len(node.value) // LONG
        if below >= MAX_NODES:
            message = (
                f"found {below} values with all aliases written out, expected at most {MAX_NODES}: use fewer"
            )
            raise UserError(message, self.path, line)
        sizes[id(node)] = below + 1
        return below + 1

    def _check_keys(self, node: yaml.MappingNode) -> None:
        first_lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise UserError("found YAML that cannot be read: a key that is not text", self.path, line)
            if key.tag not in TEXT_KEYS:
                message = f"found key {_short(key.value)}, expected text: put it in quotes"
                raise UserError(message, self.path, line)
            if key.value in first_lines:
                message = (
                    f"found key {key.value!r} twice (first in line {first_lines[key.value]}): remove one"
                )
                raise UserError(message, self.path, line)
            first_lines[key.value] = line

    def _check_scalar(self, node: yaml.Node, line: int) -> None:
        """Checks that a scalar is valid for the type that YAML infers; 2026-13-01 is not a valid date."""
        if BAD_CHARACTER.search(node.value):
            raise UserError(
                "found a character that no text may contain (a control code, or half of a surrogate pair)",
                self.path,
                line,
            )
        if len(node.value) > MAX_NUMBER and node.tag in NUMBERS:
            message = f"found a number of {len(node.value)} digits, expected at most {MAX_NUMBER}"
            raise UserError(message, self.path, line)
        if node.tag == MERGE:
            return
        try:
            yaml.constructor.SafeConstructor().construct_object(node)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            kind = node.tag.rpartition(":")[2]
            message = f"found {_short(node.value)}, which YAML takes for a wrong {kind}: put it in quotes"
            raise UserError(message, self.path, line) from error


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _steps(error: Any, data: object) -> tuple[Hashable, ...]:
    """The keys and indices that lead to the error, without the branches of unions that pydantic inserts."""
    steps: list[Hashable] = []
    for step in error["loc"]:
        if (isinstance(data, dict) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            data = data[step]
            steps.append(step)
    return tuple(steps)


def _first(errors: Sequence[Any], data: object) -> Any:
    """The error to report: an unknown key (a misspelled key is also a missing one), or else the first.

    Among the errors in a union's branches, it is from the branch that got furthest.
    """
    first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    steps = _steps(first, data)
    if first["type"] in ("extra_forbidden", "missing") or not steps:
        return first
    same = [error for error in errors if _steps(error, data)[: len(steps)] == steps]
    return max(same, key=lambda e: (len(_steps(e, data)), not e["type"].endswith("_type")))


def _complaint(error: Any, model: type[BaseModel], steps: Sequence[Hashable]) -> str:
    """pydantic's error as a message: found, expected, what to do."""
    name, value = error["loc"][-1] if error["loc"] else "", _short(error["input"])
    if error["type"] == "extra_forbidden":
        if len(error["loc"]) == 1 and (new := getattr(model, "renamed", {}).get(name)):
            return f"found {name!r}, which has a new name: write {new!r}"
        fields = _fields_at(model, error["loc"][:-1])
        near = did_you_mean(str(name), fields)
        return f"found unknown key {name!r}, expected one of {', '.join(fields)}: rename or remove it{near}"
    if error["type"] == "missing":
        return f"found no {name!r}, expected it here: add it"
    name = next((step for step in reversed(steps) if isinstance(step, str)), name)
    message = EXPECTED.sub(r"\1", error["msg"])
    if message == error["msg"]:
        message = f"another value: {message[0].lower()}{message[1:]}"
    elif message.startswith(("greater", "less")):
        message = f"a number {message}"
    near = did_you_mean(str(error["input"]), QUOTED.findall(str(error.get("ctx", {}).get("expected", ""))))
    return f"found {value} for {name!r}, expected {message}{near}"


def _fields_at(model: type[BaseModel], place: Iterable[Hashable]) -> list[str]:
    """The keys that the mapping at a place may have; in a union, those of each model that it may be."""
    models = [model]
    for step in place:  # a step that is no field is a key, an index, or the branch of a union
        models_of_step = [each for each in models if each.__name__ == step]
        fields = [each.model_fields[step] for each in models if step in each.model_fields]
        models = (
            models_of_step or [inner for field in fields for inner in _models_in(field.annotation)] or models
        )
    return list(dict.fromkeys(name for each in models for name in each.model_fields))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in a type such as `dict[str, A | list[B]]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
