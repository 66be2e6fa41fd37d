"""Adds up check results to a grade."""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

from grader.judge.comparisons import compared_by
from grader.model.assignment import Assignment, Case, Criterion, Rubric, Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

FAILED = frozenset(Status) - {Status.OK, Status.NOT_RUN, Status.INTERNAL_ERROR}  # the submission's fault


def refusals(rubric: Rubric) -> frozenset[str]:
    """The cases that a function passes without doing any of its exercise, such as one that only raises.

    If a criterion has no other case, its cases are not among them.
    """
    names: set[str] = set()
    for criterion in rubric.criteria:
        without_work = {case.name for case in criterion.cases if not shows_work(case)}
        names |= without_work if len(without_work) < len(criterion.cases) else set()
    return frozenset(names)


def shows_work(case: Case) -> bool:
    """True if a function must do a part of its exercise to pass a case."""
    return case.is_own_test or compared_by(case).shows_work


def unmet_requirement(
    criterion: Criterion, results: Mapping[str, CheckResult], without: Collection[str] = ()
) -> str:
    """The reason the criterion cannot be run, given the results so far by `criterion/case`; "" if it can.

    A required criterion is unmet if it has results and no case passed, not counting the cases `without`. That
    a time limit ended it is no excuse: a function that never returns would otherwise open a criterion that
    proves nothing by itself.
    """
    for id in criterion.requires:
        statuses = {r.status for name, r in results.items() if r.criterion == id and name not in without}
        if statuses and Status.OK not in statuses:
            return f"needs a right result of {id}"
    return ""


def reason_to_stop(criterion: Criterion, results: Mapping[str, CheckResult]) -> str:
    """The reason why no further case of the criterion runs, given the results so far; "" if there is none."""
    for result in results.values():
        if result.criterion == criterion.id and result.status is Status.TIMEOUT:
            return f"{result.case} ran into a time limit, which ends its criterion"
    return ""


def failing_forward(
    rubric: Rubric,
    criterion: Criterion,
    results: Mapping[str, CheckResult],
    are_explained: Callable[[Sequence[CheckResult]], bool] = lambda results: False,
) -> str:
    """The first case that the forward pass of this criterion's gradient fails; empty if there is none.

    Only cases of criteria that test just that forward pass count. The function must be a wrong version of
    the right one, not a different function with an easy gradient: known mistakes explain every case that
    fails (`are_explained`), or both the function and its gradient are right in some case. If the gradient has
    hidden cases, that is one of these: a table answers the others. Otherwise no case counts as failed.
    Refusals do not count at all.
    """
    counted = results.keys() - refusals(rubric)
    of_forward = [results[c.name] for c in _forward_cases(rubric, criterion) if c.name in counted]
    of_gradient = [results[case.name] for case in criterion.cases if case.name in counted]
    hidden = [result for result in of_gradient if result.visibility is not Visibility.VISIBLE]
    failures = [result for result in of_forward if result.status in FAILED]
    both_pass = all(any(r.status is Status.OK for r in each) for each in (of_forward, hidden or of_gradient))
    is_gone_wrong = both_pass or are_explained(failures)
    return failures[0].name if failures and is_gone_wrong else ""


def forward_may_fail(rubric: Rubric, criterion: Criterion, results: Mapping[str, CheckResult]) -> bool:
    """True unless the forward pass of this criterion's gradient passes each of its cases, refusals aside."""
    counted = {case.name for case in _forward_cases(rubric, criterion)} - refusals(rubric)
    return not all(name in results and results[name].status is Status.OK for name in counted)


def _forward_cases(rubric: Rubric, criterion: Criterion) -> list[Case]:
    """The cases of criteria that test just the forward pass of this criterion's gradient."""
    forwards = [c for c in rubric.criteria if c.probe == criterion.options.get("adjoint_of")]
    return [case for forward in forwards for case in forward.cases]


def score(
    assignment: Assignment,
    results: Mapping[str, CheckResult],
    *,
    submission: str,
    sandbox: str,
    device: str,
    versions: Mapping[str, str],
    notes: tuple[str, ...] = (),
) -> Grade:
    """The grade; a case without a result was not selected: it counts nothing and makes the grade partial."""
    criteria = tuple(_score_criterion(criterion, results) for criterion in assignment.rubric.criteria)
    offered = sum(criterion.points for criterion in criteria)
    return Grade(
        assignment=assignment.name,
        submission=submission,
        criteria=criteria,
        sandbox=sandbox,
        device=device,
        withheld=assignment.rubric.points - Fraction(offered),
        not_selected=sum(len(c.cases) for c in assignment.rubric.criteria) - len(results),
        versions=dict(versions),
        notes=notes,
    )


def _score_criterion(criterion: Criterion, results: Mapping[str, CheckResult]) -> CriterionGrade:
    if criterion.by_hand:
        points, none = Fraction(criterion.points), Fraction(0)
        return CriterionGrade(criterion.id, criterion.title, points, none, Status.NOT_RUN, (), by_hand=True)
    case_results = tuple(results[case.name] for case in criterion.cases if case.name in results)
    earned = sum(
        (case.weight * _share(results[case.name]) for case in criterion.cases if case.name in results),
        Fraction(0),
    )
    offered = criterion.weight - criterion.withheld
    return CriterionGrade(
        id=criterion.id,
        title=criterion.title,
        points=Fraction(criterion.points * offered, criterion.weight),
        score=criterion.points * earned / criterion.weight,
        status=_status(case_results),
        results=case_results,
        reason=case_results[0].rationale if case_results and _status(case_results) is Status.NOT_RUN else "",
    )


def _share(result: CheckResult) -> Fraction:
    """The share of its points that a case earns, as an exact fraction of the rubric's number."""
    return Fraction(1) if result.status is Status.OK else Fraction(str(result.follow_through))


def _status(results: tuple[CheckResult, ...]) -> Status:
    """The criterion's status: a fault of the grader first, else that of the first case that failed.

    A case that did not run decides only if none failed: those that failed may hold back one that passed.
    """
    statuses = [result.status for result in results]
    if Status.INTERNAL_ERROR in statuses:
        return Status.INTERNAL_ERROR
    if not statuses:
        return Status.NOT_RUN
    failed = next((status for status in statuses if status not in (Status.OK, Status.NOT_RUN)), None)
    return failed or (Status.NOT_RUN if Status.NOT_RUN in statuses else Status.OK)
