"""The course keeps its promises: `grader verify` finds nothing, and messages say no more than cases show."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.author.load import load
from grader.author.render import Views
from grader.cli.command_line.exit_status import PASSED
from grader.judge.verdict.evidence import Evidence
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from grader.model.grade import Grade
from tests.course_names import NAMES, ROOT


@pytest.mark.slow  # `.ci/run` proves the course by `make verify`
def test_every_assignment_of_the_course_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Handout and solution score zero and all, every mutant loses, every case counts, tolerances hold."""
    monkeypatch.chdir(ROOT)
    status = main(["verify", "--out", str(tmp_path)])
    output = capsys.readouterr().out
    assert status == PASSED, output
    assert output.count(" 0 survive, ") == output.count(" 0 findings") == len(NAMES)
    assert {path.stem for path in tmp_path.glob("*.html")} == set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_idea_that_only_missing_exceptions_show_says_what_the_function_accepts(
    name: str, misconceptions_of: Callable[[Assignment], Misconceptions]
) -> None:
    """Such a case shows that the call returns, and no more: the message begins with "You accept"."""
    mistakes = misconceptions_of(Views(load(ROOT / "assignments" / name)).assignment)
    evidence = Evidence(Grade(name, "", (), "none"), mistakes, calls=None)
    about_refusals = [idea for idea in mistakes.ideas if evidence.is_about_refusals(idea)]
    assert [idea for idea in about_refusals if not evidence.says_only_what_is_seen(idea)] == []
