"""Laws of finding the files of one submission: the same for one student's folder and for a class."""

import io
import json
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import submission
from grader.intake.notebook import TOO_LONG
from grader.intake.read_class import ReadOptions, read_class
from grader.intake.submission import read_submission

SOURCE = b"def dense(): ...\n"
Files = dict[str, bytes]


def notebook(source: str = SOURCE.decode(), tag: str = "dense.py") -> bytes:
    cell = {"cell_type": "code", "metadata": {"tags": [tag]}, "source": source}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()


def zip_of(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__MACOSX/._x", b"")
        archive.writestr(name, SOURCE)
    return packed.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Files], Path]:
    def write(files: Files) -> Path:
        for name, content in files.items():
            path = tmp_path / "class" / "ada" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return tmp_path / "class"

    return write


ACCEPTED: dict[str, Files] = {
    "the file": {"dense.py": SOURCE, "old/dense.py": b"old", "notes.txt": b""},
    "one folder down": {"hw/src/dense.py": SOURCE},
    "a notebook": {"hw.ipynb": notebook()},
    "a notebook beside its checkpoint": {
        "hw.ipynb": notebook(),
        ".ipynb_checkpoints/hw-checkpoint.ipynb": notebook("stale"),
    },
    "a notebook beside others": {"hw.ipynb": notebook(), "scratch.ipynb": notebook("x", "other.py")},
    "a notebook that says the same": {"dense.py": SOURCE, "hw.ipynb": notebook("def dense():\n ...")},
}
IN_DOUBT: dict[str, tuple[Files, str]] = {
    "another case": ({"Dense.py": SOURCE}, "Dense.py may be it: --accept-renamed takes it"),
    "a download's number": ({"dense (1).py": SOURCE}, "dense (1).py may be it"),
    "a second ending": ({"dense.py.txt": SOURCE}, "dense.py.txt may be it"),
    "a copy": ({"dense - Copy (2).py": SOURCE}, "dense - Copy (2).py may be it"),
    "in a zip": ({"hw.zip": zip_of("x/dense.py")}, "x/dense.py in hw.zip may be it"),
}
NEVER_ACCEPTED: dict[str, tuple[Files, str]] = {
    "two near names": ({"Dense.py": SOURCE, "dense (1).py": b"x"}, "Dense.py, dense (1).py may be it: leave"),
    "two folders": ({"a/dense.py": SOURCE, "b/x/dense.py": b""}, "there more than once (a/dense.py, b/x/d"),
    "two notebooks": (
        {"a.ipynb": notebook(), "b.ipynb": notebook("x")},
        "more than one notebook (a.ipynb, b",
    ),
    "another file": ({"main.py": SOURCE}, "dense.py is missing; found main.py"),
    "a name of the student's own": ({"dense_final.py": SOURCE}, "dense_final.py may be it: rename the right"),
    "a slip": (
        {"dnese.py": SOURCE, "test_dense.py": b""},
        "dnese.py may be it: rename the right one to dense",
    ),
    "a broken zip": ({"hw.zip": b"PK"}, "dense.py is missing; found hw.zip (not a readable zip)"),
    "litter": ({".ipynb_checkpoints/dense.py": SOURCE}, "found only what programs leave behind: .ipynb_ch"),
    "no tag": ({"hw.ipynb": notebook(tag="x")}, "no code cell of hw.ipynb is tagged dense.py"),
    "no notebook": ({"hw.ipynb": b"{"}, "hw.ipynb is no notebook: "),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_is_found_where_students_put_it(write: Callable[[Files], Path], name: str) -> None:
    root = write(ACCEPTED[name])
    for read in (read_submission(root / "ada", ["dense.py"]), read_submission(root, ["dense.py"])):
        assert read.submitted.files["dense.py"].split() == SOURCE.split()
        assert read.doubt == "" and not read.submitted.problems


@pytest.mark.parametrize("name", IN_DOUBT)
def test_a_near_name_is_offered_and_taken_where_a_person_accepts_it(
    write: Callable[[Files], Path], name: str
) -> None:
    files, offer = IN_DOUBT[name]
    folder = write(files) / "ada"
    read = read_submission(folder, ["dense.py"])
    assert not read.submitted.files and read.is_missing
    assert offer in read.doubt and read.doubt.startswith("dense.py is missing; ")
    accepted = read_submission(folder, ["dense.py"], accept_renamed=True)
    assert accepted.submitted.files == {"dense.py": SOURCE}
    assert accepted.submitted.notes[0].startswith("dense.py was taken from ")
    assert accepted.doubt == ""


@pytest.mark.parametrize("accept", [False, True], ids=["", "--accept-renamed"])
@pytest.mark.parametrize("name", NEVER_ACCEPTED)
def test_an_ambiguous_or_missing_file_is_named_with_those_there(
    write: Callable[[Files], Path], name: str, accept: bool
) -> None:
    files, message = NEVER_ACCEPTED[name]
    read = read_submission(write(files) / "ada", ["dense.py"], accept)
    assert not read.submitted.files
    assert message in read.submitted.problems["dense.py"] == read.doubt


def test_a_notebook_that_says_something_else_than_the_file_is_a_doubt(write: Callable[[Files], Path]) -> None:
    read = read_submission(write({"dense.py": b"stub", "hw.ipynb": notebook()}) / "ada", ["dense.py"])
    assert read.submitted.files == {"dense.py": b"stub"}
    assert "hw.ipynb tagged dense.py differ" in read.doubt and not read.is_missing


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        (b"", "dense.py is empty"),
        (b"\xef\xbb\xbf\r\n", "dense.py is empty"),
        (SOURCE.decode().encode("utf-16"), "dense.py contains null bytes"),
        (b"# caf\xe9\n" + SOURCE, ""),  # Python reads it, because the byte is in a comment
        (b"\xef\xbb\xbf" + SOURCE.replace(b"\n", b"\r\n"), ""),
        (b"def dense(:\n", ""),
    ],
)
def test_a_file_that_an_upload_may_have_damaged_is_in_doubt(
    write: Callable[[Files], Path], content: bytes, doubt: str
) -> None:
    read = read_submission(write({"dense.py": content}) / "ada", ["dense.py"])
    assert read.submitted.files == {"dense.py": content}  # it is graded: other files may earn points
    assert read.doubt.startswith(doubt) and bool(read.doubt) == bool(doubt)


