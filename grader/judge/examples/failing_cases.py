"""Shows whole failing cases, each with the smallest case that fails in the same way."""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from grader.judge.comparison import Oracle
from grader.judge.comparisons import compared_by, judged_draws
from grader.judge.differences.difference import Expected
from grader.judge.examples.answer_to_small_case import Answer, answer_of
from grader.judge.examples.forward_shape import forward_of
from grader.judge.examples.freeze_small_cases import SMALLEST, FrozenLadders
from grader.judge.examples.smallest import Small, candidates, may_be_small, smallest
from grader.judge.examples.trial import Runner, Trial, oracle_of, try_case
from grader.judge.inputs import Inputs
from grader.judge.process.implementation import Implementation
from grader.judge.session import Session
from grader.model.assignment import Assignment, Case, Criterion, Visibility
from grader.model.example import Example
from grader.model.grade import CheckResult, Grade, Status
from grader.model.submitted_files import SubmittedFiles

UNASKED = (Status.OK, Status.NOT_RUN, Status.REFUSED, Status.INTERNAL_ERROR, Status.TIMEOUT)


def examples_of(
    session: Session,
    assignment: Assignment,
    submission: SubmittedFiles,
    results: Iterable[CheckResult],
    now: Callable[[], float] = time.monotonic,
    answer: Answer | None = None,
) -> tuple[dict[str, Example], dict[str, Example]]:
    """The whole failing cases by `criterion/case`, each with the smallest one that fails in the same way.

    It runs only cases that every student may see, and none that hangs. With an `answer` (`answer_of`),
    several submissions share the reference's answers.
    """
    cases = {case.name: (case, c) for c in assignment.rubric.criteria for case in c.cases}
    whole: dict[str, Example] = {}
    small: dict[str, Example] = {}
    case_names = [r.name for r in results if r.status not in UNASKED and not r.is_unread]
    failing = [cases[name] for name in case_names if name in cases and may_be_small(cases[name][0])]
    if not failing:
        return whole, small
    oracle = session.setup.oracle
    with session.setup.candidate(submission) as (implementation, refusal, _):
        search = _Search(assignment, oracle, answer or answer_of(oracle, assignment), implementation, now)
        for case, criterion in () if refusal else failing:
            implementation.budgets.enter(criterion.id)
            for redraw in judged_draws(case) or [0]:
                trial = try_case(case, oracle, search.runner, assignment, redraw)
                if trial.failure and _shows_more(trial):
                    whole[case.name] = trial.example(assignment)
                    if (found := search.smallest(case, criterion, trial.failure)) is not None:
                        small[case.name] = found.example(assignment, is_smallest=True)
                    break
    return whole, small


class _Search:
    """Searches for small cases. Each is run once, also if several failing cases lead to it."""

    def __init__(
        self,
        assignment: Assignment,
        oracle: Oracle,
        answer: Answer,
        implementation: Implementation,
        now: Callable[[], float],
    ) -> None:
        self._assignment, self._oracle, self._answer, self._now = assignment, oracle, answer, now
        self.runner = Runner(implementation.run)
        self._frozen = FrozenLadders(assignment.frozen.with_name(SMALLEST)) if assignment.frozen else None

    def smallest(self, case: Case, criterion: Criterion, failure: str) -> Trial | None:
        """The smallest case that fails in the way that `failure` names; None if none does in time."""
        forward = forward_of(self._oracle, criterion)
        rungs: Iterable[Small] = candidates(case, self._answer, self._now, forward)
        answer = self._answer
        if self._frozen is not None:
            rungs, answer = self._frozen.of(criterion), self._frozen.expected
        return smallest(case, failure, rungs, answer, self._attempt, self._now)

    def _attempt(self, case: Case, inputs: Inputs, expected: Expected) -> Trial:
        return try_case(case, oracle_of(case, inputs, expected), self.runner, self._assignment)


def _shows_more(trial: Trial) -> bool:
    """True unless the report shows all of the case already: a question without arrays, to be refused."""
    return bool(trial.inputs.bases) or not compared_by(trial.case).expects_exception


def first_failing(grade: Grade, most: int) -> Sequence[CheckResult]:
    """The first failing cases of the first unfinished criterion."""
    each = (visible_failing_cases(criterion.results, most) for criterion in grade.criteria)
    return next((failing for failing in each if failing), ())


def visible_failing_cases(results: Sequence[CheckResult], most: int) -> Sequence[CheckResult]:
    """The first failing cases that every student may see."""
    failing = (r for r in results if r.status not in UNASKED and r.visibility is Visibility.VISIBLE)
    return list(islice(failing, most))
