"""Asks the submission what the reference was asked, and compares the two answers."""

from typing import Any

from grader.judge.comparison import DTYPE, Judged, Question
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import NO_VALUE, arrays_of, of_arrays, value_of
from grader.judge.differences.value_difference import value_difference
from grader.model.grade import Outcome, Status


def against_reference(question: Question) -> Judged:
    """The submission's answer, and where it first leaves the reference's."""
    expected = question.oracle.expected(question.case, question.inputs)
    outcome = question.submission.run(question.case.probe, question.inputs)
    return judge_answer(question, expected, outcome)


def judge_answer(question: Question, expected: Expected, outcome: Outcome) -> Judged:
    """An outcome, and where what came back first leaves what is expected."""
    if outcome.status is not Status.OK:
        return outcome, None
    if expected.value is not NO_VALUE:
        return outcome, value_difference(expected.value, answer_in(outcome), question.tolerance)
    outcome = of_arrays(outcome)
    if outcome.status is not Status.OK:
        return outcome, None
    return outcome, array_answer_difference(question, expected, outcome)


def array_answer_difference(question: Question, expected: Expected, outcome: Outcome) -> Difference | None:
    """The difference of answers that are arrays alone."""
    names = question.criterion.results
    return first_difference(expected, arrays_of(outcome), DTYPE, question.explain_shape, names)


def answer_in(outcome: Outcome) -> Any:
    """What came back as one value: an array, or a tuple of several, where it is arrays alone."""
    value, arrays = value_of(outcome.arrays), arrays_of(outcome)
    if value is not NO_VALUE:
        return value
    return arrays[0] if len(arrays) == 1 else arrays
