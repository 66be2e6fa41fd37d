"""Holds a submission's CPU time against the reference's: the same questions, in turn, in one run."""

from grader.judge.compare import Difference, compare
from grader.judge.process.implementation import Implementation
from grader.judge.verdict.oracles import ROUNDS, Oracle, arrays_of
from grader.model.assignment import Case
from grader.model.errors import GraderFault
from grader.model.grade import Outcome, Status


def race(
    case: Case, submission: Implementation, oracle: Oracle, dtype: str
) -> tuple[Outcome, Difference | None]:
    """Whether the submission answers right and within `case.at_most` times the reference's CPU time.

    Each round asks for other numbers of the same shapes, so that no remembered answer is quick, and each
    answer must be right. Both are timed from outside, in one dtype; threads and child processes count. Where
    it is too slow the outcome is TOO_SLOW, and the difference tells both times.
    """
    own, yardstick = [], []
    for number in range(ROUNDS):
        inputs = oracle.inputs(case, number)
        outcome, seconds = submission.run_timed(case.probe, inputs)
        if outcome.status is not Status.OK:
            return outcome, None
        difference = compare(oracle.expected(case, inputs), arrays_of(outcome), dtype, inputs)
        if difference is not None:
            return outcome, difference
        own.append(seconds)
        answer, seconds = oracle.answer(case.probe, inputs, dtype)
        if answer.status is not Status.OK:
            raise GraderFault(f"{case.name}: the reference has no answer: {answer.reason}")
        yardstick.append(seconds)
    if not min(yardstick) > 0:
        raise GraderFault(f"{case.name}: this machine tells no process's CPU time: nothing can be timed")
    best, allowed = min(own), case.at_most * min(yardstick)
    if best <= allowed:
        return outcome, None
    why = "right, and too slow: does Python look at each element by itself?"
    return Outcome(Status.TOO_SLOW, reason=why), Difference(
        f"at most {case.at_most:g} times the reference's CPU time, {1000 * allowed:.3g} ms",
        f"{best / min(yardstick):.3g} times, {1000 * best:.3g} ms",
        why,
    )
