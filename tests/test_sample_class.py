"""The sample class of conv_backward, graded behind the real wall, and what each must score and why."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.session import Session
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from grader.model.text import as_number
from tests.folders import in_folder
from tests.sample_class.difference import Difference, Edit

ROOT = Path(__file__).parent.parent
CRITERIA = (
    "conv", "dilate", "undilate", "flip", "views", "x_grad", "w_grad",
    "gradient_inputs", "transpose_x", "transpose_w",
)  # fmt: skip

# points by criterion, and the status that the criteria which lost points must show
TABLE: dict[str, tuple[tuple[float, ...], set[Status]]] = {
    "perfect": ((5, 10, 5, 7, 3, 35, 20, 5, 5, 5), set()),
    "untouched_handout": ((0,) * 10, {Status.ERROR, Status.NOT_RUN}),
    "exercise_missing": ((5, 10, 5, 7, 3, 35, 0, 0, 5, 0), {Status.ERROR, Status.NOT_RUN}),
    "kernel_not_flipped": ((5, 10, 5, 7, 3, 3, 20, 3, 0, 5), {Status.WRONG}),
    # conv turns the kernel around, and both gradients are the exact transposes of that: half the points of
    # each exact case; a kernel of one pixel is its own flip, and a bound proves no transpose; an out_grad of
    # another shape is refused
    "forward_wrong_gradient_right": (
        (0, 10, 5, 7, 3, 18, 10.5, 3, 0, 0),
        {Status.WRONG, Status.NOT_RUN},
    ),
    "no_dilation": ((5, 10, 5, 7, 3, 13, 6, 3, 0, 0), {Status.WRONG, Status.ERROR}),
    "cut_forgotten": ((5, 10, 5, 7, 3, 19, 8, 3, 1, 1), {Status.WRONG, Status.ERROR}),
    "remainder_ignored": ((5, 10, 5, 7, 3, 16, 8, 3, 0, 2), {Status.WRONG}),
    "height_for_width": ((5, 10, 5, 7, 3, 12, 20, 3, 0, 5), {Status.WRONG}),
    "wrong_dtype": ((0, 10, 5, 7, 3, 0, 0, 0, 0, 0), {Status.WRONG, Status.NOT_RUN}),
    "wrong_shape": ((5, 10, 5, 7, 3, 35, 0, 0, 5, 0), {Status.WRONG, Status.NOT_RUN}),
    "syntax_error": ((0,) * 10, {Status.ERROR, Status.NOT_RUN}),
    "infinite_loop": ((5, 4, 5, 7, 3, 35, 20, 5, 5, 5), {Status.TIMEOUT}),
    "exits_at_import": ((0,) * 10, {Status.CRASHED, Status.NOT_RUN}),
    "prints_without_end": ((5, 10, 5, 0, 0, 0, 20, 0, 0, 5), {Status.OUTPUT_LIMIT, Status.NOT_RUN}),
    "missing_file": ((0,) * 10, {Status.REFUSED}),
}

# what the first failing case of a criterion must say
TEXTS = {
    "untouched_handout": ("x_grad", "NotImplementedError"),
    "exercise_missing": ("w_grad", "conv.py defines no conv_w_grad"),
    "cut_forgotten": ("x_grad", "you get 8 instead of 7 if you keep the zeros after the last window"),
    "remainder_ignored": ("x_grad", "if you leave out the remainder (8 + 2·0 - 4) mod 3 = 1"),
    "forward_wrong_gradient_right": ("w_grad", "but the forward pass fails conv/rectangular"),
    "wrong_dtype": ("conv", "the dtype differs"),
    "wrong_shape": ("w_grad", "axes were exchanged"),
    "syntax_error": ("conv", "SyntaxError: '(' was never closed"),
    "infinite_loop": ("dilate", "it ran for more than 5 CPU seconds"),
    "exits_at_import": ("conv", "the process ended by itself, with exit code 0"),
    "prints_without_end": ("flip", "it printed more than 1024 KiB"),
    "missing_file": ("conv", "conv.py is missing"),
}


@pytest.fixture(scope="module")
def session(misconceptions_of: Callable[[Assignment], Misconceptions]) -> Iterator[Session]:
    assignment = Views(load(ROOT / "assignments" / "conv_backward")).assignment
    mistakes = misconceptions_of(assignment)
    # a share for a gradient needs those of the forward pass; of the others the plain words are looked at here
    mistakes = mistakes.only(case for case in mistakes.answers if case.startswith("conv/"))
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, misconceptions=mistakes) as session:
        yield session


@pytest.fixture(scope="module")
def graded(session: Session, sample_class: Path) -> Callable[[str], Grade]:
    """The grade of one of the sample class, which is graded once."""
    return cache(lambda name: session.grade(in_folder(sample_class / name), name))


def failures(grade: Grade, criterion: str) -> list[str]:
    (match,) = [c for c in grade.criteria if c.id == criterion]
    return [result.rationale for result in match.results if result.status is not Status.OK]


def test_the_table_names_every_submission_of_the_sample_class(sample_class: Path) -> None:
    assert set(TABLE) == {path.name for path in sample_class.iterdir()}


@pytest.mark.parametrize("text", ["b", "aa"], ids=["gone", "twice"])
def test_an_edit_with_another_number_of_matches_is_an_error(text: str) -> None:
    """So a change of the solution never leaves a submission right without anyone noticing."""
    with pytest.raises(ValueError, match=r"expected 1: The sign is wrong\."):
        Difference("The sign is wrong.", (Edit("a", "-a"),)).apply(text)


@pytest.mark.parametrize("name", TABLE)
def test_a_submission_of_the_sample_class_scores_what_the_table_says(
    graded: Callable[[str], Grade], name: str
) -> None:
    points, statuses = TABLE[name]
    grade = graded(name)
    assert dict(zip(CRITERIA, points, strict=True)) == {c.id: as_number(c.score) for c in grade.criteria}
    assert {c.status for c in grade.criteria if c.score < c.points} == statuses
    assert grade.sandbox == "bubblewrap"
    assert not grade.needs_review
    if name in TEXTS:
        criterion, words = TEXTS[name]
        assert words in failures(grade, criterion)[0]


def test_one_hang_costs_the_rest_of_its_criterion(graded: Callable[[str], Grade]) -> None:
    criteria = graded("infinite_loop").criteria
    failed = [r for criterion in criteria for r in criterion.results if r.status is not Status.OK]
    assert [(r.criterion, r.case, r.status) for r in failed] == [
        ("dilate", "negative-axis", Status.TIMEOUT),
        ("dilate", "negative-dilation", Status.NOT_RUN),
        ("dilate", "an-axis-too-far", Status.NOT_RUN),
        ("dilate", "no-elements", Status.NOT_RUN),
        ("dilate", "of-a-view", Status.NOT_RUN),
    ]


def test_grading_twice_gives_the_same_grade(session: Session, sample_class: Path) -> None:
    folder = sample_class / "kernel_not_flipped"
    assert session.grade(in_folder(folder), "same") == session.grade(in_folder(folder), "same")
