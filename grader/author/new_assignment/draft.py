"""Writes the files of a new assignment from a reference function, its cases and its mutants."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from grader.author.new_assignment.function import Parameter, ReferenceFunction
from grader.author.new_assignment.operators import MESSAGES, Change, changes
from grader.author.new_assignment.values import (
    Value,
    as_argument,
    drawn_from,
    is_array,
    is_numpy,
    is_real,
    of_another_type,
    values_of,
    varied,
)
from grader.author.text_templates import text_environment
from grader.model.assignment import DEFAULT_IMPORTS
from grader.model.errors import UserError

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = "longest_run"  # of templates/reference.py.j2
MOST_CASES = 60
POINTS = 2  # per case
TOLERANCE = 1.0e-5  # for real numbers, unless an author has proved another one
HIDDEN = "drawn"
SHAPES: Mapping[str, list[int]] = {
    "two-axes": [3, 4],
    "one-axis": [5],
    "three-axes": [2, 3, 4],
    "one-element": [1],
    "empty": [0, 3],
}


class _Plain(yaml.SafeDumper):
    """Writes a repeated value in full instead of as an alias, because an author reads the file."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class DraftCase:
    """A case of the rubric, by its keys."""

    keys: Mapping[str, Any]
    draws: int = 1

    @property
    def id(self) -> str:
        """Its name in the criterion."""
        return str(self.keys["id"])

    @property
    def points(self) -> int:
        """The points of all its draws."""
        return POINTS * self.draws

    @property
    def yaml(self) -> str:
        """One line of the rubric."""
        return yaml.dump(
            dict(self.keys),
            None,
            _Plain,
            default_flow_style=True,
            sort_keys=False,
            allow_unicode=True,
            width=2**20,
        ).strip()


@dataclass(frozen=True)
class DraftMutant:
    """A change to the function under a name of its own."""

    name: str
    message: str
    change: Change


@dataclass(frozen=True)
class Draft:
    """A new assignment: `cases` compare a result, `refused` expect an exception, `hidden` are drawn.

    `example` is a sentence of the README about one case, or "". `compare` is the comparison of results:
    "exact", or "close" for real numbers.
    """

    name: str
    function: ReferenceFunction
    cases: tuple[DraftCase, ...]
    mutants: tuple[DraftMutant, ...]
    refused: tuple[DraftCase, ...] = ()
    hidden: tuple[DraftCase, ...] = ()
    example: str = ""
    compare: str = "exact"

    @property
    def criterion(self) -> str:
        """The id of its first criterion."""
        return self.function.name.lower().strip("_")

    def files(self) -> dict[str, bytes]:
        """The text of each file, by its path in the assignment's folder."""
        environment = text_environment(TEMPLATES)
        environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
        environment.trim_blocks = environment.lstrip_blocks = True
        context = _context(self)
        names = {
            "assignment.yaml": "assignment.yaml",
            "rubric.yaml": "rubric.yaml",
            "probes.py": "probes.py",
            "mutants.py": "mutants.py",
            f"templates/{self.name}.py.j2": "solution.py",
            "templates/README.md.j2": "README.md",
        }
        return {
            path: environment.get_template(f"{template}.j2").render(context).encode()
            for path, template in names.items()
        }


def _context(draft: Draft) -> dict[str, Any]:
    function = draft.function
    future = [line for line in function.imports if line.startswith("from __future__")]
    title = json.dumps(draft.name.replace("_", " ").capitalize())
    return {
        "name": draft.name,
        "title": title.strip('"'),
        "module": function.place.partition(":")[0],
        "modules": function.modules,
        "imports": [*DEFAULT_IMPORTS, *function.modules],
        "function": function,
        "criterion": draft.criterion,
        "compare": draft.compare,
        "cases": [_with_tolerance(case, draft.compare) for case in (*draft.cases, *draft.hidden)],
        "refused": draft.refused,
        "mutants": draft.mutants,
        "arguments": arguments_of(function),
        "example": draft.example,
        "exercise": f'{{{{ exercise("{function.place}") }}}}',
    } | {"future": "".join(future), "imports_of_file": [i for i in function.imports if i not in future]}


def _with_tolerance(case: DraftCase, compare: str) -> DraftCase:
    return case if compare == "exact" else replace(case, keys={**case.keys, "tolerance": TOLERANCE})


