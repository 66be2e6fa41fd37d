"""Grades one case of a submission: decides whether to run it, and whether to cache its result."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.judge.case_selection.other_values import (
    a_table_answers,
    draws_other_values,
    with_other_values,
)
from grader.judge.comparison import Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.discover_subclasses import error_in_words
from grader.judge.process.implementation import Implementation
from grader.judge.verdict.grade_case import grade_case
from grader.judge.verdict.misconceptions import Misconceptions
from grader.judge.verdict.result_cache import ResultCache
from grader.judge.verdict.score import (
    failing_forward,
    forward_may_fail,
    reason_to_stop,
    refusals,
    unmet_requirement,
)
from grader.model.assignment import Assignment, Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Status

NEVER_RAN = (Status.NOT_RUN, Status.REFUSED)
OTHER_VALUES = {
    False: "right for the values that you see, not for other values of the same shapes",
    True: "the grader failed when it asked this case again with other values",
}
JUDGED = (Status.OK, Status.WRONG, Status.ERROR)  # what a case asks for decided, and no limit


Chooses = Callable[[Case, Criterion, "Run"], Implementation]


@dataclass
class Run:
    """One submission being graded: its implementation, the results so far, and the cached ones.

    `refusal` says why nothing of it runs. `cache` is None if no result outlives the run. `misconceptions`
    holds the answers of wrong versions; it is None if they are not available.
    """

    assignment: Assignment
    oracle: Oracle
    submission: Implementation
    refusal: str = ""
    cache: ResultCache | None = None
    misconceptions: Misconceptions | None = None
    results: dict[str, CheckResult] = field(default_factory=dict)

    @cached_property
    def without_work(self) -> frozenset[str]:
        """The cases that a function passes without doing any of its exercise."""
        return refusals(self.assignment.rubric)

    def are_explained(self, results: Sequence[CheckResult]) -> bool:
        """True if known wrong versions explain all these failing results."""
        return self.misconceptions is not None and self.misconceptions.explain(results)


class NotPassed(Exception):
    """A case did not pass; holds its result."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.rationale)
        self.result = result


def is_visible(case: Case) -> bool:
    """True if every student may see the case."""
    return case.visibility is Visibility.VISIBLE


def result_of(case: Case, criterion: Criterion, run: Run) -> CheckResult:
    """The result of a case, which is also stored in the run; a fault of the grader is a result, too.

    It does not depend on other cases yet: `settle` does the rest. Ask all visible cases before the first
    hidden one.
    """
    result = _judged(case, criterion, run, implementation_for)
    run.results[case.name] = result
    return result


def confirm(case: Case, criterion: Criterion, run: Run) -> None:
    """Asks a visible case that passed once more, with values that no student has seen.

    If it does not pass again, it does not count, so a table of the visible answers earns nothing. Call it
    after all visible cases. It runs even if a time limit has ended the criterion, and on a budget of its own:
    otherwise a table would count if the last visible case never returns, or a slow function would lose what
    it has earned. Of its answer the result shows only how it ended.
    """
    result = run.results[case.name]
    other = with_other_values(case)
    if result.status is not Status.OK or other is None or not draws_other_values(case, run.oracle):
        return
    again = _judged(other, criterion, run, _for_other_values)
    if again.status is not Status.OK:
        why = OTHER_VALUES[again.status is Status.INTERNAL_ERROR]
        run.results[case.name] = replace(
            result, status=again.status, rationale=why, help=criterion.help_for(case), answer="", calls=()
        )
        if run.cache is not None:
            run.cache.leave_out(case, run.oracle)


def _judged(case: Case, criterion: Criterion, run: Run, on: Chooses) -> CheckResult:
    """A case's result on the implementation that `on` chooses; a fault of the grader is a result, too."""
    try:
        return _cached(case, criterion, on(case, criterion, run), run)
    except NotPassed as ended:
        return ended.result
    except GraderFault as fault:
        return result_without_verdict(case, Status.INTERNAL_ERROR, str(fault))
    except (Exception, SystemExit) as error:  # our bug, or the author's, must not look like the student's
        return result_without_verdict(case, Status.INTERNAL_ERROR, error_in_words(error))


def _for_other_values(case: Case, criterion: Criterion, run: Run) -> Implementation:
    run.submission.budgets.enter_again(criterion.id)
    return run.submission.hidden_worker


def implementation_for(case: Case, criterion: Criterion, run: Run) -> Implementation:
    """The implementation to run a case on; raises NotPassed if the case must not be run."""
    if run.refusal:
        raise NotPassed(result_without_verdict(case, Status.REFUSED, run.refusal))
    why_not = _final_reason(criterion, run)
    if not run.submission.cannot_start:  # otherwise every case ends as the import did
        why_not = reason_to_stop(criterion, run.results) or why_not
    if why_not:
        raise NotPassed(result_without_verdict(case, Status.NOT_RUN, why_not))
    run.submission.budgets.enter(criterion.id)
    return run.submission if is_visible(case) else run.submission.hidden_worker


def _final_reason(criterion: Criterion, run: Run) -> str:
    """The reason the criterion cannot count, whatever the cases give that have not run yet; "" if it can."""
    over = {id for id in criterion.requires if _is_over(run.assignment.criterion(id), run)}
    if not over:
        return ""
    results = {name: result for name, result in run.results.items() if result.criterion in over}
    return unmet_requirement(criterion, results, run.without_work)


def _is_over(criterion: Criterion, run: Run) -> bool:
    """True if no further case of the criterion will run."""
    all_ran = all(case.name in run.results for case in criterion.cases)
    return all_ran or bool(reason_to_stop(criterion, run.results))


