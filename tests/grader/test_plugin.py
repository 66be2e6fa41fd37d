"""A rubric's cases are pytest items, named by criterion and case; none of our internals are reported."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.session import Session
from grader.model.errors import UserError
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.tiny_course import RIGHT, WRONG

NAMES = [
    "tiny/rubric.yaml::flip::one-axis",
    "tiny/rubric.yaml::flip::hidden-one",
    "tiny/rubric.yaml::dilate::rows",
    "tiny/rubric.yaml::dilate::columns",
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path]) -> Iterator[Session]:
    """One session on the assignment `tiny` for all tests, with another rubric next to it."""
    root = make_course(tmp_path_factory.mktemp("plugin") / "course")
    neighbor = root / "assignments" / "neighbor"
    neighbor.mkdir()
    (neighbor / "rubric.yaml").write_text((root / "assignments" / "tiny" / "rubric.yaml").read_text())
    assignment = load(root / "assignments" / "tiny")
    with Session(Views(assignment).assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield session


def ran(grade: Grade) -> list[str]:
    return [f"{r.criterion}/{r.case}" for criterion in grade.criteria for r in criterion.results]


def test_items_are_named_by_assignment_criterion_and_case(
    grade: Callable[..., Grade], capfd: pytest.CaptureFixture[str]
) -> None:
    grade(RIGHT, "--collect-only", "-q", "-p", "no:cacheprovider")

    assert [line for line in capfd.readouterr().out.splitlines() if "::" in line] == sorted(
        NAMES, key=lambda name: "hidden" in name
    )


def test_a_right_submission_passes_every_case(grade: Callable[..., Grade]) -> None:
    graded = grade(RIGHT)

    assert (graded.score, graded.max_score, graded.passed) == (10, 10, True)
    assert ran(graded) == [name.split("::", 1)[1].replace("::", "/") for name in NAMES]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("-k", "dilate"), ["dilate/rows", "dilate/columns"]),
        (("-k", "one-axis or columns"), ["flip/one-axis", "dilate/columns"]),
        (("-x", "-k", "flip"), ["flip/one-axis"]),
        (("--maxfail=1",), ["flip/one-axis"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_pytests_own_options_choose_what_runs(
    grade: Callable[..., Grade], arguments: tuple[str, ...], expected: list[str]
) -> None:
    graded = grade(WRONG, *arguments, "-p", "no:cacheprovider")

    assert ran(graded) == expected
    assert graded.not_selected == 4 - len(expected)


def test_options_that_select_nothing_are_the_users_mistake(grade: Callable[..., Grade]) -> None:
    with pytest.raises(UserError, match="-k nothing_of_the_kind: selects no case"):
        grade(RIGHT, "-k", "nothing_of_the_kind")


def test_an_option_that_pytest_does_not_know_is_the_users_mistake(grade: Callable[..., Grade]) -> None:
    with pytest.raises(UserError):
        grade(RIGHT, "--no-such-option")


def test_a_neighbors_rubric_is_not_collected(
    session: Session, grade: Callable[..., Grade], capfd: pytest.CaptureFixture[str]
) -> None:
    every_assignment = str(session._assignment.folder.parent)
    graded = grade(RIGHT, "--collect-only", "-q", "-p", "no:cacheprovider", every_assignment)

    out = capfd.readouterr().out
    assert {line for line in out.splitlines() if "::" in line} == set(NAMES)
    assert graded.not_selected == 4


def test_a_rubric_is_collected_by_the_run_alone_that_was_started_for_it(
    session: Session, capfd: pytest.CaptureFixture[str]
) -> None:
    """The plugin without a run (an author's own pytest) collects nothing of any rubric."""
    rubric = session._assignment.rubric.source
    code = pytest.main(
        ["-p", "grader.plugin", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(rubric)]
    )

    assert code is pytest.ExitCode.USAGE_ERROR
    assert "flip" not in capfd.readouterr().out


@pytest.mark.parametrize("style", ["long", "short", "native", "auto", "line"])
def test_a_failure_in_pytests_report_shows_no_traceback_of_the_grader(
    grade: Callable[..., Grade], capfd: pytest.CaptureFixture[str], style: str
) -> None:
    grade(WRONG, "-k", "one-axis", f"--tb={style}", "-p", "no:cacheprovider")

    out = capfd.readouterr().out
    assert "Traceback" not in out
    assert "plugin.py" not in out
    assert "raise Failed" not in out
    if style == "long":
        assert "wrong: " in out
        assert "expected " in out and "actual " in out


def test_an_exception_is_reported_with_the_submissions_line(
    grade: Callable[..., Grade], capfd: pytest.CaptureFixture[str]
) -> None:
    grade("def flip(a, axes):\n    raise KeyError('mine')\n", "-k", "one-axis", "-p", "no:cacheprovider")

    out = capfd.readouterr().out
    assert "error: conv.py:2: KeyError: 'mine'" in out
    assert "plugin.py" not in out


def test_a_criterion_that_requires_a_failed_one_is_skipped(grade: Callable[..., Grade]) -> None:
    graded = grade(WRONG)

    flip, dilate = graded.criteria
    assert (flip.status, flip.score) == (Status.WRONG, 0)
    assert (dilate.status, dilate.score) == (Status.NOT_RUN, 0)
    assert dilate.reason == "needs a right result of flip"


def test_a_submission_that_lacks_its_file_is_refused_in_every_case(session: Session, tmp_path: Path) -> None:
    graded = session.grade(in_folder(tmp_path), "ada")

    results = [result for criterion in graded.criteria for result in criterion.results]
    assert {result.status for result in results} == {Status.REFUSED}
    assert {result.rationale for result in results} == {"conv.py is missing"}
    assert (graded.score, graded.max_score) == (0, 10)


def test_extra_files_of_a_submission_are_never_loaded(grade: Callable[..., Grade], tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("raise SystemExit('loaded')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    for name in ("numpy", "ndarray", "grader"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('loaded')\n")

    assert grade(RIGHT).passed


def test_a_bug_of_the_grader_is_an_internal_error_and_no_students_fault(
    grade: Callable[..., Grade], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError("in the judge")

    monkeypatch.setattr("grader.judge.verdict.case_result.grade_case", bug)
    graded = grade(RIGHT)

    assert [r.status for r in graded.needs_review[:2]] == [Status.INTERNAL_ERROR] * 2
    assert "ZeroDivisionError: in the judge" in graded.needs_review[0].rationale
