"""Adds the ideas behind a grade's failures."""

from collections.abc import Mapping
from functools import partial

from grader.judge.comparison import Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.process.implementation import Implementation
from grader.judge.verdict.call_graph import calls, certain_calls
from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.evidence import failures_of
from grader.judge.verdict.misconceptions import Misconceptions
from grader.judge.verdict.score import FAILED
from grader.judge.verdict.with_right_callee import passes_with_a_right
from grader.model.assignment import Assignment, Visibility
from grader.model.grade import CriterionGrade, Grade


def with_ideas(
    grade: Grade,
    misconceptions: Misconceptions,
    assignment: Assignment,
    implementation: Implementation,
    oracle: Oracle,
) -> Grade:
    """The grade with the ideas of the misconceptions that explain its failures."""
    if not any(failures_of(criterion) for criterion in grade.criteria):
        return grade  # there is nothing to explain
    right_versions = misconceptions.right_versions
    if oracle.variant:
        # mutants ran on the common numbers, so only a variant's visible cases can be compared
        misconceptions = misconceptions.only(_visible(assignment))
    names = {idea.exercise for idea in misconceptions.ideas.values()}
    has_kernels = any(name.endswith(".cu") for name in assignment.files)
    files = implementation.subject.files
    reachable = None if has_kernels else calls(files, names)
    certain = None if has_kernels else certain_calls(files, names)
    is_inner = partial(_is_inner, right_versions, assignment, implementation, oracle)
    return diagnose(grade, misconceptions, reachable, is_inner, certain)


def _visible(assignment: Assignment) -> list[str]:
    cases = assignment.rubric.cases
    return [case.name for case in cases if case.visibility is Visibility.VISIBLE]


def _is_inner(
    right_versions: Mapping[str, str],
    assignment: Assignment,
    implementation: Implementation,
    oracle: Oracle,
    criterion: CriterionGrade,
    exercise: str,
) -> bool | None:
    """True if the failing cases pass with the reference's version of `exercise`; None if that is unknown."""
    rubric_criterion = assignment.criterion(criterion.id)
    failures = {result.case for result in criterion.results if result.status in FAILED}
    # an author's own test has no comparison, and a student's own mistake may make it fail
    values = [c for c in rubric_criterion.cases if not c.is_own_test]
    cases = [c for c in values if c.id in failures and comparison_of(c).is_exact]
    return passes_with_a_right(
        right_versions.get(exercise, ""), cases, rubric_criterion, implementation, oracle
    )
