"""Laws of finding submissions."""

import os
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from grader.intake.choice import Choice, Counts, choice_of
from grader.intake.read_class import Intake, ReadOptions, read_class
from grader.model.class_input.inventory import Role
from grader.model.errors import UserError
from grader.model.student import Student


def test_each_sub_folder_is_a_submission_sorted_by_name(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    intake = make_class("zoe", "ada", "山田　太郎")
    assert [s.submission.student_id for s in intake.submissions] == ["ada", "zoe", "山田　太郎"]
    assert intake.read(intake.submissions[0]).files == {"conv.py": b"# ada\n"}
    assert intake.doubts == ()


def test_entries_without_a_submission_are_listed_and_not_dropped(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    make_class("ada")
    (tmp_path / "class" / ".git").mkdir()
    (tmp_path / "class" / "roster.csv").touch()
    os.mkfifo(tmp_path / "class" / "pipe")
    intake = read_class(tmp_path / "class", ["conv.py"])
    assert [s.submission.student_id for s in intake.submissions] == ["ada"]
    assert {entry.path: entry.role for entry in intake.entries} == {
        ".git/": Role.LITTER,
        "ada/conv.py": Role.GRADED,
        "pipe": Role.REFUSED,
        "roster.csv": Role.REFUSED,
    }
    assert sorted(doubt.name for doubt in intake.doubts) == ["pipe", "roster.csv"]


def test_a_link_is_refused_with_its_reason(make_class: Callable[..., Intake], tmp_path: Path) -> None:
    make_class("ada")
    (tmp_path / "class" / "eve").symlink_to(tmp_path / "class" / "ada")
    intake = read_class(tmp_path / "class", ["conv.py"])
    assert [(d.name, d.reason.split(";")[0]) for d in intake.doubts] == [("eve", "a symbolic link")]
    assert len(intake.submissions) == 1


@pytest.mark.parametrize("name", [b"a\nb", b"\x1b[31m", b"not-utf8-\xff"])
def test_a_name_that_is_no_text_is_refused_and_safe_to_print(
    make_class: Callable[..., Intake], tmp_path: Path, name: bytes
) -> None:
    make_class("ada")
    os.mkdir(os.fsencode(tmp_path / "class") + b"/" + name)
    (refused,) = read_class(tmp_path / "class", ["conv.py"]).doubts
    assert refused.name.isprintable()


def test_the_digest_is_that_of_the_submitted_files(make_class: Callable[..., Intake], tmp_path: Path) -> None:
    make_class("ada")
    folder = tmp_path / "class" / "ada"

    def digest() -> str:
        return read_class(tmp_path / "class", ["conv.py", "dense.py"]).submissions[0].submission.files

    digests = {digest()}
    (folder / "notes.txt").write_text("not handed in")
    assert {digest()} == digests
    (folder / "conv.py").write_text("other")
    digests.add(digest())
    (folder / "dense.py").write_text("more")
    digests.add(digest())
    assert len(digests) == 3


def test_a_digest_follows_no_link_and_waits_for_no_pipe(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "dense.py").write_text("one")
    make_class("ada")
    folder = tmp_path / "class" / "ada"
    (folder / "conv.py").unlink()
    os.mkfifo(folder / "conv.py")
    (folder / "link.py").symlink_to(secret / "dense.py")
    files = ["conv.py", "link.py"]
    before = read_class(tmp_path / "class", files)
    (secret / "dense.py").write_text("two")
    assert read_class(tmp_path / "class", files) == before


@pytest.mark.parametrize(
    ("root", "message"),
    [
        ("missing", "no such f"),
        ("class.zip", "neither a folder nor a zip; download it again"),
        ("empty", "no submission"),
        ("empty.zip", "no sub"),
    ],
)
def test_a_root_without_submissions_is_explained_in_one_line(tmp_path: Path, root: str, message: str) -> None:
    (tmp_path / "class.zip").touch()
    (tmp_path / "empty").mkdir()
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    with pytest.raises(UserError, match=message) as error:
        read_class(tmp_path / root, ["conv.py"])
    assert str(tmp_path / root) in str(error.value)
    assert "\n" not in str(error.value)


ADA, BOB, ZOE = (
    Student("1815", "Ada Lovelace", "ada@example.org", "A", ""),
    Student("1911", "Åke Björk", "ake@example.org", "B", "2d"),
    Student("1985", "Zoe Zed", "zoe@example.org", "B", ""),
)
ROSTER = (ADA, BOB, ZOE)
METADATA = """\
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1815'
    :email: ada@example.org
  - :name: Zoe Zed
    :sid:
    :email: ZOE@example.org
  :created_at: 2026-10-01 10:00:00.5 +0200
submission_12:
  :submitters:
  - :name: Nobody Known
    :sid: '7'
    :email: nobody@example.org
  :created_at: 2026-10-01 11:00:00 UTC
"""
Members = dict[str, bytes]
LAYOUTS: dict[str, Members] = {
    "canvas": {
        "lovelaceada_1815_901_conv.py": b"ada",
        "bjorkake_LATE_77_902_conv.py": b"ake",
        "zedzoe_78_903_notes.txt": b"zoe has no conv.py",
        "nobodyknown_79_904_conv.py": b"nobody",
    },
    "moodle": {
        "Ada Lovelace_501_assignsubmission_file_/conv.py": b"ada",
        "Åke Björk_502_assignsubmission_file_/conv.py": b"ake",
        "Zoe Zed_503_assignsubmission_file_/notes.txt": b"zoe has no conv.py",
        "Nobody Known_504_assignsubmission_file_/conv.py": b"nobody",
    },
    "moodle_flat": {
        "Ada Lovelace_501_assignsubmission_file_conv.py": b"ada",
        "Björk Åke_502_assignsubmission_file_conv.py": b"ake",
        "Zoe Zed_503_assignsubmission_file_notes.txt": b"zoe has no conv.py",
        "Nobody Known_504_assignsubmission_file_conv.py": b"nobody",
    },
    "blackboard": {
        "HW 1_alovelace_attempt_2026-09-11-23-59-12_conv.py": b"ada",
        "HW 1_alovelace_attempt_2026-09-11-23-59-12.txt": b"Name: Ada Lovelace (alovelace)\r\nMark:\r\n",
        "HW 1_ake_b_attempt_2026-09-11-22-00-00_conv.py": b"ake",
        "HW 1_ake_b_attempt_2026-09-11-22-00-00.txt": "Navn: Åke Björk (ake_b)\n".encode(),
        "HW 1_1985_attempt_2026-09-11-21-00-00_notes.txt": b"zoe has no conv.py",
        "HW 1_nobody_attempt_2026-09-11-20-00-00_conv.py": b"nobody",
        "HW 1_nobody_attempt_2026-09-11-20-00-00.txt": b"Name: Nobody Known (nobody)\n",
    },
    "folders_in_a_folder": {
        "class/1815/conv.py": b"ada",
        "class/ake@example.org/src/conv.py": b"ake",
        "class/1985/notes.txt": b"zoe has no conv.py",
        "class/nobody/conv.py": b"nobody",
        "readme.txt": b"no submission",
    },
    "files": {
        "1815.py": b"ada",
        "1911_conv.py": b"ake",
        "1985.ipynb": b"zoe has no conv.py",
        "nobody.py": b"nobody",
        "readme.txt": b"no submission",
    },
}


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[Members], Path]:
    def pack(members: Members) -> Path:
        path = tmp_path / "class.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return path

    return pack


@pytest.mark.parametrize("is_unpacked", [False, True], ids=["zip", "folder"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_matched_to_the_roster(
    pack: Callable[[Members], Path], tmp_path: Path, layout: str, is_unpacked: bool
) -> None:
    root = pack(LAYOUTS[layout])
    if is_unpacked:
        zipfile.ZipFile(root).extractall(tmp_path / "unpacked")
        root = tmp_path / "unpacked" / ("class" if layout == "folders_in_a_folder" else "")
    intake = read_class(root, ["conv.py"], "conv", ROSTER)
    by_student = {each.submission.student_id: intake.read(each) for each in intake.submissions}
    assert by_student.keys() == {"1815", "1911", "1985"}
    assert [by_student[id].files.get("conv.py") for id in ("1815", "1911", "1985")] == [b"ada", b"ake", None]
    assert (
        "conv.py" in by_student["1985"].problems["conv.py"]
        or "1985.ipynb" in by_student["1985"].problems["conv.py"]
    )
    strays = ["readme.txt"] if "readme.txt" in {entry.path for entry in intake.entries} else []
    in_doubt = [doubt for doubt in intake.doubts if doubt.name not in strays]
    assert sorted("matches no student" in doubt.reason for doubt in in_doubt) == [False, True]
    assert next(d.name for d in in_doubt if "matches no student" not in d.reason) == ZOE.label
    assert [entry.path for entry in intake.entries if entry.role is Role.REFUSED and not entry.student] == [
        entry.path for entry in intake.entries if "nobody" in entry.path.casefold() or entry.path in strays
    ]
    assert intake.students == ROSTER
    assert intake.absent == ()


def test_a_group_of_gradescope_shares_its_submission(pack: Callable[[Members], Path]) -> None:
    root = pack(
        {
            "assignment_1_export/submission_metadata.yml": METADATA.encode(),
            "assignment_1_export/submission_11/conv.py": b"ours",
            "assignment_1_export/submission_12/conv.py": b"nobody",
        }
    )
    intake = read_class(root, ["conv.py"], "conv", ROSTER)
    assert [(f.submission.student_id, f.submission.submitted_at) for f in intake.submissions] == [
        ("1815", "2026-10-01T10:00:00.500000+02:00"),
        ("1985", "2026-10-01T10:00:00.500000+02:00"),
    ]
    assert len({f.submission.files for f in intake.submissions}) == 1
    assert [doubt.name for doubt in intake.doubts] == ["submission_12 (Nobody Known)"]
    assert intake.absent == (BOB,)


@pytest.mark.parametrize("text", ["{", "- a list", "\tx: 1"])
def test_metadata_that_gradescope_did_not_write_is_reported_with_its_file(
    pack: Callable[[Members], Path], text: str
) -> None:
    with pytest.raises(UserError, match=r"submission_metadata.yml") as error:
        read_class(pack({"submission_metadata.yml": text.encode(), "submission_1/conv.py": b""}), ["conv.py"])
    assert "\n" not in str(error.value)


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    "text", [BOMB, "[" * 100_000, "{a: " * 100_000], ids=["aliases", "lists", "mappings"]
)
def test_a_bomb_in_metadata_is_reported_before_it_is_read(pack: Callable[[Members], Path], text: str) -> None:
    """A few bytes that expand to gigabytes, or nest until the YAML reader crashes."""
    with pytest.raises(UserError, match="which Gradescope does not write"):
        read_class(pack({"submission_metadata.yml": text.encode(), "submission_1/conv.py": b""}), ["conv.py"])


def test_a_number_in_metadata_is_read_as_it_is_written(pack: Callable[[Members], Path]) -> None:
    """It may be an id that begins with 0, or in base 60 one that takes minutes to add up."""
    text = "submission_1:\n  :submitters:\n  - :name: Ada\n    :sid: 007\n  x: 1" + ":59" * 300_000
    root = pack({"submission_metadata.yml": text.encode(), "submission_1/conv.py": b""})
    start = time.process_time()
    (submitted,) = read_class(root, ["conv.py"]).submissions
    assert submitted.submission.student_id == "007"
    assert time.process_time() - start < 5


@pytest.mark.parametrize("name", ["submission_metadata.yml", "hw/submission_metadata.yml"])
def test_metadata_of_a_students_own_is_never_read_as_yaml(pack: Callable[[Members], Path], name: str) -> None:
    root = pack({f"ada/{name}": BOMB.encode(), "ada/conv.py": b"mine", "bob/conv.py": b"his"})
    assert len(read_class(root, ["conv.py"]).submissions) == 2


def test_files_of_two_namesakes_wait_for_an_instructor(pack: Callable[[Members], Path]) -> None:
    twin = Student("1816", "Lovelace, Ada")
    root = pack({"Ada Lovelace_501_assignsubmission_file_/conv.py": b"whose?"})
    intake = read_class(root, ["conv.py"], "conv", (ADA, twin))
    assert intake.submissions == ()
    (doubt,) = intake.doubts
    assert doubt.name == "Ada Lovelace_501"
    assert "1815" in doubt.reason and "1816" in doubt.reason


def test_without_a_roster_the_lms_names_the_students(pack: Callable[[Members], Path]) -> None:
    intake = read_class(pack(LAYOUTS["canvas"]), ["conv.py"])
    assert [s.id for s in intake.students] == ["1815", "77", "78", "79"]
    assert [f.submission.late for f in intake.submissions] == [False, True, False, False]


SEVERAL = {
    "1815/2026-10-01T10-00-00+02-00/conv.py": b"first",
    "1815/2026-10-01T08-30-00+00-00/conv.py": b"second",
    "1815/2026-10-03T10-00-00+02-00/conv.py": b"third",
    "1911/2026-10-03T10-00-00+02-00/conv.py": b"late, with two days more",
    "1985/2026-10-03T10-00-00+02-00/conv.py": b"late",
}


@pytest.mark.parametrize(
    ("choice", "ada", "others"),
    [
        (Choice(Counts.LAST), [b"third"], {"1911", "1985"}),
        (Choice(Counts.BEST), [b"first", b"second", b"third"], {"1911", "1985"}),
        (choice_of("last-before-deadline", "2026-10-02T00:00:00+02:00"), [b"second"], {"1911"}),
        (choice_of("last-before-deadline", "2026-10-01T10:00:00+02:00"), [b"first"], {"1911"}),
    ],
)
def test_the_counting_submission_is_chosen_among_several(
    pack: Callable[[Members], Path], choice: Choice, ada: list[bytes], others: set[str]
) -> None:
    intake = read_class(pack(SEVERAL), ["conv.py"], "conv", ROSTER, ReadOptions(choice))
    mine = [one for one in intake.submissions if one.submission.student_id == "1815"]
    assert [intake.read(one).files["conv.py"] for one in mine] == ada
    assert {one.candidates for one in mine} == {tuple(one.submission.id for one in mine)}
    assert {f.submission.student_id for f in intake.submissions} - {"1815"} == others
    reasons = {doubt.name: doubt.reason for doubt in intake.doubts}
    labels = {student.id: student.label for student in ROSTER}
    assert reasons.keys() == {labels[id] for id in {"1911", "1985"} - others}
    assert all("nothing was submitted before the deadline" in reason for reason in reasons.values())


CLOSES = datetime.fromisoformat("2026-10-02T00:00:00+02:00")


@pytest.mark.parametrize(
    ("choice", "ada"),
    [
        (Choice(Counts.LAST, closes=CLOSES), [b"second"]),
        (Choice(Counts.BEST, closes=CLOSES), [b"first", b"second"]),
        (Choice(Counts.LAST, closes=CLOSES, extension=lambda _: timedelta(days=2)), [b"third"]),
    ],
)
def test_a_submission_that_is_too_late_displaces_none(
    pack: Callable[[Members], Path], choice: Choice, ada: list[bytes]
) -> None:
    """If it is the only submission, it stays, and the late policy that drops it says so."""
    intake = read_class(pack(SEVERAL), ["conv.py"], "conv", ROSTER, ReadOptions(choice))
    mine = [one for one in intake.submissions if one.submission.student_id == "1815"]
    assert [intake.read(one).files["conv.py"] for one in mine] == ada
    assert {one.submission.student_id for one in intake.submissions} == {"1815", "1911", "1985"}


def test_an_attempt_of_a_higher_number_is_later(pack: Callable[[Members], Path]) -> None:
    root = pack({f"{id}/attempt-{n}/conv.py": f"{n}".encode() for id in ("1815", "1911") for n in (2, 10, 9)})
    intake = read_class(root, ["conv.py"], "conv", ROSTER)
    assert [intake.read(one).files["conv.py"] for one in intake.submissions] == [b"10"] * 2


def test_an_unknown_order_of_submissions_needs_review(pack: Callable[[Members], Path]) -> None:
    root = pack({"1815/conv.py": b"one", "ada@example.org/conv.py": b"two", "1911/conv.py": b"three"})
    intake = read_class(root, ["conv.py"], "conv", ROSTER)
    assert [intake.read(one).files["conv.py"] for one in intake.submissions] == [
        b"two",
        b"three",
    ]
    (doubt,) = intake.doubts
    assert doubt.name == ADA.label
    assert "which is the last of 1815, ada@example.org" in doubt.reason
    assert [one.submission.doubt for one in intake.submissions] == [doubt.reason, ""]


def test_canvas_numbers_what_was_uploaded_again_and_says_who_was_late(
    pack: Callable[[Members], Path],
) -> None:
    root = pack(
        {
            "lovelaceada_1815_901_conv-1.py": b"again",
            "lovelaceada_1815_902_report-2.pdf": b"",
            "zedzoe_LATE_1985_903_conv.py": b"late",
        }
    )
    intake = read_class(root, ["conv.py"], "conv", ROSTER)
    assert [intake.read(one).files["conv.py"] for one in intake.submissions] == [
        b"again",
        b"late",
    ]
    assert intake.doubts == ()
    before = choice_of("last-before-deadline", "2026-10-02T00:00:00Z")
    intake = read_class(root, ["conv.py"], "conv", ROSTER, ReadOptions(before))
    assert [one.submission.student_id for one in intake.submissions] == ["1815"]


def test_a_deadline_without_any_time_is_a_persons_to_decide(pack: Callable[[Members], Path]) -> None:
    before = choice_of("last-before-deadline", "2026-10-02T00:00:00Z")
    intake = read_class(pack({"1815/conv.py": b"when?"}), ["conv.py"], "conv", ROSTER, ReadOptions(before))
    assert intake.submissions == ()
    assert [(doubt.name, doubt.reason[:23]) for doubt in intake.doubts] == [
        (ADA.label, "its time is not known: ")
    ]


@pytest.mark.parametrize(
    ("counts", "deadline"), [("last", "2026-10-02T00:00:00Z"), ("last-before-deadline", None)]
)
def test_the_option_counts_and_a_deadline_go_together(counts: str, deadline: str | None) -> None:
    with pytest.raises(UserError, match="--deadline"):
        choice_of(counts, deadline)
    for text in ("tomorrow", "2026-10-02", "2026-10-02T00:00:00"):
        with pytest.raises(UserError, match="offset"):
            choice_of("last-before-deadline", text)
