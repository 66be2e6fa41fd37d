"""Laws of the library: its examples hold, and it grades as the commands do."""

import asyncio
import doctest
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader import Course
from grader.__main__ import main
from grader.model.errors import UserError
from tests.tiny_course import RIGHT, WRONG
from tests.waiting import LIMIT

SUBMISSIONS = {"ada": {"conv.py": RIGHT}, "bob": {"conv.py": WRONG}, "cleo": {"conv.py": "def flip(:\n"}}


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A copy of the example course."""
    folder = tmp_path_factory.mktemp("library") / "examples"
    shutil.copytree(repository / "examples", folder, ignore=shutil.ignore_patterns("build", "__pycache__"))
    return folder


def test_the_examples_of_the_docs_hold(
    examples: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(examples)
    page = repository / "docs" / "library.md"
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8", verbose=False)
    assert result.attempted > 15 and result.failed == 0


def test_a_grade_is_the_commands_own(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "conv.py").write_text(WRONG)
    grade = Course(course)["tiny"].grade(SUBMISSIONS["bob"])
    monkeypatch.chdir(course)
    main(["grade", str(tmp_path / "bob"), "--assignment", "tiny", "--json", str(tmp_path / "grade.json")])
    report = json.loads((tmp_path / "grade.json").read_text())

    assert (grade.score, grade.max_score) == (report["score"], report["max_score"])
    cases = [(c["id"], case["id"], case["status"]) for c in report["criteria"] for case in c["cases"]]
    assert [(case.criterion, case.case, case.status) for case in grade.cases] == cases
    assert grade.cases[0].why == report["criteria"][0]["cases"][0]["rationale"] != ""


SCRIPT = """
import json, sys
from grader import Course
submissions = json.load(open(sys.argv[1]))
with Course("assignments")["tiny"].session(jobs=2) as session:
    for grade in session.grade_all(submissions):
        print(grade.submission, grade.score)
"""


@pytest.mark.parametrize("place", ["on_standard_input", "in_a_file"])
def test_a_script_needs_no_guard_to_grade_side_by_side(course: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "submissions.json").write_text(json.dumps(SUBMISSIONS))
    (tmp_path / "script.py").write_text(SCRIPT)
    script = "-" if place == "on_standard_input" else str(tmp_path / "script.py")
    process = subprocess.run(
        [sys.executable, script, str(tmp_path / "submissions.json")],
        cwd=course,
        input=SCRIPT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert sorted(process.stdout.splitlines()) == ["ada 10", "bob 0", "cleo 0"], process.stderr


def test_other_tasks_run_while_a_grade_is_awaited(course: Path) -> None:
    async def grade() -> tuple[list[str], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        ticking = asyncio.create_task(tick())
        with Course(course)["tiny"].session() as session:
            names = [grade.submission async for grade in session.grade_each(SUBMISSIONS.values())]
        ticking.cancel()
        return names, ticks

    names, ticks = asyncio.run(grade())
    assert names == ["0", "1", "2"] and ticks > 10


def test_an_unknown_assignment_is_answered_with_the_nearest(course: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'tiny'"):
        Course(course)["tinny"]


def test_a_course_is_found_by_its_folder_and_by_its_repository(course: Path, tmp_path: Path) -> None:
    for folder in (course, course / "assignments", str(course)):
        assert list(Course(folder)) == ["tiny"] and "tiny" in Course(folder) and len(Course(folder)) == 1
    with pytest.raises(UserError, match=r"found no assignments/course\.yaml"):
        Course(tmp_path)


def test_the_seed_is_the_courses_own_unless_it_is_given(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKFLIP_SEED", raising=False)
    (course / ".backflip-seed").write_text("of the course\n")
    assert (Course(course).seed, Course(course, seed="mine").seed) == ("of the course", "mine")


def test_the_library_is_loaded_when_it_is_asked_for() -> None:
    code = "import sys, grader; a = 'grader.api' in sys.modules; grader.Course; assert not a"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LIMIT)
    with pytest.raises(AttributeError):
        grader.Curse  # noqa: B018
    assert (Path(grader.__file__).parent / "py.typed").is_file()
