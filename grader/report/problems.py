"""Lists a submission's problems by file and line, for editors and CI services."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.text import clean, clean_line, plural
from grader.report.feedback_content import is_fault, is_shown

AT = re.compile(r"^(?P<file>[\w./-]+\.(?:py|cu)):(?P<line>\d+): ?(?P<text>.*)$", re.MULTILINE)
KERNEL = "{name}\\s*\\("
FUNCTION = "def\\s+{name}\\b"


@dataclass(frozen=True)
class Sources:
    """The submitted files, and the first function that each criterion calls, where its problems appear."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """One problem to fix: `file` "" and `line` 0 if no line is known. `cases` are those that show it."""

    criterion: str
    file: str
    line: int
    message: str
    cases: tuple[str, ...]


def problems_of(grade: Grade, sources: Sources, reveal: bool = False) -> tuple[Problem, ...]:
    """The failing cases, grouped by criterion and line; hidden cases are left out.

    The line is the submission's own innermost frame, a kernel's finding, or the function that was called. A
    line that fails several criteria with one message, such as a syntax error, is one problem: the first
    criterion's, with the cases of the others as `criterion/case`.
    """
    problems: dict[tuple[str, str, int], Problem] = {}
    first_with: dict[tuple[str, int, str], str] = {}
    for criterion in grade.criteria:
        for result in _failing(criterion, reveal):
            for file, line, message in _places(result, sources):
                owner = first_with.setdefault((file, line, message), criterion.id) if file else criterion.id
                case = result.case if owner == criterion.id else f"{criterion.id}/{result.case}"
                key = (owner, file, line)
                first = problems.get(key, Problem(owner, file, line, message, ()))
                problems[key] = replace(first, cases=(*first.cases, clean_line(case)))
    return tuple(problems.values())


def headline(problem: Problem) -> str:
    """The criterion, with the cases that show the problem."""
    first, *more = problem.cases
    return f"{clean_line(problem.criterion)}/{first}" + (
        f" and {plural(len(more), 'more case')}" * bool(more)
    )


def _failing(criterion: CriterionGrade, reveal: bool) -> Iterator[CheckResult]:
    for result in criterion.results:
        is_visible = is_shown(result, reveal) and not is_fault(result)
        if is_visible and result.status not in (Status.OK, Status.NOT_RUN):
            yield result


def _places(result: CheckResult, sources: Sources) -> Iterator[tuple[str, int, str]]:
    """File, line and message; several if a kernel has several findings."""
    why, idea = clean(result.rationale), clean(result.idea)
    matches = list(AT.finditer(why))
    if result.calls:
        text = matches[0]["text"] if matches else why.partition("\n")[0]
        yield clean_line(result.calls[-1].file), result.calls[-1].line, _message(result, text, idea)
    elif matches:
        for match in matches:
            yield match["file"], int(match["line"]), _message(result, match["text"], idea)
    else:
        yield *_function(result.criterion, sources), _message(result, why, idea)


def _message(result: CheckResult, why: str, idea: str) -> str:
    """The status and the idea; if no idea is known, the difference and the reason."""
    status = "" if result.status is Status.ERROR else f"{result.status.value.replace('_', ' ')}: "
    differs = f"expected {clean_line(result.expected)}, actual {clean_line(result.actual)}"
    facts = [idea] if idea else [differs if result.expected else "", why]
    return status + ". ".join(fact.strip().rstrip(".") for fact in facts if fact.strip())


def _function(criterion: str, sources: Sources) -> tuple[str, int]:
    """The place of the function that a criterion calls, else the first file's first line, if any."""
    name = re.escape(sources.functions.get(criterion, criterion))
    for file, content in sources.files.items():
        pattern = re.compile((FUNCTION if file.endswith(".py") else KERNEL).format(name=name))
        if (line := _line(pattern, content.decode(errors="replace").splitlines())) > 0:
            return file, line
    return next(((file, 1) for file in sources.files), ("", 0))


def _line(pattern: re.Pattern[str], lines: Iterable[str]) -> int:
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), 0)
