"""The grader finds kinds and comparisons by name: adding one takes one file and no other edit."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from grader.judge.comparisons import COMPARISONS
from grader.judge.kinds import KINDS

ROOT = Path(__file__).parents[3]
KIND = '''\
"""Numbers that rise from one to another."""

from typing import ClassVar

import numpy as np

from grader.judge.case_model import CaseModel, Number
from grader.judge.inputs import Inputs
from grader.judge.kind import Kind


class RampCase(CaseModel):
    """A ramp."""

    ramp: list[Number]
    """From where to where."""


class RampKind(Kind):
    """An array `a` that rises by 1."""

    name = "ramp"
    keys = staticmethod(lambda: {"ramp": RampCase})
    differentiable = ("a",)
    conditions: ClassVar = {"starts_below_zero": lambda case, inputs: case.parameters["ramp"][0] < 0}

    def draw(self, case, shapes, numbers):
        return Inputs({}, {"a": np.arange(*case.parameters["ramp"], dtype=np.float32)}, {"a": ()})

    def describe(self, case, inputs):
        return "a ramp from {} to {}".format(*case.parameters["ramp"])

    def lengths(self, parameters):
        return [[parameters["ramp"][1] - parameters["ramp"][0]]], []

    def complaint(self, parameters):
        return "found a ramp that falls" if parameters["ramp"][1] < parameters["ramp"][0] else ""

    def explain_shape(self, expected, actual, inputs):
        return "the last step is left out" if actual[0] == expected[0] - 1 else ""
'''
COMPARISON = '''\
"""The same elements in whatever order."""

import numpy as np

from grader.judge.differences.probe_values import arrays_of
from grader.judge.case_model import Strict
from grader.judge.comparison import Comparison
from grader.judge.differences.difference import Difference


class Keys(Strict):
    """What a criterion says with it."""

    largest_first: bool | None = None
    """Whether the largest element comes first."""


class AnyOrder(Comparison):
    """Sorted, they are equal."""

    name = "any_order"
    rank = 15
    docs = "PLANTED DOCS"
    criterion_keys = staticmethod(lambda: Keys)
    requires_of_criterion = ("largest_first",)

    def judge(self, question):
        outcome = question.submission.run(question.case.probe, question.inputs)
        (expected,) = question.oracle.expected(question.case, question.inputs).arrays
        (actual,) = arrays_of(outcome)
        if expected.shape != actual.shape:
            why = question.explain_shape(expected.shape, actual.shape)
            return outcome, Difference(str(expected.shape), str(actual.shape), why)
        if question.option("largest_first") == "True" and actual[0] != actual.max():
            return outcome, Difference("the largest first", str(actual[0]), "another comes first")
        same = np.array_equal(np.sort(expected), np.sort(actual))
        return outcome, None if same else Difference("the same elements", "others", "an element is missing")
'''
RUBRIC = """\
assignment: tiny
points: 2
criteria:
  - id: only
    title: rises
    points: 2
    probe: rise
    compare: any_order
    largest_first: true
    help: README.md#here
    cases:
      - {id: one, ramp: [-2, 3], covers: [starts_below_zero]}
"""
SCRIPT = """\
import json, sys
from pathlib import Path
import numpy as np
from grader.author.covers_conditions import CONDITIONS
from grader.author.describe_schema import rubric_page, rubric_schema
from grader.author.rubric.read_rubric import load_rubric
from grader.judge.draw_inputs import draw
from grader.judge.differences.difference import Expected
from grader.judge.verdict.grade_case import grade_case
from grader.model.errors import UserError
from grader.model.wire_format import RawArray
from grader.model.grade import Outcome, Status

folder = Path(sys.argv[1])
text = (folder / "rubric.yaml").read_text()


def read():
    return load_rubric(folder / "rubric.yaml", "tiny", {"rise": ()}, folder / "README.md")


def complaint(old, new):
    (folder / "rubric.yaml").write_text(text.replace(old, new))
    try:
        read()
    except UserError as error:
        return str(error)


class Oracle:
    inputs = staticmethod(lambda case, redraw=0: draw(case, "tiny"))
    expected = staticmethod(lambda case, inputs: Expected((inputs.array("a").astype(np.float64),)))


