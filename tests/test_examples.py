"""The example course, which is about words and has no arrays: the tool is bound to no subject."""

from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli import PASSED


@pytest.fixture
def examples(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(repository / "examples")
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    return repository / "examples"


@pytest.mark.slow
def test_every_example_is_proved_by_its_mutants(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["verify", "--out", str(tmp_path), "--jobs", "2"])
    shown = capsys.readouterr().out
    assert status == PASSED, shown
    assert "0 survive" in shown and "0 findings" in shown


def test_a_handout_without_arrays_carries_none_and_its_solution_passes(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["generate", "edit_distance", "--out", str(tmp_path)]) == PASSED
    handout = tmp_path / "release" / "edit_distance"
    assert not (handout / "ndarray").exists()
    solution = tmp_path / "solution" / "edit_distance" / "edit_distance.py"
    assert main(["grade", str(solution.parent), "--assignment", "edit_distance"]) == PASSED
    (handout / "edit_distance.py").write_bytes(solution.read_bytes())
    monkeypatch.chdir(handout)
    capsys.readouterr()
    assert main(["grade", "."]) == PASSED
    assert "All visible cases pass" in capsys.readouterr().out
