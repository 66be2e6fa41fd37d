"""Laws of reuse: a result is reused if everything that it depends on is the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.batch.grading_messages import Grading, Work, WorkResult
from grader.batch.grading_session import GradingSession
from grader.judge.case_selection.other_values import SUFFIX
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Grade, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from tests.tables import by_name
from tests.tiny_course import RIGHT, WRONG


def twice(*names: str) -> list[str]:
    """Visible cases, each with the run that asks it again."""
    return sorted([*names, *(f"{name}{SUFFIX}" for name in names)])


VISIBLE = ["dilate/columns", "dilate/rows", "flip/one-axis"]
SECRET_CASES = sorted(["flip/hidden-one", *(f"{name}{SUFFIX}" for name in VISIBLE)])
CASES = sorted([*VISIBLE, *SECRET_CASES])
UNCOUNTED = "a case that ran and does not count"

Change = tuple[str, str, str]  # a file of the assignment, a text in it, another one
AllResults = dict[tuple[object, ...], WorkResult]


class Class:
    """The course `tiny` and the results of its submissions so far.

    `all_done` holds results by content: equal work is graded once for all tests.
    """

    def __init__(self, root: Path, make_course: Callable[..., Path], all_done: AllResults) -> None:
        self.root = make_course(root)
        self.results: dict[str, CheckResult] = {}
        self._all_done = all_done

    def change(self, file: str, text: str, other: str) -> None:
        path = self.root / "assignments" / "tiny" / file
        assert text in path.read_text()
        path.write_text(path.read_text().replace(text, other))

    def do(self, source: str, students: tuple[str, ...], secret: str, variants: bool) -> WorkResult:
        key = self._content(), source, students, secret, variants, frozenset(self.results)
        if key not in self._all_done:
            self._all_done[key] = self._grade(source, students, secret, variants)
        return self._all_done[key]

    def _content(self) -> tuple[tuple[str, bytes], ...]:
        files = sorted(path for path in self.root.rglob("*") if path.is_file())
        return tuple((str(path.relative_to(self.root)), path.read_bytes()) for path in files)

    def _grade(self, source: str, students: tuple[str, ...], secret: str, variants: bool) -> WorkResult:
        assignment = Views(load(self.root / "assignments" / "tiny")).assignment
        grading = Grading.of(assignment, Sandbox.NONE, secret, None, variants)
        session = GradingSession(grading)
        try:
            return session.grade_work(
                Work("conv", SubmittedFiles({"conv.py": source.encode()}), students, self.results)
            )
        finally:
            session.close()

    def grade(self, source: str = RIGHT, student: str = "ada", secret: str = "") -> tuple[Grade, list[str]]:
        """The grade, and the cases that ran."""
        done = self.do(source, (student,), secret, variants=False)
        self.results |= done.fresh
        return done.grades[0], ran(done)


def ran(done: WorkResult) -> list[str]:
    names = {address: name for addresses in done.addresses for name, address in addresses.items()}
    return sorted(names.get(address, UNCOUNTED) for address in done.fresh)


@pytest.fixture(scope="module")
def all_done() -> AllResults:
    return {}


@pytest.fixture
def tiny(tmp_path: Path, make_course: Callable[..., Path], all_done: AllResults) -> Class:
    return Class(tmp_path / "course", make_course, all_done)


def test_known_results_are_not_run_again_and_the_grade_is_the_same(tiny: Class) -> None:
    first, cases = tiny.grade(WRONG)
    # dilate depends on flip, of which a hidden case may still pass: its cases run twice, and do not count
    assert cases == [*[UNCOUNTED] * 4, "flip/hidden-one", "flip/one-axis"]
    assert tiny.grade(WRONG) == (first, [])
    other, _ = tiny.grade(WRONG, student="bob")
    assert replace(other, submission="ada") == first


@pytest.mark.parametrize(
    ("change", "score"),
    by_name(
        {
            "points": (("rubric.yaml", "points: 4", "points: 1"), 7),
            "weight": (("rubric.yaml", "weight: 2", "weight: 5"), 10),
            "help": (("rubric.yaml", "help: README.md#flip", "help: README.md#dilate"), 10),
            "shown_later": (("rubric.yaml", "visibility: hidden", "visibility: after_due_date"), 10),
            "hidden": (("rubric.yaml", "dilation: 1}", "dilation: 1}, visibility: hidden"), 10),
            "title": (("rubric.yaml", "title: flip reverses", "title: flip turns around"), 10),
        }
    ),
)
def test_changing_points_or_visibility_runs_nothing(tiny: Class, change: Change, score: int) -> None:
    tiny.grade()
    tiny.change(*change)
    if change[1] == "points: 4":
        tiny.change("rubric.yaml", "points: 10", "points: 7")
    grade, cases = tiny.grade()
    assert cases == []
    assert grade.score == grade.max_score == score


def test_cached_results_get_the_current_points_and_visibility(tiny: Class) -> None:
    tiny.grade(WRONG)
    tiny.change("rubric.yaml", "visibility: hidden", "visibility: after_published")
    tiny.change("rubric.yaml", "help: README.md#flip", "help: README.md#dilate")
    recalled, cases = tiny.grade(WRONG)
    assert cases == []
    tiny.results.clear()
    assert tiny.grade(WRONG)[0] == recalled
    assert [result.help for result in recalled.criteria[0].results] == ["README.md#dilate"] * 2


@pytest.mark.parametrize(
    ("change", "again"),
    by_name(
        {
            "shape": (
                ("rubric.yaml", "id: rows, shape: [2, 3]", "id: rows, shape: [3, 3]"),
                twice("dilate/rows"),
            ),
            "id": (("rubric.yaml", "{id: rows,", "{id: rows-first,"), twice("dilate/rows-first")),
            "data": (
                ("rubric.yaml", "axes: [1]}", "axes: [1]}, data: normal"),
                twice("flip/one-axis"),
            ),
            "comparison": (
                ("rubric.yaml", "axes: [1]}", "axes: [1]}, compare: bound"),
                twice("flip/one-axis"),
            ),
            "probes": (("probes.py", "def dilate", "def nothing():\n    pass\n\n\ndef dilate"), CASES),
            "seconds": (("assignment.yaml", "case_seconds: 2", "case_seconds: 3"), CASES),
            "template": (("templates/conv.py.j2", "Two functions", "Two"), []),
        }
    ),
)
def test_a_changed_case_is_run_again_and_no_other(tiny: Class, change: Change, again: list[str]) -> None:
    tiny.grade()
    tiny.change(*change)
    assert tiny.grade()[1] == again


def test_another_secret_runs_hidden_cases_again_and_no_other(tiny: Class) -> None:
    tiny.grade()
    assert tiny.grade(secret="another")[1] == SECRET_CASES


def test_cases_count_without_another_run_once_they_require_nothing(tiny: Class) -> None:
    first, _ = tiny.grade(WRONG)
    tiny.change("rubric.yaml", "    requires: [flip]\n", "")
    second, cases = tiny.grade(WRONG)
    assert cases == []
    of_dilate = [[result.status for result in grade.criteria[1].results] for grade in (first, second)]
    assert of_dilate == [[Status.NOT_RUN] * 2, [Status.OK] * 2]


def test_those_with_the_same_files_share_what_is_everybodys(tiny: Class) -> None:
    together = tiny.do(RIGHT, ("ada", "bob"), "secret", variants=False)
    assert [grade.submission for grade in together.grades] == ["ada", "bob"]
    assert ran(together) == CASES
    own = tiny.do(RIGHT, ("ada", "bob"), "secret", variants=True)
    assert ran(own) == sorted([*CASES, *SECRET_CASES])  # hidden values are per student
    assert [grade.versions["variant"] for grade in own.grades] == ["ada", "bob"]
    assert own.addresses[0]["flip/one-axis"] == own.addresses[1]["flip/one-axis"]


def test_a_worker_of_another_version_refuses(tiny: Class) -> None:
    assignment = load(tiny.root / "assignments" / "tiny")
    grading = Grading.of(assignment, Sandbox.NONE, "", None, variants=False)
    with pytest.raises(GraderFault, match="another version"):
        GradingSession(replace(grading, code="other"))


def test_only_the_needs_of_grading_travel(repository: Path) -> None:
    assignment = load(repository / "assignments" / "conv_backward")
    course = Grading.of(assignment, Sandbox.NONE, "", None, variants=False).course
    assert "reference/conv.py" in course
    assert "assignments/conv_backward/probes.py" in course
    assert not any("mutants" in name or "__pycache__" in name for name in course)
