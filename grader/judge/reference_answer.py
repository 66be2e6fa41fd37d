"""Runs the submission twice on the reference's questions and compares the answers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.judge.comparison import Judged, Question
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import NO_VALUE, Array, arrays_of, of_arrays, value_of
from grader.judge.differences.python_words import in_python
from grader.judge.differences.value_difference import value_difference
from grader.judge.inputs import Inputs
from grader.model.grade import Outcome, Status

TIMES = 2  # runs of a case: one with each draw of its values
AGAIN = "right in the first call, wrong in a second call with other values of the same shape"
FIRST_ANSWER = "the second call returned the first answer, so your code keeps it"
Judge = Callable[[Question, Expected, Outcome], Judged]
ROUNDING = 2.0**-24  # u of float32


def rounding(array: Array, inputs: Inputs) -> float:
    """How much one rounding may change a number of the reference's answer, as a share of it.

    Whole numbers are not rounded. With float32 alone, the reference computes in float64, and only the
    submission rounds. With other dtypes, both round.
    """
    if array.dtype.kind not in "fc":
        return 0.0
    return float(np.finfo(array.dtype).eps) if inputs.states_dtypes else ROUNDING


def against_reference(question: Question) -> Judged:
    """The submission's answer, and its first difference from the reference's."""
    return judge_twice(question, judge_answer)


def judge_twice(question: Question, judge: Judge) -> Judged:
    """Runs a case, then runs it again in the same process with other values of the same shapes.

    So a function that caches its first answer, by shape or for ever, fails. The second run is skipped if
    the first answer is wrong, if the case draws no values, or if it repeats a visible case, which ran twice.
    """
    first, again = question.inputs, question.oracle.inputs(question.case, 1)
    outcome, difference = _answer(question, first, judge)
    if question.case.shapes_of:
        return outcome, difference
    if outcome.status is not Status.OK or difference is not None or again.digest == first.digest:
        return outcome, difference
    second, change = _answer(question, again, judge)
    if second.status is Status.ERROR:
        return replace(second, reason=f"{_again(question, again)}: {second.reason}"), None
    if second.status is not Status.OK:
        return second, None
    if change is None:
        return outcome, None
    why = FIRST_ANSWER if second.arrays == outcome.arrays else change.rationale
    return second, replace(change, rationale=f"{_again(question, again)}: {why}")


def _answer(question: Question, inputs: Inputs, judge: Judge) -> Judged:
    expected = question.oracle.expected(question.case, inputs)
    return judge(question, expected, question.submission.run(question.case.probe, inputs))


def _again(question: Question, inputs: Inputs) -> str:
    """A description of the second run, with its random plain values."""
    drawn = ", ".join(f"{name}={in_python(inputs.ask[name])}" for name in question.case.random)
    return f"{AGAIN} ({drawn})" if drawn else AGAIN


def judge_answer(question: Question, expected: Expected, outcome: Outcome) -> Judged:
    """An outcome, and its first difference from the expected answer."""
    if outcome.status is not Status.OK:
        return outcome, None
    if expected.value is not NO_VALUE:
        return outcome, value_difference(expected.value, answer_in(outcome), question.tolerance)
    outcome = of_arrays(outcome)
    if outcome.status is not Status.OK:
        return outcome, None
    return outcome, array_answer_difference(question, expected, outcome)


def array_answer_difference(question: Question, expected: Expected, outcome: Outcome) -> Difference | None:
    """The difference between answers that are arrays only."""
    names = question.criterion.results
    return first_difference(expected, arrays_of(outcome), question.dtype, question.explain_shape, names)


def answer_in(outcome: Outcome) -> Any:
    """An answer as one value; arrays alone become an array, or a tuple of several."""
    value, arrays = value_of(outcome.arrays), arrays_of(outcome)
    if value is not NO_VALUE:
        return value
    return arrays[0] if len(arrays) == 1 else arrays
