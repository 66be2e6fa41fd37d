"""The course keeps its promises: `grader verify`, as `make generate` runs it, finds nothing."""

from pathlib import Path

import pytest

from grader.__main__ import main
from grader.author.load import load_course
from grader.cli.command_line.exit_status import PASSED

ROOT = Path(__file__).parent.parent


@pytest.mark.slow  # `.ci/run` proves the course by `make verify`
def test_every_assignment_of_the_course_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Handout and solution score zero and all, every mutant loses, every case counts, tolerances hold."""
    monkeypatch.chdir(ROOT)
    status = main(["verify", "--out", str(tmp_path)])
    output = capsys.readouterr().out
    assert status == PASSED, output
    course = load_course(ROOT / "assignments" / "course.yaml").assignments
    assert output.count(" 0 survive, ") == output.count(" 0 findings") == len(course)
    assert {path.stem for path in tmp_path.glob("*.html")} == set(course)