def arguments_of(function: ReferenceFunction) -> list[str]:
    """The arguments with which the probe passes on a case's values."""
    return [
        (f"{parameter.name}=" if parameter.is_keyword else "") + _argument(parameter)
        for parameter in function.parameters
    ]


def _argument(parameter: Parameter) -> str:
    value = f"case.{parameter.key}"
    if not is_array(parameter.annotation):
        return as_argument(parameter.annotation, value)
    return f"{value}.numpy()" if is_numpy(parameter.annotation) else f"submission.array({value})"


def first_draft(name: str, function: ReferenceFunction) -> Draft:
    """Every candidate case, and every mutant that an operator makes.

    Raises UserError if the function's parameters do not show what values they take.
    """
    mutants: list[DraftMutant] = []
    for change in changes(function.text):
        count = 1 + sum(other.change.operator == change.operator for other in mutants)
        message = MESSAGES[change.operator].format(name=function.name)
        name_of_change = change.operator + (f"_{count}" if count > 1 else "")
        mutants.append(DraftMutant(name_of_change, message, change))
    compare = "close" if is_real(function.returns) else "exact"
    cases, hidden = tuple(_cases(function)), _hidden(function)
    return Draft(name, function, cases, tuple(mutants), hidden=hidden, compare=compare)


def _cases(function: ReferenceFunction) -> list[DraftCase]:
    arrays = [p for p in function.parameters if is_array(p.annotation)]
    plain = [p for p in function.parameters if not is_array(p.annotation)]
    _check(function, plain)
    pools = [_pool(function, parameter) for parameter in plain]
    shapes = [tuple(Value(word, shape) for word, shape in SHAPES.items())] if arrays else []
    cases: dict[str, DraftCase] = {}
    for row in varied([*shapes, *pools], MOST_CASES):
        shape, values = (row[0], row[1:]) if arrays else (None, row)
        keys: dict[str, Any] = {}
        if shape is not None:
            keys["arrays"] = {parameter.key: shape.value for parameter in arrays}
        if plain:
            keys["ask"] = {p.key: value.value for p, value in zip(plain, values, strict=True)}
        words = [] if shape is None or shape is shapes[0][0] else [shape.word]
        words += [
            value.word if len(plain) == 1 else f"{parameter.key.replace('_', '-')}-{value.word}"
            for parameter, value, pool in zip(plain, values, pools, strict=True)
            if value is not pool[0]
        ]
        id = "-".join(words) or "ordinary"
        if id not in cases:
            cases[id] = DraftCase({"id": id, **keys})
    return list(cases.values())


def _pool(function: ReferenceFunction, parameter: Parameter) -> tuple[Value, ...]:
    """Values of the annotated type, and one of another type if the function says that it refuses those."""
    values = values_of(parameter.annotation)
    return (*values, of_another_type(parameter.annotation)) if "TypeError" in function.text else values


def _check(function: ReferenceFunction, plain: Sequence[Parameter]) -> None:
    if not function.parameters:
        raise UserError(f"{function.name} takes no parameter: a case could not give it an input")
    for parameter in plain:
        if not values_of(parameter.annotation):
            raise UserError(
                f"the parameter {parameter.name} of {function.name} has no type to draw values for: "
                "annotate it with NDArray, int, float, bool, str, or a list, tuple, set or dict of these"
            )


def _hidden(function: ReferenceFunction) -> tuple[DraftCase, ...]:
    """Cases with drawn values, if every parameter that is not an array has a range or an ordinary value."""
    if any(is_array(parameter.annotation) for parameter in function.parameters):
        return ()
    ranges = {p.key: drawn_from(p.annotation) for p in function.parameters}
    random = {key: about for key, about in ranges.items() if about is not None}
    ask = {p.key: values_of(p.annotation)[0].value for p in function.parameters if ranges[p.key] is None}
    if not random:
        return ()
    keys = {"id": HIDDEN, "draw": 2, "random": random, "visibility": "hidden"}
    return (DraftCase(keys | ({"ask": ask} if ask else {}), draws=2),)


def with_exception(case: DraftCase, error: str) -> DraftCase:
    """The case as one that expects an exception of this class."""
    return replace(case, keys={**case.keys, "raises": error})
