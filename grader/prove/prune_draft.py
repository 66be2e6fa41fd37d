"""Turns the first draft of an assignment into a proved one: grades its mutants, and keeps what is needed.

A case is kept if it catches a mutant that no earlier case catches. A mutant is kept if a case catches it by a
wrong answer, and no other mutant is caught in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from grader.author.load import load
from grader.author.new_assignment.draft import Draft, DraftCase, DraftMutant, with_exception
from grader.author.new_assignment.function import PACKAGE
from grader.author.new_assignment.values import as_argument
from grader.author.render import Views
from grader.judge.comparisons import COMPARISONS
from grader.judge.differences.probe_values import NO_VALUE, array_of, value_of
from grader.judge.process.scratch_folder import ScratchFolder
from grader.judge.verdict.oracles import ReferenceOracle
from grader.model.errors import UserError
from grader.model.grade import Grade, Outcome, Status
from grader.model.wire_format import DATA
from grader.prove.assignment_checks import HANDOUT, SOLUTION, submissions
from grader.prove.read_mutants import read_mutants
from grader.prove.run_mutants import grade_texts
from grader.report.write_files import write_files

MOST_MUTANTS, MOST_CASES, MOST_REFUSED = 12, 8, 3
BY_AN_ANSWER = (Status.WRONG, Status.ERROR)
Kills = Mapping[str, Mapping[str, Status]]


@dataclass(frozen=True)
class ProvedDraft:
    """The proved draft, and the mutants that no case distinguishes from the solution."""

    draft: Draft
    survivors: tuple[DraftMutant, ...]


def prune(root: Path, draft: Draft, secret: str, jobs: int) -> ProvedDraft:
    """A draft in which every case and every mutant counts; UserError if none does."""
    draft = _sorted(root, draft, secret)
    kills = _all_kills(root, draft, secret, jobs)
    if kills[SOLUTION] and COMPARISONS[draft.compare].is_exact:  # rounding: real numbers after all
        draft = replace(draft, compare="close")
        kills = _all_kills(root, draft, secret, jobs)
    failures = kills.pop(SOLUTION)
    cases = tuple(case for case in draft.cases if f"{draft.criterion}/{case.id}" not in failures)
    draft = replace(draft, cases=cases)
    useful_kills = {name: killed for name, killed in kills.items() if _counts(killed)}
    chosen_kills = {name: useful_kills[name] for name in _varied(draft, _distinct(draft, useful_kills))}
    cases = _earning(draft.cases, draft.criterion, chosen_kills, MOST_CASES)
    catches = _caught(cases, draft.criterion, chosen_kills)
    rest = {name: killed for name, killed in chosen_kills.items() if name not in catches}
    refusals = _earning(draft.refused, "refused", rest, MOST_REFUSED)
    catches |= _caught(refusals, "refused", rest)
    if not catches or not cases:
        raise UserError(
            f"no change to {draft.function.name} shows in what it returns: write the files by hand"
        )
    pruned = replace(
        draft, cases=cases, refused=refusals, mutants=tuple(m for m in draft.mutants if m.name in catches)
    )
    return ProvedDraft(pruned, tuple(m for m in draft.mutants if m.name in kills and not kills[m.name]))


def _all_kills(root: Path, draft: Draft, secret: str, jobs: int) -> dict[str, dict[str, Status]]:
    """The cases that each mutant and the solution fail."""
    with ScratchFolder() as scratch:
        views = _write(root, draft, Path(scratch))
        mutants, _ = read_mutants(views)
        by_name = submissions(views, mutants)
        by_name.pop(HANDOUT)
        grades = grade_texts(views.assignment, secret, by_name, jobs)
        return {name: _kills(grade) for name, grade in grades.items()}


def _sorted(root: Path, draft: Draft, secret: str) -> Draft:
    """The draft with its cases sorted by the reference's behavior: it returns a value, or raises an error."""
    outcomes = _outcomes(root, draft, secret)
    cases = tuple(case for case in draft.cases if outcomes[case.id].status is Status.OK)
    if not cases:
        reason = next(iter(outcomes.values())).reason
        raise UserError(
            f"{draft.function.name} returned nothing that can be compared: {reason}; if it needs other "
            f"inputs, such as arrays of different shapes, run `grader new {draft.name}` without --from, put "
            "your function in place of the example, and write its cases by hand (docs/authoring.md)"
        )
    refusals = tuple(
        with_exception(case, outcomes[case.id].error)
        for case in draft.cases
        if outcomes[case.id].status is Status.ERROR and outcomes[case.id].error in draft.function.text
    )
    hidden = tuple(
        case
        for case in draft.hidden
        if all(outcomes[f"{case.id}-{n + 1}"].status is Status.OK for n in range(case.draws))
    )
    example = _example(draft, cases[0], outcomes[cases[0].id])
    is_real = any(_has_fractions(outcomes[case.id]) for case in cases)
    compare = "close" if is_real else draft.compare
    return replace(draft, cases=cases, refused=refusals, hidden=hidden, example=example, compare=compare)


