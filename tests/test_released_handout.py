"""A handout away from the repository: what a student does with it, from the first command on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.author.load import load
from grader.author.render import Views
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from tests.waiting import one_at_a_time

NAME = "conv_backward"


@pytest.fixture
def unpacked(
    pytestconfig: pytest.Config,
    fill_once: Callable[..., Path],
    repository: Path,
    misconceptions_of: Callable[[Assignment], Misconceptions],
    tmp_path: Path,
) -> Iterator[Path]:
    """A generated handout, beside its solution, in a folder that has nothing to do with the repository.

    It is generated and sets itself up once. The tests take turns with it.
    """

    def release(home: Path) -> None:
        misconceptions_of(Views(load(repository / "assignments" / NAME)).assignment)
        assert main(["generate", NAME, "--out", str(tmp_path)]) == 0
        shutil.copytree(tmp_path / "release" / NAME, home / NAME)
        shutil.copy(tmp_path / "solution" / NAME / "conv.py", home / "solution.py")

    with one_at_a_time(pytestconfig, "test_released_handout"):
        yield fill_once("home", release) / NAME


def make_grade(handout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("VIRTUAL_ENV", "PYTHON"))}
    return subprocess.run(
        ["make", "grade", *words], cwd=handout, env=environment, capture_output=True, text=True, check=False
    )


def test_a_handout_sets_itself_up_and_grades_by_itself(unpacked: Path) -> None:
    first = make_grade(unpacked)
    assert "0 / 70 visible points" in first.stdout, first.stdout + first.stderr
    assert "Nothing is written yet. Begin with `conv` in conv.py" in first.stdout
    assert first.returncode == 0 and "Error" not in first.stderr  # a grade is no failure of make's

    shutil.copy(unpacked.parent / "solution.py", unpacked / "conv.py")
    second = make_grade(unpacked)
    assert "70 / 70 visible points" in second.stdout, second.stdout + second.stderr
    assert "setting up" not in second.stdout
    assert second.returncode == 0

    some = make_grade(unpacked, "CASE=remainder-0")
    assert some.returncode == 0, some.stdout + some.stderr
    assert "2 cases that you chose pass" in some.stdout


def test_make_adds_nothing_to_what_the_grader_says_of_an_unknown_name(unpacked: Path) -> None:
    make_grade(unpacked)
    for word, complaint in {
        "EXERCISE=dilat": "grader: found no exercise 'dilat'; did you mean 'dilate'?\n",
        "CASE=dilate/two-row": "grader: found no case 'dilate/two-row'; did you mean 'dilate/two-rows'?\n",
    }.items():
        assert make_grade(unpacked, word).stderr == complaint


def test_a_handout_holds_neither_reference_nor_instructors_libraries(unpacked: Path) -> None:
    make_grade(unpacked)
    python = unpacked / ".venv" / "bin" / "python"
    for module in ("reference", "jinja2", "sqlalchemy", "scipy"):
        code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is not None)"
        assert subprocess.run([python, "-c", code], cwd="/", check=False).returncode == 0, module


def test_a_command_for_instructors_says_so_in_one_line(unpacked: Path) -> None:
    make_grade(unpacked)
    grader: list[str | Path] = [unpacked / ".venv" / "bin" / "python", "-P", "-m", "grader"]
    for words in (["batch", ".", "--assignment", NAME], ["serve"], ["verify"]):
        output = subprocess.run([*grader, *words], cwd=unpacked, capture_output=True, text=True, check=False)
        assert output.returncode == USER_MISTAKE
        assert "is a command for instructors" in output.stderr and output.stderr.count("\n") == 1
    doctor = subprocess.run([*grader, "doctor"], cwd=unpacked, capture_output=True, text=True, check=False)
    assert doctor.returncode == PASSED, doctor.stdout
