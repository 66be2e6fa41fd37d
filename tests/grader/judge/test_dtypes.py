"""A case draws arrays of any plain dtype, and results are compared in the dtype that the reference gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.author.load import load
from grader.judge.draw_inputs import draw
from grader.judge.examples.failing_cases import examples_of
from grader.judge.examples.freeze_small_cases import SMALLEST, FrozenLadders, freeze_ladders
from grader.judge.kinds import kind_of
from grader.judge.session import Session
from grader.judge.verdict.oracles import FrozenOracle, ReferenceOracle, freeze
from grader.model.assignment import Assignment, Case
from grader.model.errors import UserError
from grader.model.example import number_text
from grader.model.grade import CheckResult, Status
from tests.folders import in_folder
from tests.small_assignment import write_assignment
from tests.tables import by_name

DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip
OF_EACH = "".join(f"      - {{id: {d}, arrays: {{x: {{shape: [4], dtype: {d}}}}}}}\n" for d in DTYPES)
RUBRIC = f"""\
assignment: sums
points: {len(DTYPES) + 3}
criteria:
  - id: twice
    title: adds an array to itself
    points: {len(DTYPES)}
    probe: twice
    help: README.md#here
    cases:
{OF_EACH}\
  - id: mean
    title: averages each group
    points: 3
    probe: mean
    help: README.md#here
    cases:
      - id: groups
        compare: close
        tolerance: 1.0e-5
        arrays: {{x: {{shape: [9], real: [0.5, 1]}}, group: {{shape: [9], dtype: int64, integer: [0, 2]}}}}
"""
PROBES = """\
def twice(submission, case):
    return submission.twice(submission.array(case.x))


def mean(submission, case):
    return submission.mean(submission.array(case.x), submission.array(case.group))
"""
RIGHT = """\
import numpy as np


def twice(x):
    return x + x


def mean(x, group):
    return np.array([x[group == g].mean() if (group == g).any() else 0 for g in range(3)], x.dtype)
