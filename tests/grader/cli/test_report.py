"""Laws of `grader report`: the result of the gradebook and the course's policies."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.submission_files import keep_evidence
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.intake.read_class import read_class


def test_policies_of_the_course_reach_every_report(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert scores() == {"ada": "5", "'=bob": "5"}
    with open("assignments/course.yaml", "a") as file:
        file.write("timezone: Europe/Berlin\ndeadlines: {tiny: 2026-10-01T23:59:00}\n")
        file.write("late_penalty: 10% per day\n")
        file.write("extensions: {tiny: {ada: 2d}}\n")
    assert scores() == {"ada": "5", "'=bob": "4"}
    assert main(["report", "--gradebook", at_course, "--format", "json", "--out", "out"]) == PASSED
    rows = json.loads(Path("out/grades.json").read_text())["rows"]
    assert [step["policy"] for row in rows for step in row["policies"]["steps"]] == [
        "late_penalty",
        "extensions",
    ]


def test_scores_without_the_courses_policies_say_so(
    at_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", "--gradebook", at_course, "--format", "csv", "--out"]
    assert main([*words, str(tmp_path / "in")]) == PASSED
    assert capsys.readouterr().err == ""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main([*words, str(tmp_path / "out")]) == PASSED
    assert "note: found no course here or above, so no late policy applies" in capsys.readouterr().err


def test_a_course_has_one_gradebook_wherever_in_it_a_command_runs(
    at_course: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("build").mkdir()
    Path("gradebook.db").rename("build/gradebook.db")
    monkeypatch.chdir("assignments/tiny")
    assert main(["report", "--format", "terminal"]) == PASSED
    assert "ada" in capsys.readouterr().out
    assert not Path("build").exists()


@pytest.mark.parametrize(
    "words",
    [["--out", "out"], ["--into", "grades.csv"], ["--column", "id=ID"], ["--keep-existing"]],
    ids="".join,
)
def test_the_terminal_refuses_an_option_about_files(
    at_course: str, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """An option that is read and ignored would let a TA wait for a file that never comes."""
    assert main(["report", "--gradebook", at_course, "--format", "terminal", *words]) == USER_MISTAKE
    message = "goes only with a format that writes files, and terminal writes none: remove it"
    assert f"{words[0]} " in (error := capsys.readouterr().err)
    assert message in error


def test_an_extension_for_somebody_unknown_is_named(
    at_course: str, scores: Callable[[], dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with open("assignments/course.yaml", "a") as file:
        file.write("timezone: Europe/Berlin\ndeadlines: {tiny: 2026-10-01T23:59:00}\n")
        file.write("extensions: {tiny: {adda: 2d}}\n")
    scores()
    assert (
        "note: course.yaml extends tiny for 'adda', but the gradebook has no such student"
        in capsys.readouterr().err
    )


def test_a_report_of_many_files_names_those_about_the_class(
    at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--gradebook", at_course, "--format", "feedback", "--out", "out"]) == PASSED
    count = sum(path.is_file() for path in Path("out").rglob("*"))
    assert capsys.readouterr().out == f"out/feedback.csv\nout: {count} files\n"


@pytest.mark.parametrize("name", ["csv", "feedback", "json", "terminal"])
def test_each_report_names_the_submissions_that_match_no_student(
    at_course: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for student in ("ada", "zoe"):
        Path("class", student).mkdir(parents=True)
        Path("class", student, "tiny.py").write_text(student)
    with Gradebook(at_course) as gradebook:
        intake = read_class(Path("class"), ["tiny.py"], "tiny", gradebook.students())
        keep_evidence(gradebook.database, intake, "tiny")
    out = [] if name == "terminal" else ["--out", "out"]
    assert main(["report", "--gradebook", at_course, "--format", name, *out]) == PASSED
    note = "note: tiny: 1 submission may belong to several students, or to no student on the roster: zoe; "
    assert note in capsys.readouterr().err


@pytest.mark.parametrize("name", ["feedback", "gradescope", "prairielearn", "junit"])
def test_every_format_is_a_choice(at_course: str, name: str) -> None:
    assert main(["report", "--gradebook", at_course, "--format", name, "--out", "out"]) == PASSED
    assert any(Path("out").rglob("*.*"))


CANVAS = 'Student,ID,SIS User ID,SIS Login ID,Section,"Two functions (7)"\n    Points Possible,,,,,10\n'


MOODLE = "Identifier,Full name,Email address,Grade,Maximum Grade,Feedback comments\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    {
        "no_column_of_the_assignment": (
            "canvas",
            CANVAS.replace("Two functions", "Two Functions"),
            "lms.csv:1: found no column for tiny, expected one, 'Two functions (12345)' or 'tiny (12345)'",
        ),
        "two_columns_of_the_assignment": (
            "canvas", CANVAS.replace("Section,", "Section,tiny (6),"), "lms.csv:1: found 2 columns for tiny",
        ),
        "no_section": ("canvas", CANVAS.replace("Section", "Group"), "lms.csv:1: found no column 'Section'"),
        "other_points": (
            "canvas", CANVAS.replace(",10", ",12"),
            "lms.csv:2: found '12' points possible for tiny, expected 10: change it in Canvas",
        ),
        "moodles_worksheet_for_canvas": ("canvas", MOODLE, "lms.csv:1: found no column 'Student'"),
        "an_empty_file": ("canvas", "", "lms.csv:1: found no column 'Student'"),
        "no_csv": ("canvas", CANVAS + '"a"b,2\n', "lms.csv:3: found no CSV"),
        "another_maximum": (
            "moodle", f"{MOODLE}Participant 1,Ada Lovelace,,,100.00,\n",
            "lms.csv:2: found '100.00' for Maximum Grade, expected 10: change it in Moodle",
        ),
    }.values(),
)  # fmt: skip
def test_an_export_with_other_columns_gets_one_line_and_no_file(
    at_course: str, capsys: pytest.CaptureFixture[str], name: str, text: str, message: str
) -> None:
    Path("lms.csv").write_text(text)
    words = ["report", "--gradebook", at_course, "--format", name, "--into", "lms.csv", "--out", "out"]
    assert main(words) == USER_MISTAKE
    error = capsys.readouterr().err
    assert error.startswith(f"grader: {message}") and error.count("\n") == 1
    assert not Path("out").exists()


def test_students_who_are_not_in_the_lms_are_named(
    at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("lms.csv").write_text(f'{CANVAS}"Lovelace, Ada",1,ada,,A,\n')
    words = ["report", "--gradebook", at_course, "--format", "canvas", "--into", "lms.csv", "--out", "out"]
    assert main(words) == NOT_PASSED
    assert capsys.readouterr().err == (
        "left out: =bob, tiny: lms.csv has no line for this student; "
        "if they left the course: `grader forget --student ID`\n"
    )
    assert Path("out/canvas.csv").read_text().endswith('"Lovelace, Ada",1,ada,,A,5\n')


def test_cells_that_held_another_grade_are_listed_one_a_line(
    at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("lms.csv").write_text(f'{CANVAS}"Lovelace, Ada",1,ada,,A,3\nB,2,=bob,,A,4\n')
    words = ["report", "--gradebook", at_course, "--format", "canvas", "--into", "lms.csv", "--out", "out"]
    assert main(words) == PASSED
    output = capsys.readouterr()
    assert output.err == "2 cells that held a grade change:\n  Ada Lovelace 3 → 5\n  =1+1 4 → 5\n"
    assert output.out.endswith("2 filled in\n")
    assert main([*words, "--keep-existing"]) == PASSED
    listing = "2 cells with another grade stay:\n  Ada Lovelace 3 (not 5)\n  =1+1 4 (not 5)\n"
    assert capsys.readouterr().err == listing
    assert Path("out/canvas.csv").read_text() == Path("lms.csv").read_text()


def test_a_column_is_named_by_its_header(at_course: str, complaint: Callable[[], str]) -> None:
    Path("lms.csv").write_text("Nr,Wer,Punkte\nT 1,Ada Lovelace,\nT 2,Nobody Else,\n")
    words = ["report", "--gradebook", at_course, "--format", "moodle", "--into", "lms.csv", "--out", "out"]
    assert main(words) == USER_MISTAKE
    assert "the headers are 'Nr', 'Wer', 'Punkte': name it with --column maximum=HEADER" in complaint()
    assert main([*words, "--column", "points=Punkte"]) == USER_MISTAKE
    assert "expected ROLE=HEADER with a role of identifier, name" in complaint()
    assert main([*words, "--column", "grade=Punkte"]) == NOT_PASSED
    assert Path("out/moodle.csv").read_text() == "Nr,Wer,Punkte\nT 1,Ada Lovelace,5\nT 2,Nobody Else,\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--format", "csv", "--out", "out", "--column", "grade=X"],
            "goes only with --format moodle: remove it",
        ),
        (["--format", "csv", "--out", "out", "--keep-existing"], "--keep-existing also needs --into CSV"),
        (["--format", "csv"], "--format csv also needs --out DIR, the folder for its files"),
        (["--format", "canvas", "--out", "out"], "--format canvas also needs --into CSV"),
        (
            ["--format", "csv", "--into", "x", "--out", "out"],
            "goes only with --format canvas and --format moodle",
        ),
        (
            ["--format", "csv", "--assignment", "big", "--out", "out"],
            "found no grades for 'big'; the gradebook has grades for tiny",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    at_course: str, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["report", "--gradebook", at_course, *words]) == USER_MISTAKE
    assert message in capsys.readouterr().err
