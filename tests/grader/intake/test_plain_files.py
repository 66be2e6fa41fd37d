"""The intake takes the plain files that students submit, and nothing else."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake.submission import read_submission
from grader.model.errors import UserError
from grader.model.submitted_files import MAX_FILE_BYTES


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    (tmp_path / "submission").mkdir()
    return tmp_path / "submission"


def stage(names: tuple[str, ...], submission: Path) -> tuple[dict[str, bytes], str]:
    return read_submission(submission, names).submitted.all_of(names)


def link_to_a_secret(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def link_to_a_neighbor(path: Path) -> None:
    (path.parent / "other.py").write_text("x = 1\n")
    path.symlink_to("other.py")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def socket_of_the_name(path: Path) -> None:
    os.chdir(path.parent)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def too_large(path: Path) -> None:
    path.write_bytes(b"#" * (MAX_FILE_BYTES + 1))


def sparse_and_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


TROUBLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "conv.py is missing"),
    "link_to_a_secret": (link_to_a_secret, "conv.py cannot be read"),
    "link_to_a_neighbor": (link_to_a_neighbor, "conv.py cannot be read"),
    "link_to_nothing": (link_to_nothing, "conv.py cannot be read"),
    "link_to_itself": (link_to_itself, "conv.py cannot be read"),
    "fifo": (os.mkfifo, "conv.py cannot be read: a device, a pipe"),
    "socket": (socket_of_the_name, "conv.py cannot be read"),
    "folder": (Path.mkdir, "conv.py is missing"),
    "too_large": (too_large, f"conv.py has {MAX_FILE_BYTES + 1} bytes; at most {MAX_FILE_BYTES} are read"),
    "sparse_and_huge": (sparse_and_huge, f"conv.py has {1 << 40} bytes"),
}


@pytest.mark.parametrize(("make", "message"), TROUBLE.values(), ids=TROUBLE)
def test_special_files_are_refused_with_one_line(
    make: Callable[[Path], object],
    message: str,
    submission: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(submission)  # put back afterwards
    make(submission / "conv.py")
    before = len(os.listdir("/dev/fd"))
    files, refused = stage(("conv.py",), submission)

    assert refused.startswith(message)
    assert "\n" not in refused
    assert str(submission) not in refused  # a student reads it
    assert files == {}
    assert len(os.listdir("/dev/fd")) == before  # nothing is left open


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_refused(submission: Path) -> None:
    (submission / "conv.py").write_text("x = 1\n")
    (submission / "conv.py").chmod(0)

    _, refused = stage(("conv.py",), submission)

    assert refused.startswith("conv.py cannot be read")


def test_a_submission_that_is_a_file_is_refused(submission: Path) -> None:
    (submission / "zip").write_text("PK")

    with pytest.raises(UserError, match="neither a folder nor a zip; put the file into a folder"):
        stage(("conv.py",), submission / "zip")


def test_only_the_submitted_files_are_taken(submission: Path) -> None:
    for name in ("conv.py", "conftest.py", "numpy.py", "pytest.ini", "CONV.PY", "sitecustomize.py", "x.pth"):
        (submission / name).write_text(f"# {name}\n")
    for name in ("ndarray", "grader", "__pycache__"):
        (submission / name).mkdir()
        (submission / name / "__init__.py").write_text("raise SystemExit\n")

    assert stage(("conv.py",), submission) == ({"conv.py": b"# conv.py\n"}, "")


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff\xfe", b"#" * MAX_FILE_BYTES], ids=len)
def test_a_plain_file_is_taken_byte_for_byte(content: bytes, submission: Path) -> None:
    (submission / "conv.py").write_bytes(content)

    assert stage(("conv.py",), submission) == ({"conv.py": content}, "")


def test_the_first_of_several_files_that_is_wrong_is_named(submission: Path) -> None:
    (submission / "conv.py").write_text("x = 1\n")

    assert stage(
        (
            "conv.py",
            "dense.py",
            "ndarray.py",
        ),
        submission,
    ) == (
        {},
        "dense.py is missing; found conv.py",
    )
