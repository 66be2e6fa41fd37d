"""Laws of finding submissions."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.intake import Intake, find_submissions
from grader.model.errors import UserError


def test_each_sub_folder_is_a_submission_sorted_by_name(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    intake = make_class("zoe", "ada", "山田　太郎")
    assert [s.submission.student_id for s in intake.submissions] == ["ada", "zoe", "山田　太郎"]
    assert intake.submissions[0].folder == tmp_path / "class" / "ada"
    assert intake.refused == intake.ignored == ()


def test_what_is_no_submission_is_listed_not_dropped(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    make_class("ada")
    (tmp_path / "class" / ".git").mkdir()
    (tmp_path / "class" / "roster.csv").touch()
    os.mkfifo(tmp_path / "class" / "pipe")
    intake = find_submissions(tmp_path / "class", ["conv.py"])
    assert [s.submission.student_id for s in intake.submissions] == ["ada"]
    assert intake.ignored == (".git", "pipe", "roster.csv")


def test_a_link_is_refused_with_its_reason(make_class: Callable[..., Intake], tmp_path: Path) -> None:
    make_class("ada")
    (tmp_path / "class" / "eve").symlink_to(tmp_path / "class" / "ada")
    intake = find_submissions(tmp_path / "class", ["conv.py"])
    assert [(r.name, r.reason.split(";")[0]) for r in intake.refused] == [("eve", "a symbolic link")]
    assert len(intake.submissions) == 1


@pytest.mark.parametrize("name", [b"a\nb", b"\x1b[31m", b"not-utf8-\xff"])
def test_a_name_that_is_no_text_is_refused_and_safe_to_print(
    make_class: Callable[..., Intake], tmp_path: Path, name: bytes
) -> None:
    make_class("ada")
    os.mkdir(os.fsencode(tmp_path / "class") + b"/" + name)
    (refused,) = find_submissions(tmp_path / "class", ["conv.py"]).refused
    assert refused.name.isprintable()


def test_the_digest_is_that_of_the_files_handed_in(make_class: Callable[..., Intake], tmp_path: Path) -> None:
    folder = make_class("ada").submissions[0].folder

    def digest() -> str:
        return find_submissions(tmp_path / "class", ["conv.py", "dense.py"]).submissions[0].submission.files

    seen = {digest()}
    (folder / "notes.txt").write_text("not handed in")
    assert {digest()} == seen
    (folder / "conv.py").write_text("other")
    seen.add(digest())
    (folder / "dense.py").write_text("more")
    seen.add(digest())
    assert len(seen) == 3


def test_a_digest_follows_no_link_and_waits_for_no_pipe(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "dense.py").write_text("one")
    folder = make_class("ada").submissions[0].folder
    (folder / "conv.py").unlink()
    os.mkfifo(folder / "conv.py")
    (folder / "link.py").symlink_to(secret / "dense.py")
    files = ["conv.py", "link.py"]
    before = find_submissions(tmp_path / "class", files)
    (secret / "dense.py").write_text("two")
    assert find_submissions(tmp_path / "class", files) == before


@pytest.mark.parametrize(
    ("root", "said"),
    [("missing", "no such folder"), ("class.zip", "not a folder"), ("empty", "no submission")],
)
def test_a_root_without_submissions_is_said_in_one_line(tmp_path: Path, root: str, said: str) -> None:
    (tmp_path / "class.zip").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=said) as error:
        find_submissions(tmp_path / root, ["conv.py"])
    assert str(tmp_path / root) in str(error.value)
    assert "one folder per student" in str(error.value)
    assert "\n" not in str(error.value)
