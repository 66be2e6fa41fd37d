"""Proves that each student's numbers are equally hard: the same cases kill the same mutants."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from grader.judge.comparisons import compared_by
from grader.model.assignment import Assignment, Rubric, Visibility
from grader.model.grade import Grade, Status

Kills = Mapping[str, frozenset[str]]  # by case: the mutants that fail it


def hidden_exact(assignment: Assignment) -> Assignment:
    """The assignment with only the exact cases that have the student's own numbers."""
    criteria = []
    for criterion in assignment.rubric.criteria:
        cases = tuple(
            case
            for case in criterion.cases
            if case.visibility is not Visibility.VISIBLE
            and not case.is_own_test
            and compared_by(case).is_exact
        )
        if cases:
            criteria.append(replace(criterion, cases=cases))
    rubric = Rubric(sum(c.points for c in criteria), tuple(criteria), assignment.rubric.source)
    digest = f"{assignment.digest} hidden exact"
    return replace(assignment, rubric=rubric, tests=(), digest=digest)


def kills(grades: Mapping[str, Grade]) -> Kills:
    """The mutants that each case kills, from their grades; a hang or a crash counts as killed."""
    killed_by: dict[str, set[str]] = {}
    for mutant, grade in grades.items():
        for result in (result for criterion in grade.criteria for result in criterion.results):
            killed = killed_by.setdefault(result.name, set())
            if result.status not in (Status.OK, Status.NOT_RUN):
                killed.add(mutant)
    return {case: frozenset(mutants) for case, mutants in killed_by.items()}


def differences(common: Kills, variants: Mapping[str, Kills]) -> Iterable[str]:
    """A line for each case that kills other mutants with a student's numbers than with the common ones."""
    for variant, kills_of_variant in variants.items():
        for case in sorted(common.keys() | kills_of_variant.keys()):
            expected, actual = common.get(case, frozenset()), kills_of_variant.get(case, frozenset())
            for mutant in sorted(expected - actual):
                yield f"{case} kills {mutant}, and not in variant {variant}"
            for mutant in sorted(actual - expected):
                yield f"{case} kills {mutant} in variant {variant} only"
