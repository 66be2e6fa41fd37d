"""Laws of `grader doctor`: it tries everything that grading uses, and names a command for what is missing."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli import doctor
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED

Doctor = Callable[..., tuple[int, dict[str, dict[str, str]]]]


@pytest.fixture
def examine(root: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """The exit status, and the checks by name."""

    def examine(*words: str) -> tuple[int, dict[str, dict[str, str]]]:
        status = main(["doctor", "--json", *words])
        answer = json.loads(capsys.readouterr().out)
        assert answer["ready"] == (status == PASSED)
        return status, {check["name"]: check for check in answer["checks"]}

    return examine


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, int], None]:
    """Puts programs in front of all others; without a call there are no programs at all."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def add(name: str, script: str, mode: int = 0o755) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(mode)

    return add


def test_a_machine_that_runs_these_tests_can_grade(examine: Doctor) -> None:
    status, checks = examine()
    assert status == PASSED, checks
    assert checks["user namespaces"]["observation"] == "allowed"
    assert checks["gradebook"]["observation"].endswith("the first batch makes it")


def test_a_missing_sandbox_is_named_with_the_command_that_installs_it(
    examine: Doctor, programs: Callable[..., None]
) -> None:
    programs("apt-get", "exit 1")
    status, checks = examine()
    assert status == NOT_PASSED
    assert checks["bubblewrap"]["state"] == "missing"
    assert checks["bubblewrap"]["remedy"] == "sudo apt-get install bubblewrap"


@pytest.mark.parametrize(
    ("version", "mode", "state"),
    [
        pytest.param("0.8.0", 0o755 | stat.S_ISUID, "unsafe", id="old-and-setuid"),
        pytest.param("0.11.1", 0o755 | stat.S_ISUID, "unsafe", id="just-too-old"),
        pytest.param("0.11.2", 0o755 | stat.S_ISUID, "ok", id="mended"),
        pytest.param("0.8.0", 0o755, "ok", id="old-and-plain"),
    ],
)
def test_a_setuid_bubblewrap_that_gives_root_away_is_unsafe(
    examine: Doctor, programs: Callable[..., None], version: str, mode: int, state: str
) -> None:
    programs("bwrap", f"echo bubblewrap {version}", mode)
    status, checks = examine()
    assert checks["bubblewrap"]["state"] == state
    assert status == (PASSED if state == "ok" else NOT_PASSED)


def test_namespaces_are_tried_and_not_guessed(examine: Doctor, programs: Callable[..., None]) -> None:
    programs("bwrap", "[ $1 = --version ] && echo bubblewrap 0.9.0 || { echo bwrap: no >&2; exit 1; }")
    status, checks = examine()
    assert (status, checks["user namespaces"]["observation"]) == (NOT_PASSED, "bwrap: no")
    assert checks["user namespaces"]["remedy"]


def test_a_compiler_is_required_only_where_an_assignment_is_in_cuda(
    examine: Doctor, programs: Callable[..., None], root: Path
) -> None:
    programs("bwrap", "echo bubblewrap 0.9.0")
    status, checks = examine()
    assert (status, checks["C++ compiler"]["is_required"]) == (PASSED, False)
    path = root / "assignments" / "tiny" / "assignment.yaml"
    path.write_text(path.read_text().replace("files: [conv.py]", "files: [conv.cu]"))
    status, checks = examine()
    assert checks["C++ compiler"]["is_required"] is True
    assert status == (PASSED if checks["C++ compiler"]["state"] == "ok" else NOT_PASSED)


def test_a_gradebook_that_cannot_be_opened_is_named(examine: Doctor, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no database")
    status, checks = examine("--gradebook", f"sqlite:///{tmp_path}/no.db")
    assert (status, checks["gradebook"]["state"]) == (NOT_PASSED, "missing")


def test_a_handout_needs_neither_sandbox_nor_gradebook(
    examine: Doctor, programs: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handout" / "grading").mkdir(parents=True)
    (tmp_path / "handout" / "grading" / "assignment.yaml").touch()
    monkeypatch.chdir(tmp_path / "handout")
    assert examine()[0] == PASSED


def test_the_text_says_what_is_missing_for_what_and_how_to_get_it(
    root: Path, capsys: pytest.CaptureFixture[str], programs: Callable[..., None]
) -> None:
    programs("dnf", "exit 1")
    assert main(["doctor"]) == NOT_PASSED
    output = capsys.readouterr().out
    assert "MISSING bubblewrap: not installed\n" in output
    assert f"        needed for {doctor.SANDBOX}\n        sudo dnf install bubblewrap\n" in output
    assert output.endswith("\nGrading needs: bubblewrap, user namespaces.\n")
