"""A session grades any number of submissions, each as if it were the only one."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.comparison import Judged, Question
from grader.judge.comparisons.adjoint import Adjoint
from grader.judge.session import Choice, Session
from grader.model.errors import GraderFault, UserError
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.tiny_course import CONV_PROBES

FLIP = """\
def flip(a, axes):
    return a[tuple(slice(None, None, {step}) if i in axes else slice(None) for i in range(a.ndim))]
"""
SOURCES = {
    "half_right": FLIP.format(step=-1),
    "wrong": FLIP.format(step=1),
    "ends_its_process": "import os\n\ndef flip(a, axes):\n    os._exit(3)\n",
    "is_not_python": "def flip(",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path]) -> Iterator[Session]:
    root = make_course(tmp_path_factory.mktemp("session") / "course")
    assignment = load(root / "assignments" / "tiny")
    with Session(Views(assignment).assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield session


def test_a_grade_does_not_depend_on_what_was_graded_before(grade: Callable[..., Grade]) -> None:
    first = {name: grade(source) for name, source in SOURCES.items()}
    again = {name: grade(source) for name, source in reversed(SOURCES.items())}

    assert again == first
    assert [float(graded.score) for graded in first.values()] == [4, 0, 0, 0]


def test_a_run_of_some_cases_leaves_the_next_grade_whole(grade: Callable[..., Grade]) -> None:
    whole = grade(SOURCES["half_right"])
    some = grade(SOURCES["half_right"], "-k", "one-axis", "-p", "no:cacheprovider")

    assert (some.not_selected, whole.not_selected) == (3, 0)
    assert grade(SOURCES["half_right"]) == whole


def test_pytest_settings_in_the_environment_change_no_grade(
    grade: Callable[..., Grade], monkeypatch: pytest.MonkeyPatch, course: Path
) -> None:
    """In a new session, because an old one has already collected its tests."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing_of_the_kind --no-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assignment = load(course / "assignments" / "tiny")
    (course / "conv.py").write_text(SOURCES["half_right"])
    with Session(Views(assignment).assignment, sandbox=Sandbox.BUBBLEWRAP) as new:
        graded = new.grade(in_folder(course), "ada")

    assert replace(graded, versions={}) == replace(grade(SOURCES["half_right"]), versions={})
    assert os.environ["PYTEST_PLUGINS"] == "no_such_plugin"


def test_nothing_grows_with_the_number_of_submissions_graded(grade: Callable[..., Grade]) -> None:
    def count_held() -> tuple[int, int]:
        gc.collect()
        return len(gc.get_objects()), len(os.listdir("/proc/self/fd"))

    for source in SOURCES.values():
        grade(source)
    objects, descriptors = count_held()
    for _ in range(10):
        grade(SOURCES["half_right"])
        grade(SOURCES["wrong"])

    assert count_held()[1] == descriptors
    assert count_held()[0] - objects < 20, "one object or more is kept for each submission"


def test_arguments_that_select_nothing_say_so(grade: Callable[..., Grade]) -> None:
    with pytest.raises(UserError, match="selects no case"):
        grade(SOURCES["wrong"], "-k", "nothing_of_the_kind")


FOLLOWED = """\
assignment: tiny
points: 14
criteria:
  - id: conv
    title: the forward pass
    points: 4
    probe: conv
    help: README.md#flip
    cases:
      - {id: every-window, x: [5, 6, 2], w: [3, 2, 3], stride: 1, padding: 0}
      - {id: every-second, x: [5, 6, 2], w: [3, 2, 3], stride: 2, padding: 0}
  - id: x_grad
    title: its gradient
    points: 10
    probe: x_grad
    follow_through: 0.5
    adjoint_of: conv
    wrt: x
    help: README.md#flip
    cases:
CASES"""
EVERY_SECOND = "      - {id: every-second, x: [5, 7, 2], w: [3, 2, 3], stride: 2, padding: 0}\n"
EVERY_WINDOW = "      - {id: every-window, x: [5, 7, 2], w: [3, 2, 3], stride: 1, padding: 0}\n"
TIMES_STRIDE = """\
import numpy as np
from ndarray import array


def places(x_shape, w, stride):
    rows, columns = ((n - k) // stride * stride + 1 for n, k in zip(x_shape[1:3], w.shape))
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            yield w[a, b], (slice(None), slice(a, a + rows, stride), slice(b, b + columns, stride))


def conv(x, w, stride, padding):
    return array(stride * sum(x.numpy()[place] @ here for here, place in places(x.shape, w.numpy(), stride)))


def conv_x_grad(out_grad, w, x_shape, stride, padding):
    x_grad = np.zeros(x_shape, np.float32)
    for here, place in places(x_shape, w.numpy(), stride):
        x_grad[place] += stride * out_grad.numpy() @ here.T
    return array(x_grad)
"""


