"""Shows whole failing cases, each with the smallest case that fails in the same way."""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from grader.judge.comparison import Oracle
from grader.judge.comparisons import judged_draws
from grader.judge.examples.freeze_small_cases import SMALLEST, FrozenLadders
from grader.judge.examples.lay_out_case import lay_out, real_dtype
from grader.judge.examples.smallest import (
    Answer,
    Small,
    answer_of,
    candidates,
    may_be_small,
    smallest,
    way_of_failing,
)
from grader.judge.inputs import Inputs
from grader.judge.process.implementation import Implementation
from grader.judge.session import Session
from grader.model.assignment import Assignment, Case, Criterion, Visibility
from grader.model.example import Example
from grader.model.grade import CheckResult, Grade, Outcome, Status
from grader.model.submitted_files import SubmittedFiles

UNASKED = (Status.OK, Status.NOT_RUN, Status.REFUSED, Status.INTERNAL_ERROR, Status.TIMEOUT)


def examples_of(
    session: Session,
    assignment: Assignment,
    submission: SubmittedFiles,
    results: Iterable[CheckResult],
    now: Callable[[], float] = time.monotonic,
) -> tuple[dict[str, Example], dict[str, Example]]:
    """The whole failing cases by `criterion/case`, each with the smallest one that fails in the same way.

    It runs only cases that every student may see, and none that hangs.
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
        search = _Search(assignment, oracle, implementation, now)
        for case, criterion in () if refusal else failing:
            implementation.budgets.enter(criterion.id)
            for redraw in judged_draws(case):
                inputs = oracle.inputs(case, redraw)
                expected = oracle.expected(case, inputs)
                outcome = implementation.run(case.probe, inputs)
                if failure := way_of_failing(case, expected, outcome, real_dtype(inputs)):
                    whole[case.name] = lay_out(case, inputs, expected, outcome, assignment)
                    if (example := search.smallest(case, criterion, failure)) is not None:
                        small[case.name] = example
                    break
    return whole, small


class _Search:
    """Searches for small cases. Each is run once, also if several failing cases lead to it."""

    def __init__(
        self,
        assignment: Assignment,
        oracle: Oracle,
        implementation: Implementation,
        now: Callable[[], float],
    ) -> None:
        self._assignment, self._oracle, self._implementation, self._now = (
            assignment,
            oracle,
            implementation,
            now,
        )
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._frozen = FrozenLadders(assignment.frozen.with_name(SMALLEST)) if assignment.frozen else None

    def smallest(self, case: Case, criterion: Criterion, failure: str) -> Example | None:
        """The smallest case that fails in the way that `failure` names; None if none does in time."""
        rungs: Iterable[Small]
        answer: Answer
        if self._frozen is not None:
            rungs, answer = self._frozen.of(criterion), self._frozen.expected
        else:
            answer = answer_of(self._oracle)
            rungs = candidates(case, answer, self._now)
        return smallest(case, failure, rungs, answer, self._ask, self._assignment, self._now)

    def _ask(self, probe: str, inputs: Inputs) -> Outcome:
        key = probe, inputs.digest
        if key in self._outcomes:
            return self._outcomes[key]
        outcome = self._implementation.run(probe, inputs)
        if outcome.status in (Status.OK, Status.ERROR):  # a limit may be that of one criterion alone
            self._outcomes[key] = outcome
        return outcome


def first_failing(grade: Grade, most: int) -> Sequence[CheckResult]:
    """The first failing cases of the first unfinished criterion."""
    each = (shown_failing(criterion.results, most) for criterion in grade.criteria)
    return next((failing for failing in each if failing), ())


def shown_failing(results: Sequence[CheckResult], most: int) -> Sequence[CheckResult]:
    """The first failing cases that every student may see."""
    failing = (r for r in results if r.status not in UNASKED and r.visibility is Visibility.VISIBLE)
    return list(islice(failing, most))
