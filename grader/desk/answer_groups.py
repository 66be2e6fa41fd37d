"""Groups a class's answers by case and by misconception: who fails, and with which answer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.class_row import ClassRow
from grader.model.grade import CheckResult, Status


@dataclass(frozen=True)
class Answer:
    """One answer to a case: how it ended, how it differs first, and which students gave it.

    What was `expected` depends on the difference: a shape, a dtype, or the number at one place.
    """

    status: Status
    expected: str
    actual: str
    rationale: str
    misconceptions: tuple[str, ...]
    rows: tuple[ClassRow, ...]


@dataclass(frozen=True)
class CaseView:
    """One case: what it asks, who passes, and the other answers, the rarest first."""

    name: str
    inputs: str
    ran: int
    passed: tuple[ClassRow, ...]
    answers: tuple[Answer, ...]
    not_run: tuple[ClassRow, ...]


def case_view(rows: Sequence[ClassRow], name: str) -> CaseView | None:
    """All answers to one case, `criterion/case`; None if there is no such case."""
    results = [(row, result) for row in rows for result in _results(row, name)]
    if not results:
        return None
    groups: dict[tuple[str, ...], list[tuple[ClassRow, CheckResult]]] = defaultdict(list)
    for row, result in results:
        if result.status not in (Status.OK, Status.NOT_RUN):
            key = (result.status.value, result.answer, result.expected, result.actual, result.rationale)
            groups[key].append((row, result))
    answers = [
        Answer(
            those[0][1].status,
            those[0][1].expected,
            those[0][1].actual,
            those[0][1].rationale,
            those[0][1].misconceptions,
            tuple(row for row, _ in those),
        )
        for those in groups.values()
    ]
    return CaseView(
        name=name,
        inputs=next((result.inputs for _, result in results if result.inputs), ""),
        ran=sum(result.status is not Status.NOT_RUN for _, result in results),
        passed=tuple(row for row, result in results if result.status is Status.OK),
        answers=tuple(sorted(answers, key=lambda a: (len(a.rows), a.status, a.actual))),
        not_run=tuple(row for row, result in results if result.status is Status.NOT_RUN),
    )


def misconceptions_of(row: ClassRow) -> tuple[str, ...]:
    """The names of the misconceptions that fit a student's answers, each once."""
    names: dict[str, None] = {}
    for criterion in row.grade.criteria if row.grade is not None else ():
        for result in criterion.results:
            names |= dict.fromkeys(criterion.ideas_at(result))
    return tuple(names)


def _results(row: ClassRow, name: str) -> list[CheckResult]:
    criterion, _, case = name.partition("/")
    mine = (c for c in row.grade.criteria if c.id == criterion) if row.grade is not None else ()
    return [result for one in mine for result in one.results if result.case == case]
