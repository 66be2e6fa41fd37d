"""Laws of the smallest case where more than values decides: two numbers of a submission, or a count."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.judge.examples.failing_cases import examples_of
from grader.judge.examples.freeze_small_cases import SMALLEST, FrozenLadders, freeze_ladders
from grader.judge.examples.smallest import may_be_small
from grader.judge.session import Session
from grader.judge.verdict.misconceptions import MISCONCEPTIONS, Misconceptions
from grader.judge.verdict.oracles import ReferenceOracle, freeze
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.example import Example
from tests.folders import in_folder
from tests.small_assignment import write_assignment

RUBRIC = """\
assignment: sums
points: 28
criteria:
  - id: transpose
    title: shift and shift_grad are each other's transpose
    points: 4
    probe: shift_grad
    compare: adjoint
    adjoint_of: shift
    wrt: x
    help: README.md#here
    cases:
      - {id: long, arrays: {x: [9], out_grad: [9]}}
  - id: slope
    title: square_grad is the slope of square
    points: 4
    probe: square_grad
    compare: finite_difference
    gradient_of: square
    wrt: x
    help: README.md#here
    cases:
      - {id: long, arrays: {x: [9], out_grad: [9]}, data: normal}
  - id: straight
    title: shift_grad is the slope of shift
    points: 4
    probe: shift_grad
    compare: finite_difference
    gradient_of: shift
    wrt: x
    help: README.md#here
    cases:
      - {id: long, arrays: {x: [9], out_grad: [9]}, data: normal}
  - id: reads
    title: no more reads than there are elements
    points: 4
    probe: reads
    compare: budget
    help: README.md#here
    cases:
      - {id: forwards, shape: [n], lengths: {n: [40, 40]}, ask: {order: forwards}, budget: {reads: "n + 2"}}
      - {id: backwards, shape: [n], lengths: {n: [40, 40]}, ask: {order: backwards}, budget: {reads: "n + 2"}}
  - id: refused
    title: two axes are refused
    points: 4
    probe: shift
    compare: raises
    help: README.md#here
    cases:
      - {id: table, arrays: {x: [2, 3]}, raises: ValueError}
  - id: unnamed
    title: an order without a name is refused
    points: 4
    probe: order
    compare: raises
    help: README.md#here
    cases:
      - {id: empty, ask: {name: ""}, raises: ValueError}
  - id: mixed
    title: shift moves each number, and a table is refused
    points: 4
    probe: shift
    help: README.md#here
    cases:
      - {id: short, arrays: {x: [3]}}
      - {id: long, arrays: {x: [9]}}
      - {id: table, arrays: {x: [2, 3]}, compare: raises, raises: ValueError}
"""
PROBES = """\
import numpy as np


def shift(submission, case):
    return submission.shift(submission.array(case.x))


def shift_grad(submission, case):
    return submission.shift_grad(submission.array(case.out_grad))


def square(submission, case):
    return submission.square(submission.array(case.x))


def square_grad(submission, case):
    return submission.square_grad(submission.array(case.x), submission.array(case.out_grad))


def reads(submission, case):
    values, count = submission.total(submission.array(case.a), case.order)
    return values, np.array([count], np.int64)


def order(submission, case):
    return submission.order(case.name)
"""
RIGHT = """\
import numpy as np


def shift(x):
    if x.shape[-1] < 2 and x.ndim > 1:
        raise ValueError("one column is one axis too many")
    if x.ndim != 1:
        raise ValueError("one axis is expected")
    out = np.zeros_like(x)
    out[1:] = x[:-1]
    return out


def shift_grad(out_grad):
    x_grad = np.zeros_like(out_grad)
    x_grad[:-1] = out_grad[1:]
    return x_grad


def square(x):
    return x * x


def square_grad(x, out_grad):
    return 2 * x * out_grad


def total(a, order):
    return a.sum(keepdims=True), len(a)


def order(name):
    if not name:
        raise ValueError("an order has a name")
    return name
"""
WRONG = {
    "transpose": ("x_grad[:-1] = out_grad[1:]", "x_grad[:] = out_grad"),
    "straight": ("x_grad[:-1] = out_grad[1:]", "x_grad[:] = out_grad"),
    "slope": ("return 2 * x * out_grad", "return x * out_grad"),
    "reads": ("len(a)", "len(a) ** 2"),
    "refused": ('raise ValueError("one axis is expected")', "return x"),
    "unnamed": ('raise ValueError("an order has a name")', "pass"),
}


@pytest.fixture(scope="module", params=["course", "handout"])
def assignment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """With its reference, and with the frozen cases that a handout has."""
    folder = tmp_path_factory.mktemp("sums")
    assignment = write_assignment(folder, "sums", RIGHT, PROBES, RUBRIC)
    if request.param == "course":
        return assignment
    reference = ReferenceOracle(assignment)
    try:
        freeze(assignment.rubric.cases, reference, folder / "frozen.npz")
        (folder / SMALLEST).write_bytes(freeze_ladders(assignment, reference))
    finally:
        reference.close()
    (folder / MISCONCEPTIONS).write_text(Misconceptions({}, {}, {}).to_json())
    return replace(assignment, frozen=folder / "frozen.npz")


def smallest(
    session: Session, assignment: Assignment, folder: Path, criterion: str, *edit: str
) -> tuple[dict[str, Example], dict[str, Example]]:
    """With the criterion's wrong version, or with an `edit` of the right one."""
    old, new = edit or WRONG[criterion]
    (folder / "sums.py").write_text(RIGHT.replace(old, new))
    submission = in_folder(folder)
    grade = session.grade(submission, "ada")
    results = [result for each in grade.criteria for result in each.results if result.criterion == criterion]
    return examples_of(session, assignment, submission, results)


