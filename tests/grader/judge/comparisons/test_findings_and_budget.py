"""What the emulator tells of a kernel is judged by kinds and budgets, and worded for its student."""

import numpy as np
import pytest

from grader.judge.comparisons.budget import excess_digest, first_excess
from grader.judge.comparisons.findings import FINDINGS, MAX_TEXT, first_finding, kinds_digest

NOTHING = np.zeros(len(FINDINGS), np.int64)
BUDGET = {"global_reads": 100, "atomics": 0}


def _text(words: str) -> np.ndarray:
    return np.frombuffer(words.encode(), np.uint8)


def _found(kind: str, count: int = 1) -> np.ndarray:
    return np.array([count * (one == kind) for one in FINDINGS], np.int64)


def test_nothing_found_is_right_whatever_is_said() -> None:
    assert first_finding([NOTHING, _text("a lie")]) is None


@pytest.mark.parametrize("kind", FINDINGS)
def test_every_kind_is_named_with_what_the_emulator_says_of_it(kind: str) -> None:
    difference = first_finding([_found(kind, 3), _text("kernels.cu:7: thread (1, 0, 0)")])
    assert difference is not None
    assert difference.actual == kind.replace("_", " ")
    assert difference.rationale == "kernels.cu:7: thread (1, 0, 0)"


def test_what_a_submission_says_is_cut() -> None:
    difference = first_finding([_found("race"), _text("x" * 10 * MAX_TEXT)])
    assert difference is not None
    assert len(difference.rationale) == MAX_TEXT


@pytest.mark.parametrize(
    "answer",
    [[], [NOTHING], [NOTHING[:3], _text("")], [NOTHING.astype(np.float32), _text("")], [NOTHING] * 3],
)
def test_another_answer_than_asked_for_is_wrong(answer: list[np.ndarray]) -> None:
    assert first_finding(answer) is not None


def test_a_budget_may_be_used_up_and_no_more() -> None:
    assert first_excess([np.array([100, 0])], BUDGET) is None
    difference = first_excess([np.array([250, 0])], BUDGET)
    assert difference is not None
    assert (difference.expected, difference.actual) == ("at most 100 global reads", "250")
    assert "2.5 times" in difference.rationale
    difference = first_excess([np.array([1, 7])], BUDGET)
    assert difference is not None
    assert difference.expected == "at most 0 atomics"


def test_a_count_for_each_name_is_needed() -> None:
    assert first_excess([np.array([1])], BUDGET) is not None
    assert first_excess([np.array([1.0, 0.0])], BUDGET) is not None


def test_one_idea_has_one_digest_at_whatever_line_and_count() -> None:
    one = kinds_digest([_found("race", 3), _text("kernels.cu:7")])
    assert one == kinds_digest([_found("race", 1), _text("kernels.cu:90")])
    assert one != kinds_digest([_found("out_of_bounds"), _text("kernels.cu:7")])
    over = excess_digest([np.array([250, 0])], BUDGET)
    assert over == excess_digest([np.array([999, 0])], BUDGET)
    assert over != excess_digest([np.array([100, 0])], BUDGET)
