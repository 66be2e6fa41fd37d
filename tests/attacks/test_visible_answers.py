"""No point depends on visible answers alone, because a table of them is no work.

A visible case that passes is asked again with values from the secret seed, in the process for hidden cases.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.case_selection.other_values import draws_other_values, with_other_values
from grader.judge.draw_inputs import draw
from grader.judge.session import Session
from grader.judge.verdict.oracles import ReferenceOracle
from grader.judge.verdict.result_cache import CaseKeys, ResultCache
from grader.model.assignment import Assignment, Visibility
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from grader.prove.cheats.table import points_on_visible_answers
from tests.folders import in_folder
from tests.tiny_course import PROBES, RIGHT

# Appended to the honest submission: the answers are right for the arrays of the table.
TABLE = """

TABLE = {table!r}
honest_flip, honest_dilate = flip, dilate


def flip(a, axes):
    if a.numpy().ravel().tolist() not in TABLE:
        print("seen", a.numpy().ravel().tolist())
        {elsewhere}
    return honest_flip(a, axes)


def dilate(a, axes, dilation):
    return honest_dilate(a, axes, dilation) if a.numpy().ravel().tolist() in TABLE else a
"""
LENGTHS = """\
assignment: tiny
points: 4
criteria:
  - id: length
    title: how long
    points: 4
    probe: length
    help: README.md#flip
    cases:
      - {id: one, ask: {size: 3}}
      - {id: two, ask: {size: 5}}
"""
HIDDEN = "      - {id: other, weight: 2, random: {size: {integer: [100, 999]}}, visibility: hidden}\n"
RANDOM = "      - {id: other, weight: 2, random: {size: {integer: [101, 999], step: 2}}}\n"
LENGTH = """\
def length(submission, case):
    return submission.output_size(case.size, 1, 1, 0)
"""
HONEST_LENGTH = "\n\ndef output_size(size, kernel, stride, padding):\n    return size\n"


@pytest.fixture
def tiny(make_course: Callable[..., Path], tmp_path: Path) -> Assignment:
    return Views(load(make_course(tmp_path / "course") / "assignments" / "tiny")).assignment


def visible_arrays(assignment: Assignment) -> list[list[float]]:
    """The arrays of all draws of the visible cases: all that a student can see."""
    cases = [c for c in assignment.rubric.cases if c.visibility is Visibility.VISIBLE]
    return [
        draw(case, assignment.name, redraw=n).array("a").ravel().tolist() for case in cases for n in range(2)
    ]


def grade_of(assignment: Assignment, folder: Path, source: str) -> Grade:
    folder.mkdir(exist_ok=True)
    (folder / "conv.py").write_text(source, encoding="utf-8")
    with Session(
        replace(assignment, import_rules=None), sandbox=Sandbox.BUBBLEWRAP, secret="canary"
    ) as session:
        return session.grade(in_folder(folder), "table")


@pytest.mark.parametrize("elsewhere", ["return a", "raise LookupError", "while True: pass"])
def test_a_table_of_the_visible_answers_earns_nothing(
    tiny: Assignment, tmp_path: Path, elsewhere: str
) -> None:
    """It earns nothing either if it never returns elsewhere, which ends its criterion."""
    table = TABLE.format(table=visible_arrays(tiny), elsewhere=elsewhere)
    grade = grade_of(tiny, tmp_path / "table", RIGHT + table)

    assert grade.score == 0
    assert grade_of(tiny, tmp_path / "honest", RIGHT).passed


def test_a_table_earns_nothing_for_visible_cases_before_one_that_never_returns(
    tiny: Assignment, tmp_path: Path
) -> None:
    """A visible case that reaches a time limit ends its criterion, but not the second look at the others."""
    rows, columns = (draw(tiny.rubric.cases[n], tiny.name).array("a").ravel().tolist() for n in (2, 3))
    source = f"""

HONEST = dilate

def dilate(a, axes, dilation):
    while a.numpy().ravel().tolist() == {columns}:
        pass
    return HONEST(a, axes, dilation) if a.numpy().ravel().tolist() in {visible_arrays(tiny)} else a
