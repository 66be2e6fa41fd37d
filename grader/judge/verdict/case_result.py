"""Grades one case of a submission: decides whether to run it, and whether to cache its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.judge.comparison import Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.discover_subclasses import error_in_words
from grader.judge.process.implementation import Implementation
from grader.judge.verdict.grade_case import grade_case
from grader.judge.verdict.misconceptions import Misconceptions
from grader.judge.verdict.result_cache import ResultCache
from grader.judge.verdict.score import ended_by_time, failing_forward, refusals, unmet_requirement
from grader.model.assignment import Assignment, Case, Criterion, Visibility
from grader.model.errors import GraderFault
from grader.model.grade import CheckResult, Status


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


class NotPassed(Exception):
    """A case did not pass; holds its result."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.rationale)
        self.result = result


def result_of(case: Case, criterion: Criterion, run: Run, *, again: bool = False) -> CheckResult:
    """The result of a case, which is also stored in the run; a fault of the grader is a result, too.

    A case that runs `again` was no later than the one whose time limit ended the criterion.
    """
    try:
        result = _cached(case, criterion, implementation_for(case, criterion, run, again=again), run)
    except NotPassed as ended:
        result = ended.result
    except GraderFault as fault:
        result = ended_early(case, Status.INTERNAL_ERROR, str(fault))
    except (Exception, SystemExit) as error:  # our bug, or the author's, must not look like the student's
        result = ended_early(case, Status.INTERNAL_ERROR, error_in_words(error))
    run.results[case.name] = result
    return result


def implementation_for(case: Case, criterion: Criterion, run: Run, *, again: bool = False) -> Implementation:
    """The implementation to run a case on; raises NotPassed if the case must not be run."""
    if run.refusal:
        raise NotPassed(ended_early(case, Status.REFUSED, run.refusal))
    why_not = unmet_requirement(criterion, run.results, run.without_work)
    if not run.submission.cannot_start:  # otherwise every case ends as the import did
        why_not = ("" if again else ended_by_time(criterion, run.results)) or why_not
        why_not = why_not or _needs_another(case, criterion, run)
    if why_not:
        raise NotPassed(ended_early(case, Status.NOT_RUN, why_not))
    run.submission.budgets.enter(criterion.id)
    return run.submission if case.visibility is Visibility.VISIBLE else run.submission.hidden_worker


def _needs_another(case: Case, criterion: Criterion, run: Run) -> str:
    """The reason not to run a trivial case yet, if no other case of its criterion passes.

    A trivial case expects no elements, only zeros, or a value such as 0, "" or None: returning the argument,
    or nothing, would be enough. A refusal is one, too: a function that only raises would be enough.
    Empty if the case may be run.
    """
    names = {other.name for other in criterion.cases} - {case.name} - run.without_work
    others = [result for name, result in run.results.items() if name in names]
    if case.is_own_test or not others or any(r.status is Status.OK for r in others):
        return ""
    if case.name in run.without_work:
        counts = f"{case.id} counts once another case of {criterion.id} passes"
        return f"{counts}: a function that only raises would pass it"
    comparison = comparison_of(case)
    if not comparison.needs_expected or comparison.watches_the_run:
        return ""
    expected = run.oracle.expected(case, run.oracle.inputs(case))
    if expected.value is not NO_VALUE and expected.value:
        return ""
    if any(array.any() for array in expected.arrays):
        return ""
    return f"{case.name} passes without any work: it counts once another case of {criterion.id} passes"


def own_test(assignment: Assignment, file: str, function: str) -> Case:
    """The case of an author's test, by the names of its file and its function."""
    cases = assignment.rubric.cases
    name = {"file": file, "function": function}
    return next(case for case in cases if case.is_own_test and name.items() <= case.parameters.items())


def ended_early(case: Case, status: Status, rationale: str, output: str = "") -> CheckResult:
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


def follow_again(run: Run) -> None:
    """Runs again each wrong gradient that ran before the case that its share depends on.

    A share may need a case of the same gradient to pass, and that case may come later in the rubric.
    """
    for criterion in run.assignment.rubric.criteria:
        if not _forward_fails(criterion, run.results, run):
            continue
        for case in criterion.cases:
            first = run.results.get(case.name)
            if first is None or first.status is not Status.WRONG or not case.follow_through:
                continue
            before = dict(list(run.results.items())[: list(run.results).index(case.name)])
            if not _forward_fails(criterion, before, run):
                second = result_of(case, criterion, run, again=True)
                is_kept = second.follow_through or second.status is Status.INTERNAL_ERROR
                run.results[case.name] = second if is_kept else first


def _forward_fails(criterion: Criterion, results: Mapping[str, CheckResult], run: Run) -> str:
    are_explained = run.misconceptions.explain if run.misconceptions is not None else _by_nothing
    return failing_forward(run.assignment.rubric, criterion, results, are_explained)


def _by_nothing(results: Sequence[CheckResult]) -> bool:
    return False


def _cached(case: Case, criterion: Criterion, submission: Implementation, run: Run) -> CheckResult:
    forward_fails = _forward_fails(criterion, run.results, run)

    def ask() -> CheckResult:
        result = grade_case(case, criterion, submission, run.oracle, forward_fails)
        # no case is to blame for a slow import
        is_of_import = submission.cannot_start and result.status is Status.TIMEOUT
        if forget_if_used_up(criterion, submission, run) or is_of_import:
            raise NotPassed(result)
        return result

    if run.cache is None:
        return ask()
    return run.cache.get_or_run(case, criterion, run.oracle, forward_fails, ask)
