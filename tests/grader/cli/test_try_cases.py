"""Laws of `grader try` and `grader debug` in this repository's handouts: each visible case can be tried."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.handout import generate
from grader.author.load import load
from grader.author.render import Views
from grader.cli.command_line.exit_status import PASSED
from grader.judge.case_selection.selection import select
from tests.test_page_blocks import HANDOUTS

SHOW_ALL = """
import sys
from grader.cli.handout.one_case import set_up
for name in sys.argv[1:]:
    print("case", name)
    names = set_up(name).names
    names["show"](names["expected"], names["ask"]())
"""
GRADER = (sys.executable, "-P", "-m", "grader")


@pytest.fixture(scope="module", params=HANDOUTS, ids=lambda folder: folder.name)
def solution(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The solution of an assignment, in the form of a handout."""
    root = request.param.parents[1]  # the examples bring a library of their own
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assignment = load(request.param)
        assignment = replace(Views(assignment).assignment, library=root)
        return generate([assignment], tmp_path_factory.mktemp("build"))[1]


def run(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, input=stdin, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_solution_gives_what_is_expected_in_each_case_that_is_tried(solution: Path) -> None:
    cases = sorted(select(load(solution / "grading")))
    process = run(solution, sys.executable, "-P", "-c", SHOW_ALL, *cases)

    assert process.returncode == 0, process.stderr
    assert [line for line in process.stdout.splitlines() if line.startswith("case ")] == [
        f"case {name}" for name in cases
    ]
    results = [line for line in process.stdout.splitlines() if not line.startswith("case ")]
    assert [line for line in results if "differ" in line] == []


@pytest.mark.slow
def test_the_debugger_stops_in_one_case_of_each_criterion(solution: Path) -> None:
    """No debugger of Python stops in a kernel, and the command says so."""
    assignment = load(solution / "grading")
    for criterion in assignment.rubric.criteria:
        if not criterion.cases:
            continue
        stopped = run(solution, *GRADER, "debug", criterion.cases[0].name, stdin="q\n")
        if assignment.files[0].endswith(".cu"):
            assert "The debugger does not see into a kernel" in stopped.stdout, stopped
        else:
            assert f"/{assignment.files[0]}(" in stopped.stdout, (
                criterion.id,
                stopped.stdout,
                stopped.stderr,
            )
            assert stopped.returncode == PASSED