def test_a_package_file_may_be_empty(write: Callable[[Files], Path]) -> None:
    root = write({"dense.py": SOURCE, "__init__.py": b""}) / "ada"
    assert read_submission(root, ["dense.py", "__init__.py"]).doubt == ""


@pytest.mark.parametrize("name", [*ACCEPTED, *IN_DOUBT, *sorted(NEVER_ACCEPTED.keys() - {"two folders"})])
def test_one_submission_and_a_class_are_read_in_the_same_way(
    write: Callable[[Files], Path], name: str
) -> None:
    """Except two folders with the same file, which are two submissions in a class."""
    files = ACCEPTED.get(name) or {**IN_DOUBT, **NEVER_ACCEPTED}[name][0]
    root = write(files)
    alone = read_submission(root / "ada", ["dense.py"])
    (one,) = (intake := read_class(root, ["dense.py"], options=ReadOptions(layout="folders"))).submissions
    assert intake.read(one) == alone.submitted
    assert one.submission.doubt == alone.doubt
    assert one.is_missing == alone.is_missing


def test_a_submission_may_be_a_zip(tmp_path: Path) -> None:
    (tmp_path / "hw.zip").write_bytes(zip_of("hw/dense.py"))
    assert read_submission(tmp_path / "hw.zip", ["dense.py"]).submitted.files == {"dense.py": SOURCE}


def test_the_amount_that_is_read_has_a_fixed_limit(
    write: Callable[[Files], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a notebook that was not read keeps another one from being graded in silence."""
    size = len(notebook())
    monkeypatch.setattr("grader.intake.submission.MAX_NOTEBOOK_BYTES", 2 * size)
    folder = write({f"{n}.ipynb": notebook(tag="dense.py" if n == 0 else "x") for n in range(3)}) / "ada"
    read = read_submission(folder, ["dense.py"])
    assert read.submitted.files and read.doubt.startswith("2.ipynb may hold another dense.py")
    monkeypatch.setattr("grader.intake.submission.MAX_NOTEBOOK_BYTES", 3 * size)
    assert read_submission(folder, ["dense.py"]).doubt == ""
    monkeypatch.setattr("grader.intake.submission.MAX_NOTEBOOKS", 1)
    assert "1.ipynb, 2.ipynb may hold another" in read_submission(folder, ["dense.py"]).doubt


def test_too_many_zips_are_not_opened(
    write: Callable[[Files], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({f"{n}.zip": zip_of("dense.py") for n in range(6)}) / "ada"
    read = read_submission(folder, ["dense.py"], accept_renamed=True)
    assert read.doubt == "dense.py is missing; found 0.zip, 1.zip, 2.zip and 3 more"
    monkeypatch.setattr("grader.intake.near_names.MAX_ZIP_ENTRIES", 1)
    (folder.parent / "bob").mkdir()
    (folder.parent / "bob" / "hw.zip").write_bytes(zip_of("dense.py"))  # of two entries
    assert read_submission(folder.parent / "bob", ["dense.py"]).doubt == "dense.py is missing; found hw.zip"


def test_one_notebook_is_read_if_several_take_too_long(
    write: Callable[[Files], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So one submission can delay the others only for a fixed time."""
    read: list[bytes] = []

    def slow(content: bytes) -> str:
        read.append(content)
        return TOO_LONG

    monkeypatch.setattr(submission, "tagged_sources", slow)
    root = write({f"{number}.ipynb": notebook() for number in range(20)})

    assert TOO_LONG in read_submission(root / "ada", ["dense.py"]).doubt
    assert len(read) == 1


@pytest.mark.slow
def test_notebooks_of_60_mb_in_a_zip_cost_this_process_seconds(tmp_path: Path) -> None:
    """Each is read in a child that may take two seconds of CPU time."""
    bomb = b'{"nbformat": 4, "cells": [' + b"{}," * 20_000_000 + b"{}]}"
    with zipfile.ZipFile(tmp_path / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"student-{number:02d}/hw.ipynb", bomb)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.process_time()

    intake = read_class(tmp_path / "class.zip", ["dense.py"])

    assert len(intake.submissions) == 4
    assert time.process_time() - start < 12
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 4 * 4
