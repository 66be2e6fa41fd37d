"""Laws of written reports: whole or not at all, and no student's id leads out of the folder."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.errors import UserError
from grader.report.write_files import folder_name, write_files, write_text


def test_a_write_that_fails_leaves_the_earlier_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = write_files(tmp_path, {"grades.csv": b"before"})

    def disk_full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", disk_full)
    with pytest.raises(UserError, match="cannot be written: no space"):
        write_files(tmp_path, {"grades.csv": b"after", "more.csv": b"more"})
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_where_a_folder_should_be_is_explained_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    message = "out: cannot be written: found a file where a folder must be; name another"
    with pytest.raises(UserError, match=message):
        write_files(tmp_path / "out", {"grades.csv": b""})


def test_a_pipe_may_be_named_by_its_descriptor() -> None:
    reading, writing = os.pipe()
    write_text(Path(f"/dev/fd/{writing}"), "whole")
    os.close(writing)
    with open(reading) as pipe:
        assert pipe.read() == "whole"


def test_a_dash_is_neither_a_file_nor_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for write in (lambda: write_files(Path("-"), {"grades.csv": b""}), lambda: write_text(Path("-"), "{}")):
        with pytest.raises(UserError, match="found '-', expected the name of a file"):
            write()
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=80) | st.sampled_from(["..", ".", "", "../../etc", "a/b", ".git", "\ud800", "con\0"]))
def test_an_id_becomes_one_plain_folder(id: str) -> None:
    name = folder_name(id)
    assert name and not name.startswith(".") and "/" not in name and len(name.encode()) < 200
    assert name == id or not id.isascii() or id != folder_name(name)


@given(st.text(max_size=12), st.text(max_size=12))
def test_different_ids_have_different_folders(one: str, other: str) -> None:
    assert (folder_name(one) == folder_name(other)) == (one == other)
    assert folder_name(folder_name(one)) != folder_name(one) or folder_name(one) == one


@pytest.mark.parametrize("id", ["a b", "", "a/b", "ä", "-".join("ab" * 40), ".git"])
def test_no_id_names_the_folder_of_another_student(id: str) -> None:
    """The name of a folder is no secret, so a student may choose it as an id."""
    assert folder_name(folder_name(id)) != folder_name(id)
