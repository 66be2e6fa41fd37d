"""A handout's frozen arrays are exactly the reference's, and the same bytes every time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.author.load import load
from grader.judge.verdict.oracles import FrozenOracle, ReferenceOracle, freeze
from grader.model.assignment import Assignment, Case, Visibility
from grader.model.errors import GraderFault, UserError

RUBRIC = """\
assignment: tiny
points: 4
criteria:
  - id: exact
    title: whole numbers
    points: 1
    probe: conv
    help: README.md#tiny
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: [1, 2], padding: 0, view: [permute, slice, flip]}
      - {id: drawn, draw: 2, remainder: between}
      - {id: hidden, x: [4, 5, 2], w: [2, 3, 3], stride: 1, padding: 0, visibility: hidden}
      - {id: two-results, shape: [2, 0, 3], ask: {axes: [0, 1], dilation: 1}}
  - id: followed
    title: a share for the transpose of a wrong forward pass
    points: 1
    probe: x_grad
    follow_through: 0.5
    adjoint_of: conv
    wrt: x
    help: README.md#tiny
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: 2, padding: 0}
  - id: bound
    title: real numbers
    points: 1
    probe: conv
    compare: bound
    help: README.md#tiny
    cases:
      - {id: normal, x: [5, 6, 2], w: [3, 2, 4], stride: 1, padding: [1, 0], data: normal}
  - id: adjoint
    title: no expected value
    points: 1
    probe: x_grad
    compare: adjoint
    adjoint_of: conv
    wrt: x
    help: README.md#tiny
    cases:
      - {id: given, x: [5, 6, 2], w: [3, 2, 4], stride: 2, padding: 0}
"""
PROBES = """\
def conv(submission, case):
    if hasattr(case, "a"):
        a = submission.array(case.a)
        return submission.dilate(a, case.axes, case.dilation), a.shape
    return submission.conv(submission.array(case.x), submission.array(case.w), case.stride, case.padding)


def x_grad(submission, case):
    out_grad, w = submission.array(case.out_grad), submission.array(case.w)
    return submission.conv_x_grad(out_grad, w, case.x.shape, case.stride, case.padding)