@pytest.mark.parametrize("cases", [EVERY_SECOND + EVERY_WINDOW, EVERY_WINDOW + EVERY_SECOND])
@pytest.mark.parametrize("arguments", [(), ("-p", "no:cacheprovider")])
def test_a_share_does_not_depend_on_the_order_of_the_cases(
    tmp_path: Path, make_course: Callable[..., Path], cases: str, arguments: tuple[str, ...]
) -> None:
    """A mistake that no mutant explains is followed if the gradient passes a case, first or last."""
    rubric = FOLLOWED.replace("CASES", cases)
    files = {"assignments/tiny/rubric.yaml": rubric, "assignments/tiny/probes.py": CONV_PROBES}
    assignment = load(make_course(tmp_path / "course", files) / "assignments" / "tiny")
    (tmp_path / "conv.py").write_text(TIMES_STRIDE)
    with Session(Views(assignment).assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        grade = session.grade(in_folder(tmp_path), "ada", Choice(arguments))

    shares = {r.case: (r.status, r.follow_through) for r in grade.criteria[1].results}
    assert shares == {"every-second": (Status.WRONG, 0.5), "every-window": (Status.OK, 0)}
    assert float(grade.score) == 2 + 7.5


@pytest.fixture
def session_of(tmp_path: Path, make_course: Callable[..., Path]) -> Callable[[str], Session]:
    """A session for a gradient with these cases, whose forward pass is wrong."""

    def session_of(cases: str) -> Session:
        rubric = FOLLOWED.replace("CASES", cases)
        files = {"assignments/tiny/rubric.yaml": rubric, "assignments/tiny/probes.py": CONV_PROBES}
        assignment = load(make_course(tmp_path / "course", files) / "assignments" / "tiny")
        short = replace(assignment, limits=replace(assignment.limits, case_seconds=1.0, criterion_cases=3))
        return Session(Views(short).assignment, sandbox=Sandbox.BUBBLEWRAP)

    return session_of


@pytest.mark.parametrize("cases", [EVERY_SECOND + EVERY_WINDOW, EVERY_WINDOW + EVERY_SECOND])
def test_a_later_case_that_hangs_takes_no_share(
    tmp_path: Path, session_of: Callable[[str], Session], cases: str
) -> None:
    hangs = "      - {id: hangs, x: [7, 7, 2], w: [3, 2, 3], stride: 3, padding: 0}\n"
    loops = "w, x_shape, stride, padding):\n    while stride == 3:\n        pass\n"
    (tmp_path / "conv.py").write_text(TIMES_STRIDE.replace("w, x_shape, stride, padding):\n", loops))
    with session_of(cases + hangs) as session:
        grade = session.grade(in_folder(tmp_path), "ada")

    shares = {r.case: (r.status, r.follow_through) for r in grade.criteria[1].results}
    assert shares["hangs"] == (Status.TIMEOUT, 0)
    assert shares["every-second"] == (Status.WRONG, 0.5)


def test_a_fault_of_the_grader_in_the_question_about_the_transpose_takes_no_share_in_silence(
    tmp_path: Path, session_of: Callable[[str], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Adjoint, question: Question) -> Judged:
        raise GraderFault("the machine is too busy")

    monkeypatch.setattr(Adjoint, "judge", fails)
    (tmp_path / "conv.py").write_text(TIMES_STRIDE)
    with session_of(EVERY_SECOND + EVERY_WINDOW) as session:
        grade = session.grade(in_folder(tmp_path), "ada")

    assert grade.criteria[1].results[0].status is Status.INTERNAL_ERROR
    assert grade.needs_review
