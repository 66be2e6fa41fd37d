"""Laws of `grader new`: what it writes is verified, and if it fails it leaves nothing behind."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from grader.__main__ import main
from grader.author.new_assignment.course_entry import with_assignment
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE

SLOPE = '''def slope(points: list[int], step: int) -> int:
    """The change from the first of `points` to the last, for each whole `step`.

    ValueError if there are fewer than two points, or if the step is 0.
    """
    if len(points) < 2 or step == 0:
        raise ValueError("expected two points and a step")
    return (points[-1] - points[0]) // step
'''

ROWS = '''"""Functions of NumPy arrays."""

import numpy as np


def affine(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """gamma * x + beta, for three arrays of one shape."""
    return gamma * x + beta


def shares(x: np.ndarray) -> np.ndarray:
    """Each element divided by the sum of the squares."""
    return x / (1 + (x * x).sum())


def of_two_shapes(x: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """gamma * x. ValueError unless gamma has one axis less."""
    if gamma.shape != x.shape[1:]:
        raise ValueError("gamma has another shape")
    return gamma * x
'''


@pytest.fixture
def course(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    no_cache = shutil.ignore_patterns("__pycache__")
    for folder in ("assignments", "reference"):
        shutil.copytree(repository / "examples" / folder, tmp_path / folder, ignore=no_cache)
    (tmp_path / "reference" / "rows.py").write_text(ROWS)
    (tmp_path / "reference" / "lines.py").write_text(f'"""Lines."""\n\n\n{SLOPE}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    return tmp_path


def files_of(course: Path) -> dict[str, bytes]:
    paths = [path for folder in ("assignments", "reference") for path in (course / folder).rglob("*")]
    return {
        str(path): path.read_bytes() for path in paths if path.is_file() and "__pycache__" not in str(path)
    }


def test_an_assignment_of_a_function_is_proved_as_it_stands(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "slopes", "--from", "reference.lines:slope"]) == PASSED
    assert ", 0 findings" in capsys.readouterr().out
    assert ", slopes]" in (course / "assignments" / "course.yaml").read_text()
    assert main(["generate", "slopes"]) == PASSED
    handout = course / "build" / "release" / "slopes" / "slopes.py"
    assert "raise NotImplementedError" in handout.read_text()
    answer = handout.with_name("answer") / "slopes.py"
    answer.parent.mkdir()
    capsys.readouterr()
    answer.write_text(SLOPE.replace("points[-1]", "points[1]"))
    assert main(["grade", str(answer.parent), "--assignment", "slopes"]) == NOT_PASSED
    assert "count from the end" in " ".join(capsys.readouterr().out.split())
    answer.write_text(SLOPE)
    assert main(["grade", str(answer.parent), "--assignment", "slopes"]) == PASSED


def test_the_first_assignment_begins_its_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "lines.py").write_text(f'"""Lines."""\n\n\n{SLOPE}')
    monkeypatch.chdir(tmp_path)
    assert main(["new", "slopes", "--from", "reference.lines:slop"]) == USER_MISTAKE
    assert [path.name for path in tmp_path.rglob("*")] == ["reference", "lines.py"]
    assert main(["new", "slopes", "--from", "reference.lines:slope"]) == PASSED
    assert capsys.readouterr().out.startswith("reference/__init__.py\nassignments/slopes/assignment.yaml\n")
    assert main(["verify", "slopes"]) == PASSED


@pytest.mark.parametrize(("name", "compare"), [("affine", "exact"), ("shares", "close")])
def test_a_function_of_numpy_arrays_is_compared_exactly_only_if_its_results_are_whole(
    course: Path, capsys: pytest.CaptureFixture[str], name: str, compare: str
) -> None:
    assert main(["new", name, "--from", f"reference.rows:{name}"]) == PASSED
    assert ", 0 findings" in capsys.readouterr().out
    rubric = (course / "assignments" / name / "rubric.yaml").read_text()
    assert ("compare: close" in rubric) == (compare == "close")


def test_a_function_that_is_not_there_leaves_an_empty_folder_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "slopes", "--from", "reference.lines:slope"]) == USER_MISTAKE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("title: C\nassignments: [] # none yet\n", "title: C\nassignments: [b] # none yet\n"),
        ("title: C\nassignments: [a]\n", "title: C\nassignments: [a, b]\n"),
        ("title: C\nassignments:\n  - a\n", "title: C\nassignments:\n  - a\n  - b\n"),
    ],
)
def test_an_assignment_is_added_to_the_course_s_list(tmp_path: Path, text: str, result: str) -> None:
    (tmp_path / "course.yaml").write_text(text)
    assert with_assignment(tmp_path / "course.yaml", "b") == result


@pytest.mark.parametrize("text", ["title: C\n", "title: [C\n", "assignments: a\n"])
def test_a_course_that_cannot_list_an_assignment_is_left_as_it_was(
    course: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (course / "assignments" / "course.yaml").write_text(text)
    before = files_of(course)
    assert main(["new", "slopes", "--from", "reference.lines:slope"]) == USER_MISTAKE
    assert "course.yaml" in capsys.readouterr().err and files_of(course) == before


@pytest.mark.slow
def test_an_assignment_without_a_function_gets_an_example_that_is_proved(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "runs"]) == PASSED
    assert "reference/runs.py" in capsys.readouterr().out
    assert main(["verify", "runs"]) == PASSED


def test_the_report_of_a_new_assignment_is_what_the_published_schema_says(
    course: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "slopes", "--from", "reference.lines:slope", "--json"]) == PASSED
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, json.loads((repository / "docs" / "commands.schema.json").read_text()))
    assert "assignments/slopes/rubric.yaml" in report["files"] and report["findings"] == []
    assert (report["cases"], report["mutants"]) == (5, 11)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Lines"], "expected a name of lowercase letters"),
        (["../out"], "expected a name of lowercase letters"),
        (["queue"], "would hide the module queue"),
        (["edit_distance"], "this assignment exists"),
        (["lines"], "--from reference.lines:FUNCTION"),
        (["slopes", "--from", "reference.lines:slop"], "defines no function or class slop"),
        (["slopes", "--from", "reference.edit_distance:closer"], "defines no function or class closer"),
        (["norms", "--from", "reference.rows:of_two_shapes"], "run `grader new norms` without --from"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_left(
    course: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    before = files_of(course)
    assert main(["new", *words]) == USER_MISTAKE
    assert message in (line := capsys.readouterr().err) and line.count("\n") == 1
    assert files_of(course) == before
