"""Exit status: 0 all passed, 1 something did not, 2 your mistake in one line, 3 the grader's own fault."""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import grader
from grader.__main__ import main
from grader.cli.command_line.exit_status import GRADER_FAULT, NOT_PASSED, PASSED, USER_MISTAKE
from grader.cli.command_line.shared_options import modules_of
from tests.tables import by_name
from tests.waiting import LIMIT, wait_until


def test_a_right_submission_ends_with_0(root: Path, right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(right), "--assignment", "tiny"]) == PASSED == 0
    assert "10" in capsys.readouterr().out


def test_a_wrong_submission_ends_with_1_and_no_traceback(
    root: Path, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(wrong), "--assignment", "tiny"]) == NOT_PASSED == 1

    output = capsys.readouterr()
    assert "expected" in output.out and "actual" in output.out
    assert "Traceback" not in output.out + output.err


@pytest.mark.parametrize(
    ("words", "phrase"),
    by_name(
        {
            "unknown_assignment": (
                ["grade", ".", "--assignment", "gone"],
                "no assignment 'gone', expected one of tiny",
            ),
            "unnamed_assignment": (["grade", "."], "or name the assignment with --assignment"),
            "missing_folder": (
                ["grade", "no/such/folder", "--assignment", "tiny"],
                "no/such/folder: no such file or folder",
            ),
            "a_file_for_a_folder": (
                ["grade", "assignments/course.yaml", "--assignment", "tiny"],
                "assignments/course.yaml: neither a folder nor a zip",
            ),
            "a_device_not_at_hand": (
                ["grade", ".", "--assignment", "tiny", "--device", "cuda"],
                "--device cuda: tiny is graded on cpu",
            ),
            "generate_the_unknown": (["generate", "gone"], "no assignment 'gone', expected one of tiny"),
            "arguments_for_pytest_elsewhere": (
                ["generate", "--", "-k", "x"],
                "only `grader grade` passes arguments",
            ),
            "missing_folder_without_an_assignment": (
                ["grade", "no/such/folder"],
                "no/such/folder: no such file or folder",
            ),
        }
    ),
)
def test_a_mistake_of_the_users_is_one_line_and_ends_with_2(
    root: Path, complaint: Callable[[], str], words: list[str], phrase: str
) -> None:
    assert main(words) == USER_MISTAKE == 2
    assert phrase in complaint()


@pytest.mark.parametrize(
    "words",
    [
        ["grade"],
        ["grad", "."],
        ["grade", ".", "--device", "tpu"],
        ["grade", ".", "--sandbox", "docker"],
        ["report", "--out", "x"],
        ["batch", "."],
        ["emulate"],
    ],
    ids=" ".join,
)
def test_words_that_are_no_command_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(words)
    assert error.value.code == USER_MISTAKE
    output = capsys.readouterr().err
    assert output.startswith("grader") and output.endswith("--help)\n") and output.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "phrase"),
    by_name(
        {
            "no_jobs": (
                ["verify", "--jobs", "0"],
                "argument --jobs: found '0', expected a whole number of at least 1",
            ),
            "a_word_for_a_number": (["verify", "--seeds", "many"], "argument --seeds: found 'many'"),
            "no_attack": (["redteam", "--sample", "-1"], "argument --sample: found '-1'"),
            "no_port": (
                ["serve", "--port", "99999"],
                "found '99999', expected a whole number from 0 to 65535",
            ),
        }
    ),
)
def test_a_number_outside_its_range_is_refused_with_the_range(
    words: list[str], phrase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main(words)
    assert error.value.code == USER_MISTAKE
    assert phrase in capsys.readouterr().err


def test_an_option_with_two_values_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["grade", ".", "--assignment", "tiny", "--assignment", "big"])
    assert error.value.code == USER_MISTAKE
    assert "found --assignment twice, with tiny and with big: give it once" in capsys.readouterr().err


def test_an_option_twice_with_the_same_value_is_no_mistake(root: Path, right: Path) -> None:
    assert main(["grade", str(right), "--assignment", "tiny", "--assignment", "tiny", "--quiet"]) == PASSED


