"""An author's own test scores like a case; its author's mistakes cost a student nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from grader.author.handout import _visible_rubric
from grader.author.load import load
from grader.author.read_yaml import places_of
from grader.author.render import Views, render
from grader.judge.session import Choice, Session
from grader.judge.verdict import add_ideas
from grader.model.assignment import Assignment, Visibility
from grader.model.errors import UserError
from grader.model.grade import CheckResult, Grade, Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.tables import by_name

HEAD = "import numpy as np\nimport pytest\n\n\n"
TWICE = '''\
@pytest.mark.criterion("flip", weight=2)
def test_twice_is_nothing(submission, reference):
    """to flip twice changes nothing"""
    a = np.arange(6.0).reshape(2, 3)
    assert (submission.flip(a=submission.flip(a=a, axes=[1]), axes=[1]) == a).all(), "flipped twice"
    assert (submission.flip(a=a, axes=(0, 1)) == reference.flip(a=a, axes=(0, 1))).all()
'''
FLIP = """\
def flip(a, axes):
    axes = [axes] if isinstance(axes, int) else axes
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]
"""
SHORTER = FLIP.replace("None, None, -1", "0, -1, 1")  # one row fewer each time


def with_tests(root: Path, text: str) -> Assignment:
    """The assignment with these tests, under a unique name: Python imports a module only once."""
    folder = root / "assignments" / "tiny"
    for path in folder.glob("test_*.py"):
        path.unlink()
    (folder / f"test_{sha256(text.encode()).hexdigest()[:8]}.py").write_text(HEAD + text)
    assignment = load(root / "assignments" / "tiny")
    limits = replace(assignment.limits, case_seconds=0.5, wall_factor=40)
    return replace(Views(assignment).assignment, limits=limits)


@pytest.fixture
def grade(course: Path, tmp_path: Path) -> Callable[..., Grade]:
    """The grade of a submission by a rubric with tests, graded twice by one session with the same result."""

    def grade(tests: str, source: str, *arguments: str) -> Grade:
        (tmp_path / "conv.py").write_text(source)
        with Session(with_tests(course, tests), sandbox=Sandbox.BUBBLEWRAP) as session:
            first = session.grade(in_folder(tmp_path), "ada", Choice(arguments))
            assert session.grade(in_folder(tmp_path), "ada", Choice(arguments)) == first
            return first

    return grade


@pytest.fixture
def verdict(grade: Callable[..., Grade]) -> Callable[..., CheckResult]:
    """The result of the last case of flip, a test."""
    return lambda tests, source, *arguments: grade(tests, source, *arguments).criteria[0].results[-1]


def test_a_test_that_passes_earns_its_weight_among_the_cases(grade: Callable[..., Grade]) -> None:
    right, _ = grade(TWICE, FLIP).criteria
    wrong, _ = grade(TWICE, "def flip(a, axes):\n    return a\n").criteria

    assert [result.case for result in right.results] == ["one-axis", "hidden-one", "twice-is-nothing"]
    assert (right.status, right.score, right.points) == (Status.OK, 4, 4)
    assert wrong.score == 0


def test_a_failed_assertion_is_wrong_and_says_what_should_hold(verdict: Callable[..., CheckResult]) -> None:
    result = verdict(TWICE, FLIP.replace("range(a.ndim))]", "range(a.ndim))] + 1"))

    assert (result.status, result.visibility) == (Status.WRONG, Visibility.HIDDEN)
    assert (result.rationale, result.actual) == (
        "this should be true: to flip twice changes nothing",
        "flipped twice",
    )
    assert result.help == "README.md#flip"


@pytest.mark.parametrize(
    ("source", "status"),
    {
        "raises": ("def flip(a, axes):\n    return 1 / 0\n", Status.ERROR),
        # a hang in a case before it would have ended the criterion
        "hangs": (FLIP.replace("\n", "\n    while len(axes) == 2: pass\n", 1), Status.TIMEOUT),
        "crashes": ("import os\ndef flip(a, axes):\n    os._exit(3)\n", Status.CRASHED),
        "breaks_the_policy": (f"import socket\n{FLIP}", Status.REFUSED),
        "is_not_python": ("def flip(", Status.ERROR),
    }.values(),
    ids=["raises", "hangs", "crashes", "breaks_the_policy", "is_not_python"],
)
def test_a_submission_that_gives_no_arrays_ends_as_in_any_case(
    verdict: Callable[..., CheckResult], source: str, status: Status
) -> None:
    assert verdict(TWICE, source).status is status


@pytest.mark.parametrize(
    "broken",
    [
        TWICE.replace("submission.flip(a=a, axes=(0, 1))", "submission.flop(a=a)"),
        TWICE.replace("submission.flip(a=a, axes=(0, 1))", "np.zeros(3)[4]"),
        TWICE.replace("reference.flip(a=a, axes=(0, 1))", "reference.flip(a=a, axes=[7])"),
        TWICE.replace("reference):", "reference, no_such_fixture):"),
    ],
    ids=["no_such_probe", "an_error_of_its_own", "a_reference_that_refuses", "no_such_fixture"],
)
def test_a_mistake_of_the_author_costs_no_student_anything(
    verdict: Callable[..., CheckResult], broken: str
) -> None:
    result = verdict(broken, FLIP)

    assert result.status is Status.INTERNAL_ERROR
    assert result.rationale.startswith("test_")


def test_one_failing_parameter_fails_the_case(verdict: Callable[..., CheckResult]) -> None:
    axes = '@pytest.mark.parametrize("axis", [0, 1, 0])\n' + TWICE.replace("reference):", "axis):")
    axes = axes[: axes.index("    assert")] + "    assert submission.flip(a=a, axes=axis).shape == (2, 3)\n"

    assert verdict(axes, FLIP).status is Status.OK
    assert verdict(axes, SHORTER).status is Status.WRONG


def test_tests_require_the_same_as_their_criterion(grade: Callable[..., Grade]) -> None:
    test = TWICE.replace('"flip", weight=2', '"dilate"')
    results = grade(test, "def flip(a, axes):\n    return a\n").criteria[1].results

    assert [(result.case, result.status) for result in results][-1] == ("twice-is-nothing", Status.NOT_RUN)


def test_a_skipped_test_is_not_run_and_says_why(verdict: Callable[..., CheckResult]) -> None:
    result = verdict('@pytest.mark.skip(reason="not this term")\n' + TWICE, FLIP)

    assert (result.status, result.rationale) == (Status.NOT_RUN, "not this term")


def test_tests_are_pytest_items_that_can_be_chosen(grade: Callable[..., Grade]) -> None:
    graded = grade(TWICE, FLIP, "-k", "twice", "-p", "no:cacheprovider")

    assert (graded.not_selected, graded.criteria[0].score) == (4, 2)


def test_a_handout_holds_no_test_and_knows_what_it_weighs(course: Path) -> None:
    shown = TWICE.replace("weight=2", 'weight=2, visibility="visible"')
    assignment = with_tests(course, shown)
    files = {**render(assignment, "handout").files, "rubric.yaml": _visible_rubric(assignment)}

    assert not [name for name, text in files.items() if "twice_is_nothing" in text or "test_" in name]
    assert [c["withheld"] for c in yaml.safe_load(files["rubric.yaml"])["criteria"]] == [3, 0]


def test_the_digest_is_over_the_tests_and_each_has_its_place(course: Path) -> None:
    before, after = with_tests(course, TWICE), with_tests(course, TWICE.replace("to flip", "flipping"))

    assert before.digest != after.digest
    assert places_of(after)["flip/twice-is-nothing"] == (after.tests[0], 6)
    assert places_of(after)["flip/one-axis"][0] == after.rubric.source


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    by_name(
        {
            "no_criterion": (
                '@pytest.mark.criterion("flip", weight=2)\n',
                "",
                "5: found 0 criteria for test_twice",
            ),
            "unknown_criterion": (
                '"flip"',
                '"flop"',
                "6: found criterion 'flop', expected one of flip, dilate",
            ),
            "no_id": (
                '"flip", ',
                "",
                "6: found pytest.mark.criterion(weight=2), expected one criterion's id",
            ),
            "weight_of_zero": (
                "weight=2",
                "weight=0",
                "6: found weight 0, expected a whole number of at least 1",
            ),
            "no_such_option": (
                "weight=2",
                "points=2",
                "6: found points for a criterion, expected weight or vis",
            ),
            "no_such_visibility": (
                "weight=2",
                'visibility="x"',
                "6: found visibility 'x', expected one of vis",
            ),
            "nothing_tested": ("submission, ", "", "6: found test_twice_is_nothing without `submission`"),
            "no_docstring": (
                '"""to flip twice changes nothing"""',
                "pass",
                "without a docstring, expected what",
            ),
            "a_class": ("@pytest", "class TestMore:\n    pass\n\n\n@pytest", "5: found the class TestMore"),
            "not_python": ("def test", "def def test", "6: found Python that cannot be read"),
            "twice_the_same": (
                "def test_twice_is_nothing",
                "def test_one_axis",
                "found case 'flip/one-axis' a s",
            ),
        }
    ),
)
def test_a_test_that_could_not_score_is_one_line_with_its_place(
    course: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(UserError) as error:
        with_tests(course, TWICE.replace(old, new, 1))

    assert re.search(r"/test_\w+\.py:\d+: ", str(error.value))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_only_cases_with_values_are_tried_with_the_right_version_of_an_inner_exercise(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An own test has nothing to compare, and a mistake in an inner exercise makes it fail all the same."""
    assignment = with_tests(course, TWICE)
    tried: list[list[str]] = []
    monkeypatch.setattr(
        add_ideas,
        "passes_with_a_right",
        lambda _version, cases, *_rest: tried.append([case.id for case in cases]),
    )
    (tmp_path / "conv.py").write_text(SHORTER)
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        grade = session.grade(in_folder(tmp_path), "ada")
    failing = [r for r in grade.criteria[0].results if r.status is not Status.OK]
    add_ideas._is_inner({}, assignment, None, None, grade.criteria[0], "flip")  # type: ignore[arg-type]

    assert "twice-is-nothing" in {r.case for r in failing}
    assert tried == [[r.case for r in failing if r.case != "twice-is-nothing"]]
