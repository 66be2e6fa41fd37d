"""Generates the description of authors' files from the loader's models: a JSON Schema, and pages for people.

`python -m grader.author.describe_schema` writes rubric.schema.json and three pages to docs/. With the folder
of an assignment, it writes rubric.schema.json there, with the assignment's own kinds and comparisons.
"""

import ast
import functools
import inspect
import itertools
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

import grader
from grader.author.covers_conditions import CONDITIONS
from grader.author.schema import (
    BUILT_IN,
    BY_RANK,
    CASE_KEYS,
    CASES,
    AssignmentModel,
    CourseModel,
    CriterionModel,
    LimitsModel,
    ManualCriterionModel,
    RubricModel,
    RulesModel,
    SubmissionLimitsModel,
    Vocabulary,
    vocabulary_of,
)
from grader.author.text_templates import text_environment
from grader.judge.case_model import CaseModel, Strict
from grader.judge.process.time_budget import IMPORTS, PASSES, PATIENCE, SECOND_TRIES, WAITING, most_seconds
from grader.model import grade as model_grade
from grader.model.assignment import Limits

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA, PAGE, LIMITS_PAGE, REFERENCE_PAGE = "rubric.schema.json", "rubric.md", "limits.md", "reference.md"
GRADE = Path(model_grade.__file__)
EXIT_STATUS = Path(grader.__file__).parent / "cli" / "command_line" / "exit_status.py"
TABLE_HEAD = ("| key | type | default | |", "|---|---|---|---|")
CONDITION = "Condition"
EVERY_CASE: tuple[type[BaseModel], ...] = (CaseModel, *CASE_KEYS)
HEADINGS = {  # headings of the page, by the model that each describes
    **{
        "DefaultsModel": "defaults",
        "CriterionModel": "criterion",
        "ManualCriterionModel": "a-criterion-by-hand",
        "LevelModel": "level",
        "PaidHintModel": "a-hint-that-costs-points",
        CONDITION: "condition",
        "Step": "step",
        "FunctionUse": "functions",
        "RandomValue": "random-values",
        "DrawnArray": "arrays-of-any-dtype",
    },
    **{model.__name__: "case" for _, model in CASES.values()},
}
Schema = dict[str, Any]


def _texts(model: type[BaseModel], own_classes: Mapping[str, ast.ClassDef]) -> dict[str, str]:
    """The text below each field of a model, including the fields of its bases.

    `own_classes` holds the classes of the assignment's own files: Python cannot find their source.
    """
    texts: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if not issubclass(one, Strict) or one.__module__ == "pydantic.main":
            continue
        node = _class(one) or own_classes.get(one.__name__)
        for field, text in itertools.pairwise(node.body if node else []):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(about))):
                    texts[name] = inspect.cleandoc(about)
    return texts


@functools.cache
def _class(model: type[BaseModel]) -> ast.ClassDef | None:
    """A model as its source defines it; None if it was combined from others, or if its file is unknown."""
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    except (OSError, TypeError):
        return None
    return node if isinstance(node, ast.ClassDef) else None


def _document(vocabulary: Vocabulary = BUILT_IN) -> None:
    """Gives every model the descriptions of its fields."""
    sources = (ast.parse(text) for of_file in vocabulary.sources.values() for text in of_file.values())
    nodes = (node for source in sources for node in ast.walk(source))
    own_classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    models = list(_below(Strict))
    is_new = False
    for model in models:
        texts = _texts(model, own_classes)
        for name, field in model.model_fields.items():
            text = texts.get(name, field.description)
            is_new |= text != field.description
            field.description = text
    # A model keeps the descriptions that its fields' models had when it was built, so each is built twice.
    for model in models * 2 if is_new else ():
        model.model_rebuild(force=True)


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _below(one)


