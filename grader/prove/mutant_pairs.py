"""Puts two mutants into one solution, and records what the two answer together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from grader.batch.grading_messages import Grading
from grader.batch.per_process import answer_one, open_session
from grader.batch.pool import grade_all
from grader.judge.comparisons import compared_by
from grader.model.assignment import Assignment, Case
from grader.model.grade import Grade, Status
from grader.model.mutant import Mutant, called_name
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.edit_exercise import edit

Pair = tuple[str, str]
ORIGINAL = re.compile(r"\boriginal\b")


@dataclass(frozen=True)
class MutantPair:
    """Two mutants in one solution: the files, and the cases to run."""

    pair: Pair
    files: SubmittedFiles
    cases: tuple[str, ...]


def _replaces_class_of(one: Mutant, other: Mutant) -> bool:
    return bool(one.appended) and not one.edits and other.exercise.startswith(f"{one.exercise}.")


def combine(one: Mutant, other: Mutant, solution: str) -> str:
    """The solution with two mutants of one file in it.

    Edits change the text of their exercises; functions are appended, and each wraps the previous version.
    Raises ValueError, with the reason, if the two cannot be combined.
    """
    if one.file != other.file:
        raise ValueError("they are in two files")
    if one.file.endswith(".cu"):
        raise ValueError("they are in a kernel, and the compiler takes too long for every pair")
    if _replaces_class_of(one, other) or _replaces_class_of(other, one):
        raise ValueError("one replaces the whole class")
    inner, outer = (other, one) if other.appended and not other.edits and not other.wraps else (one, other)
    if inner.exercise == outer.exercise and not outer.edits and not outer.wraps:
        raise ValueError("each has a whole function in the place of the exercise")
    text = solution
    if one.exercise == other.exercise:
        if one.edits.keys() & other.edits.keys():
            raise ValueError("both replace the same text")
        text = edit(text, one.exercise, {**one.edits, **other.edits})
    else:
        for mutant in (one, other):
            text = edit(text, mutant.exercise, mutant.edits)
    if outer.edits and not inner.edits and not inner.wraps and inner.exercise == outer.exercise:
        raise ValueError("a whole function replaces the text that the other one changes")
    parts = [text.rstrip()]
    for number, mutant in enumerate((inner, outer)):
        if mutant.appended:
            parts.append(ORIGINAL.sub(f"original_{number}", mutant.appended))
    return "\n\n\n".join(parts).rstrip() + "\n"


def mutant_pairs(
    mutants: Sequence[Mutant],
    grades: Mapping[str, Grade],
    exercises_by_criterion: Mapping[str, Sequence[str]],
    cases: Iterable[Case],
    solution: Mapping[str, str],
) -> tuple[list[MutantPair], list[tuple[str, str, str]]]:
    """Every two mutants that may be reported together, and pairs that cannot be combined, with the reason.

    A case is useful if both fail it, each in an exercise that the case's probe calls. If one passes, the
    other one decides. A case that passes functions is not: a few verdicts cannot distinguish two ideas.
    """
    comparable = [case for case in cases if _is_exact(case) and not case.functions]
    exact = {case.name: set(exercises_by_criterion.get(case.criterion, ())) for case in comparable}
    failed = {m.name: _failed(grades[m.name]) & exact.keys() for m in mutants}
    pairs, conflicting = [], []
    for one, other in combinations(mutants, 2):
        exercises = {called_name(one.exercise), called_name(other.exercise)}
        shared = sorted(c for c in failed[one.name] & failed[other.name] if exercises <= exact[c])
        if not shared:
            continue
        try:
            text = combine(one, other, solution[one.file])
        except ValueError as reason:
            conflicting.append((one.name, other.name, str(reason)))
            continue
        files = {name: source.encode() for name, source in {**solution, one.file: text}.items()}
        pairs.append(MutantPair((one.name, other.name), SubmittedFiles(files), tuple(shared)))
    return pairs, conflicting


def _is_exact(case: Case) -> bool:
    return not case.is_own_test and compared_by(case).is_exact


def _failed(grade: Grade) -> set[str]:
    return {
        result.name
        for criterion in grade.criteria
        for result in criterion.results
        if result.status in (Status.WRONG, Status.ERROR)
    }


def answers_of(
    assignment: Assignment,
    secret: str,
    pairs: Sequence[MutantPair],
    names: Mapping[str, str],
    jobs: int,
) -> dict[Pair, dict[str, str]]:
    """The answers of each pair to its cases, without the cases that it passes.

    `names` maps functions to the exercises that they replace, as for exceptions.
    """
    grading = Grading.of(assignment, Sandbox.BUBBLEWRAP, secret, None, variants=True)
    answers: dict[Pair, dict[str, str]] = {one.pair: {} for one in pairs}
    items = [(one.pair, one.files, one.cases) for one in pairs]
    ask = partial(answer_one, grading.digest, names)
    for (pair, _, _), result in grade_all(items, ask, jobs, partial(open_session, grading)):
        if isinstance(result, Exception):
            raise result
        answers[pair] = result
    return answers
