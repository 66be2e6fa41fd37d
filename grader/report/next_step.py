"""Writes the next step for a student after a grade: the first one, the next one, or the rest of the work."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.text import clean_line, plural
from grader.report.feedback_content import feedback_on, is_fault, is_shown

COMPILER = re.compile(r"CompileError: (?P<file>[\w./]+):(?P<line>\d+):")
NOT_WRITTEN = re.compile(r"(?:(?P<file>[\w./]+):(?P<line>\d+): )?NotImplementedError\b")


@dataclass(frozen=True)
class Place:
    """The context of a grade: the files to submit, the number of hidden cases, in a handout or not.

    `functions` names the first function that each criterion calls. `is_unwritten`: the files are those of the
    handout, without a change.
    """

    files: tuple[str, ...] = ()
    hidden_cases: int = 0
    in_handout: bool = False
    functions: Mapping[str, str] | None = None
    is_unwritten: bool = False


def place_of_stub(result: CheckResult) -> re.Match[str] | None:
    """The place of the `raise NotImplementedError` that a case ended at, if it did."""
    return NOT_WRITTEN.match(result.rationale) if result.status is Status.ERROR else None


def where_to_begin(grade: Grade, place: Place) -> tuple[str, ...]:
    """Three lines for a handout without any written exercise; otherwise ()."""
    ran = [(c, r) for c in grade.criteria for r in c.results if r.status is not Status.NOT_RUN]
    # an unwritten kernel raises nothing; an error would be another problem, and has to be shown
    is_wrong_alone = {result.status for _, result in ran} <= {Status.WRONG, Status.OK}
    is_unwritten = (place.is_unwritten and is_wrong_alone) or all(place_of_stub(result) for _, result in ran)
    if grade.not_selected or not ran or not is_unwritten:
        return ()
    criterion, result = ran[0]
    first = f" in {place.files[0]}" if place.files else ""
    again = "make grade" if place.in_handout else "grader grade"
    return (
        f"Nothing is written yet. Begin with `{_function(criterion, place)}`{_at(result) or first}.",
        f"It earns {_points(criterion)}: {clean_line(criterion.title)}. {_read(result)}".rstrip(),
        f"Then run `{again}` again. It shows what to do next.",
    )


def next_step(grade: Grade, place: Place) -> str:
    """One line: what to do next."""
    unfinished = [criterion for criterion in grade.criteria if any(map(_failed, criterion.results))]
    if not unfinished:
        return _all_pass(grade, place)
    if feedback_on(grade).whole is not None:
        return "Next: fix the first problem above, then grade again."
    # a case that the student can see comes first: its feedback says what to fix
    to_show = ((criterion, result) for criterion in unfinished if (result := _first_shown(criterion)))
    criterion, failing = next(to_show, (unfinished[0], None))
    if failing is None:
        return f"Next: `{clean_line(criterion.id)}`. Only hidden cases fail: test it on other inputs."
    if place_of_stub(failing):
        return f"Next: write `{_function(criterion, place)}`{_at(failing)}. {_read(failing)}".rstrip()
    case = clean_line(failing.name)
    if compiler := COMPILER.match(failing.rationale):
        return f"Next: fix {compiler['file']}, line {compiler['line']}: the compiler stops there."
    hangs = failing.status is Status.TIMEOUT
    is_kernel = hangs and {name.rpartition(".")[2] for name in place.files} == {"cu"}  # has no debugger
    if failing.status is Status.REFUSED or not place.in_handout or is_kernel:
        return f"Next: `{case}`."
    if hangs:  # at a prompt it would not end either
        return f"Next: `{case}`. To step through it: `make debug CASE={case}`"
    return f"Next: `{case}`. To try it in Python: `make try CASE={case}`"


def _failed(result: CheckResult) -> bool:
    return result.status not in (Status.OK, Status.NOT_RUN) and not is_fault(result)


def _first_shown(criterion: CriterionGrade) -> CheckResult | None:
    return next((r for r in criterion.results if _failed(r) and is_shown(r, False)), None)


def _all_pass(grade: Grade, place: Place) -> str:
    if grade.needs_review:
        return "Some cases could not be judged. That is the grader's fault, not yours: report it."
    ran = sum(len(criterion.results) for criterion in grade.criteria)
    if grade.not_selected:
        again = " Run `make grade` for all of them." if place.in_handout else ""
        return f"{plural(ran, 'case')} that you chose {'passes' if ran == 1 else 'pass'}.{again}"
    if not place.in_handout:
        return "All cases pass."
    files = " and ".join(place.files)
    wait = f"{plural(place.hidden_cases, 'hidden case')} {'waits' if place.hidden_cases == 1 else 'wait'}. "
    hidden = wait if place.hidden_cases else ""
    return f"All visible cases pass. {hidden}Submit {files}: `make submit` checks it first."


def _function(criterion: CriterionGrade, place: Place) -> str:
    return clean_line((place.functions or {}).get(criterion.id, criterion.id))


def _at(result: CheckResult) -> str:
    match = place_of_stub(result)
    return f" in {match['file']}, line {match['line']}" if match and match["file"] else ""


def _read(result: CheckResult) -> str:
    return f"Read {clean_line(result.help)}." if result.help else ""


def _points(criterion: CriterionGrade) -> str:
    return plural(criterion.points, "point")
