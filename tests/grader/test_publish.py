"""Laws of what comes after grading: reports from a gradebook, and a person's adjustments."""

import csv
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from grader.__main__ import NOT_PASSED, PASSED, USER_MISTAKE, main
from grader.batch.gradebook import Gradebook, Graded
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.student import Student, Submission

HEADER = "student_id,assignment,criterion,points,reason,author\n"
STUDENTS = (
    Student("ada", "Ada Lovelace", "ada@example.org"),
    Student("=bob", "=1+1", "bob@example.org"),
    Student("cleo", "Cleo", "cleo@example.org"),
)


def grade_of(student: str) -> Grade:
    results = (CheckResult("flip", "a", Status.OK), CheckResult("flip", "b", Status.WRONG))
    criterion = CriterionGrade("flip", "flip", Fraction(10), Fraction(5), Status.WRONG, results)
    return Grade("tiny", student, (criterion,), "none")


@pytest.fixture
def at_course(course: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A gradebook of three in which two have 5 of 10 points; its URL. The working folder is the course's."""
    monkeypatch.chdir(course)
    url = f"sqlite:///{course}/gradebook.db"
    with Gradebook(url) as gradebook:
        submissions = [
            Submission(student.id, "tiny", student.id * 4, submitted_at="2026-10-02T12:00:00+02:00")
            for student in STUDENTS[:2]
        ]
        gradebook.hand_in(STUDENTS, submissions)
        for submission in submissions:
            gradebook.record(submission, Graded(grade_of(submission.student_id)))
    return url


@pytest.fixture
def scores(at_course: str) -> Callable[[], dict[str, str]]:
    def scores() -> dict[str, str]:
        assert main(["report", "--gradebook", at_course, "--format", "csv", "--out", "out"]) == PASSED
        with open("out/grades.csv", newline="") as file:
            return {line["student_id"]: line["tiny"] for line in csv.DictReader(file)}

    return scores


def adjust(url: str, text: str) -> int:
    Path("adjustments.csv").write_text(HEADER + text)
    return main(["adjust", "adjustments.csv", "--gradebook", url])


def test_policies_of_the_course_reach_every_report(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert scores() == {"ada": "5", "'=bob": "5"}
    with open("assignments/course.yaml", "a") as file:
        file.write("deadlines: {tiny: 2026-10-01T23:59:00+02:00}\nlate_penalty: 10% per day\n")
        file.write("extensions: {tiny: {ada: 2d}}\n")
    assert scores() == {"ada": "5", "'=bob": "4"}
    assert main(["report", "--gradebook", at_course, "--format", "json", "--out", "out"]) == PASSED
    rows = json.loads(Path("out/grades.json").read_text())["rows"]
    assert [step["policy"] for row in rows for step in row["policies"]["steps"]] == [
        "late_penalty",
        "extensions",
    ]


def test_an_extension_for_somebody_unknown_is_named(
    at_course: str, scores: Callable[[], dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with open("assignments/course.yaml", "a") as file:
        file.write("deadlines: {tiny: 2026-10-01T23:59:00+02:00}\nextensions: {tiny: {adda: 2d}}\n")
    scores()
    assert (
        "note: course.yaml extends tiny for 'adda', whom the gradebook does not know"
        in capsys.readouterr().err
    )


def test_adjustments_are_added_exported_read_back_and_taken_back(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "ada,tiny,flip,2.5,regrade,me\n'=bob,tiny,,-1/3,=late,me\n") == PASSED
    assert scores() == {"ada": "7.5", "'=bob": "4.67"}
    assert main(["report", "--gradebook", at_course, "--format", "adjustments", "--out", "out"]) == PASSED
    exported = Path("out/adjustments.csv").read_text()
    assert exported.count("\n") == 3
    assert main(["adjust", "out/adjustments.csv", "--gradebook", at_course]) == PASSED
    assert scores() == {"ada": "7.5", "'=bob": "4.67"}
    assert adjust(at_course, "ada,tiny,flip,0,,\n") == USER_MISTAKE
    assert adjust(at_course, "ada,tiny,flip,0,no regrade,me\n") == PASSED
    assert scores() == {"ada": "5", "'=bob": "4.67"}


def test_somebody_who_handed_in_nothing_may_be_given_points(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "cleo,tiny,,8,oral examination,me\n") == PASSED
    assert scores()["cleo"] == "8"


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "an_unknown_student": (
            "ada,tiny,flip,1,why,me\ndora,tiny,flip,1,why,me\n",
            "adjustments.csv:3: found no student 'dora'; expected one on the roster, or who handed "
            "something in",
        ),
        "an_unknown_assignment": (
            "ada,tinny,flip,1,why,me\n",
            "adjustments.csv:2: found assignment 'tinny', expected one of tiny",
        ),
        "an_unknown_criterion": (
            "ada,tiny,flop,1,why,me\n",
            "adjustments.csv:2: found criterion 'flop', expected one of flip",
        ),
        "points_in_words": (
            "ada,tiny,flip,two,why,me\n",
            "adjustments.csv:2: points: found 'two', expected a number, 2.5 or -1/3",
        ),
        "no_reason": (
            "ada,tiny,flip,1,,me\n",
            "adjustments.csv:2: reason: found '', expected why, on one line",
        ),
        "the_same_twice": (
            "ada,tiny,flip,1,why,me\nada,tiny,flip,2,why,me\n",
            "adjustments.csv:3: found the same as on line 2 again; expected each once",
        ),
    }.values(),
)
def test_of_adjustments_with_a_mistake_none_is_made(
    at_course: str,
    scores: Callable[[], dict[str, str]],
    capsys: pytest.CaptureFixture[str],
    text: str,
    said: str,
) -> None:
    assert adjust(at_course, text) == USER_MISTAKE
    assert capsys.readouterr().err == f"grader: {said}\n"
    assert scores() == {"ada": "5", "'=bob": "5"}


@pytest.mark.parametrize("name", ["feedback", "gradescope", "prairielearn", "junit"])
def test_every_format_is_a_choice(at_course: str, name: str) -> None:
    assert main(["report", "--gradebook", at_course, "--format", name, "--out", "out"]) == PASSED
    assert any(Path("out").rglob("*.*"))


CANVAS = 'Student,ID,SIS User ID,SIS Login ID,Section,"Two functions (7)"\n    Points Possible,,,,,10\n'
MOODLE = "Identifier,Full name,Email address,Grade,Maximum Grade,Feedback comments\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
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
def test_an_export_whose_columns_do_not_match_gets_one_line_and_nothing_is_written(
    at_course: str, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    Path("lms.csv").write_text(text)
    words = ["report", "--gradebook", at_course, "--format", name, "--into", "lms.csv", "--out", "out"]
    assert main(words) == USER_MISTAKE
    error = capsys.readouterr().err
    assert error.startswith(f"grader: {said}") and error.count("\n") == 1
    assert not Path("out").exists()


def test_whoever_is_not_in_the_lms_is_named(at_course: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lms.csv").write_text(f'{CANVAS}"Lovelace, Ada",1,ada,,A,\n')
    words = ["report", "--gradebook", at_course, "--format", "canvas", "--into", "lms.csv", "--out", "out"]
    assert main(words) == NOT_PASSED
    assert capsys.readouterr().err == "left out: =bob, tiny: lms.csv has no line for them\n"
    assert Path("out/canvas.csv").read_text().endswith('"Lovelace, Ada",1,ada,,A,5\n')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "csv"], "--format csv writes files: say where with --out DIR"),
        (["--format", "canvas", "--out", "out"], "--into CSV goes with canvas and moodle"),
        (["--format", "csv", "--into", "x", "--out", "out"], "--into CSV goes with canvas and moodle"),
        (
            ["--format", "csv", "--assignment", "big", "--out", "out"],
            "found no grade of 'big'; the gradebook holds tiny",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    at_course: str, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["report", "--gradebook", at_course, *words]) == USER_MISTAKE
    assert said in capsys.readouterr().err


def test_similarity_needs_the_folder_and_the_gradebook_of_a_batch(
    at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ada", "bob"):
        path = Path("class", name, "conv.py")
        path.parent.mkdir(parents=True)
        path.write_text("def flip(a, axes):\n    return [a[len(a) - 1 - place] for place in range(len(a))]\n")
    words = ["similarity", "class", "--assignment", "tiny", "--gradebook", at_course, "--out", "alike"]
    assert main(words) == PASSED
    assert capsys.readouterr().out == "100% 100%  ada, bob\nalike/tiny/index.html\n"
    assert Path("alike/tiny/pair-001.html").is_file()
    assert main([*words, "--top", "0"]) == USER_MISTAKE
    assert (
        main(["similarity", "class", "--assignment", "tiny", "--gradebook", "sqlite:///gone"]) == USER_MISTAKE
    )
    assert main(["similarity", "class", "--assignment", "gone", "--gradebook", at_course]) == USER_MISTAKE
