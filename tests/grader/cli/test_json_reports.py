"""Laws of `--json`: the output of every reporting command matches the published schema."""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from referencing import Registry, Resource

from grader.__main__ import main
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.cli.command_line.arguments import JSON, make_parser
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.cli.handout.try_report import plain
from grader.model.request_code import code_of
from grader.model.student import Student, Submission
from reference.emulator.command_line.options import parser_of
from tests.grader.cli.conftest import grade_of
from tests.grader.cli.test_verify import MUTANTS
from tests.tiny_course import RIGHT, WRONG

SEED = "a seed"
OF_STUDENTS = {"try", "hint", "submit"}
ELSEWHERE = {"redteam", "new", "emulate", "program", *OF_STUDENTS}  # tests of their own check these reports
WITHOUT_JSON = {  # and why
    "debug": "a student types into the debugger",
    "watch": "shows each grade to the student who saves, until Ctrl-C",
    "serve": "answers a browser, until Ctrl-C",
    "completion": "prints a script for a shell",
}


@pytest.fixture
def schema(repository: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((repository / "docs" / "commands.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(content)
    return content


@pytest.fixture
def class_of_two(root: Path) -> Path:
    """Two students, one of whom submitted twice, and one file that matches no student."""
    for place, source in {"ada/attempt-1": WRONG, "ada/attempt-2": RIGHT, "bob/attempt-1": WRONG}.items():
        (root / "class" / place).mkdir(parents=True)
        (root / "class" / place / "conv.py").write_text(source)
    (root / "class" / "notes.txt").write_text("")
    return root / "class"


@pytest.fixture
def clones(root: Path) -> Path:
    """A repository with a commit, and one without."""
    folder = root / "clones"
    for name in ("tiny-ada", "tiny-bob"):
        subprocess.run(["git", "init", "--quiet", folder / name], check=True)
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    words = ["commit", "--quiet", "--allow-empty", "--message=x"]
    subprocess.run(["git", *who, *words], cwd=folder / "tiny-ada", check=True)
    return folder


def test_every_command_has_json_except_those_that_report_nothing(repository: Path) -> None:
    """`grade` writes its JSON to a file; the emulator defines the options of `emulate`."""
    parsers: dict[str, argparse.ArgumentParser] = {**make_parser().commands, "emulate": parser_of("emulate")}
    without = {
        name
        for name, parser in parsers.items()
        if not any("--json" in action.option_strings for action in parser._actions)
    }
    assert without == set(WITHOUT_JSON)
    sentence = re.search(r"The commands (.*) write no\s+report", (repository / "docs/library.md").read_text())
    assert sentence is not None and set(re.findall(r"`(\w+)`", sentence[1])) == without


def test_every_command_that_reports_prints_what_the_published_schema_says(
    root: Path,
    class_of_two: Path,
    clones: Path,
    schema: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BACKFLIP_SEED", SEED)
    (root / "assignments" / "tiny" / "mutants.py").write_text(MUTANTS)
    url = f"sqlite:///{root}/gradebook.db"
    gradebook = ["--gradebook", url]
    class_words = [str(class_of_two), "--assignment", "tiny"]
    code = code_of(SEED, "ada", "tiny", "flip/one-axis")
    Path("requests.csv").write_text(f"student,case,text\nada,flip/one-axis · {code},why?\n")
    columns = "student_id,assignment,criterion,points,reason,author"
    Path("adjustments.csv").write_text(f"{columns}\nada,tiny,flip,-1,late,me\n")
    reports: set[str] = set()
    commands: set[str] = set()

    def report(*words: str, status: int = PASSED) -> dict[str, Any]:
        assert main([*words, "--json"]) == status, words
        content: dict[str, Any] = json.loads(capsys.readouterr().out)
        jsonschema.validate(content, schema)
        reports.add(content["schema"])
        commands.add(words[0])
        return content

    report("doctor", status=main(["doctor", "--quiet"]))
    report("collect", str(clones), "--assignment", "tiny", "--out", "collected", status=NOT_PASSED)
    report("generate", "tiny", "--out", "generated")
    report("publish", "github", "tiny", "--out", "published")
    report("verify", "tiny", "--jobs", "1", "--seeds", "1", status=NOT_PASSED)
    report("verify", "tiny", "--jobs", "1", "--variants", "1")
    report("intake", *class_words, status=NOT_PASSED)
    batch = report("batch", *class_words, *gradebook, "--jobs", "1", status=NOT_PASSED)
    assert [(one["student"], one["of"]) for one in batch["counting"]] == [("ada", 2)]
    report("requests", "requests.csv", *gradebook)
    report("adjust", "adjustments.csv", *gradebook)
    report("similarity", *class_words, *gradebook, "--out", "alike")
    report("report", *gradebook, "--format", "csv", "--out", "out")
    in_doubt(url)
    report("report", *gradebook, "--format", "gradescope", "--out", "out", status=NOT_PASSED)
    report("confirm", "--assignment", "tiny", "eve", "--reason", "fine", *gradebook)
    report("forget", "--list", *gradebook)
    report("forget", "--student", "bob", "--reason", "left", *gradebook)
    report("forget", "--run", "1", "--reason", "the wrong folder", *gradebook)

    assert commands == set(JSON) - ELSEWHERE
    names = [name for each in schema["oneOf"] if (name := each["$ref"].rpartition("/")[2]) not in ELSEWHERE]
    assert reports == {schema["$defs"][name]["properties"]["schema"]["const"] for name in names}


WRONG_TWICE = """
right = dilate


def dilate(a, axes, dilation):
    print("in dilate")
    if tuple(axes) == (0,):
        raise ValueError("no rows")
    return right(a, axes, 1)
"""


def test_the_commands_of_a_student_print_what_the_published_schema_says(
    handout: Path, schema: dict[str, Any]
) -> None:
    rubric = handout / "grading" / "rubric.yaml"
    data = yaml.safe_load(rubric.read_text())
    data["criteria"][1] |= {"hints": ["Count the zeros.", "Where does row 1 go?"], "withheld_hints": 2}
    rubric.write_text(yaml.safe_dump(data))
    with open(handout / "conv.py", "a") as file:
        file.write(WRONG_TWICE)

    def report(*words: str, status: int = PASSED) -> dict[str, Any]:
        command = [sys.executable, "-P", "-m", "grader", *words, "--json"]
        process = subprocess.run(command, cwd=handout, capture_output=True, text=True, check=False)
        assert process.returncode == status, process.stderr
        grade: dict[str, Any] = json.loads(process.stdout)
        jsonschema.validate(grade, schema)
        return grade

    tried = report("try", "dilate/columns")
    assert tried["inputs"]["a"]["shape"] == [2, 3] and tried["inputs"]["dilation"] == {"python": "2"}
    assert (tried["expected"]["shape"], tried["actual"]["shape"]) == ([2, 9], [2, 6])
    assert (tried["actual"]["dtype"], tried["error"]) == ("float32", "")
    raised = report("try", "dilate/rows", status=NOT_PASSED)
    assert (raised["actual"], raised["error"]) == (None, "ValueError: no rows")
    hint = report("hint", "dilate")["criteria"][0]
    assert (hint["hints"], hint["total"], hint["at_a_cost"]) == (["Count the zeros."], 2, 2)
    (packed,) = report("submit")["files"]
    content = (handout / packed["path"]).read_bytes()
    assert packed["sha256"] == hashlib.sha256(content).hexdigest() and packed["unwritten"] == []


def test_a_case_is_tried_with_code_or_reported_but_not_both(
    handout: Path, complaint: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["try", "dilate/rows", "--json", "-c", "a"]) == USER_MISTAKE
    assert "takes no -c" in complaint()


def test_numbers_that_json_lacks_are_text() -> None:
    values = plain(np.array([[1.5, np.nan], [np.inf, -np.inf]]))
    assert values == {"dtype": "float64", "shape": [2, 2], "values": [[1.5, "nan"], ["inf", "-inf"]]}
    assert plain((np.array(2), np.array([True]))) == [
        {"dtype": "int64", "shape": [], "values": 2},
        {"dtype": "bool", "shape": [1], "values": [True]},
    ]


def test_a_complex_number_is_its_two_parts() -> None:
    value = plain(np.array([1 + 2j, complex(0, np.inf)], np.complex64))
    assert value == {"dtype": "complex64", "shape": [2], "values": [[1.0, 2.0], [0.0, "inf"]]}
    assert plain(np.array(3j))["values"] == [0.0, 3.0]


@pytest.mark.parametrize("dtype", [np.longdouble, np.clongdouble])
def test_a_number_too_long_for_json_is_written_as_python_writes_it(dtype: type[np.generic]) -> None:
    value = plain(np.ones(2, dtype))
    assert list(value) == ["python"]
    json.dumps(value)


@pytest.mark.slow
def test_the_gains_of_attacks_are_what_the_published_schema_says(
    root: Path, schema: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "assignments" / "tiny" / "mutants.py").write_text(MUTANTS)
    assert main(["redteam", "tiny", "--jobs", "1", "--sample", "1000", "--json"]) == PASSED
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, schema)
    assert {gain["is_too_much"] for gain in report["assignments"][0]["gains"]} == {False}


def in_doubt(url: str) -> None:
    """Adds a submission that needs review."""
    with Gradebook(url) as book:
        submission = Submission("eve", "tiny", "e" * 64, doubt="whose is it?")
        book.hand_in([Student("eve")], [submission])
        book.record(submission, GradeEntry(grade_of("eve")))


def test_the_grades_of_a_class_are_what_their_published_schema_says(repository: Path) -> None:
    schemas = {path.name: json.loads(path.read_text()) for path in repository.glob("docs/*.schema.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    validator = jsonschema.Draft202012Validator(schemas["class.schema.json"], registry=registry)
    for path in sorted(repository.glob("tests/golden/**/grades.json")):
        grades = json.loads(path.read_text())
        validator.validate(grades)
        assert grades["schema"] == schemas["class.schema.json"]["title"]
        grades["rows"][0]["grade"] = {}
        assert not validator.is_valid(grades)
