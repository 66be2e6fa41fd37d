"""The intake refuses a hostile archive entry by entry, and still reads the rest of the class."""

import io
import os
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake.read_class import ReadOptions, read_class
from grader.intake.source import ZipSource
from grader.model.submitted_files import MAX_FILE_BYTES

HONEST = b"x = 1\n"
CONTROL = "control characters, direction marks or bytes that are not UTF-8 in its name"


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = mode << 16
    return info


# The entry, and words of the reason; the default is `conv.py` of `eve`.
REFUSED: dict[str, tuple[zipfile.ZipInfo, str]] = {
    "out_of_the_folder": (member("eve/../../../etc/cron.d/conv.py"), "out of its folder"),
    "absolute": (member("/etc/conv.py"), "absolute"),
    "of_another_system": (member("C:/windows/conv.py"), "absolute"),
    "backslashes": (member("..\\..\\conv.py"), "backslashes"),
    "link": (member("eve/conv.py", stat.S_IFLNK | 0o777), "symbolic link"),
    "pipe": (member("eve/conv.py", stat.S_IFIFO | 0o644), "device or a pipe"),
    "device": (member("eve/conv.py", stat.S_IFCHR | 0o644), "device or a pipe"),
    "newline": (member("eve\nada/conv.py"), "control characters"),
    "right_to_left": (member("eve\u202eyp.vnoc/conv.py"), "direction marks"),
    "long_name": (member(f"eve/{'x' * 4096}/conv.py"), "255"),
}