@pytest.mark.parametrize(
    ("command", "package"), [("report", "report.formats"), ("publish", "publish.targets")]
)
def test_help_says_what_each_format_and_target_writes(
    command: str, package: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    words = " ".join(capsys.readouterr().out.split())
    for name in modules_of(package):
        assert f"{name} {importlib.import_module(f'grader.{package}.{name}').WRITES}" in words


@pytest.mark.parametrize("command", ["batch", "intake"])
def test_an_option_by_its_old_name_says_what_to_write(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main([command, ".", "--assignment", "tiny", "--policy", "best"])
    assert error.value.code == USER_MISTAKE
    assert "--policy has a new name: write --counts best" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["generate", "verify", "grade", "batch", "report", "adjust", "similarity", "doctor"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main([command, "--help"])
    assert error.value.code == 0
    assert f"usage: grader {command}" in capsys.readouterr().out


INSTRUCTORS = {"alembic", "copydetect", "distributed", "jinja2", "nbformat", "sqlalchemy"}


MODULES = ("__main__", "cli.grade", "cli.generate", "cli.proofs.verify", "cli.batch", "cli.report")
IMPORTING = """
import importlib, json, sys
loaded = {}
for name in sys.argv[1:]:
    importlib.import_module(f"grader.{name}")
    loaded[name] = list(sys.modules)
print(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    """The modules loaded after each import, in this order in one interpreter: never fewer than alone."""
    words = [sys.executable, "-c", IMPORTING, *MODULES]
    output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    modules: dict[str, list[str]] = json.loads(output)
    return modules


@pytest.mark.parametrize(
    ("module", "spared"),
    by_name(
        {
            "help": ("__main__", {*INSTRUCTORS, "numpy", "pydantic", "pytest", "rich", "yaml"}),
            "grade": ("cli.grade", {*INSTRUCTORS, "numpy.ma", "numpy.random"}),
            "generate": ("cli.generate", INSTRUCTORS - {"jinja2"}),
            "verify": ("cli.proofs.verify", INSTRUCTORS - {"jinja2"}),
            "batch": ("cli.batch", {"alembic", "copydetect", "distributed"}),
            "report": ("cli.report", {"alembic", "copydetect", "distributed"}),
        }
    ),
)
def test_a_command_pays_for_no_library_of_another(
    loaded: dict[str, list[str]], module: str, spared: set[str]
) -> None:
    """Nor does a missing one stop it: students do not have the instructors' libraries."""
    assert spared.intersection(loaded[module]) == set()


@pytest.mark.parametrize("words", [["grade", ".", "--assignment", "tiny"], ["generate"]], ids=" ".join)
def test_outside_a_repository_it_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complaint: Callable[[], str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(words) == USER_MISTAKE
    assert "run this in the course's repository" in complaint()


def test_a_rubric_that_is_wrong_ends_with_2_and_its_line(
    root: Path, right: Path, complaint: Callable[[], str]
) -> None:
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("points: 10", "points: 12"))

    assert main(["grade", str(right), "--assignment", "tiny"]) == USER_MISTAKE
    assert f"{rubric}:2: found points 12, expected the sum" in complaint()


def test_a_reference_without_an_answer_ends_with_3(
    root: Path, right: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("axes: [0], dilation: 1", "axes: [7], dilation: 1"))

    words = ["grade", str(right), "--assignment", "tiny", "--json", "grade.json"]
    assert main(words) == GRADER_FAULT == 3
    cases = [case for c in json.loads(Path("grade.json").read_text())["criteria"] for case in c["cases"]]
    assert [case["status"] for case in cases] == ["ok", "ok", "internal_error", "ok"]
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_of_the_graders_ends_with_3_and_one_line(
    root: Path,
    right: Path,
    complaint: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bug(*_: object, **__: object) -> None:
        raise ZeroDivisionError("in the score")

    monkeypatch.setattr("grader.judge.session.score", bug)

    assert main(["grade", str(right), "--assignment", "tiny"]) == GRADER_FAULT
    message = complaint()
    assert "internal error in Backflip (not your submission)" in message
    assert "ZeroDivisionError: in the score" in message


def test_probes_that_cannot_be_imported_are_the_authors_mistake(
    root: Path, right: Path, complaint: Callable[[], str]
) -> None:
    probes = root / "assignments" / "tiny" / "probes.py"
    probes.write_text(f"import gone\n\n\n{probes.read_text()}")

    assert main(["grade", str(right), "--assignment", "tiny"]) == USER_MISTAKE
    assert "No module named 'gone'" in complaint()


def test_the_command_alone_shows_its_help_and_its_version_is_the_packages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words, shown in (([], "usage: grader"), (["--version"], f"grader {grader.__version__}\n")):
        with pytest.raises(SystemExit) as system_exit:
            main(words)
        assert system_exit.value.code == 0
        assert capsys.readouterr().out.startswith(shown)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_command_that_a_signal_ends_leaves_no_temporary_folder(
    root: Path, submission: Callable[[str], Path], tmp_path: Path, number: signal.Signals
) -> None:
    """The signal comes while a submission runs that never ends."""
    running, scratch = tmp_path / "running", tmp_path / "scratch"
    scratch.mkdir()
    endless = f"open({str(running)!r}, 'w').close()\nwhile True:\n    pass\n"
    words = ["grade", str(submission(endless)), "--assignment", "tiny", "--sandbox", "none"]
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", *words],
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: running.exists() or process.poll() is not None, "the submission runs")
    assert list(scratch.glob("backflip-*")), process.communicate()
    process.send_signal(number)
    _, errors = process.communicate(timeout=LIMIT)

    assert errors == "grader: interrupted; everything recorded so far is kept\n"
    assert process.returncode == 128 + number
    assert not list(scratch.glob("backflip-*"))
