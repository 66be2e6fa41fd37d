"""Requires a right answer within a multiple of the reference's CPU time, both measured in the same run."""

from functools import cache
from typing import TYPE_CHECKING, Annotated

from grader.judge.comparison import DTYPE, Comparison, Judged, Question
from grader.judge.differences.difference import Difference
from grader.judge.inputs import Inputs
from grader.judge.reference_answer import judge_answer
from grader.model.assignment import Case
from grader.model.errors import GraderFault
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

ROUNDS = 3  # the best of these counts: other work on the machine makes a time longer, never shorter
DOCS = """\
With `at_most: 10 x reference`, a correct answer may take ten times the reference's CPU time. The grader times
both from outside, in one run, and takes the best of three, each time on different numbers of the same shapes.
Students cannot run such a case, because the handout leaves it out. Its numbers come from the secret seed, so
no submission can compute the answer ahead. Choose a factor far above that of any sensible solution, and far
below those that the case should catch.

```yaml
- id: conv
  title: the convolution itself
  points: 10
  probe: conv
  help: README.md#the-kernel-slides
  cases:
    - {id: without-a-loop-over-pixels, x: [48, 40, 8], w: [3, 5, 16], stride: 1, padding: [1, 2],
       at_most: 10 x reference}
```
"""


@cache
def timed_keys() -> "type[Strict]":
    """The keys of a case with `at_most`."""
    from pydantic import Field

    from grader.judge.case_model import Strict

    class TimedKeys(Strict):
        """A case with a time limit."""

        at_most: Annotated[str, Field(pattern=r"^[1-9]\d{0,5}(\.\d{1,6})? x reference$")] | None = None
        """`10 x reference`: the CPU time that it may take; not in handouts. Be generous: machines differ."""

    return TimedKeys


class Timed(Comparison):
    """The answer must be right, and may take at most a multiple of the reference's CPU time."""

    name = "timed"
    rank = 80
    heading = "Time"
    docs = DOCS
    case_keys = staticmethod(timed_keys)
    chosen_by = "at_most"
    draws = ROUNDS
    is_in_handout = False
    must_kill = False

    def judge(self, question: Question) -> Judged:
        """Runs rounds with other numbers of the same shapes, so a cached answer does not help.

        Each answer must be right. Both are timed from outside, in one dtype; threads and child processes
        count. If the submission is too slow, the outcome is TOO_SLOW, and the difference gives both times.
        """
        times, yardstick = [], []
        for number in range(ROUNDS):
            inputs = question.oracle.inputs(question.case, number)
            outcome, difference, seconds = _round(question, inputs)
            if outcome.status is not Status.OK or difference is not None:
                return outcome, difference
            times.append(seconds)
            with question.submission.paused():  # a thread of it would slow the reference down
                yardstick.append(_reference_seconds(question, inputs))
        if not min(yardstick) > 0:
            name = question.case.name
            raise GraderFault(f"{name} cannot run: this machine does not report a process's CPU time")
        factor = factor_of(question.case)
        slow = too_slow(min(times), min(yardstick), factor)
        return (outcome, None) if slow is None else (Outcome(Status.TOO_SLOW, reason=slow.rationale), slow)


def factor_of(case: Case) -> float:
    """The multiple of the reference's CPU time that a case may take."""
    return float(case.options["at_most"].partition(" ")[0])


def _round(question: Question, inputs: Inputs) -> tuple[Outcome, Difference | None, float]:
    """The submission's outcome, its difference from the expected answer, and the CPU seconds that it took."""
    outcome, seconds = question.submission.run_timed(question.case.probe, inputs)
    expected = question.oracle.expected(question.case, inputs)
    return *judge_answer(question, expected, outcome), seconds


def _reference_seconds(question: Question, inputs: Inputs) -> float:
    answer, seconds = question.oracle.answer(question.case.probe, inputs, DTYPE)
    if answer.status is not Status.OK:
        raise GraderFault(f"{question.case.name}: the reference has no answer: {answer.reason}")
    return seconds


def too_slow(seconds: float, yardstick: float, factor: float) -> Difference | None:
    """The best time next to the allowed time, as a difference; None if it is not longer."""
    allowed = factor * yardstick
    if seconds <= allowed:
        return None
    return Difference(
        f"at most {factor:g} times the reference's CPU time, {1000 * allowed:.3g} ms",
        f"{seconds / yardstick:.3g} times, {1000 * seconds:.3g} ms",
        "right, but too slow: does a Python loop visit each element?",
    )