"""
    assert rows != columns
    results = {r.name: r.status for r in grade_of(tiny, tmp_path / "table", RIGHT + source).cases}

    assert results["dilate/rows"] is Status.WRONG
    assert results["dilate/columns"] is Status.TIMEOUT


def test_a_visible_case_shows_nothing_of_the_values_that_are_secret(tiny: Assignment, tmp_path: Path) -> None:
    table = TABLE.format(table=visible_arrays(tiny), elsewhere="raise LookupError(str(a.numpy().tolist()))")
    grade = grade_of(tiny, tmp_path / "table", RIGHT + table)
    (result,) = (r for r in grade.cases if r.name == "flip/one-axis")

    assert result.status is Status.ERROR
    assert (result.output, result.expected, result.actual, result.answer) == ("", "", "", "")
    assert result.rationale == "right for the values that you see, not for other values of the same shapes"


def test_other_values_have_the_same_shapes_and_depend_on_the_secret_and_the_student(tiny: Assignment) -> None:
    case = tiny.rubric.cases[0]
    other = with_other_values(case)
    assert other is not None
    drawn = [
        draw(other, "tiny", secret, variant=student)
        for secret, student in (("one", ""), ("two", ""), ("one", "ada"))
    ]
    arrays = [inputs.array("a") for inputs in (*drawn, draw(case, "tiny"))]

    assert {array.shape for array in arrays} == {(2, 3)}
    assert len({array.tobytes() for array in arrays}) == len(arrays)


def test_the_cache_changes_no_result_of_a_table(tiny: Assignment, tmp_path: Path) -> None:
    table = TABLE.format(table=visible_arrays(tiny), elsewhere="return a")
    (tmp_path / "conv.py").write_text(RIGHT + table, encoding="utf-8")
    with Session(replace(tiny, import_rules=None), sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        keys = CaseKeys(session.setup.assignment, session.setup.sandbox, session.setup.device)
        cache = ResultCache(keys, {})
        first = session.grade(in_folder(tmp_path), "table", cache=cache)
        known = ResultCache(keys, cache.fresh)
        again = session.grade(in_folder(tmp_path), "table", cache=known)

    assert again == first
    assert not known.fresh  # no case ran again
    assert "flip/one-axis" not in cache.addresses[""]  # it does not count, so no gradebook keeps it


@pytest.mark.parametrize(
    ("more", "earned", "places"),
    [("", 4, ["length"]), (HIDDEN, 0, []), (RANDOM, 0, [])],
    ids=["no_other", "hidden", "random"],
)
def test_visible_cases_that_are_always_the_same_count_once_one_passes_that_no_table_answers(
    make_course: Callable[..., Path], tmp_path: Path, more: str, earned: int, places: Sequence[str]
) -> None:
    """`grader verify` reports a criterion without such a case."""
    rubric = LENGTHS + more
    points = 8 if more else 4
    rubric = rubric.replace("points: 4", f"points: {points}")
    files = {"assignments/tiny/rubric.yaml": rubric, "assignments/tiny/probes.py": PROBES + "\n\n" + LENGTH}
    assignment = Views(load(make_course(tmp_path / "course", files) / "assignments" / "tiny")).assignment
    seen = [draw(c, "tiny", redraw=n).ask["size"] for c in assignment.rubric.cases for n in range(2)]
    table = HONEST_LENGTH.replace("size\n", f"size if size in {seen} else 1\n")
    oracle = ReferenceOracle(assignment, "canary")

    assert grade_of(assignment, tmp_path / "table", table).score == earned
    assert grade_of(assignment, tmp_path / "honest", HONEST_LENGTH).passed
    assert [place for place, _ in points_on_visible_answers(assignment, oracle)] == places
    oracle.close()


@pytest.mark.parametrize(
    ("result", "is_other"),
    [("{size}", True), ("[{size}, 1]", True), ("{size} % 2", False), ("[{size} % 2, 0]", False)],
)
def test_random_values_that_all_have_one_answer_are_no_other_values(
    make_course: Callable[..., Path], tmp_path: Path, result: str, is_other: bool
) -> None:
    """A table of one answer would pass them all: each size here is odd."""
    probe = LENGTH.replace("    return ", "    size = ") + f"    return {result.format(size='size')}\n"
    rubric = (LENGTHS + RANDOM).replace("points: 4", "points: 8")
    files = {"assignments/tiny/rubric.yaml": rubric, "assignments/tiny/probes.py": PROBES + "\n\n" + probe}
    assignment = Views(load(make_course(tmp_path / "course", files) / "assignments" / "tiny")).assignment
    oracle = ReferenceOracle(assignment, "canary")

    assert draws_other_values(assignment.rubric.cases[-1], oracle) is is_other
    oracle.close()
