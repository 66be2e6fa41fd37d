"""Grades one case: runs the submission, judges its answer, and puts the verdict into words."""

from dataclasses import replace

from grader.judge.comparison import Oracle, Question
from grader.judge.comparisons import COMPARISONS, compared_by, comparison_of
from grader.judge.comparisons.adjoint import may_be_transpose
from grader.judge.differences.difference import Difference
from grader.judge.discover_subclasses import method_place
from grader.judge.process.implementation import Implementation
from grader.model.assignment import OWN_COMPARISONS, Case, Criterion
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Outcome, Status


def grade_case(
    case: Case, criterion: Criterion, submission: Implementation, oracle: Oracle, may_follow: bool = False
) -> CheckResult:
    """The verdict on one case; raises GraderFault if the grader cannot reach one.

    If a wrong gradient `may_follow` a wrong forward pass and is its transpose, the result has the share that
    it earns if that forward pass does fail (see `settle`).
    """
    tolerance = compared_by(case).tolerance(case)
    question = Question(case, criterion, submission, oracle, tolerance)
    comparison = comparison_of(case)
    judged = comparison.judge(question)
    if case.comparison_source and not _is_verdict(judged):
        place = method_place(comparison, "judge", OWN_COMPARISONS)
        raise GraderFault(
            f"{place} returned {type(judged).__name__}, expected an outcome, and a Difference or None"
        )
    outcome, difference = judged
    result = _result(question, outcome, difference)
    if may_follow and difference is not None and _follows_through(question, outcome, difference):
        return replace(result, follow_through=case.follow_through)
    return result


def _is_verdict(judged: object) -> bool:
    """True for what the comparison of a course must return: an outcome, and a difference of texts or None."""
    match judged:
        case (Outcome(), None):
            return True
        case (Outcome(), Difference(expected=str(), actual=str(), rationale=str())):
            return True
    return False


def _follows_through(question: Question, outcome: Outcome, difference: Difference) -> bool:
    """True if a wrong gradient is the transpose of the submission's own forward pass.

    A wrong shape or dtype is the gradient's own mistake, whatever the forward pass does.
    """
    if not question.case.follow_through or difference.index is None:
        return False
    if not may_be_transpose(question, outcome):
        return False
    outcome, against_itself = COMPARISONS["adjoint"].judge(question)
    return outcome.status is Status.OK and against_itself is None


def _result(question: Question, outcome: Outcome, difference: Difference | None) -> CheckResult:
    case, criterion = question.case, question.criterion
    if outcome.status is Status.OK and difference is not None:
        status, rationale = Status.WRONG, difference.rationale
    else:
        status, rationale = outcome.status, outcome.reason
    has_answer = outcome.status in (Status.OK, Status.ERROR)
    return CheckResult(
        criterion=criterion.id,
        case=case.id,
        status=status,
        visibility=case.visibility,
        inputs=question.describe(),
        index=difference.index if difference else None,
        expected=difference.expected if difference else "",
        actual=difference.actual if difference else "",
        rationale=rationale,
        help="" if status is Status.OK else criterion.help_for(case),
        output=outcome.output,
        answer=compared_by(case).digest(case, outcome, difference) if has_answer else "",
        calls=outcome.calls,
    )
