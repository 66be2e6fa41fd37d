"""Runs one case on a submission, to show it: the way it fails in a word, and the whole case."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np

from grader.judge.comparison import DTYPE, Disagreement, Oracle, Question
from grader.judge.comparisons import compared_by
from grader.judge.comparisons.budget import Excess
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import NO_VALUE, arrays_of
from grader.judge.draw_inputs import generator
from grader.judge.examples.lay_out_case import lay_out, real_dtype, result_of_run
from grader.judge.inputs import Inputs
from grader.judge.kinds import kind_of
from grader.judge.process.implementation import Implementation
from grader.model.assignment import Assignment, Case, Data
from grader.model.example import Example
from grader.model.grade import Outcome, Status

FINDING = re.compile(r"\b\w+ in \w+(?=:)")  # of a finding's words
NUMBER = re.compile(r"\d+(\.\d+)?")
SHAPE = re.compile(r"\((\d+, ?)*\d*\)")

Run = Callable[[str, Inputs, str], Outcome]  # the answer to a probe in a dtype


@dataclass(frozen=True)
class Trial:
    """One run of a case.

    `failure` is a word for how it fails, the same for similar failures; "" if it passes. `difference` is set
    if more than the values of its result decides.
    """

    case: Case
    inputs: Inputs
    expected: Expected
    outcome: Outcome
    failure: str
    difference: Difference | None = None

    @property
    def is_over(self) -> bool:
        """True if the submission hung or died, as it would in the next case."""
        return self.outcome.status not in (Status.OK, Status.ERROR)

    def example(self, assignment: Assignment, *, is_smallest: bool = False) -> Example:
        """The whole case."""
        return lay_out(
            self.case,
            self.inputs,
            self.expected,
            self.outcome,
            assignment,
            difference=self.difference,
            is_smallest=is_smallest,
        )


class Runner:
    """Asks each question once, and in one process: what it shows is no verdict."""

    cannot_start = False

    def __init__(self, run: Run) -> None:
        self._ask = run
        self._outcomes: dict[tuple[str, str, str], Outcome] = {}

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        """The answer to a probe."""
        key = probe, inputs.digest, dtype
        if key in self._outcomes:
            return self._outcomes[key]
        outcome = self._ask(probe, inputs, dtype)
        if outcome.status in (Status.OK, Status.ERROR):  # a limit may be that of one criterion alone
            self._outcomes[key] = outcome
        return outcome

    run_isolated = run


class OneCase:
    """The oracle of a single case: its inputs, its expected value, and other inputs where it needs some.

    Those have multiples of a half in the arrays of `others`, all different, and none is a whole number. If
    slopes are measured, they need the precision of float64: a step is visible in them.
    """

    variant = ""

    def __init__(self, inputs: Inputs, expected: Expected, others: Iterable[str] = ()) -> None:
        self._inputs, self._expected, self._others = inputs, expected, tuple(others)

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        """The inputs of the case, or as many others as it needs."""
        if not redraw or not self._others:
            return self._inputs
        rng = generator([self._inputs.digest, str(redraw)])
        is_exact = (compared_by(case).data or (case.data,))[0] is Data.INTEGERS
        numbers = {}
        for name in self._others:
            shape, size = self._inputs.array(name).shape, self._inputs.array(name).size
            halves = 2 * (rng.permutation(size) - size // 2) + 1.5
            numbers[name] = (halves if is_exact else 0.9 * halves).reshape(shape).astype(np.float32)
        return self._inputs.holding(numbers)

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        """The expected value."""
        return self._expected

    def answer(self, probe: str, inputs: Inputs, dtype: str = "") -> tuple[Outcome, float]:
        """Raises NotImplementedError: no case asks it that is shown."""
        raise NotImplementedError

    def of(self, variant: str) -> Oracle:
        """Itself."""
        return self

    def close(self) -> None:
        """Does nothing."""


def oracle_of(case: Case, inputs: Inputs, expected: Expected) -> Oracle:
    """The oracle of a single case. If it compares a submission with itself, it may need other numbers."""
    needs_others = not compared_by(case).needs_expected
    return OneCase(inputs, expected, arrays_of_any_numbers(case, inputs) if needs_others else ())


def arrays_of_any_numbers(case: Case, inputs: Inputs) -> list[str]:
    """The arrays whose numbers have no meaning. With an expected value, those of a gradient may have one."""
    kind = kind_of(case)
    fixed = set(kind.fixed_of(case.parameters))
    if not compared_by(case).needs_expected:
        fixed -= set(kind.differentiable_of(case.parameters))
    return [name for name in inputs.bases if name not in fixed]


def try_case(case: Case, oracle: Oracle, runner: Runner, assignment: Assignment, redraw: int = 0) -> Trial:
    """One run of a case."""
    comparison = compared_by(case)
    inputs = oracle.inputs(case, redraw)
    expected = oracle.expected(case, inputs) if comparison.needs_expected else Expected(())
    is_decided_by_arrays = comparison.needs_expected and expected.value is NO_VALUE
    if is_decided_by_arrays:
        outcome = runner.run(case.probe, inputs)
        failure = way_of_failing(case, expected, outcome, real_dtype(inputs))
        if failure or "budget" not in case.options:
            return Trial(case, inputs, expected, outcome, failure)
    question = Question(
        case,
        assignment.criterion(case.criterion),
        cast("Implementation", runner),  # the comparisons of such cases only run probes
        OneCase(inputs, expected) if comparison.needs_expected else oracle,
        comparison.tolerance(case),
    )
    outcome, difference = comparison.judge(question)
    if outcome.status is not Status.OK:
        return Trial(case, inputs, expected, outcome, _ended(outcome), difference)
    failure = "" if difference is None else _differs(difference)
    shown = difference.inputs if isinstance(difference, Disagreement) else inputs
    return Trial(case, shown, expected, outcome, failure, difference)


def way_of_failing(case: Case, expected: Expected, outcome: Outcome, dtype: str = DTYPE) -> str:
    """A word for how a case fails, the same for similar failures; "" if it passes.

    `dtype` is that of real results, "" for the expected one's.
    """
    if outcome.status is not Status.OK:
        return _ended(outcome)
    expected, arrays, finding = result_of_run(case, expected, arrays_of(outcome))
    if finding:
        kind_and_kernel = FINDING.search(finding)
        return kind_and_kernel[0] if kind_and_kernel else finding
    difference = first_difference(expected, arrays, dtype)
    if difference is None:
        return ""
    if len(arrays) != len(expected.arrays):
        return "number of results"
    for number, (expected_array, array) in enumerate(zip(expected.arrays, arrays, strict=True)):
        if expected_array.shape != array.shape:
            return f"shape of {number}"
        if array.dtype.name != (
            dtype if dtype and expected_array.dtype.kind == "f" else expected_array.dtype.name
        ):
            return f"dtype of {number}"
        alone = Expected((expected_array,), None if expected.bounds is None else (expected.bounds[number],))
        if first_difference(alone, [array], dtype) is not None:
            return f"values of {number}"
    return "values"


def _ended(outcome: Outcome) -> str:
    if outcome.status is Status.ERROR:
        place = outcome.reason.partition(": ")[0]
        return f"error {outcome.error} {place}"
    return str(outcome.status)


def _differs(difference: Difference) -> str:
    """A word for a difference; numbers in it are those of one case."""
    if isinstance(difference, Excess):
        return f"too many {difference.name}"
    if SHAPE.fullmatch(difference.expected) and SHAPE.fullmatch(difference.actual):
        return "a shape"  # the slip that explains it may be another one
    return NUMBER.sub("#", difference.rationale)