def _has_fractions(outcome: Outcome) -> bool:
    """True if an array of an answer holds a number that is not whole, so that rounding may change it."""
    arrays = [array_of(raw) for raw in outcome.arrays if raw.dtype != DATA]
    return any(bool((array != np.rint(array)).any()) for array in arrays if array.dtype.kind in "fc")


def _outcomes(root: Path, draft: Draft, secret: str) -> dict[str, Outcome]:
    """The reference's answer to each case, by the case's id."""
    with ScratchFolder() as scratch:
        assignment = _write(root, replace(draft, mutants=()), Path(scratch)).assignment
        with closing(ReferenceOracle(assignment, secret)) as oracle:
            return {
                case.id: oracle.answer(case.probe, oracle.inputs(case))[0]
                for criterion in assignment.rubric.criteria
                for case in criterion.cases
            }


def _write(root: Path, draft: Draft, scratch: Path) -> Views:
    """The draft as an assignment of a course in `scratch`, with the reference of the real course."""
    folder = scratch / "assignments" / draft.name
    write_files(folder, draft.files())
    (scratch / PACKAGE).symlink_to((root / PACKAGE).resolve(), target_is_directory=True)
    return Views(replace(load(folder), library=scratch))


def _kills(grade: Grade) -> dict[str, Status]:
    return {
        result.name: result.status
        for criterion in grade.criteria
        for result in criterion.results
        if result.status not in (Status.OK, Status.NOT_RUN)
    }


def _counts(killed: Mapping[str, Status]) -> bool:
    """True if a mutant is useful; one that hangs or crashes shows no idea, and slows down every proof."""
    return bool(killed) and all(status in BY_AN_ANSWER for status in killed.values())


def _distinct(draft: Draft, kills: Kills) -> list[str]:
    """The first of the mutants of one operator that the same cases catch in the same way."""
    first: dict[object, str] = {}
    for mutant in draft.mutants:
        if mutant.name in kills:
            key = (mutant.change.operator, frozenset(kills[mutant.name].items()))
            first.setdefault(key, mutant.name)
    return list(first.values())


def _varied(draft: Draft, names: Sequence[str]) -> set[str]:
    """The mutants with which an assignment should begin, from as many operators as possible."""
    operators: dict[str, int] = {}
    turns: dict[str, int] = {}
    for mutant in draft.mutants:
        if mutant.name in names:
            turns[mutant.name] = operators[mutant.change.operator] = (
                operators.get(mutant.change.operator, 0) + 1
            )
    return set(sorted(turns, key=lambda name: turns[name])[:MOST_MUTANTS])


def _earning(cases: Sequence[DraftCase], criterion: str, kills: Kills, most: int) -> tuple[DraftCase, ...]:
    """The fewest cases that catch the same mutants, chosen greedily: the case that catches most is first."""
    fewest: list[DraftCase] = []
    survivors = set(kills)
    fresh: Callable[[DraftCase], int] = lambda case: len(_caught([case], criterion, kills) & survivors)  # noqa: E731
    while len(fewest) < most and (best := max(cases, key=fresh, default=None)) and fresh(best):
        fewest.append(best)
        survivors -= _caught([best], criterion, kills)
    return tuple(fewest)


def _caught(cases: Sequence[DraftCase], criterion: str, kills: Kills) -> set[str]:
    ids = {f"{criterion}/{case.id}" for case in cases}
    return {name for name, killed in kills.items() if ids & killed.keys()}


def _example(draft: Draft, case: DraftCase, outcome: Outcome) -> str:
    """A sentence about one case; "" if arrays or conversions come between the case and the call."""
    value = value_of(outcome.arrays)
    parameters = draft.function.parameters
    plain = (f"case.{p.key}" for p in parameters)
    are_plain = all(
        as_argument(p.annotation, source) in (source, f"list({source})")
        for p, source in zip(parameters, plain, strict=True)
    )
    if value is NO_VALUE or not are_plain or "arrays" in case.keys:
        return ""
    words = ", ".join(repr(case.keys["ask"][p.key]) for p in parameters)
    return f"For example, `{draft.function.name}({words})` is `{value!r}`."