class Answers:
    def __init__(self, change):
        self.change = change

    def run(self, probe, inputs):
        array = np.ascontiguousarray(self.change(inputs.array("a")))
        return Outcome(Status.OK, (RawArray(array.dtype.str, array.shape, array.tobytes()),))


(criterion,) = read().criteria
(case,) = criterion.cases
graded = {
    "backwards": lambda a: a[::-1],
    "as_it_is": lambda a: a,
    "shorter": lambda a: a[:-1],
    "other": lambda a: 2 * a[::-1],
}
results = {name: grade_case(case, criterion, Answers(f), Oracle()) for name, f in graded.items()}
page, schema = rubric_page(), rubric_schema()
print(json.dumps({
    "results": {name: [r.status, r.rationale, r.inputs] for name, r in results.items()},
    "covers": CONDITIONS["starts_below_zero"](case, draw(case, "tiny")),
    "page": ["PLANTED DOCS" in page, "From where to where." in page, "### any_order" in page],
    "schema": ["RampCase" in schema["$defs"], "largest_first" in str(schema["$defs"]["CriterionModel"])],
    "without_the_key": complaint("    largest_first: true\\n", ""),
    "the_key_alone": complaint("    compare: any_order\\n", ""),
    "a_falling_ramp": complaint("[-2, 3]", "[3, -2]"),
}))
"""

SHORTER = "axis 0 has length 4 and not 5\none possible cause: the last step is left out"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The grader's result for a rubric with a planted kind and comparison, in a separate process."""
    root = tmp_path_factory.mktemp("planted")
    copytree(ROOT / "grader", root / "grader", ignore=ignore_patterns("__pycache__"))
    (root / "grader" / "judge" / "kinds" / "ramp.py").write_text(KIND)
    (root / "grader" / "judge" / "comparisons" / "any_order.py").write_text(COMPARISON)
    folder = root / "tiny"
    folder.mkdir()
    (folder / "rubric.yaml").write_text(RUBRIC)
    (folder / "README.md").write_text("# Here\n")
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    answers: dict[str, Any] = json.loads(process.stdout)
    return answers


def test_a_planted_kind_and_comparison_grade_a_case(planted: dict[str, Any]) -> None:
    about = "a ramp from -2 to 3"

    assert planted["results"] == {
        "backwards": ["ok", "", about],
        "as_it_is": ["wrong", "another comes first", about],
        "shorter": ["wrong", SHORTER, about],
        "other": ["wrong", "an element is missing", about],
    }


def test_a_planted_kind_brings_its_conditions(planted: dict[str, Any]) -> None:
    assert planted["covers"] is True


def test_a_planted_kind_is_in_the_docs_and_in_the_schema(planted: dict[str, Any]) -> None:
    assert planted["page"] == [True, True, True]
    assert planted["schema"] == [True, True]


def test_a_key_that_a_planted_comparison_requires_is_named_with_its_line(planted: dict[str, Any]) -> None:
    assert planted["without_the_key"].endswith(
        "rubric.yaml:8: `compare: any_order` also needs `largest_first`: add it"
    )
    assert planted["the_key_alone"].endswith(
        "rubric.yaml:8: `largest_first` goes with `compare: any_order`: add it, or remove `largest_first`"
    )
    assert planted["a_falling_ramp"].endswith("rubric.yaml:12: found a ramp that falls")


@pytest.mark.parametrize(
    ("package", "by_name"), [("kinds", KINDS), ("comparisons", COMPARISONS)], ids=["kinds", "comparisons"]
)
def test_a_name_in_a_rubric_is_the_name_of_one_module(package: str, by_name: dict[str, Any]) -> None:
    folder = ROOT / "grader" / "judge" / package
    modules = {path.stem for path in folder.glob("*.py")} | {
        p.parent.name for p in folder.glob("*/__init__.py")
    }

    assert set(by_name) == modules - {"__init__"}
    for name, one in by_name.items():
        assert one.name == name
        assert type(one).__module__ == f"grader.judge.{package}.{name}"