def test_a_gradient_that_is_no_transpose_is_shown_with_both_results_and_both_products(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    whole, small = smallest(session, assignment, tmp_path, "transpose")
    example = small["transpose/long"]
    x, out_grad, shift, shift_grad = (table.values for table in (*example.inputs, *example.results))
    assert [table.name for table in example.results] == ["shift", "shift_grad"]
    assert len(x) <= 2 < len(whole["transpose/long"].inputs[0].values)
    products = [
        sum(a * b for a, b in zip(*pair, strict=True)) for pair in ((shift, out_grad), (x, shift_grad))
    ]
    assert products[0] != products[1]
    assert example.compared == (f"{products[0]:g} = <shift, out_grad>", f"{products[1]:g} = <x, shift_grad>")


def test_a_gradient_that_is_no_slope_is_shown_with_the_direction_and_both_slopes(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    _, small = smallest(session, assignment, tmp_path, "slope")
    example = small["slope/long"]
    names = [table.name for table in (*example.inputs, *example.results)]
    assert names == ["x", "out_grad", "square", "square_grad", "v"]
    x, out_grad, _, _, v = (table.values[0] for table in (*example.inputs, *example.results))
    assert all(len(table.values) == 1 for table in (*example.inputs, *example.results))
    measured, claimed = (float(text.partition(" = ")[0]) for text in example.compared)
    assert measured == pytest.approx(2 * x * out_grad * v)
    assert claimed == pytest.approx(x * out_grad * v)


def test_a_slope_between_whole_numbers_does_not_look_like_one_in_float32(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """Of a linear function, whole numbers and halves would have results that float32 holds."""
    _, small = smallest(session, assignment, tmp_path, "straight")
    assert small["straight/long"].end_reason == "your shift_grad is not the gradient of your own shift"


def test_a_count_above_its_budget_is_shown_on_the_smallest_input_that_exceeds_it(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """A length of 3 has 9 reads, and may have 5; a length of 2 has 4, which are allowed."""
    _, small = smallest(session, assignment, tmp_path, "reads")
    for order in ("forwards", "backwards"):
        example = small[f"reads/{order}"]
        assert [len(table.values) for table in example.inputs] == [3]
        assert example.settings["order"] == order  # a text in the question stays
        assert example.compared == ("at most 5 reads", "9")
        assert [table.values for table in example.results] == [(6.0,)]  # right, so it is shown once
        assert example.expected == example.actual == ()


def test_a_case_that_must_raise_is_shown_on_the_smallest_arrays_refused_for_the_same_reason(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """A table of one column is refused too, but by another line."""
    whole, small = smallest(session, assignment, tmp_path, "refused")
    assert [table.shape for table in whole["refused/table"].inputs] == [(2, 3)]
    example = small["refused/table"]
    assert [table.shape for table in example.inputs] == [(1, 2)]
    assert example.compared == ("ValueError is raised", "array([[1., 2.]], dtype=float32) is returned")
    assert example.end_reason == "a call with such arguments must raise ValueError"


def test_another_exception_is_shown_on_the_smallest_arrays_that_raise_it(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """The small case must fail at the same line: a table with one row is refused as it should be."""
    wrong = "raise (ValueError if len(x) < 2 else KeyError)(x.shape)"
    _, small = smallest(session, assignment, tmp_path, "refused", WRONG["refused"][0], wrong)
    example = small["refused/table"]
    assert [table.shape for table in example.inputs] == [(2, 2)]
    assert example.compared == ("ValueError is raised", "KeyError is raised")
    assert example.end_reason.endswith("There, x has shape (2, 2).")


def test_a_question_without_arrays_that_must_be_refused_is_shown_once(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """The report on the case shows all of it."""
    assert may_be_small(assignment.criterion("unnamed").cases[0])
    assert smallest(session, assignment, tmp_path, "unnamed") == ({}, {})


def test_a_case_that_must_raise_and_one_that_must_not_have_small_cases_of_their_own(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """Both end in the same exception at the same line."""
    edit = "if x.ndim != 1:", "if x.size > 3:\n        raise KeyError(x.shape)\n    if x.ndim != 1:"
    _, small = smallest(session, assignment, tmp_path, "mixed", *edit)
    shapes = {name: [table.shape for table in example.inputs] for name, example in small.items()}
    assert shapes == {"mixed/long": [(4,)], "mixed/table": [(2, 2)]}


@pytest.mark.parametrize("content", [b"{}", b"PK\x05\x06" + bytes(9)], ids=["no_zip", "cut_off"])
def test_small_cases_that_cannot_be_read_are_no_fault_of_the_grader(
    content: bytes, assignment: Assignment, tmp_path: Path
) -> None:
    (tmp_path / SMALLEST).write_bytes(content)
    with pytest.raises(UserError, match="unpack the handout again"):
        list(FrozenLadders(tmp_path / SMALLEST).of(assignment.criterion("slope")))
