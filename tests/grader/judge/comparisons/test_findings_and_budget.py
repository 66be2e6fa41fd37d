"""One run is judged by its values, findings and counts together, with a message for the student."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from grader.judge.comparison import Question
from grader.judge.comparisons.budget import Budget, first_excess
from grader.judge.comparisons.findings import FINDINGS, MAX_TEXT, Findings, first_finding
from grader.judge.differences.difference import Expected
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.model.assignment import Case, Criterion, Visibility
from grader.model.grade import Outcome, Status
from grader.model.wire_format import RawArray

NOTHING = np.zeros(len(FINDINGS), np.int64)
NO_COUNTS = np.zeros(0, np.int64)
BUDGET = {"global_reads": 100, "atomics": 0}
CASE = Case("sum", "sums_bugs", "sums_bugs", "array", {"shape": [2, 3]}, compare="findings")
COUNTED = replace(
    CASE,
    compare="budget",
    parameters={"shape": ["rows", 8], "lengths": {"rows": [3, 9]}},
    options={"budget": {"reads": "rows * 8 * 5 / 4", "atomics": 0}},
)


def _text(words: str) -> np.ndarray:
    return np.frombuffer(words.encode(), np.uint8)


def _found(kind: str, count: int = 1) -> np.ndarray:
    return np.array([count * (one == kind) for one in FINDINGS], np.int64)


def _outcome(*arrays: np.ndarray) -> Outcome:
    return Outcome(Status.OK, tuple(RawArray(a.dtype.str, a.shape, a.tobytes()) for a in arrays))


@dataclass
class Says:
    """An implementation that gives one answer, and an oracle that returns the sums of rows."""

    outcome: Outcome
    details: tuple[np.ndarray, ...] = (NOTHING, _text(""), NO_COUNTS)

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        return self.outcome

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        return draw(case, "tiny", redraw=redraw)

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        return Expected((sums(inputs, np.float64), *self.details))


def sums(inputs: Inputs, dtype: Any = np.float32) -> np.ndarray:
    rows: np.ndarray = inputs.array("a").sum(axis=1, dtype=dtype)
    return rows


def judged(case: Case, *answer: np.ndarray) -> Any:
    details = (NOTHING, _text(""), NO_COUNTS) if case.compare == "findings" else (NO_COUNTS,)
    both: Any = Says(_outcome(*answer), details)
    criterion = Criterion("sums_bugs", "", 6, (case,), help="README.md#here")
    how = Findings() if case.compare == "findings" else Budget()
    return how.judge(Question(case, criterion, both, both))[1]


RIGHT = sums(draw(CASE, "tiny"))
COUNTED_INPUTS = draw(COUNTED, "tiny")


def test_a_run_passes_when_nothing_is_found_and_its_values_are_right() -> None:
    assert judged(CASE, RIGHT, NOTHING, _text(""), NO_COUNTS) is None


def test_no_run_passes_whose_values_are_wrong_though_nothing_is_found() -> None:
    difference = judged(CASE, 0 * RIGHT, NOTHING, _text(""), NO_COUNTS)
    assert "zeros only" in difference.rationale


def test_findings_come_before_wrong_values() -> None:
    assert judged(CASE, 0 * RIGHT, _found("race"), _text("line 7"), NO_COUNTS).actual == "race"


def test_the_values_of_every_device_that_ran_are_judged() -> None:
    details = NOTHING, _text(""), NO_COUNTS
    assert judged(CASE, RIGHT, RIGHT, *details) is None
    assert judged(CASE, RIGHT, RIGHT + 1, *details) is not None
    assert judged(CASE, RIGHT + 1, RIGHT, *details) is not None


def test_an_answer_without_values_is_wrong() -> None:
    assert judged(CASE, NOTHING, _text(""), NO_COUNTS) is not None
    assert judged(COUNTED, np.array([0, 0])) is not None


def test_a_run_within_its_budget_must_be_right_as_well() -> None:
    right, rows = sums(COUNTED_INPUTS), COUNTED_INPUTS.array("a").shape[0]
    assert judged(COUNTED, right, np.array([rows * 10, 0])) is None
    assert judged(COUNTED, 0 * right, np.array([0, 0])) is not None
    difference = judged(COUNTED, right, np.array([rows * 10 + 1, 0]))
    assert difference.expected == f"at most {rows * 10} reads"


def test_a_case_of_findings_may_have_a_budget_too() -> None:
    case = replace(CASE, options={"budget": {"reads": 6}})
    assert judged(case, RIGHT, NOTHING, _text(""), np.array([6])) is None
    assert judged(case, RIGHT, NOTHING, _text(""), np.array([7])) is not None
    assert judged(case, RIGHT, NOTHING, _text(""), NO_COUNTS) is not None  # no count, no points


def test_a_hidden_case_runs_in_orders_that_the_course_s_secret_draws() -> None:
    hidden = replace(CASE, visibility=Visibility.HIDDEN)
    seeds = [draw(hidden, "tiny", secret).values["schedule"] for secret in ("one", "other")]
    assert seeds[0] != seeds[1]
    visible = [draw(CASE, "tiny", secret).values["schedule"] for secret in ("one", "other")]
    assert visible[0] == visible[1]


def test_no_finding_is_right_with_any_details() -> None:
    assert first_finding([NOTHING, _text("a lie"), NO_COUNTS]) is None


@pytest.mark.parametrize("kind", FINDINGS)
def test_every_kind_is_named_with_what_the_emulator_says_of_it(kind: str) -> None:
    difference = first_finding([_found(kind, 3), _text("kernels.cu:7: thread (1, 0, 0)"), NO_COUNTS])
    assert difference is not None
    assert difference.actual == kind.replace("_", " ")
    assert difference.rationale == "kernels.cu:7: thread (1, 0, 0)"


def test_long_texts_of_a_submission_are_cut() -> None:
    difference = first_finding([_found("race"), _text("x" * 10 * MAX_TEXT), NO_COUNTS])
    assert difference is not None
    assert len(difference.rationale) == MAX_TEXT


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [NOTHING],
        [NOTHING[:3], _text(""), NO_COUNTS],
        [NOTHING.astype(np.float32), _text(""), NO_COUNTS],
        [NOTHING] * 4,
    ],
)
def test_another_answer_than_asked_for_is_wrong(answer: list[np.ndarray]) -> None:
    assert first_finding(answer) is not None


def test_a_budget_may_be_used_up_and_no_more() -> None:
    assert first_excess(np.array([100, 0]), BUDGET) is None
    difference = first_excess(np.array([250, 0]), BUDGET)
    assert difference is not None
    assert (difference.expected, difference.actual) == ("at most 100 global reads", "250")
    assert "2.5 times" in difference.rationale
    difference = first_excess(np.array([1, 7]), BUDGET)
    assert difference is not None
    assert difference.expected == "at most 0 atomics"


def test_a_count_for_each_name_is_needed() -> None:
    assert first_excess(np.array([1]), BUDGET) is not None
    assert first_excess(np.array([1.0, 0.0]), BUDGET) is not None


def test_one_idea_has_one_digest_at_whatever_line_and_count() -> None:
    def digest(kind: str, count: int, words: str) -> str:
        return Findings().digest(CASE, _outcome(RIGHT, _found(kind, count), _text(words), NO_COUNTS))

    assert digest("race", 3, "kernels.cu:7") == digest("race", 1, "kernels.cu:90")
    assert digest("race", 3, "kernels.cu:7") != digest("out_of_bounds", 3, "kernels.cu:7")

    def beyond(times: int) -> str:
        """A digest of accesses that so many threads make behind the end of an array."""
        return digest("out_of_bounds", 3, f"kernels.cu:7: out_of_bounds in add: reads a ({times} times)")

    assert beyond(95) == beyond(80) != digest("out_of_bounds", 3, "kernels.cu:7: out_of_bounds in add")

    def unwritten(line: int, first: int) -> str:
        return digest(
            "never_written",
            1,
            f"kernels.cu:{line}: never_written in fill: element {first} of out is never written",
        )

    assert unwritten(7, 128) == unwritten(9, 128) != unwritten(7, 134)

    def over(count: int) -> str:
        counts = np.array([count])
        outcome = _outcome(RIGHT, counts)
        return Budget().digest(CASE, outcome, first_excess(counts, {"reads": 10}))

    assert over(250) == over(310)
    assert over(250) != over(15)  # another idea takes ten times as many
    assert over(250) != over(10)