"""


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path]) -> Assignment:
    """One case of every kind of comparison."""
    files = {"assignments/tiny/rubric.yaml": RUBRIC, "assignments/tiny/probes.py": PROBES}
    return load(make_course(tmp_path_factory.mktemp("oracles"), files) / "assignments" / "tiny")


@pytest.fixture(scope="module")
def reference(assignment: Assignment) -> Iterator[ReferenceOracle]:
    oracle = ReferenceOracle(assignment)
    yield oracle
    oracle.close()


@pytest.fixture(scope="module")
def cases(assignment: Assignment) -> list[Case]:
    return list(assignment.rubric.cases)


@pytest.fixture
def frozen(tmp_path: Path, cases: list[Case], reference: ReferenceOracle) -> Iterator[FrozenOracle]:
    freeze(cases, reference, tmp_path / "frozen.npz")
    oracle = FrozenOracle(tmp_path / "frozen.npz")
    yield oracle
    oracle.close()


def test_frozen_inputs_are_those_that_were_drawn(
    frozen: FrozenOracle, reference: ReferenceOracle, cases: list[Case]
) -> None:
    for case in cases:
        for redraw in range(2):
            inputs, read = reference.inputs(case, redraw), frozen.inputs(case, redraw)
            assert inputs.digest == read.digest
            assert list(inputs.bases) == list(read.bases)  # arrays travel in this order
            for name in inputs.bases:
                np.testing.assert_array_equal(inputs.array(name), read.array(name))


def test_frozen_expected_arrays_and_bounds_are_those_of_the_reference(
    frozen: FrozenOracle, reference: ReferenceOracle, cases: list[Case]
) -> None:
    twice = [(case, redraw) for case in cases for redraw in range(2) if case.compare != "adjoint"]
    for case, redraw in twice:
        output = reference.expected(case, reference.inputs(case, redraw))
        read = frozen.expected(case, frozen.inputs(case, redraw))
        assert (output.bounds is None) == (read.bounds is None) == (case.compare == "exact")
        for one, other in zip(
            [*output.arrays, *(output.bounds or ())], [*read.arrays, *(read.bounds or ())], strict=True
        ):
            assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def test_a_handout_has_no_answer_for_other_values(
    frozen: FrozenOracle, reference: ReferenceOracle, cases: list[Case]
) -> None:
    with pytest.raises(GraderFault, match="no answer for other values"):
        frozen.expected(cases[0], reference.inputs(cases[0], redraw=7))


def test_a_probe_that_returns_several_arrays_has_all_of_them_frozen(
    frozen: FrozenOracle, cases: list[Case]
) -> None:
    case = next(case for case in cases if case.id == "two-results")
    dilated, shape = frozen.expected(case, frozen.inputs(case)).arrays

    assert (dilated.shape, shape.tolist()) == ((4, 0, 3), [2, 0, 3])


def test_freezing_twice_writes_the_same_bytes(
    tmp_path: Path, cases: list[Case], reference: ReferenceOracle, assignment: Assignment
) -> None:
    another = ReferenceOracle(assignment)
    freeze(cases, reference, tmp_path / "one.npz")
    freeze(cases, another, tmp_path / "other.npz")
    another.close()

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_expected_values_are_float64_with_bounds_of_8_u(
    reference: ReferenceOracle, cases: list[Case]
) -> None:
    case = next(case for case in cases if case.compare == "bound")
    inputs = reference.inputs(case)
    expected = reference.expected(case, inputs)
    x, w = (abs(inputs.array(name).astype(np.float64)) for name in ("x", "w"))
    padded = np.pad(x, ((0, 0), (1, 1), (0, 0), (0, 0)))
    total = sum(padded[:, a : a + 5, b : b + 5] @ w[a, b] for a in range(3) for b in range(2))

    assert expected.arrays[0].dtype == np.float64
    assert expected.bounds is not None
    np.testing.assert_allclose(8 * 2.0**-24 * total, expected.bounds[0], rtol=1e-12)


def test_an_expected_value_is_worked_out_once(reference: ReferenceOracle, cases: list[Case]) -> None:
    inputs = reference.inputs(cases[0])

    assert reference.expected(cases[0], inputs) is reference.expected(cases[0], inputs)


def test_a_reference_without_an_answer_is_the_graders_fault(
    assignment: Assignment, cases: list[Case]
) -> None:
    oracle = ReferenceOracle(assignment)
    wrong = Case("wrong", "exact", "not_a_probe", "array", {"shape": [2]})
    try:
        with pytest.raises(GraderFault, match="exact/wrong: the reference has no answer"):
            oracle.expected(wrong, oracle.inputs(wrong))
        assert oracle.expected(cases[0], oracle.inputs(cases[0])).arrays  # and it still has other cases
    finally:
        oracle.close()


@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04 half of a zip", b"\x80\x04\x95 a pickle"], ids=str
)
def test_unreadable_frozen_arrays_give_one_line_with_the_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "frozen.npz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UserError) as error:
        FrozenOracle(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_frozen_arrays_that_hold_a_pickle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "frozen.npz"
    np.savez(path, cases=np.array([{"a": 1}], dtype=object))

    with pytest.raises(UserError):
        FrozenOracle(path)


def test_a_students_own_numbers_are_in_hidden_cases_alone(
    reference: ReferenceOracle, cases: list[Case]
) -> None:
    ada, eve = reference.of("ada"), reference.of("eve")
    for case in cases:
        digests = {oracle.inputs(case).digest for oracle in (reference, ada, eve)}
        assert len(digests) == (1 if case.visibility is Visibility.VISIBLE else 3)


def test_a_students_expected_values_are_the_references_on_their_inputs(
    reference: ReferenceOracle, cases: list[Case]
) -> None:
    (hidden,) = (case for case in cases if case.visibility is not Visibility.VISIBLE)
    arrays = [
        oracle.expected(hidden, oracle.inputs(hidden)).arrays[0]
        for oracle in (reference.of("ada"), reference.of("eve"), reference.of("ada"), reference)
    ]
    again = reference.of("ada")

    np.testing.assert_array_equal(arrays[0], arrays[2])
    np.testing.assert_array_equal(arrays[0], reference.expected(hidden, again.inputs(hidden)).arrays[0])
    assert not np.array_equal(arrays[0], arrays[1])
    assert not np.array_equal(arrays[0], arrays[3])


def test_everybody_is_no_student_and_a_handout_has_no_students(
    reference: ReferenceOracle, frozen: FrozenOracle
) -> None:
    assert reference.of("") is reference
    assert frozen.of("ada") is frozen


def test_closing_a_students_oracle_leaves_the_reference_running(
    reference: ReferenceOracle, cases: list[Case]
) -> None:
    reference.of("ada").close()
    inputs = reference.inputs(cases[0])

    assert reference.work_out(cases[0], inputs).arrays