def zip_of(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the same name twice, on purpose
                archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_entry_is_refused_with_its_reason_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    entry, reason = REFUSED[name]
    root = zip_of(
        tmp_path / "class.zip", ("ada/conv.py", HONEST), (entry, b"/etc/passwd"), ("bob/conv.py", HONEST)
    )
    intake = read_class(root, ["conv.py"])
    (refused,) = intake.doubts
    assert reason in refused.reason
    assert refused.name.isprintable() and refused.name.isascii() and len(refused.name) <= 260
    files = {f.submission.student_id: intake.read(f).files for f in intake.submissions}
    assert {id: files[id] for id in ("ada", "bob")} == {
        "ada": {"conv.py": HONEST},
        "bob": {"conv.py": HONEST},
    }
    assert sorted(os.listdir(tmp_path)) == ["class.zip"]


@pytest.mark.parametrize("system", [0, 3], ids=["says it is of Windows", "says nothing"])
def test_a_zip_that_separates_folders_by_backslashes_is_read(tmp_path: Path, system: int) -> None:
    entries = [member(name) for name in ("ada\\conv.py", "bob\\hw\\conv.py")]
    for entry in entries:
        entry.create_system = system
    more = [(member("class.txt"), b"")] if system == 0 else []
    root = zip_of(tmp_path / "class.zip", *((entry, HONEST) for entry in entries), *more)
    intake = read_class(root, ["conv.py"])
    by_student = {one.submission.student_id: one for one in intake.submissions}
    assert {id: intake.read(one).files for id, one in by_student.items()} == {
        "ada": {"conv.py": HONEST},
        "bob": {"conv.py": HONEST},
    }


def test_two_entries_of_one_name_are_not_graded(tmp_path: Path) -> None:
    root = zip_of(
        tmp_path / "class.zip", ("ada/conv.py", HONEST), ("ada/conv.py", b"x"), ("bob/conv.py", HONEST)
    )
    intake = read_class(root, ["conv.py"])
    assert [one.submission.student_id for one in intake.submissions if one.submission.doubt] == ["ada"]
    assert intake.read(intake.submissions[0]).files == {}
    assert [doubt.name for doubt in intake.doubts] == ["ada"]


def test_a_bomb_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    root = zip_of(tmp_path / "class.zip", (member("eve/conv.py"), bytes(64 << 20)), ("ada/conv.py", HONEST))
    assert root.stat().st_size < 1 << 20
    intake = read_class(root, ["conv.py"])
    eve = intake.submissions[1]
    assert intake.read(eve).problems == {
        "conv.py": f"conv.py has {64 << 20} bytes; at most {MAX_FILE_BYTES} are read"
    }
    assert intake.read(intake.submissions[0]).files == {"conv.py": HONEST}


def test_a_header_that_lies_about_its_size_gets_nothing_more(tmp_path: Path) -> None:
    root = zip_of(tmp_path / "class.zip", (member("eve/conv.py"), bytes(8 << 20)), ("ada/conv.py", HONEST))
    data = root.read_bytes()
    lying = data.replace(struct.pack("<L", 8 << 20), struct.pack("<L", 100))
    assert lying != data
    root.write_bytes(lying)
    intake = read_class(root, ["conv.py"])
    assert "conv.py cannot be unpacked" in intake.read(intake.submissions[1]).problems["conv.py"]
    assert intake.read(intake.submissions[0]).files == {"conv.py": HONEST}


def test_a_damaged_or_encrypted_entry_costs_no_other(tmp_path: Path) -> None:
    root = zip_of(tmp_path / "class.zip", ("ada/conv.py", HONEST), ("eve/conv.py", b"something else"))
    root.write_bytes(root.read_bytes().replace(b"something else", b"something els3"))
    intake = read_class(root, ["conv.py"])
    assert "Bad CRC" in intake.read(intake.submissions[1]).problems["conv.py"]
    assert intake.read(intake.submissions[0]).files == {"conv.py": HONEST}


def test_a_nested_zip_is_read_only_if_the_instructor_says_so(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("conv.py", HONEST)
    root = zip_of(tmp_path / "class.zip", ("ada/conv.zip", inner.getvalue()), ("bob/conv.py", HONEST))
    intake = read_class(root, ["conv.py"])
    offer = "conv.py is missing; conv.py in conv.zip may be it: --accept-renamed takes it"
    assert intake.read(intake.submissions[0]).problems == {"conv.py": offer}
    intake = read_class(root, ["conv.py"], options=ReadOptions(accept_renamed=True))
    read = intake.read(intake.submissions[0])
    assert read.files == {"conv.py": HONEST}
    assert read.notes == ("conv.py was taken from conv.py in conv.zip",)
    assert intake.doubts == ()


UNREAD: dict[str, Callable[[Path], object]] = {
    "link": lambda folder: (folder / "conv.py").symlink_to("/etc/passwd"),
    "pipe": lambda folder: os.mkfifo(folder / "conv.py"),
    "folder": lambda folder: (folder / "conv.py").mkdir(),
    "large": lambda folder: os.truncate(os.open(folder / "conv.py", os.O_CREAT | os.O_WRONLY), 100 << 20),
}


@pytest.mark.parametrize("name", UNREAD)
def test_special_files_in_a_folder_are_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "class" / "eve").mkdir(parents=True)
    UNREAD[name](tmp_path / "class" / "eve")
    intake = read_class(tmp_path / "class", ["conv.py"])
    (eve,) = intake.submissions
    assert intake.read(eve).files == {}
    assert intake.read(eve).problems["conv.py"].startswith("conv.py ")


def test_an_empty_folder_is_a_submission_without_files_and_without_a_doubt(tmp_path: Path) -> None:
    (tmp_path / "class" / "eve").mkdir(parents=True)
    intake = read_class(tmp_path / "class", ["conv.py"])
    assert intake.read(intake.submissions[0]).problems == {"conv.py": "conv.py is missing; found nothing"}
    assert intake.doubts == ()


def test_a_name_with_a_null_byte_is_refused(tmp_path: Path) -> None:
    root = zip_of(tmp_path / "class.zip", ("eve/conv.py#x", HONEST), ("ada/conv.py", HONEST))
    root.write_bytes(root.read_bytes().replace(b"conv.py#", b"conv.py\0"))
    source = ZipSource(zipfile.ZipFile(root))
    assert source.paths == ("ada/conv.py",)
    assert [*source.refusals.values()] == [CONTROL]


def test_a_path_that_begins_with_a_dot_is_the_same_path_without_it(tmp_path: Path) -> None:
    root = zip_of(tmp_path / "class.zip", ("./", b""), ("./ada/conv.py", HONEST), ("bob//./conv.py", HONEST))
    assert ZipSource(zipfile.ZipFile(root)).paths == ("ada/conv.py", "bob/conv.py")
    twice = zip_of(tmp_path / "twice.zip", ("ada/conv.py", HONEST), ("./ada/conv.py", b"x = 2"))
    assert ZipSource(zipfile.ZipFile(twice)).unreadable == {
        "ada/conv.py": "there are two entries of this name"
    }


@pytest.mark.parametrize("wrappers", ["", "class/", "a/b/"])
def test_very_many_files_of_one_student_hide_no_other_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrappers: str
) -> None:
    monkeypatch.setattr("grader.intake.source.MAX_ENTRIES_BELOW", 20)
    for student in ("ada", "bob", "zoe"):
        (tmp_path / "x" / wrappers / student).mkdir(parents=True)
        (tmp_path / "x" / wrappers / student / "conv.py").write_bytes(HONEST)
        for number in range(100 if student == "bob" else 15):
            (tmp_path / "x" / wrappers / student / f"{number}.txt").touch()
    intake = read_class(tmp_path / "x", ["conv.py"])
    of = {one.submission.student_id: one for one in intake.submissions}
    assert of.keys() == {"ada", "bob", "zoe"}
    assert not of["ada"].submission.doubt and not of["zoe"].submission.doubt
    assert [doubt.name for doubt in intake.aside] == [f"{wrappers}bob/…"]