class _Readable(GenerateJsonSchema):
    """pydantic's schema without titles derived from names, and without null for omitted keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> Schema:
        described = super().default_schema(schema)
        if "default" in described and described["default"] is None:
            del described["default"]
        return described


def rubric_schema(vocabulary: Vocabulary = BUILT_IN) -> Schema:
    """The JSON Schema of a rubric.yaml that may use these kinds of cases and comparisons.

    It describes a file by itself. Only the loader checks that points add up and that named things exist.
    """
    kinds = [model for _, model in vocabulary.cases.values()]
    models_of_ours: list[type[BaseModel]] = [vocabulary.whole_rubric, ManualCriterionModel, *kinds]
    _document(vocabulary)
    references, whole = models_json_schema(
        [(model, "validation") for model in models_of_ours], schema_generator=_Readable
    )
    models = whole["$defs"]
    # the loader identifies a kind of case by its keys, so its own type for a case is any mapping
    models[CriterionModel.__name__]["properties"]["cases"]["items"] = {
        "anyOf": [references[kind, "validation"] for kind in kinds]
    }
    models[CONDITION] = {
        "description": "What a case may be for; grader/author/covers_conditions.py and kinds/ list them.",
        "enum": sorted(CONDITIONS),
        "type": "string",
    }
    for kind in kinds:
        name = references[kind, "validation"]["$ref"].rpartition("/")[2]
        models[name]["properties"]["covers"]["items"] = {"$ref": f"#/$defs/{CONDITION}"}
    rubric = models.pop(RubricModel.__name__)
    ways = [rubric["properties"]["criteria"]["items"], references[ManualCriterionModel, "validation"]]
    rubric["properties"]["criteria"]["items"] = {"anyOf": ways}
    return {"$schema": DIALECT, **rubric, "$defs": dict(sorted(models.items()))}


def rubric_page() -> str:
    """docs/rubric.md: each key with its type, default and meaning, and an example of each kind of check."""
    schema = rubric_schema()
    every_case = tuple(key for keys in EVERY_CASE for key in keys.model_fields)

    def table(name: str = "", leave_out: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> str:
        model = schema["$defs"][name] if name else schema
        rows = (
            row
            for key, row in _rows(model, schema["$defs"])
            if key not in leave_out and (not only or key in only)
        )
        return "\n".join((*TABLE_HEAD, *rows))

    names = {key: model.__name__ for key, (_, model) in CASES.items()}
    kinds = [(key, name, schema["$defs"][name]["description"]) for key, name in names.items()]
    context = {
        "table": table,
        "kinds": kinds,
        "every_case": every_case,
        "conditions": sorted(CONDITIONS),
        "comparisons": [one for one in BY_RANK if not one.heading],
        "more": [one for one in BY_RANK if one.heading],
    }
    return _render(PAGE, context)


def limits_page() -> str:
    """docs/limits.md: each limit with its default and meaning, and what a submission can cost."""
    schema = LimitsModel.model_json_schema(schema_generator=_Readable)
    return _render(
        LIMITS_PAGE,
        {
            "table": "\n".join((*TABLE_HEAD, *(row for _, row in _rows(schema, {})))),
            "limits": Limits(),
            "most_seconds": most_seconds,
            "IMPORTS": IMPORTS,
            "PASSES": PASSES,
            "WAITING": WAITING,
            "PATIENCE": PATIENCE,
            "SECOND_TRIES": SECOND_TRIES,
        },
    )


def reference_page() -> str:
    """docs/reference.md: the keys of assignment.yaml and course.yaml, the statuses, and the exit codes."""
    _document()

    def table(model: type[BaseModel]) -> str:
        schema = model.model_json_schema(schema_generator=_Readable)
        return "\n".join((*TABLE_HEAD, *(row for _, row in _rows(schema, schema.get("$defs", {})))))

    context = {
        "assignment": table(AssignmentModel),
        "rules": table(RulesModel),
        "submissions": table(SubmissionLimitsModel),
        "course": table(CourseModel),
        "statuses": {status: about for status, about in _described(GRADE, "Status").values()},
        "exits": _described(EXIT_STATUS),
    }
    return _render(REFERENCE_PAGE, context)


def _described(path: Path, inside: str = "") -> dict[str, tuple[Any, str]]:
    """The constants of a module, or of a class in it, by name: each with its value and the text below it."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    if inside:
        (body,) = (node.body for node in body if isinstance(node, ast.ClassDef) and node.name == inside)
    constants: dict[str, tuple[Any, str]] = {}
    for constant, text in itertools.pairwise(body):
        match constant, text:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)),
                ast.Expr(value=ast.Constant(value=str(about))),
            ):
                constants[name] = (value, inspect.cleandoc(about))
    return constants


