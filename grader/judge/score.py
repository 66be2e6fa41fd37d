"""Adds check results up to a grade."""

from collections.abc import Mapping
from fractions import Fraction

from grader.model.assignment import Assignment, Criterion
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status


def unmet_requirement(criterion: Criterion, results: Mapping[str, CheckResult]) -> str:
    """Why the criterion cannot be run, given the results so far by `criterion/case`; empty where it can.

    A required criterion gives nothing to stand on when cases of it ran and none passed.
    """
    for id in criterion.requires:
        statuses = [result.status for result in results.values() if result.criterion == id]
        if statuses and Status.OK not in statuses:
            return f"{criterion.id} stands on {id}, and no case of {id} passes yet"
    return ""


def score(
    assignment: Assignment,
    results: Mapping[str, CheckResult],
    *,
    submission: str,
    sandbox: str,
    device: str,
    versions: Mapping[str, str],
) -> Grade:
    """The grade; a case without a result was not selected, counts nothing and makes the grade partial."""
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
    )


def _score_criterion(criterion: Criterion, results: Mapping[str, CheckResult]) -> CriterionGrade:
    known = tuple(results[case.name] for case in criterion.cases if case.name in results)
    passed = sum(
        case.weight
        for case in criterion.cases
        if case.name in results and results[case.name].status is Status.OK
    )
    offered = criterion.weight - criterion.withheld
    return CriterionGrade(
        id=criterion.id,
        title=criterion.title,
        points=Fraction(criterion.points * offered, criterion.weight),
        score=Fraction(criterion.points * passed, criterion.weight),
        status=_status(known),
        results=known,
        reason=known[0].rationale if known and _status(known) is Status.NOT_RUN else "",
    )


def _status(results: tuple[CheckResult, ...]) -> Status:
    """The criterion's status: a fault of the grader first, else that of the first case that failed."""
    statuses = [result.status for result in results]
    if Status.INTERNAL_ERROR in statuses:
        return Status.INTERNAL_ERROR
    if not statuses:
        return Status.NOT_RUN
    return next((status for status in statuses if status is not Status.OK), Status.OK)
