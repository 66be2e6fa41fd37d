"""A case names functions of functions.py, a handout gets those it needs, and mistakes are named by line."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.author.handout import generate
from grader.author.load import load
from grader.judge.session import Session
from grader.model.errors import UserError
from grader.model.grade import Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from tests.functions_course import ALWAYS, CHECK, load_with_library, write


def test_a_handout_holds_the_functions_of_visible_cases_alone(tmp_path: Path) -> None:
    generate([load_with_library(write(tmp_path / "course"))], tmp_path / "out")
    grading = tmp_path / "out" / "release" / "gradients" / "grading"

    shipped = (grading / "functions.py").read_text()
    assert "def square" in shipped and "SCALE" in shipped
    everything = "".join(
        path.read_text(errors="replace")
        for path in (tmp_path / "out" / "release").rglob("*.*")
        if path.is_file()
    )
    assert "hidden_gradient" not in everything and "NOBODY_SEES" not in everything
    with Session(load(grading), sandbox=Sandbox.NONE) as session:
        right = session.grade(SubmittedFiles({"gradients.py": CHECK.encode()}, {}), "ada")
        always = session.grade(SubmittedFiles({"gradients.py": ALWAYS.encode()}, {}), "bob")
    assert [r.status for r in right.cases] == [Status.OK]
    assert [r.status for r in always.cases] == [Status.WRONG]


def test_at_home_a_student_calls_the_functions_of_a_case_as_they_are(
    tmp_path: Path,
) -> None:
    generate([load_with_library(write(tmp_path / "course"))], tmp_path / "out")
    handout = tmp_path / "out" / "release" / "gradients"
    (handout / "gradients.py").write_text(CHECK)

    code = "print([g(3.0) for g in gradients], f(2), len(make(0)), sorted(ask()), expected == ask())"
    process = subprocess.run(
        [sys.executable, "-m", "grader", "try", "check/seen", "-c", code],
        cwd=handout,
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.stdout in (f"[{a}, {b}] 4 4 [False, True] True\n" for a, b in ((6.0, 9.0), (9.0, 6.0))), (
        process
    )


def test_the_functions_are_part_of_what_their_cases_are(tmp_path: Path) -> None:
    before = {c.id: c for c in load(write(tmp_path / "a")).rubric.criteria[0].cases}
    after = {
        c.id: c
        for c in load(write(tmp_path / "b", "functions.py", "no gradient there", "none"))
        .rubric.criteria[0]
        .cases
    }

    assert before["seen"] == after["seen"]
    assert before["hidden-1"].functions_source != after["hidden-1"].functions_source


MISTAKES = {
    "unknown": (
        "rubric.yaml",
        "f: square, make: make, g",
        "f: sqare, make: make, g",
        "rubric.yaml:10",
        "did you mean",
    ),
    "constant": (
        "rubric.yaml",
        "seen, functions: {f: square",
        "seen, functions: {f: SCALE",
        "rubric.yaml:10",
        "of the type int",
    ),
    "imported": (
        "rubric.yaml",
        "seen, functions: {f: square",
        "seen, functions: {f: np",
        "rubric.yaml:10",
        "of the type module",
    ),
    "argument": (
        "rubric.yaml",
        "given: {by: 1}",
        "given: {bye: 1}",
        "rubric.yaml:",
        "an argument of wrong_gradient: x, by",
    ),
    "twice": (
        "rubric.yaml",
        "{id: seen, functions",
        "{id: seen, ask: {f: 1}, functions",
        "rubric.yaml:10",
        "'f' twice",
    ),
    "none": (
        "rubric.yaml",
        "gradients: [right_gradient, wrong_gradient]",
        "gradients: []",
        "rubric.yaml:10",
        "1 item",
    ),
    "no_python": ("functions.py", "SCALE = 2", "SCALE = = 2", "functions.py:5", "cannot be read"),
    "fails": ("functions.py", "SCALE = 2", "SCALE = 2 / 0", "functions.py:5", "ZeroDivisionError"),
    "runs": ("functions.py", "SCALE = 2", "SCALE = 2\nprint()", "functions.py:6", "a statement that runs"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_file_and_line(tmp_path: Path, mistake: str) -> None:
    file, old, new, place, says = MISTAKES[mistake]
    folder = write(tmp_path / "course", file, old, new)

    with pytest.raises(UserError) as raised:
        load(folder)

    assert place in str(raised.value) and says in str(raised.value)


def test_a_case_with_functions_needs_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "course")
    (folder / "functions.py").unlink()

    with pytest.raises(UserError, match=r"rubric.yaml:10: .*expected a file functions.py"):
        load(folder)
