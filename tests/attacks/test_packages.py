"""Attacks with files in a submission's folder, next to the submitted file or in its place."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake.read_class import read_class
from grader.judge.session import Session
from grader.model.grade import Grade, Status
from tests.folders import in_folder

WRONG = "\n\ndef flip(a, axes):\n    return a\n"
FORGING_PLUGIN = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call):
    call.excinfo = None

def pytest_collection_modifyitems(items):
    items.clear()
"""


def writes(name: str, text: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def hundred_megabytes(folder: Path) -> None:
    (folder / "conv.py").write_text("# ")
    os.truncate(folder / "conv.py", 100 << 20)


def unix_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(folder)  # the path of a socket is short
        try:
            server.bind("conv.py")
        finally:
            os.chdir(before)


def device(folder: Path) -> None:
    try:
        os.mknod(folder / "conv.py", 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:
        pytest.skip("only root makes devices")


# In place of conv.py: the function that makes it, the status of every case, words of the reason.
INSTEAD: dict[str, tuple[Callable[[Path], object], Status, str]] = {
    "no_file": (lambda folder: None, Status.REFUSED, "missing"),
    "notebook": (writes("conv.ipynb", '{"cells": []}'), Status.REFUSED, "missing"),
    "other_case": (writes("Conv.py", "x = 1"), Status.REFUSED, "missing"),
    "compiled": (writes("__pycache__/conv.cpython-311.pyc", b"\0" * 16), Status.REFUSED, "missing"),
    "package": (writes("conv/__init__.py", "x = 1"), Status.REFUSED, "missing"),
    "folder_of_that_name": (writes("conv.py/__init__.py", "x = 1"), Status.REFUSED, "not a plain file"),
    "link_to_passwd": (lambda f: (f / "conv.py").symlink_to("/etc/passwd"), Status.REFUSED, "conv.py"),
    "link_to_nothing": (lambda f: (f / "conv.py").symlink_to("nowhere"), Status.REFUSED, "conv.py"),
    "link_to_itself": (lambda f: (f / "conv.py").symlink_to("conv.py"), Status.REFUSED, "conv.py"),
    "hard_link_to_passwd": (
        lambda f: os.link("/etc/passwd", f / "conv.py"),
        Status.ERROR,
        "SyntaxError",
    ),  # as if copied
    "fifo": (lambda f: os.mkfifo(f / "conv.py"), Status.REFUSED, "not a plain file"),
    "device_without_end": (device, Status.REFUSED, "not a plain file"),
    "socket": (unix_socket, Status.REFUSED, "conv.py"),
    "hundred_megabytes": (hundred_megabytes, Status.REFUSED, "bytes"),
    "not_utf8": (writes("conv.py", b"x = '\xff\xfe'\n"), Status.ERROR, "conv.py"),
    "null_byte": (writes("conv.py", b"x = 1\0\n"), Status.ERROR, "null"),
    "utf_16": (writes("conv.py", "x = 1\n".encode("utf-16")), Status.ERROR, "null"),
    "unknown_encoding": (writes("conv.py", "# coding: bogus\nx = 1\n"), Status.ERROR, "bogus"),
    "empty": (writes("conv.py", ""), Status.ERROR, "conv.py defines no flip"),
}

# Next to a conv.py whose flip is wrong. The grader ignores all of these.
EXTRA_FILES: dict[str, Callable[[Path], object]] = {
    "conftest": writes("conftest.py", FORGING_PLUGIN),
    "pytest_ini": writes("pytest.ini", "[pytest]\naddopts = --co -p conftest\n"),
    "pyproject": writes("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--co'\n"),
    "own_numpy": writes("numpy.py", "array_equal = lambda *args: True\n"),
    "own_grader": writes(
        "grader/judge/differences/array_difference.py", "first_difference = lambda *args: None\n"
    ),
    "own_ndarray": writes("ndarray/__init__.py", "class NDArray: pass\n"),
    "own_probes": writes("probes.py", "def flip(submission, case): return case.a.base\n"),
    "sitecustomize": writes("sitecustomize.py", "raise SystemExit(0)\n"),
    "pth": writes("x.pth", "import os; os._exit(0)\n"),
    "rubric": writes("rubric.yaml", "points: 10\ncriteria: []\n"),
    "results": writes("results.json", '{"score": 10}'),
    "line_break_in_a_name": writes("a\nb: c\r.py", "x = 1\n"),
    "right_to_left_name": writes("conv\u202eyp.", "x = 1\n"),
    "names_equal_but_for_unicode_form": lambda f: (writes("\u00e9.py", "")(f), writes("e\u0301.py", "")(f)),
    "name_of_255_characters": writes("x" * 255, ""),
    "link_to_the_root": lambda f: (f / "root").symlink_to("/"),
    "fifo_beside": lambda f: os.mkfifo(f / "pipe"),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_a_file_that_is_not_source_earns_nothing_and_says_why(
    session: Session, honest_folder: Path, honest_alone: Grade, tmp_path: Path, name: str
) -> None:
    make, status, words = INSTEAD[name]
    try:
        make(tmp_path)
    except OSError as error:
        pytest.skip(f"cannot be made here: {error}")

    grade = session.grade(in_folder(tmp_path), name)

    results = [result for criterion in grade.criteria for result in criterion.results]
    assert grade.score == 0
    assert {result.status for result in results} == {status}, results[0].rationale
    assert words in results[0].rationale
    assert session.grade(in_folder(honest_folder), "honest") == honest_alone


@pytest.mark.parametrize("name", EXTRA_FILES)
def test_files_next_to_a_submission_do_not_exist(
    session: Session, honest: str, honest_alone: Grade, tmp_path: Path, name: str
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    for folder, source in ((right, honest), (wrong, honest + WRONG)):
        folder.mkdir()
        (folder / "conv.py").write_text(source, encoding="utf-8")
        try:
            EXTRA_FILES[name](folder)
        except OSError as error:
            pytest.skip(f"cannot be made here: {error}")

    assert session.grade(in_folder(right), "honest") == honest_alone
    assert [criterion.status for criterion in session.grade(in_folder(wrong), "wrong").criteria] == [
        Status.WRONG,
        Status.OK,
    ]


def test_the_folder_of_another_student_is_not_submitted_by_a_link(
    honest_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "conv.py").write_text("x = 1\n")
    (tmp_path / "lazy").symlink_to(honest_folder, target_is_directory=True)

    intake = read_class(tmp_path, ["conv.py"])
    assert [one.submission.student_id for one in intake.submissions] == ["ada"]
    assert [entry.name for entry in intake.doubts] == ["lazy"]
