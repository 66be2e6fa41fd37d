"""Finds what several failing cases have in common: an exception, a wrong exercise, a bug of the kernel."""

from collections.abc import Callable, Sequence

from grader.judge.verdict.blame import Blame
from grader.judge.verdict.evidence import FINDING, Evidence, failures_of, visible_of
from grader.judge.verdict.misconceptions import ERROR
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Fact, FactKind, Status
from grader.model.text import plural_noun

Inner = Callable[[CriterionGrade, str], bool | None]


def common_causes(
    criterion: CriterionGrade,
    failures: Sequence[CheckResult],
    evidence: Evidence,
    blame: Blame,
    is_inner: Inner,
) -> tuple[Fact, ...]:
    """The facts that visible failing cases share, to be shown once."""
    return (
        *_errors(failures, evidence),
        *_inner(criterion, failures, blame, is_inner),
        *_finding(criterion, failures, evidence),
    )


def _errors(failures: Sequence[CheckResult], evidence: Evidence) -> list[Fact]:
    """The lines of exercises where several visible cases end in the same exception."""
    groups: dict[tuple[str, str, int], list[CheckResult]] = {}
    for result in failures:
        if result.status is Status.ERROR and result.calls and result.visibility is Visibility.VISIBLE:
            call = evidence.own_call(result)
            groups.setdefault((_class_of(result), call.file, call.line), []).append(result)
    facts = []
    for (error, file, line), results in groups.items():
        if len(results) > 1:
            call = evidence.own_call(results[0])
            with_arguments = f", with {call.arguments} in {results[0].case}" if call.arguments else ""
            text = f"{len(results)} cases end in {error} at {file}:{line}{with_arguments}"
            text += f"\n{call.source}" if call.source else ""
            values = call.variables_in_words(results[0].case)
            text += f"\n{values}" if values else ""
            facts.append(Fact(FactKind.ERROR, text, tuple(result.case for result in results)))
    return facts


def _class_of(result: CheckResult) -> str:
    """The class of the exception that a case ended in."""
    place, _, message = result.rationale.partition(": ")
    stated = message if ":" in place else result.rationale  # `conv.py:12: ValueError: no`
    return result.answer.removeprefix(ERROR) or stated.partition(":")[0]


def _inner(
    criterion: CriterionGrade,
    failures: Sequence[CheckResult],
    blame: Blame,
    is_inner: Inner,
) -> list[Fact]:
    """The facts about a wrong exercise that the criterion's own exercise calls, or that it also tests."""
    if not failures:
        return []
    called = blame.inner_exercises(criterion)
    facts = []
    for exercise in called or blame.direct_exercises(criterion):
        need = "this calls" if called else _in_need(blame.cases(criterion, exercise), failures)
        text = f"Your {exercise} is wrong, and {need} it. Fix {exercise} first."
        passes = is_inner(criterion, exercise)
        if passes is not None:
            outcome = "this would pass" if passes else "this would still fail"
            text = f"Your {exercise} is wrong; with a right one {outcome}."
        facts.append(Fact(FactKind.INNER, text, tuple(result.case for result in visible_of(failures))))
    return facts


def _in_need(cases: Sequence[CheckResult], failures: Sequence[CheckResult]) -> str:
    """The cases that need an exercise, as subject and verb; "this needs" if all that fail do."""
    names = [result.case for result in visible_of(cases)]
    if len(names) == len(visible_of(failures)):
        return "this needs"
    return f"{_listed(names)} {plural_noun(len(names), 'needs', 'need')}"


def _listed(cases: Sequence[str]) -> str:
    """Names as a sentence lists them: `one`, `one and two`, `one, two and three`."""
    *others, last = cases
    return f"{', '.join(others)} and {last}" if others else last


def _finding(criterion: CriterionGrade, failures: Sequence[CheckResult], evidence: Evidence) -> list[Fact]:
    """The first finding in the criterion's own kernel that a visible case of another criterion shows.

    Wrong values show little of a kernel: an access to unwritten memory makes all of them NaN.
    """
    shown = visible_of(failures)
    if not shown or any(FINDING.match(result.rationale) for result in shown):
        return []
    kernels = evidence.direct_exercises_of(criterion.id)
    for result in (result for other in evidence.grade.criteria for result in failures_of(other)):
        finding = FINDING.match(result.rationale)
        if finding and finding[1] in kernels and result.visibility is Visibility.VISIBLE:
            text = f"In the same kernel, `{result.name}` finds: {finding[0]}"
            return [Fact(FactKind.FINDING, text, tuple(result.case for result in shown))]
    return []
