"""Asks the reference about the small cases that a student may see."""

from collections.abc import Callable
from functools import cache

import numpy as np

from grader.judge.comparison import DTYPE, Oracle
from grader.judge.comparisons import compared_by
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE, arrays_of
from grader.judge.examples.lay_out_case import real_dtype
from grader.judge.examples.trial import NUMBER, Runner, oracle_of, try_case
from grader.judge.inputs import Inputs
from grader.model.assignment import Assignment, Case
from grader.model.errors import GraderFault
from grader.model.grade import Status

EXACT = 2**24  # float32 holds every whole number up to this

Answer = Callable[[Case, Inputs], Expected | None]


def answer_of(oracle: Oracle, assignment: Assignment) -> Answer:
    """The reference's answer to a small case; None if it refuses the case, or if rounding would show.

    If a case expects an exception, the reference must raise the one that it raises in the whole case, at the
    same line: arguments may be refused for several reasons. If a case compares a submission with itself, the
    reference must pass it. It is asked once about each case: of arrays whose lengths depend on each other, it
    refuses nearly all.
    """
    answers: dict[tuple[str, str], Expected | None] = {}

    def answer(case: Case, inputs: Inputs) -> Expected | None:
        key = case.name, inputs.digest
        if key not in answers:
            answers[key] = work_out(case, inputs)
        return answers[key]

    def work_out(case: Case, inputs: Inputs) -> Expected | None:
        if compared_by(case).expects_exception:
            exception = exception_of(case.probe, inputs)
            return Expected(()) if exception and exception == exception_of_whole(case.name) else None
        if not compared_by(case).needs_expected:
            runner = Runner(lambda probe, inputs, dtype: oracle.answer(probe, inputs, dtype)[0])
            trial = try_case(case, oracle_of(case, inputs, Expected(())), runner, assignment)
            return None if trial.failure else trial.expected
        try:
            expected = oracle.expected(case, inputs)
        except GraderFault:  # the reference has no answer to it
            return None
        if expected.bounds is None and expected.value is NO_VALUE:
            outcome, _ = oracle.answer(case.probe, inputs, DTYPE)
            dtype = real_dtype(inputs)  # some references compute in float64 whatever they are given
            arrays = [a.astype(dtype) if dtype and a.dtype.kind == "f" else a for a in arrays_of(outcome)]
            # in another order of summation, a larger number may be rounded
            is_too_large = dtype and any(
                np.abs(a).max(initial=0) > EXACT for a in arrays if a.dtype.kind == "f"
            )
            if is_too_large or first_difference(expected, arrays, dtype) is not None:
                return None
        return expected

    def exception_of(probe: str, inputs: Inputs) -> str:
        outcome, _ = oracle.answer(probe, inputs, DTYPE)
        place, _, message = outcome.reason.partition(": ")
        return f"{place}: {NUMBER.sub('#', message)}" if outcome.status is Status.ERROR else ""

    @cache
    def exception_of_whole(name: str) -> str:
        case = next(case for case in assignment.rubric.cases if case.name == name)
        return exception_of(case.probe, oracle.inputs(case))

    return answer
