"""A third-party validator and the loader accept the same rubrics, and the page's examples load."""

import inspect
import json
import re
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from grader.author import describe_schema
from grader.author.handout import _visible_rubric
from grader.author.load import load
from grader.author.rubric.read_rubric import load_rubric
from grader.author.schema import CASES, DEVICES, AssignmentModel, CourseModel, vocabulary_of
from grader.cli.command_line.exit_status import GRADER_FAULT, NO_SANDBOX, NOT_PASSED, PASSED, USER_MISTAKE
from grader.judge.case_model import Strict
from grader.model.grade import Status
from grader.model.surroundings import Device
from reference import backends

NAMES_SCHEMA = "# yaml-language-server: $schema="
FIRST_LINE = f"{NAMES_SCHEMA}../../docs/rubric.schema.json"
ROOT = Path(__file__).parents[3]
RUBRICS = sorted((ROOT / "assignments").glob("*/rubric.yaml"))
WHOLE = """\
assignment: tiny
points: 10
defaults: {data: integers, compare: exact, batch: 2, visibility: visible}
criteria:
  - id: x_grad
    title: the gradient
    points: 10
    probe: x_grad
    help: README.md#the-gradient
    requires: [conv]
    adjoint_of: conv
    wrt: x
    follow_through: 0.5
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: [1, 2], padding: 0, covers: [kernel_rectangular]}
      - {id: drawn, draw: 2, remainder: any, visibility: hidden, weight: 2}
      - {id: array, shape: [2, 0], ask: {axes: [-1]}, view: [permute, slice, flip], compare: close,
         data: normal}
      - {id: layer, matmul: [2, 3, 4], bias: true}
      - {id: loss, logits: [2, 3], spread: 1000}
"""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """A validator of the committed schema. It shares no code with the loader."""
    committed = json.loads((describe_schema.DOCS / describe_schema.SCHEMA).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(committed)
    return Draft202012Validator(committed)


def test_docs_hold_what_the_loader_says_now(tmp_path: Path) -> None:
    """After a change to the loader's models or to a page's template: `make docs`."""
    describe_schema.write(tmp_path)

    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["limits.md", "reference.md", "rubric.md", "rubric.schema.json"]
    for name in files:
        assert (describe_schema.DOCS / name).read_bytes() == (tmp_path / name).read_bytes(), (
            f"{name}: run `make docs`"
        )


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.parent.name)
def test_every_rubric_of_the_repository_is_valid_and_names_the_schema(
    validator: Draft202012Validator, path: Path
) -> None:
    """An assignment with kinds or comparisons of its own has its own schema, next to its rubric."""
    text = path.read_text(encoding="utf-8")
    own_schema = path.with_name(describe_schema.SCHEMA)
    schema = path.parent / text.splitlines()[0].removeprefix(NAMES_SCHEMA)

    assert schema.resolve() == (
        own_schema if own_schema.exists() else describe_schema.DOCS / describe_schema.SCHEMA
    )
    if own_schema.exists():
        validator = Draft202012Validator(json.loads(own_schema.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.parent.name)
def test_an_own_schema_is_what_the_kinds_of_its_assignment_give_now(path: Path, tmp_path: Path) -> None:
    """It stands next to the rubric if, and only if, the assignment brings kinds or comparisons."""
    brings = any(path.with_name(name).exists() for name in ("kinds.py", "comparisons.py"))
    own_schema = path.with_name(describe_schema.SCHEMA)

    assert own_schema.exists() == brings
    if brings:
        describe_schema.write_schema(tmp_path, vocabulary_of(path.parent))
        assert own_schema.read_bytes() == (tmp_path / own_schema.name).read_bytes()


BROKEN = {
    "an_unknown_key_at_the_top": ("points: 10\ndefaults", "points: 10\npionts: 3\ndefaults"),
    "an_unknown_default": ("batch: 2", "bach: 2"),
    "an_unknown_key_of_a_criterion": ("    wrt: x", "    wth: x"),
    "an_unknown_key_of_a_case": ("compare: close", "compere: close"),
    "the_key_of_another_kind_of_case": ("padding: 0,", "padding: 0, axes: [1],"),
    "a_case_of_two_kinds": ("draw: 2,", "draw: 2, shape: [2],"),
    "a_case_of_no_kind": ("{id: loss, logits: [2, 3], spread: 1000}", "{id: loss}"),
    "no_points": ("points: 10\ndefaults", "defaults"),
    "no_title": ("    title: the gradient\n", ""),
    "no_stride": ("stride: [1, 2], ", ""),
    "no_remainder": (", remainder: any", ""),
    "no_id_of_a_case": ("{id: drawn, ", "{"),
    "no_criterion": (WHOLE[WHOLE.index("criteria:") :], "criteria: []\n"),
    "points_that_are_text": ("    points: 10", "    points: ten"),
    "points_that_are_a_fraction": ("    points: 10", "    points: 9.5"),
    "points_that_are_true": ("    points: 10", "    points: true"),
    "no_points_to_earn": ("    points: 10", "    points: 0"),
    "an_id_with_a_blank": ("id: x_grad", "id: x grad"),
    "a_case_named_as_a_criterion_is": ("id: given", "id: given_one"),
    "help_that_is_elsewhere": ("README.md#the-gradient", "https://example.org"),
    "an_unknown_comparison": ("compare: close", "compare: about"),
    "a_case_that_is_an_adjoint": ("compare: close", "compare: adjoint"),
    "unknown_data": ("data: normal", "data: uniform"),
    "an_unknown_visibility": ("visibility: hidden", "visibility: secret"),
    "an_unknown_view": ("view: [permute,", "view: [transpose,"),
    "an_unknown_condition": ("covers: [kernel_rectangular]", "covers: [kernel_round]"),
    "an_unknown_remainder": ("remainder: any", "remainder: half"),
    "an_image_without_channels": ("x: [5, 6, 2]", "x: [5, 6]"),
    "an_image_without_height": ("x: [5, 6, 2]", "x: [0, 6, 2]"),
    "a_stride_of_zero": ("stride: [1, 2]", "stride: 0"),
    "three_strides": ("stride: [1, 2]", "stride: [1, 2, 3]"),
    "a_negative_padding": ("padding: 0", "padding: -1"),
    "too_many_draws": ("draw: 2", "draw: 201"),
    "a_weight_of_zero": ("weight: 2", "weight: 0"),
    "a_share_of_everything": ("follow_through: 0.5", "follow_through: 1"),
    "a_bias_that_is_a_number": ("bias: true", "bias: 1"),
    "cases_that_are_a_mapping": ("    cases:\n", "    cases: {}\n    more:\n"),
    "values_without_names": ("ask: {axes: [-1]}", "ask: [-1]"),
    "a_list": (WHOLE, "[]"),
}


def test_the_table_of_broken_rubrics_starts_from_a_valid_one(validator: Draft202012Validator) -> None:
    assert [error.message for error in validator.iter_errors(yaml.safe_load(WHOLE))] == []


@pytest.mark.parametrize(("old", "written"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rubric_is_not_valid(validator: Draft202012Validator, old: str, written: str) -> None:
    assert WHOLE.count(old) == 1

    assert not validator.is_valid(yaml.safe_load(WHOLE.replace(old, written)))


def keys(described: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every key that a schema describes, with its description."""
    models = [described, *described["$defs"].values()]
    return [entry for model in models for entry in model.get("properties", {}).items()]


def test_an_editor_has_a_text_to_show_for_every_key() -> None:
    """A field of the loader's models without a text below it has none."""
    described = describe_schema.rubric_schema()
    silent = [key for key, value in keys(described) if not value.get("description") and "$ref" not in value]

    assert silent == []
    assert all(
        model.get("description") not in (None, Strict.__doc__) for model in described["$defs"].values()
    )


def test_every_kind_of_case_is_described() -> None:
    described = describe_schema.rubric_schema()
    kinds = described["$defs"]["CriterionModel"]["properties"]["cases"]["items"]["anyOf"]

    required = [described["$defs"][kind["$ref"].rpartition("/")[2]]["required"] for kind in kinds]
    assert all(key in needed for key, needed in zip(CASES, required, strict=True))


PAGE = (describe_schema.DOCS / describe_schema.PAGE).read_text(encoding="utf-8")
EXAMPLES = dict(
    re.findall(r"^### ([^\n]+)\n(?:(?!^#).)*?^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)
FUNCTIONS = """\
def dense(x, w): ...
def slopes(out_grad, x, w): ...
def shifted(out_grad, x, w, *, by): ...
def points(number, *, size, seed): ...
"""


@pytest.mark.parametrize("snippet", EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_of_the_page_is_one_that_the_loader_takes(
    tmp_path: Path, validator: Draft202012Validator, snippet: str
) -> None:
    criteria = yaml.safe_load(snippet)
    head = f"assignment: example\npoints: {sum(c['points'] for c in criteria)}\ncriteria:\n"
    (tmp_path / "rubric.yaml").write_text(head + snippet, encoding="utf-8")
    headings = {criterion["help"].partition("#")[2] for criterion in criteria if "help" in criterion}
    (tmp_path / "README.md").write_text("".join(f"# {heading}\n" for heading in headings), encoding="utf-8")
    (tmp_path / "functions.py").write_text(FUNCTIONS, encoding="utf-8")
    probes = {criterion.get(key) for criterion in criteria for key in ("probe", "adjoint_of", "gradient_of")}
    cases = [case for criterion in criteria for case in criterion.get("cases", ())]
    values = {name for case in cases for key in ("ask", "random", "functions") for name in case.get(key, ())}
    reads = "".join(f"    case.{name}\n" for name in sorted(values))
    (tmp_path / "probes.py").write_text(f"def probe(submission, case):\n    ...\n{reads}", encoding="utf-8")

    rubric = load_rubric(
        tmp_path / "rubric.yaml", "example", dict.fromkeys(probes, ()), tmp_path / "README.md"
    )

    assert [criterion.id for criterion in rubric.criteria] == [criterion["id"] for criterion in criteria]
    assert validator.is_valid(yaml.safe_load(head + snippet))


def test_the_loader_takes_the_whole_rubric_that_the_page_begins_with(
    tmp_path: Path, validator: Draft202012Validator
) -> None:
    example = re.search(r"^## A whole rubric\n+```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert example is not None
    rubric = yaml.safe_load(example[1])
    (tmp_path / "rubric.yaml").write_text(example[1], encoding="utf-8")
    (tmp_path / "README.md").write_text("# The layer\n# The gradient\n", encoding="utf-8")
    probes = {criterion["probe"]: () for criterion in rubric["criteria"]}
    (tmp_path / "probes.py").write_text("def probe(submission, case): ...\n", encoding="utf-8")

    loaded = load_rubric(tmp_path / "rubric.yaml", rubric["assignment"], probes, tmp_path / "README.md")

    assert [len(criterion.cases) for criterion in loaded.criteria] == [3, 1]
    assert validator.is_valid(rubric)


def test_the_page_has_an_example_of_each_kind_of_check() -> None:
    kinds = describe_schema.rubric_schema()["$defs"]["CriterionModel"]["properties"]["compare"]["enum"]
    others = {
        "a criterion by hand",
        "a hint that costs points",
        "a scenario",
        "random values",
        "arrays of any dtype",
        "functions",
        "Time",
        "Memory",
        "Drawn cases",
        "Views",
        "Hidden cases",
        "requires",
        "covers",
        "follow_through",
    }

    assert set(EXAMPLES) == {*kinds, *others}


def test_a_handouts_rubric_names_no_schema(course: Path) -> None:
    """It is generated, self-contained, and never edited."""
    path = course / "assignments" / "tiny" / "rubric.yaml"
    path.write_text(f"{FIRST_LINE}\n{path.read_text()}")

    assert "yaml-language-server" not in _visible_rubric(load(path.parent))


def test_the_reference_lists_every_key_status_and_exit_code() -> None:
    page = describe_schema.reference_page()

    for name in (*AssignmentModel.model_fields, *CourseModel.model_fields, *Status):
        assert re.search(rf"^\| `{name}` \|.*\S \|$", page, re.MULTILINE), name
    codes = (PASSED, NOT_PASSED, USER_MISTAKE, GRADER_FAULT, NO_SANDBOX)
    assert re.findall(r"^\| (\d) \| `", page, re.MULTILINE) == list(map(str, codes))


def test_a_device_has_one_name_in_the_reference_in_yaml_and_in_the_grader() -> None:
    makers = {
        name
        for name, function in vars(backends).items()
        if inspect.isroutine(inspect.unwrap(function))
        and get_type_hints(inspect.unwrap(function)).get("return") is backends.Device
    }
    assert makers == {*Device} == {*DEVICES}
    keys = {"name": "tiny", "title": "Tiny", "files": ["tiny.py"], "oracle": "reference.conv"}
    assert AssignmentModel.model_validate({**keys, "devices": DEVICES}).devices == DEVICES
    with pytest.raises(ValidationError, match="should be one of 'cpu', 'cuda', 'emulated'"):
        AssignmentModel.model_validate({**keys, "devices": ["tpu"]})
