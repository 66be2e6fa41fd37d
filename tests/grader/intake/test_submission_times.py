"""Laws of the times that an instructor supplies: every LMS's own file is accepted, and nothing is guessed."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.intake.read_class import ReadOptions, read_class
from grader.intake.submission_times import read_times
from grader.model.errors import UserError
from grader.model.student import Student

ZONE = ZoneInfo("Europe/Berlin")
ROSTER = (Student("1042", "Ada Lovelace", "ada@example.org"), Student("1043", "Bob Noyce", "bob@example.org"))
AT = "2026-10-03T08:30:00+02:00"
FILES = {
    "student_and_time": f"student,time\n1042,{AT}\n",
    "a_semicolon_and_a_name": "name;submitted_at\nLovelace, Ada;2026-10-03 08:30\n",
    "an_address": f"email,time\nada@example.org,{AT}\n",
    "gradescope": (
        "First Name,Last Name,SID,Email,Total Score,Submission ID,Submission Time,Lateness (H:M:S)\n"
        "Ada,Lovelace,1042,ada@example.org,9,77,2026-10-03 02:30:00 -0400,00:00:00\n"
    ),
    "moodles_worksheet": (
        "Identifier,Full name,Email address,Status,Last modified (submission)\n"
        'Participant 7,Ada Lovelace,ada@example.org,Submitted,"Saturday, 3 October 2026, 8:30 AM"\n'
        "Participant 8,Bob Noyce,bob@example.org,No submission,-\n"
    ),
    "moodles_logs": (
        "Time,User full name,Affected user,Event context,Event name\n"
        '"3/10/26, 08:30",Ada Lovelace,-,dense,A submission has been submitted.\n'
        '"31/10/26, 09:00",Ada Lovelace,-,dense,The status of the submission has been viewed.\n'
        '"1/10/26, 09:00",Ada Lovelace,-,dense,A submission has been submitted.\n'
        '"30/10/26, 09:00",Bob Noyce,-,dense,Course viewed\n'
    ),
    "canvas": json.dumps(
        [
            {"user_id": 5, "submitted_at": None},
            {
                "user_id": 6,
                "submitted_at": "2026-10-03T06:30:00Z",
                "late": True,
                "user": {"sis_user_id": "1042", "sortable_name": "Lovelace, Ada"},
            },
        ]
    ),
}


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    for id in ("1042", "1043"):
        (tmp_path / "class" / id).mkdir(parents=True)
        (tmp_path / "class" / id / "dense.py").write_text(id)
    return tmp_path / "class"


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_the_time_of_a_student_is_found_in_every_file(submitted: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "times").write_text(text, encoding="utf-8")
    times = read_times(tmp_path / "times", ZONE)
    intake = read_class(submitted, ["dense.py"], "dense", ROSTER, options=ReadOptions(times=times))
    ada, bob = (one.submission.submitted_at for one in intake.submissions)
    assert (datetime.fromisoformat(ada), bob) == (datetime.fromisoformat(AT), "")


def test_a_canvas_user_is_known_by_the_number_in_the_names_of_files(tmp_path: Path) -> None:
    """The API names users by numbers that no roster has."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("lovelaceada_LATE_6_901_dense.py", "noycebob_7_902_dense.py"):
        (folder / name).write_text(name)
    (tmp_path / "t.json").write_text(json.dumps([{"user_id": 6, "submitted_at": "2026-10-03T06:30:00Z"}]))
    times = read_times(tmp_path / "t.json", ZONE)
    intake = read_class(folder, ["dense.py"], "dense", ROSTER, options=ReadOptions(times=times))
    assert [bool(one.submission.submitted_at) for one in intake.submissions] == [True, False]


EARLY, EARLIER = "2026-09-02T00-00-00Z", "2026-09-01T00-00-00Z"


