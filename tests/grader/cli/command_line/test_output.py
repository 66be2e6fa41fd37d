"""A command that cannot show or write its output still does its work and reports no bug of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.cli.command_line.output import NEAREST
from tests.waiting import LIMIT

GRADER = (sys.executable, "-m", "grader")
COMMANDS = ("grade", "report", "batch")
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


@pytest.fixture
def submission(tmp_path: Path) -> Callable[[str], Path]:
    """In a folder that holds submissions and nothing else: a class of one."""

    def submission(source: str) -> Path:
        folder = tmp_path / "class" / "ada"
        folder.mkdir(parents=True)
        (folder / "conv.py").write_text(source, encoding="utf-8")
        return folder

    return submission


@pytest.fixture
def words(root: Path, at_course: str, wrong: Path) -> Mapping[str, tuple[list[str], int]]:
    """For each command, a command line and its exit status if output works."""
    common = ["--assignment", "tiny", "--sandbox", "none"]
    batch = ["batch", str(wrong.parent), *common, "--jobs", "1", "--gradebook", "sqlite:///new.db"]
    return {
        "grade": (["grade", str(wrong), *common, "--json", "grade.json"], NOT_PASSED),
        "report": (["report", "--gradebook", at_course, "--format", "terminal"], PASSED),
        "batch": (batch, PASSED),
    }


def run(words: list[str], stdout: int, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [*GRADER, *words],
        env={**os.environ, **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=LIMIT,
        check=False,
    )


def work_is_done(command: str) -> bool:
    """True if everything that a command writes besides its output is there and complete."""
    if command == "grade":
        return Path("grade.json").read_text().endswith("}\n")
    if command == "batch":
        with Gradebook("sqlite:///new.db", create=False) as gradebook:
            return len(list(gradebook.grades())) == 1
    return True


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="ascii"),
        pytest.param({"PYTHONIOENCODING": "latin-1"}, id="latin-1", marks=pytest.mark.slow),
        pytest.param(
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            id="locale_c",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_characters_that_an_encoding_lacks_are_replaced(
    words: Mapping[str, tuple[list[str], int]], command: str, environment: Mapping[str, str]
) -> None:
    line, status = words[command]
    process = run(line, subprocess.PIPE, **environment)

    assert (process.returncode, process.stderr) == (status, b"")
    text = {"grade": "tiny", "report": "ada", "batch": "1 graded"}[command]
    assert text in process.stdout.decode("latin-1")
    if command == "grade":
        assert b"............" in process.stdout  # an empty bar
    assert work_is_done(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_has_left_changes_neither_the_work_nor_the_status(
    words: Mapping[str, tuple[list[str], int]], command: str
) -> None:
    line, status = words[command]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        process = run(line, writer)
    finally:
        os.close(writer)

    assert (process.returncode, process.stderr) == (status, b"")
    assert work_is_done(command)


@NEEDS_FULL
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_one_line_that_counts_what_is_missing(
    words: Mapping[str, tuple[list[str], int]], command: str
) -> None:
    with open("/dev/full", "wb") as full:
        process = run(words[command][0], full.fileno())

    output = process.stderr.decode()
    assert process.returncode == USER_MISTAKE
    assert output.startswith("grader: standard output cannot be written (No space left on device): ")
    assert "missing there" in output and output.count("\n") == 1
    assert work_is_done(command)


def test_as_much_as_possible_is_shown_before_there_is_no_room(root: Path, tmp_path: Path) -> None:
    """A limit on the size of files imitates a full disk: it, too, accepts a part of a write."""
    whole = run(["--help"], subprocess.PIPE).stdout
    room = len(whole) // 2
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    code = f"{limit}; import sys; from grader.__main__ import main; sys.exit(main(['--help']))"
    with open(tmp_path / "shown", "wb") as file:
        process = subprocess.run(
            [sys.executable, "-c", code], stdout=file, stderr=subprocess.PIPE, timeout=LIMIT, check=False
        )

    assert (tmp_path / "shown").stat().st_size == room
    assert process.returncode == USER_MISTAKE
    missing = whole[room:].count(b"\n")
    assert f"{missing} lines are missing".encode() in process.stderr


@NEEDS_FULL
def test_a_file_that_cannot_be_written_is_the_users_to_mend(
    words: Mapping[str, tuple[list[str], int]], complaint: Callable[[], str]
) -> None:
    line, _ = words["grade"]
    assert main([*line[:-1], "/dev/full"]) == USER_MISTAKE
    assert "/dev/full: cannot be written: No space left on device" in complaint()


@NEEDS_FULL
@pytest.mark.parametrize("streams", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
def test_help_that_cannot_be_written_is_no_success(streams: Mapping[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        process = run(["--help"], full.fileno(), **streams)
    assert process.returncode == USER_MISTAKE
    assert b"standard output cannot be written" in process.stderr


def test_every_character_has_an_ascii_replacement() -> None:
    for number in range(0x80, 0x11000):
        assert chr(number).encode("ascii", NEAREST).isascii()
    assert "Zoë: 3×4 ≤ 5 – \udcff█░".encode("ascii", NEAREST) == b"Zoe: 3x4 <= 5 - ?#."


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_a_standard_stream_still_does_its_work(
    words: Mapping[str, tuple[list[str], int]], command: str, closed: str
) -> None:
    arguments, status = words[command]
    shell = ["sh", "-c", f'"$@" {closed}', "sh", *GRADER, *arguments]
    process = subprocess.run(shell, capture_output=True, timeout=LIMIT, check=False)

    assert process.returncode == status, process
    assert b"internal error" not in process.stderr
    assert work_is_done(command)
