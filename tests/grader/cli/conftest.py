"""Fixtures for the commands' tests: a course as the current folder, its submissions, and its gradebook."""

import csv
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.cli.command_line.exit_status import PASSED
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.student import Student, Submission
from tests.tiny_course import RIGHT, WRONG


@pytest.fixture
def root(course: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a course of one assignment that can be generated, and no secret."""
    for name in ("pyproject.toml", "README.md", "grader", "locks"):
        (course / name).symlink_to(repository / name)
    monkeypatch.chdir(course)
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    return course


@pytest.fixture
def submission(tmp_path: Path) -> Callable[[str], Path]:
    def submission(source: str) -> Path:
        (tmp_path / "ada").mkdir()
        (tmp_path / "ada" / "conv.py").write_text(source)
        return tmp_path / "ada"

    return submission


@pytest.fixture
def right(submission: Callable[[str], Path]) -> Path:
    return submission(RIGHT)


@pytest.fixture
def wrong(submission: Callable[[str], Path]) -> Path:
    return submission(WRONG)


@pytest.fixture(scope="session")
def release_folder(
    fill_once: Callable[..., Path],
    tmp_path_factory: pytest.TempPathFactory,
    make_course: Callable[..., Path],
    repository: Path,
) -> Path:
    """The course's output of `grader generate`; made once, and only copied."""

    def release(out: Path) -> None:
        course = make_course(tmp_path_factory.mktemp("course") / "course")
        for name in ("pyproject.toml", "README.md", "grader", "locks"):
            (course / name).symlink_to(repository / name)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(course)
            patch.delenv("BACKFLIP_SEED", raising=False)
            assert main(["generate", "--out", str(out)]) == PASSED

    return fill_once("released", release)


@pytest.fixture
def handout(release_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handout far from the repository, solved, and the working folder in it."""
    shutil.copytree(release_folder, tmp_path / "build")
    shutil.copytree(tmp_path / "build" / "release" / "tiny", tmp_path / "elsewhere" / "tiny")
    (tmp_path / "elsewhere" / "tiny" / "conv.py").write_text(RIGHT)
    monkeypatch.chdir(tmp_path / "elsewhere" / "tiny")
    return tmp_path / "elsewhere" / "tiny"


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """The message on stderr: one line, and no traceback."""

    def complaint() -> str:
        error = capsys.readouterr().err
        assert error.count("\n") == 1, error
        assert "Traceback" not in error
        return error

    return complaint


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
    """The URL of a gradebook of three, two with 5 of 10 points. The working folder is the course's."""
    monkeypatch.chdir(course)
    url = f"sqlite:///{course}/gradebook.db"
    with Gradebook(url) as gradebook:
        submissions = [
            Submission(student.id, "tiny", student.id * 4, submitted_at="2026-10-02T12:00:00+02:00")
            for student in STUDENTS[:2]
        ]
        gradebook.hand_in(STUDENTS, submissions)
        for submission in submissions:
            gradebook.record(submission, GradeEntry(grade_of(submission.student_id)))
    return url


@pytest.fixture
def scores(at_course: str) -> Callable[[], dict[str, str]]:
    def scores() -> dict[str, str]:
        assert main(["report", "--gradebook", at_course, "--format", "csv", "--out", "out"]) == PASSED
        with open("out/grades.csv", newline="") as file:
            return {line["student_id"]: line["tiny"] for line in csv.DictReader(file)}

    return scores
