"""Laws of the smallest failing case, on the course's own assignments."""

from pathlib import Path

import pytest

from grader import Course
from grader.author.load import load, load_course
from grader.judge.differences.difference import Expected
from grader.judge.examples.failing import examples_of
from grader.judge.examples.lay_out_case import used_inputs, wrong_in
from grader.judge.examples.smallest import MOST_CANDIDATES, candidates, ladder, may_be_small
from grader.judge.session import Session
from grader.model.example import Table
from grader.model.grade import Sandbox
from grader.model.submitted_files import SubmittedFiles
from grader.prove.assignment_checks import submissions
from grader.prove.read_mutants import read_mutants

ROOT = Path(__file__).parents[4]


NAMES = load_course(ROOT / "assignments" / "course.yaml").assignments


@pytest.mark.parametrize("name", NAMES)
def test_every_visible_case_has_smaller_ones_and_the_smallest_come_first(name: str) -> None:
    for criterion in load(ROOT / "assignments" / name).rubric.criteria:
        for case in filter(may_be_small, criterion.cases):
            sizes = [sum(a.size for a in inputs.bases.values()) for _, inputs in candidates(case)]
            assert sizes and sizes == sorted(sizes), case.name


def test_a_convolutions_ladder_begins_with_one_nonzero() -> None:
    x_grad = load(ROOT / "assignments" / "conv_backward").criterion("x_grad")
    rungs = ladder(x_grad)

    assert len(rungs) == MOST_CANDIDATES
    for _, inputs in rungs[: MOST_CANDIDATES // 2]:
        n, height, width, channels = inputs.array("x").shape
        assert (n, channels) == (1, 1) and height <= 5 and width <= 5
        assert abs(inputs.array("w")).max() <= 9
    assert any(
        (inputs.array("out_grad") != 0).sum() == 1 < inputs.array("out_grad").size for _, inputs in rungs
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conv_forward", "conv_backward", "dense", "ndarray"])
def test_every_mutant_has_a_small_case_that_fails_as_its_visible_case_does(name: str) -> None:
    """At least one of the criteria that it visibly fails shows a small case."""
    views = Course(ROOT)[name].views
    mutants, _ = read_mutants(views)
    by_name = submissions(views, mutants)
    large = []
    with Session(views.assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        for mutant in mutants:
            files = SubmittedFiles({n: text.encode() for n, text in by_name[mutant.name].items()})
            grade = session.grade(files, mutant.name)
            results = [r for criterion in grade.criteria for r in criterion.results]
            whole, small = examples_of(session, views.assignment, files, results)
            if whole and not small:
                large.append(mutant.name)
    assert large == []


def test_a_probes_inputs_are_those_it_reads_some_only_by_their_shape() -> None:
    probes = ROOT / "assignments" / "conv_backward" / "probes.py"
    used, shaped = used_inputs(probes, "x_grad")

    assert used == {"out_grad", "w", "stride", "padding"}
    assert shaped == {"x"}


def test_every_grid_of_an_array_shows_each_element_once() -> None:
    table = Table("x", (2, 3, 4, 2), tuple(map(float, range(48))), grid=(1, 2))
    grids = list(table.grids())

    assert [label for label, _ in grids] == ["[0, :, :, 0]", "[0, :, :, 1]", "[1, :, :, 0]", "[1, :, :, 1]"]
    assert sorted(p for _, grid in grids for row in grid for p in row) == list(range(48))
    assert grids[1][1][0] == [1, 3, 5, 7]


def test_what_differs_is_marked_and_a_wrong_shape_marks_nothing() -> None:
    import numpy as np

    expected = Expected((np.array([1.0, 2.0]),))
    (marks,) = wrong_in(expected, [np.array([1.0, np.nan])])
    assert marks.tolist() == [False, True]
    assert not wrong_in(expected, [np.zeros(3)])[0].any()
