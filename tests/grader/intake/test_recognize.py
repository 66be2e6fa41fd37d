"""Laws of recognizing the layout of a class's submissions; a doubt about it is a question."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grader.intake.layouts import LAYOUTS
from grader.intake.read_class import Intake, ReadOptions, read_class
from grader.model.class_input.inventory import Role
from grader.model.errors import UserError
from grader.model.student import Student

CLASS = (Student("ada", "Ada Lovelace"), Student("bob", "Bob Byte"))
Zipped = Callable[[Iterable[str]], Path]


@pytest.fixture
def zipped(tmp_path: Path) -> Zipped:
    def zipped(names: Iterable[str]) -> Path:
        with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
            for name in names:
                archive.writestr(name, f"# {name}\n" * (not name.endswith("/")))
        return tmp_path / "class.zip"

    return zipped


def credited(intake: Intake) -> dict[str, str]:
    """The entry of the input that each student's `dense.py` comes from."""
    return {
        one.submission.student_id: intake.read(one).files["dense.py"].decode()[2:-1]
        for one in intake.submissions
        if not one.submission.doubt
    }


CERTAIN: dict[str, tuple[list[str], dict[str, str]]] = {
    "canvas, groups": (
        ["team_3_1001_50001_dense.py", "team_3_1001_50002_report.pdf", "hw_group_2_1002_50003_dense.py"],
        {"1001": "team_3_1001_50001_dense.py", "1002": "hw_group_2_1002_50003_dense.py"},
    ),
    "canvas, a file that begins with a number": (
        ["adal_1001_50001_dense.py", "adal_1001_50002_2_notes.txt", "bobb_1002_50003_dense.py"],
        {"1001": "adal_1001_50001_dense.py", "1002": "bobb_1002_50003_dense.py"},
    ),
    "canvas, two files of which one was uploaded again": (
        ["adal_1001_50001_dense-3.py", "adal_1001_50002_notes.txt", "bobb_LATE_1002_50003_dense.py"],
        {"1001": "adal_1001_50001_dense-3.py", "1002": "bobb_LATE_1002_50003_dense.py"},
    ),
    "moodle, flat, with online text": (
        ["Ada L_1_assignsubmission_file_dense.py", "Ada L_1_assignsubmission_onlinetext_onlinetext.html"],
        {"1": "Ada L_1_assignsubmission_file_dense.py"},
    ),
    "moodle, blind": (
        [f"Teilnehmer_{n}_assignsubmission_file/dense.py" for n in (1, 2, 3)],
        {str(n): f"Teilnehmer_{n}_assignsubmission_file/dense.py" for n in (1, 2, 3)},
    ),
    "blackboard, of which one submitted twice": (
        ["HW_1_ada_attempt_2026-09-11-23-59-12_dense.py", "HW_1_ada_attempt_2026-09-11-23-59-12.txt",
         "HW_1_ada_attempt_2026-09-12-08-00-00_dense.py", "HW_1_bob_attempt_2026-09-10-09-00-00_dense.py"],
        {"ada": "HW_1_ada_attempt_2026-09-12-08-00-00_dense.py",
         "bob": "HW_1_bob_attempt_2026-09-10-09-00-00_dense.py"},
    ),
    "clones": (
        [f"hw1-submissions/hw1-{n}/{f}" for n in ("ada", "al-x") for f in (".git/HEAD", "dense.py")],
        {n: f"hw1-submissions/hw1-{n}/dense.py" for n in ("ada", "al-x")},
    ),
    "folders in three folders": (
        [f"a/b/c/{name}/dense.py" for name in ("ada", "bob")],
        {name: f"a/b/c/{name}/dense.py" for name in ("ada", "bob")},
    ),
    "folders named by days": (
        ["ada/2026-09-09/dense.py", "ada/2026-09-10/dense.py", "bob/dense.py"],
        {"ada": "ada/2026-09-10/dense.py", "bob": "bob/dense.py"},
    ),
    "one folder within a student's": (["ada/hw/dense.py"], {"ada": "ada/hw/dense.py"}),
    "files": (["ada.py", "bob_dense.py"], {"ada": "ada.py", "bob": "bob_dense.py"}),
    "an LMS's names within a student's folder": (
        ["ada/dense.py", "eve/dense.py", "eve/adal_1001_50001_dense.py",
         "eve/Ada_1_assignsubmission_file_/dense.py", "eve/submission_metadata.yml"],
        {"ada": "ada/dense.py", "eve": "eve/dense.py"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CERTAIN)
def test_a_layout_gives_everyone_their_own_file(zipped: Zipped, name: str) -> None:
    entries, expected = CERTAIN[name]
    intake = read_class(zipped(entries), ["dense.py"])
    assert credited(intake) == expected
    assert intake.doubts == ()
    assert sorted(entry.path for entry in intake.entries) == sorted(entries)


QUESTIONS: dict[str, tuple[list[str], str]] = {
    "an export with a stray file": (
        ["adal_1001_50001_dense.py", "bobb_1002_50002_dense.py", "readme.txt"],
        "looks like an export of Canvas, but 1 of 3 entries does not fit: 'readme.txt'",
    ),
    "one submission": (["dense.py", "grading/rubric.yaml", "ndarray/__init__.py"], "one submission, not a"),
    "files alone in a folder": (["class/ada.py", "class/bob.py"], "--layout folders, or --layout files"),
    "folders within folders": (["x/y/z/dense.py"], "is the student 'x' or 'y'?"),
    "nothing": (["__MACOSX/._x"], "found no submission"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_uncertain_layout_is_a_question_in_one_line(zipped: Zipped, name: str) -> None:
    entries, question = QUESTIONS[name]
    with pytest.raises(UserError) as error:
        read_class(zipped(entries), ["dense.py"])
    assert question in str(error.value)
    assert "\n" not in str(error.value)


def test_the_instructors_answer_decides_and_other_files_are_refused(zipped: Zipped) -> None:
    root = zipped(["adal_1001_50001_dense.py", "bobb_1002_50002_dense.py", "readme.txt"])
    intake = read_class(root, ["dense.py"], options=ReadOptions(layout="canvas"))
    assert credited(intake).keys() == {"1001", "1002"}
    assert [entry.path for entry in intake.entries if entry.role is Role.REFUSED] == ["readme.txt"]
    assert [doubt.name for doubt in intake.doubts] == ["readme.txt"]
    root = zipped(["class/ada.py", "class/bob.py"])
    assert credited(read_class(root, ["dense.py"], options=ReadOptions(layout="files"))).keys() == {
        "ada",
        "bob",
    }
    assert credited(read_class(root, ["dense.py"], roster=CLASS)).keys() == {"ada", "bob"}
    with pytest.raises(UserError, match="no entry fits Moodle"):
        read_class(root, ["dense.py"], options=ReadOptions(layout="moodle"))


def test_a_roster_says_which_folder_is_a_students(zipped: Zipped) -> None:
    root = zipped(["class/ada/part/dense.py", "class/readme.txt"])
    assert credited(read_class(root, ["dense.py"], roster=CLASS)) == {"ada": "class/ada/part/dense.py"}
    root = zipped(["ada/mine/dense.py", "ada/theirs/dense.py"])
    (one,) = read_class(root, ["dense.py"], roster=CLASS).submissions
    assert one.submission.student_id == "ada" and "which is the last" in one.submission.doubt


def test_an_export_within_a_students_folder_is_the_students(zipped: Zipped) -> None:
    root = zipped(["ada/bobbyte_1002_50001_dense.py", "ada/bobbyte_1002_50002_x.py"])
    intake = read_class(root, ["dense.py"], roster=CLASS)
    assert credited(intake) == {}
    assert [one.submission.student_id for one in intake.submissions] == ["ada"]


EXPORT = b"submission_1:\n  :submitters:\n  - :sid: bob\n    :name: Bob Byte\n"
EXPORTS_OF_STUDENTS = {
    "in a folder of Moodle": ("Eve Evil_1003_assignsubmission_file_/", ()),
    "in a folder of Moodle, with another file": ("Eve Evil_1003_assignsubmission_file_/", ("readme.txt",)),
    "in a student's folder beside empty ones": ("eve/", ("ada/", "bob/")),
}


@pytest.mark.parametrize("name", EXPORTS_OF_STUDENTS)
@pytest.mark.parametrize("kind", ["canvas", "gradescope"])
def test_an_export_that_a_student_made_credits_no_other_student(tmp_path: Path, kind: str, name: str) -> None:
    folder, others = EXPORTS_OF_STUDENTS[name]
    files = {"bobbyte_1002_50001_dense.py": b"# eve", "bobbyte_1002_50002_x.py": b""}
    if kind == "gradescope":
        files = {"assignment_1_export/submission_metadata.yml": EXPORT,
                "assignment_1_export/submission_1/dense.py": b"# eve"}  # fmt: skip
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for path in others:
            archive.writestr(path, b"")
        for path, content in files.items():
            archive.writestr(folder + path, content)
    if "readme.txt" in others:
        with pytest.raises(UserError, match=r"1 of 3 entries does not fit: .readme\.txt."):
            read_class(tmp_path / "class.zip", ["dense.py"])
        return
    submissions = read_class(tmp_path / "class.zip", ["dense.py"]).submissions
    assert {one.submission.student_id for one in submissions} <= {"1003", "eve", "ada", "bob"}
    assert [one.submission.student_id for one in submissions if one.paths] in (["1003"], ["eve"])


def test_a_folder_named_for_a_student_is_theirs_at_any_depth(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada/assignment_1_export/submission_metadata.yml", EXPORT)
        archive.writestr("ada/assignment_1_export/submission_1/dense.py", "# ada's")
    intake = read_class(tmp_path / "class.zip", ["dense.py"], roster=CLASS)
    assert [one.submission.student_id for one in intake.submissions] == ["ada"]


def test_a_new_folder_next_to_an_export_is_no_student(zipped: Zipped) -> None:
    root = zipped(["x/adal_1001_50001_dense.py", "x/bobb_1002_50002_dense.py", "New Folder (2)/"])
    assert credited(read_class(root, ["dense.py"])).keys() == {"1001", "1002"}


def test_no_name_of_canvas_is_evidence_for_itself(zipped: Zipped) -> None:
    """User 1003's `1_dense.py` is not user 50007's `dense.py`."""
    root = zipped(["adal_1001_50001_dense.py", "bobb_1002_50002_dense.py", "evee_1003_50007_1_dense.py"])
    intake = read_class(root, ["dense.py"])
    assert credited(intake).keys() == {"1001", "1002"}
    assert [doubt.name for doubt in intake.doubts] == ["1003 (evee)"]


def test_an_attachment_is_no_user_where_one_file_is_all_that_there_is(zipped: Zipped) -> None:
    (one,) = read_class(zipped(["eve_1003_50007_1_dense.py"]), ["dense.py"]).submissions
    assert (one.submission.student_id, one.submission.doubt != "") == ("1003", True)


def test_a_group_of_the_roster_shares_what_one_member_submitted(zipped: Zipped) -> None:
    roster = (
        Student("ada", "Ada Lovelace", group="Team 3"),
        Student("bob", "Bob Byte", group="Team 3"),
        Student("eve", "Eve Evil", group="HW group_2"),
    )
    root = zipped(["team3_1001_50001_dense.py", "hwgroup_2_1002_50003_dense.py"])
    assert credited(read_class(root, ["dense.py"], roster=roster)) == {
        "ada": "team3_1001_50001_dense.py",
        "bob": "team3_1001_50001_dense.py",
        "eve": "hwgroup_2_1002_50003_dense.py",
    }


def test_every_layout_is_named_in_the_command_line() -> None:
    from grader.cli.command_line import shared_options

    assert tuple(LAYOUTS) == shared_options.modules_of("intake.layouts")
    assert all(layout.TITLE and layout.RANK > 0 for layout in LAYOUTS.values())