"""


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return write_assignment(tmp_path_factory.mktemp("sums"), "sums", RIGHT, PROBES, RUBRIC)


def results(session: Session, folder: Path, text: str) -> dict[str, CheckResult]:
    (folder / "sums.py").write_text(text)
    grade = session.grade(in_folder(folder), "ada")
    return {result.case: result for criterion in grade.criteria for result in criterion.results}


def cases_of(assignment: Assignment) -> dict[str, Case]:
    return {case.id: case for case in assignment.rubric.cases}


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_array_is_drawn_in_the_dtype_that_its_case_states(assignment: Assignment, dtype: str) -> None:
    case = cases_of(assignment)[dtype]
    draws = [draw(case, "sums", redraw=number).array("x") for number in range(40)]
    values = np.concatenate(draws)

    assert values.dtype == dtype
    assert values.min() != values.max()
    if values.dtype.kind not in "c":
        assert values.min() == (-8 if values.dtype.kind in "if" else 0)
    described = kind_of(case).describe(case, draw(case, "sums"))
    assert described == "x (4,)" + (f" of {dtype}" if dtype != "float32" else "")


def test_a_range_holds_both_its_ends_and_nothing_beyond(assignment: Assignment) -> None:
    draws = [draw(cases_of(assignment)["groups"], "sums", redraw=number) for number in range(30)]

    assert {n for each in draws for n in each.array("group").tolist()} == {0, 1, 2}
    reals = np.concatenate([each.array("x") for each in draws])
    assert reals.dtype == np.float32
    assert 0.5 <= reals.min() < 0.6 and 0.9 < reals.max() <= 1


def test_the_reference_itself_passes_in_every_dtype(session: Session, tmp_path: Path) -> None:
    case_results = results(session, tmp_path, RIGHT)

    assert {id: (r.status, r.rationale) for id, r in case_results.items()} == dict.fromkeys(
        case_results, (Status.OK, "")
    )


def test_a_result_of_another_dtype_is_wrong_and_names_both(session: Session, tmp_path: Path) -> None:
    case_results = results(session, tmp_path, RIGHT.replace("x + x", "(x + x).astype('int64')"))

    assert case_results["int64"].status is Status.OK
    others = {id: r for id, r in case_results.items() if id not in ("int64", "groups")}
    assert {id: (r.status, r.expected, r.actual) for id, r in others.items()} == {
        id: (Status.WRONG, id, "int64") for id in others
    }


def test_a_wrong_number_is_shown_as_python_writes_it(session: Session, tmp_path: Path) -> None:
    case_results = results(session, tmp_path, RIGHT.replace("x + x", "x + x + x.dtype.type(1)"))

    assert case_results["bool"].status is Status.OK or case_results["bool"].actual == "True"
    assert int(case_results["int64"].actual) == int(case_results["int64"].expected) + 1
    assert complex(case_results["complex128"].actual) == complex(case_results["complex128"].expected) + 1


def test_a_frozen_array_keeps_its_dtype(assignment: Assignment, tmp_path: Path) -> None:
    reference = ReferenceOracle(assignment)
    cases = cases_of(assignment)
    try:
        freeze(cases.values(), reference, tmp_path / "frozen.npz")
        frozen = FrozenOracle(tmp_path / "frozen.npz")
        for dtype in DTYPES:
            inputs = frozen.inputs(cases[dtype])
            assert inputs.digest == reference.inputs(cases[dtype]).digest
            (expected,) = frozen.expected(cases[dtype], inputs).arrays
            assert expected.dtype == (dtype if dtype != "float32" else "float64")
        (tmp_path / SMALLEST).write_bytes(freeze_ladders(assignment, reference))
    finally:
        reference.close()
    rungs = list(FrozenLadders(tmp_path / SMALLEST).of(assignment.criterion("twice")))
    assert {inputs.array("x").dtype.name for _, inputs in rungs} == set(DTYPES)


def test_a_small_failing_case_has_the_dtype_of_its_case(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    text = RIGHT.replace(
        "return x + x", "return x + x if x.dtype.kind in 'fiu' else ~x if x.dtype == bool else x"
    )
    (tmp_path / "sums.py").write_text(text)
    submission = in_folder(tmp_path)
    grade = session.grade(submission, "ada")
    results = [result for criterion in grade.criteria for result in criterion.results]
    whole, small = examples_of(session, assignment, submission, results)

    assert set(whole) == {"twice/bool", "twice/complex64", "twice/complex128"}
    assert {name: example.inputs[0].dtype for name, example in small.items()} == {
        name: name.partition("/")[2] for name in whole
    }
    (table,) = small["twice/complex64"].inputs
    assert all(isinstance(value, complex) for value in table.values)


@pytest.mark.parametrize(
    ("value", "text"), [(True, "True"), (3, "3"), (2**60, str(2**60)), (-0.0, "0"), (1 + 2j, "1+2j")]
)
def test_a_number_has_the_form_of_its_type(value: Any, text: str) -> None:
    assert number_text(value) == text


BROKEN = {
    "an_unknown_dtype": ("dtype: int8}", "dtype: int9}", 11, "found 'int9' for 'dtype'"),
    "a_range_that_runs_backwards": ("integer: [0, 2]", "integer: [2, 0]", 33, "does not run backwards"),
    "a_range_beyond_the_dtype": (
        "dtype: uint8}",
        "dtype: uint8, integer: [0, 300]}",
        15,
        "from 0 to 255 with `dtype: uint8`",
    ),
    "reals_beyond_the_dtype": (
        "dtype: float16}",
        "dtype: float16, real: [0, 1000000]}",
        19,
        "from -65504 to 65504 with `dtype: float16`",
    ),
    "integers_that_float16_rounds": (
        "dtype: float16}",
        "dtype: float16, integer: [0, 2049]}",
        19,
        "from -2048 to 2048 with `dtype: float16`",
    ),
    "integers_that_complex64_rounds": (
        "dtype: complex64}",
        "dtype: complex64, integer: [-16777217, 0]}",
        22,
        "from -16777216 to 16777216 with `dtype: complex64`",
    ),
    "reals_for_integers": (
        "dtype: int16}",
        "dtype: int16, real: [0, 1]}",
        12,
        "no `real` with `dtype: int16`",
    ),
    "a_range_of_booleans": (
        "dtype: bool}",
        "dtype: bool, integer: [0, 1]}",
        10,
        "no `integer` with `dtype: bool`",
    ),
    "two_ranges": ("real: [0.5, 1]", "real: [0.5, 1], integer: [0, 1]", 33, "one of integer and real"),
    "wide_numbers_of_another_dtype": (
        "{id: int64, ",
        "{id: int64, wide: x, ",
        14,
        "found wide 'x', expected an array of the case",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "why"), by_name(BROKEN))
def test_an_array_that_cannot_be_drawn_is_named_with_its_line(
    assignment: Assignment, old: str, new: str, line: int, why: str
) -> None:
    rubric = assignment.folder / "rubric.yaml"
    assert RUBRIC.count(old) == 1
    try:
        rubric.write_text(RUBRIC.replace(old, new))
        with pytest.raises(UserError) as error:
            load(assignment.folder)
    finally:
        rubric.write_text(RUBRIC)
    assert f"rubric.yaml:{line}: " in str(error.value)
    assert why in str(error.value)