def settle(run: Run, names: Collection[str]) -> None:
    """Decides the results of these cases as far as other cases decide them, also some that ran later.

    A criterion that requires another one needs a case of that to pass, a trivial case needs another case of
    its criterion, and a share needs a forward pass that fails. Nothing runs for it, because a hidden case may
    have run: a case that turns out not to count has run before.
    """
    for criterion in run.assignment.rubric.criteria:
        unmet = unmet_requirement(criterion, run.results, run.without_work)
        reasons = {} if unmet else _need_another(criterion, run)
        for case in criterion.cases:
            reason = unmet or reasons.get(case.name, "")
            if reason and case.name in names and run.results[case.name].status not in NEVER_RAN:
                run.results[case.name] = result_without_verdict(case, Status.NOT_RUN, reason)
                if run.cache is not None:
                    run.cache.leave_out(case, run.oracle)
    for criterion in run.assignment.rubric.criteria:
        of_case = {case.name: run.results[case.name] for case in criterion.cases if case.name in names}
        followers = {name: result for name, result in of_case.items() if result.follow_through}
        if followers:
            rubric = run.assignment.rubric
            forward_fails = failing_forward(rubric, criterion, run.results, run.are_explained)
            run.results |= {name: _with_share(result, forward_fails) for name, result in followers.items()}


def _with_share(result: CheckResult, forward_fails: str) -> CheckResult:
    """A gradient that is the transpose of a forward pass: it earns its share if that forward pass fails."""
    if not forward_fails:
        return replace(result, follow_through=0.0)
    why = f"right for your forward pass, but the forward pass fails {forward_fails}: fix that first"
    return replace(result, rationale=why)


def _need_another(criterion: Criterion, run: Run) -> dict[str, str]:
    """The trivial cases that do not count, as no other case of their criterion passes: reasons by name.

    A trivial case expects no elements, only zeros, or a value such as 0, "" or None: returning the argument,
    or nothing, would be enough. A refusal is one, too: a function that only raises would be enough. A visible
    case whose values are always the same needs a case that no table answers.
    """
    cases = [case for case in criterion.cases if case.name in run.results]
    statuses = {case.name: run.results[case.name].status for case in cases}
    if run.submission.cannot_start or all(status is Status.OK for status in statuses.values()):
        return {}
    reasons = {case.name: reason for case in cases if (reason := _passes_without_work(case, run))}
    others = [status for name, status in statuses.items() if name not in reasons]
    trivial = {} if not others or Status.OK in others else reasons
    return {**_need_other_values(criterion, run, reasons), **trivial}


def _need_other_values(criterion: Criterion, run: Run, without_work: Collection[str]) -> dict[str, str]:
    """The visible cases that pass and do not count, as a table would pass them: reasons by name.

    Their values are always the same, so they need a case of their criterion to pass that no table answers: a
    hidden one, or one that was asked again with other values. A handout has no such case.
    """
    if run.assignment.frozen is not None:
        return {}
    cases = [case for case in criterion.cases if case.name in run.results]
    tabled = {case.name for case in cases if a_table_answers(case, run.oracle)}
    others = [c.name for c in cases if c.name not in tabled and c.name not in without_work]
    if not others or any(run.results[name].status is Status.OK for name in others):
        return {}
    why = f"counts once a case of {criterion.id} passes whose values you do not see"
    return {name: f"{name} {why}" for name in tabled if run.results[name].status is Status.OK}


def _passes_without_work(case: Case, run: Run) -> str:
    """The reason why a trivial case needs another one to pass; "" for any other case."""
    if case.is_own_test or run.results[case.name].status not in JUDGED:
        return ""
    if case.name in run.without_work:
        counts = f"{case.id} counts once another case of {case.criterion} passes"
        return f"{counts}: a function that only raises would pass it"
    comparison = comparison_of(case)
    if not comparison.needs_expected or comparison.watches_the_run:
        return ""
    expected = run.oracle.expected(case, run.oracle.inputs(case))
    if expected.value is not NO_VALUE and expected.value:
        return ""
    if any(array.any() for array in expected.arrays):
        return ""
    return f"{case.name} passes without any work: it counts once another case of {case.criterion} passes"


def own_test(assignment: Assignment, file: str, function: str) -> Case:
    """The case of an author's test, by the names of its file and its function."""
    cases = assignment.rubric.cases
    name = {"file": file, "function": function}
    return next(case for case in cases if case.is_own_test and name.items() <= case.parameters.items())


def result_without_verdict(case: Case, status: Status, rationale: str, output: str = "") -> CheckResult:
    """The result of a case without a verdict on values."""
    return CheckResult(case.criterion, case.id, status, case.visibility, rationale=rationale, output=output)


def forget_if_used_up(criterion: Criterion, submission: Implementation, run: Run) -> bool:
    """True if the criterion's time is used up; its results of this run are then removed from the cache.

    With the criterion's full time a case might have ended differently.
    """
    is_used_up = submission.budgets.for_call().is_used_up
    if is_used_up and run.cache is not None:
        run.cache.forget(criterion, run.oracle)
    return is_used_up


def _cached(case: Case, criterion: Criterion, submission: Implementation, run: Run) -> CheckResult:
    rubric = run.assignment.rubric
    may_follow = case.follow_through > 0 and forward_may_fail(rubric, criterion, run.results)

    def ask() -> CheckResult:
        result = grade_case(case, criterion, submission, run.oracle, may_follow)
        # no case is to blame for a slow import
        is_of_import = submission.cannot_start and result.status is Status.TIMEOUT
        if forget_if_used_up(criterion, submission, run) or is_of_import:
            raise NotPassed(result)
        return result

    if run.cache is None:
        return ask()
    return run.cache.get_or_run(case, criterion, run.oracle, may_follow, ask)
