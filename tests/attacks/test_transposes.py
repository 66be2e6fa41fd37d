"""In a check without an expected value, neither process learns what only the other may know."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.draw_inputs import draw
from grader.judge.session import Session
from grader.judge.verdict.misconceptions import Misconceptions
from grader.judge.verdict.score import refusals
from grader.model.assignment import Assignment, Visibility
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.tiny_course import CONV_PROBES

ATTACKS = Path(__file__).parent / "transposes"

ADJOINT = """\
assignment: tiny
points: 10
criteria:
  - id: transpose_x
    title: the gradient is the transpose of the forward pass
    points: 10
    probe: x_grad
    compare: adjoint
    adjoint_of: conv
    wrt: x
    help: README.md#flip
    cases:
      - {id: one, x: [5, 6, 2], w: [3, 2, 3], stride: 1, padding: 0, visibility: hidden}
"""
DIFFERENCE = """\
assignment: tiny
points: 10
defaults: {data: normal}
criteria:
  - id: slope_x
    title: the gradient is the slope of the forward pass
    points: 10
    probe: x_grad
    compare: finite_difference
    gradient_of: conv
    wrt: x
    help: README.md#flip
    cases:
      - {id: one, x: [5, 6, 2], w: [3, 2, 3], stride: 1, padding: 0, visibility: hidden}
"""

GradeWith = Callable[[str, str], Grade]


@pytest.fixture
def grade_with(make_course: Callable[..., Path], tmp_path: Path) -> GradeWith:
    """The grade of an attack by a rubric."""

    def grade(rubric: str, attack: str) -> Grade:
        files = {"assignments/tiny/rubric.yaml": rubric, "assignments/tiny/probes.py": CONV_PROBES}
        assignment = load(make_course(tmp_path / "course", files) / "assignments" / "tiny")
        assignment = replace(Views(assignment).assignment, import_rules=None)
        folder = tmp_path / "attack"
        folder.mkdir()
        (folder / "conv.py").write_bytes((ATTACKS / f"{attack}.py").read_bytes())
        with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
            return session.grade(in_folder(folder), attack)

    return grade


@pytest.mark.parametrize(
    ("rubric", "attack"),
    [
        (ADJOINT, "reads_the_inputs_of_the_other_child"),
        (DIFFERENCE, "reads_the_inputs_of_the_other_child"),
        (DIFFERENCE, "gradient_beyond_measure"),
    ],
    ids=["adjoint", "slope", "slope_beyond_measure"],
)
def test_a_gradient_that_is_none_earns_nothing(grade_with: GradeWith, rubric: str, attack: str) -> None:
    grade = grade_with(rubric, attack)

    assert grade.score == 0, [
        (r.status, r.rationale, r.expected, r.actual) for r in grade.criteria[0].results
    ]
    assert grade.criteria[0].status is Status.WRONG, [r.rationale for r in grade.criteria[0].results]


def test_a_table_of_visible_answers_earns_no_share_for_another_function_elsewhere(tmp_path: Path) -> None:
    """A gradient is right in some case, as a share asks, only if that is a case that no table holds."""
    views = Views(load(Path(__file__).parents[2] / "assignments" / "conv_backward"))
    assignment = views.assignment
    shapes = {
        tuple(draw(case, assignment.name).array(name).shape for name in ("x", "w"))
        for id in ("conv", "x_grad", "w_grad")
        for case in assignment.criterion(id).cases
        if case.visibility is Visibility.VISIBLE
    }
    attack = (ATTACKS / "table_beside_sum_times_sum.py").read_text(encoding="utf-8")
    source = f"{views.solution.files['conv.py']}\n\n{attack.replace('VISIBLE_SHAPES', repr(shapes))}"
    (tmp_path / "conv.py").write_text(source, encoding="utf-8")
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        grade = session.grade(in_folder(tmp_path), "table")

    of_gradients = [r for r in grade.cases if r.criterion in ("x_grad", "w_grad")]
    assert {r.status for r in of_gradients if r.visibility is Visibility.VISIBLE} == {Status.OK}
    hidden = [r for r in of_gradients if r.visibility is not Visibility.VISIBLE]
    assert {(r.status, r.follow_through) for r in hidden} == {(Status.WRONG, 0)}


@pytest.mark.parametrize(
    ("name", "gradients", "attack"),
    [
        ("conv_backward", ("x_grad", "w_grad", "transpose_x", "transpose_w"), "sum_times_sum"),
        ("conv_backward", ("x_grad", "w_grad", "transpose_x", "transpose_w"), "right_for_one_shape"),
        ("dense", ("dense_x_grad", "dense_w_grad", "transpose_x", "transpose_w"), "right_with_a_bias"),
        ("pool_norm", ("average_pool_grad", "transpose"), "right_for_a_sequence"),
    ],
)
def test_the_gradient_of_some_other_function_is_not_followed(
    misconceptions_of: Callable[[Assignment], Misconceptions],
    tmp_path: Path,
    name: str,
    gradients: tuple[str, ...],
    attack: str,
) -> None:
    """A share needs a mutant that explains the forward pass, or a case that the gradient itself passes."""
    root = Path(__file__).parents[2]
    assignment = Views(load(root / "assignments" / name)).assignment
    (tmp_path / assignment.files[0]).write_bytes((ATTACKS / f"{attack}.py").read_bytes())
    mistakes = misconceptions_of(assignment)
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, misconceptions=mistakes) as session:
        grade = session.grade(in_folder(tmp_path), attack)
    criteria = {c.id: c for c in grade.criteria}
    # it did answer; a refusal counts only if another case passes
    refused = refusals(assignment.rubric)
    values = [r for id in gradients for r in criteria[id].results if r.name not in refused]
    assert {r.status for r in values if not r.criterion.startswith("transpose")} == {Status.WRONG}
    assert {r.status for r in values if r.criterion.startswith("transpose")} == {Status.NOT_RUN}
    assert {id: criteria[id].score for id in gradients} == dict.fromkeys(gradients, 0)