def a_class(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


@pytest.mark.parametrize("folders", [[EARLY], [EARLIER, EARLY]], ids=["one", "two"])
def test_a_folder_in_a_students_own_repository_says_no_time(tmp_path: Path, folders: list[str]) -> None:
    """The student names it: a late submission could name a time before the deadline."""
    clones = ["hw1-1042/.git/HEAD", "hw1-1043/.git/HEAD", "hw1-1043/dense.py"]
    root = a_class(tmp_path / "class", *clones, *(f"hw1-1042/{folder}/dense.py" for folder in folders))
    (tmp_path / "t.csv").write_text(FILES["student_and_time"])
    for times in ((), read_times(tmp_path / "t.csv", ZONE)):
        ada, _ = read_class(root, ["dense.py"], "hw1", ROSTER, options=ReadOptions(times=times)).submissions
        assert ada.submission.submitted_at == (AT if times else "")
        assert bool(ada.submission.doubt) is (len(folders) > 1)


@pytest.mark.parametrize("folders", [[EARLY], [EARLIER, EARLY]], ids=["one", "two"])
def test_a_folder_names_no_earlier_time_than_the_file_of_times(tmp_path: Path, folders: list[str]) -> None:
    root = a_class(tmp_path / "class", *(f"1042/{one}/dense.py" for one in folders), "1043/dense.py")
    (tmp_path / "t.csv").write_text(FILES["student_and_time"])
    ada, _ = read_class(
        root, ["dense.py"], "dense", ROSTER, options=ReadOptions(times=read_times(tmp_path / "t.csv", ZONE))
    ).submissions
    assert datetime.fromisoformat(ada.submission.submitted_at) == datetime.fromisoformat(AT)
    assert ada.paths[0][1] == f"1042/{folders[-1]}/dense.py"


def test_a_folder_may_name_a_later_time_than_the_file_of_times(tmp_path: Path) -> None:
    """The file may be older than the last submission."""
    later = "2026-10-05T00-00-00Z"
    root = a_class(tmp_path / "class", *(f"1042/{one}/dense.py" for one in (EARLY, later)))
    (tmp_path / "t.csv").write_text(FILES["student_and_time"])
    (ada,) = read_class(
        root, ["dense.py"], "dense", ROSTER, options=ReadOptions(times=read_times(tmp_path / "t.csv", ZONE))
    ).submissions
    assert ada.submission.submitted_at == "2026-10-05T00:00:00+00:00"


def test_without_a_roster_an_id_is_that_of_the_folder(submitted: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(FILES["student_and_time"])
    intake = read_class(
        submitted, ["dense.py"], "dense", options=ReadOptions(times=read_times(tmp_path / "t.csv", None))
    )
    assert intake.submissions[0].submission.submitted_at == AT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,score\n1042,3\n", "t:1: found the columns student, score; expected a column"),
        ("time\n2026\n", "t:1: found the columns time"),
        ("student,tme\nada,2026\n", "found 'tme'; did you mean 'time'"),
        ("student,time\n1042,soon\n", "t:2: found 'soon', expected a time such as"),
        ('student,time\n1042,"03/10/26, 08:30"\n', "t:2: .* which may be two days"),
        ("[1, 2]", "expected Canvas's list of submissions"),
        ("[{", "found JSON that cannot be read"),
        ('[{"submitted_at": "2026-10-03T06:30:00Z"}]', "submission 1: .* expected user_id"),
        ('[{"user_id": 1, "submitted_at": null}]', "t: found no time of a submission"),
        ("student,time\n1042,-\n", "t: found no time of a submission"),
        ("\x00\x1b[2J,b\n", "found the columns , b;"),
        ("", "found the columns none"),
    ],
)
def test_an_invalid_time_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t").write_text(text)
    with pytest.raises(UserError, match=message):
        read_times(tmp_path / "t", ZONE)


def test_a_time_without_an_offset_needs_the_courses_zone(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("student,time\n1042,2026-10-03 08:30\n")
    with pytest.raises(UserError, match=r"add `timezone` to course\.yaml"):
        read_times(tmp_path / "t", None)


def test_times_of_another_class_are_refused(submitted: Path, tmp_path: Path) -> None:
    (tmp_path / "t").write_text(f"student,time\n99,{AT}\n")
    with pytest.raises(UserError, match="--times: found 1 time, and none of a student who submitted"):
        read_class(
            submitted,
            ["dense.py"],
            "dense",
            ROSTER,
            options=ReadOptions(times=read_times(tmp_path / "t", ZONE)),
        )
