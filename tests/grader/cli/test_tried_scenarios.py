"""Laws of `try` and `debug` for cases whose steps the rubric lists, in a handout of objects that remember."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import PASSED

EXAMPLES = Path(__file__).parents[3] / "examples"
GRADER = (sys.executable, "-P", "-m", "grader")
NAME = "optimizers"
RATE = "self._rate * v"  # in the last line of SGD.step


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = tmp_path_factory.mktemp("build")
    subprocess.run([*GRADER, "generate", NAME, "--out", build], cwd=EXAMPLES, check=True, capture_output=True)
    return build


@pytest.fixture
def solved(generated: Path, tmp_path: Path) -> Path:
    """The handout, with the solution in its place."""
    shutil.copytree(generated / "release" / NAME, tmp_path / NAME)
    shutil.copy(generated / "solution" / NAME / "optimizers.py", tmp_path / NAME)
    return tmp_path / NAME


def run(handout: Path, *words: str, typed: str = "") -> str:
    done = subprocess.run([*GRADER, *words], cwd=handout, input=typed, capture_output=True, text=True)
    assert done.returncode == PASSED, done.stdout + done.stderr
    return done.stdout + done.stderr  # a prompt writes its greeting to the second


def replace(handout: Path, old: str, new: str) -> None:
    path = handout / "optimizers.py"
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), encoding="utf-8")


def test_the_steps_are_shown_as_statements_that_run_at_the_prompt(solved: Path) -> None:
    greeting = run(solved, "try", "sgd/two-at-once")
    steps = [line.strip() for line in greeting.splitlines() if line.startswith("    ")]

    assert steps[0] == "fast = SGD(rate=1.0, momentum=0.5)"
    typed = "\n".join([*steps, "show(expected, [result[number] for number in sorted(result)])", ""])
    assert "equal" in run(solved, "try", "sgd/two-at-once", typed=typed)
    assert "sgd.step([1.0, 2.0], [1.0])  # raises ValueError" in run(
        solved, "try", "refused/a-gradient-too-few"
    )


def test_ask_takes_all_steps_and_show_says_where_the_first_difference_is(solved: Path) -> None:
    assert run(solved, "try", "sgd/three-steps", "-c", "show(expected, ask())").endswith("equal\n")

    replace(solved, RATE, f"2 * {RATE}")
    shown = run(solved, "try", "sgd/three-steps", "-c", "show(expected, ask())")
    assert "a has  0.8\nb has  0.6\nat result[0][0]: " in shown


def test_the_debugger_stops_at_the_step_whose_result_is_wrong(solved: Path) -> None:
    replace(solved, RATE, f"({RATE} if weights != [0.8] else 0)")  # right for the first of three steps
    shown = run(solved, "debug", "sgd/three-steps", typed="p weights\nq\n")

    assert ")step()" in shown and "(Pdb) [0.8]" in shown


def test_the_debugger_stops_in_a_step_that_does_not_end(solved: Path) -> None:
    replace(
        solved, "        if len(weights)", "        while True:\n            pass\n        if len(weights)"
    )
    shown = run(solved, "debug", "sgd/three-steps", typed="q\n")

    assert ")step()" in shown and "while True" in shown