def _render(page: str, context: dict[str, Any]) -> str:
    environment = text_environment(Path(__file__).parent / "templates" / "docs")
    return environment.get_template(f"{page}.j2").render(context)


def _rows(model: Schema, models: Schema) -> Iterator[tuple[str, str]]:
    """The keys of a model, each with its row of a Markdown table."""
    for key, value in model["properties"].items():
        default = "**required**" if key in model.get("required", ()) else ""
        if not isinstance(value.get("default", {}), dict):  # the keys of a mapping show their own defaults
            default = f"`{json.dumps(value['default'])}`"
        about = value.get("description") or models[value["$ref"].rpartition("/")[2]]["description"]
        cells = (f"`{key}`", _type(value, models), default, about)
        yield key, f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """A cell of a Markdown table: one line, in which a bar is escaped, even within code."""
    return text.replace("\n", " ").replace("|", r"\|")


def _type(value: Schema, models: Schema) -> str:
    """A JSON Schema's type in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        if name in HEADINGS:
            return f"[{HEADINGS[name].replace('-', ' ')}](#{HEADINGS[name]})"
        return _type(models[name], models)
    if "anyOf" in value:
        if {each.get("type") for each in value["anyOf"]} == {"number", "integer"}:
            rest = {key: each for key, each in value.items() if key != "anyOf"}
            return _type({**rest, "type": "number"}, models)
        return ", or ".join(dict.fromkeys(_type(each, models) for each in value["anyOf"]))
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    if "type" not in value:
        return "value"
    if value["type"] == "array":
        count = _count(value.get("minItems", 0), value.get("maxItems"))
        return f"list of{count}: {_type(value['items'], models)}"
    return " ".join((value["type"], ", ".join(_bounds(value)))).strip()


def _count(least: int, most: int | None) -> str:
    """The length of a list in words, after a space; "" if it may be any."""
    if least == most:
        return f" {least}"
    if least:
        return f" {least} or more"
    return f" at most {most}" if most else ""


def _bounds(value: Schema) -> list[str]:
    """The limits of a number, and the pattern of a text."""
    bounds = [
        f"{sign} {value[name]}"
        for sign, name in (
            ("≥", "minimum"),
            (">", "exclusiveMinimum"),
            ("≤", "maximum"),
            ("<", "exclusiveMaximum"),
        )
        if name in value
    ]
    return [*bounds, *([f"`{value['pattern']}`"] if "pattern" in value else [])]


def write_schema(folder: Path, vocabulary: Vocabulary = BUILT_IN) -> None:
    """Writes the schema of rubric.yaml into `folder`; the same bytes every time."""
    text = json.dumps(rubric_schema(vocabulary), indent=2, ensure_ascii=False)
    (folder / SCHEMA).write_text(f"{text}\n", encoding="utf-8")


def write(folder: Path) -> None:
    """Writes the schema and the pages into `folder`; the same bytes every time."""
    write_schema(folder)
    (folder / PAGE).write_text(rubric_page(), encoding="utf-8")
    (folder / LIMITS_PAGE).write_text(limits_page(), encoding="utf-8")
    (folder / REFERENCE_PAGE).write_text(reference_page(), encoding="utf-8")


if __name__ == "__main__":
    for assignment in map(Path, sys.argv[1:]):
        write_schema(assignment, vocabulary_of(assignment))
    if not sys.argv[1:]:
        write(DOCS)
