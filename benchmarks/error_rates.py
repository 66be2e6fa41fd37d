"""Measures how often assignments accept wrong code and reject right code: `make error-rates`.

An assignment's mutants are wrong, and so are pairs of them in one solution; its rewrites are right. All are
graded like a student's submission.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.page import write
from benchmarks.table import Table
from grader.author.load import load
from grader.author.render import Views
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.model.assignment import Assignment
from grader.model.errors import UserError
from grader.model.grade import Grade, Status
from grader.model.mutant import Mutant, called_name
from grader.prove.assignment_checks import SOLUTION, submissions
from grader.prove.mutant_pairs import combine
from grader.prove.read_mutants import read_mutants, read_rewrites
from grader.prove.run_mutants import grade_texts

ASSIGNMENTS = Path(__file__).parents[1] / "assignments"
PAIRS = {".py": 300, ".cu": 60}  # drawn per assignment: a kernel takes seconds to compile
ABOUT = f"""\
A wrong submission is an assignment's solution with one mutant in it, or with two. We draw {PAIRS[".py"]}
pairs for each assignment in Python, and {PAIRS[".cu"]} for kernels. A wrong submission counts as accepted
if it loses no points on the criteria of its exercises. A right submission is the solution with one exercise
written differently (`rewrites.py`, `rewrites.cu`): another algorithm, order of summation, or intermediate
type. It counts as rejected if it loses any points. The goal is 0 for both. `make error-rates` measures
this."""
# Pairs of mistakes that cancel out, such as one zero more and one zero less, so the result is right.
RIGHT_TOGETHER = {frozenset(("one_zero_too_many", "dilation_taken_for_the_step"))}
HEADER = ("assignment", "mutants", "pairs", "wrong and accepted", "rewrites", "right and rejected")


@dataclass(frozen=True)
class Wrong:
    """A wrong submission: its name, the exercises that it gets wrong, and its files."""

    name: str
    exercises: tuple[str, ...]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Rates:
    """One assignment's counts of submissions of each sort, and the misjudged ones."""

    assignment: str
    mutants: int
    pairs: int
    rewrites: int
    accepted: tuple[str, ...]
    rejected: tuple[str, ...]


def rates_of(views: Views, jobs: int, secret: str = "") -> Rates:
    """The rates from grading mutants, pairs and rewrites; UserError for one that is not what it claims."""
    (mutants, of_mutants), (rewrites, of_rewrites) = read_mutants(views), read_rewrites(views)
    for finding in (*of_mutants, *of_rewrites):
        raise UserError(finding.message, finding.source, finding.line)
    by_name = submissions(views, [*mutants, *rewrites])
    singles = [Wrong(mutant.name, (mutant.exercise,), by_name[mutant.name]) for mutant in mutants]
    pairs = list(drawn_pairs(mutants, by_name[SOLUTION]))
    texts = {one.name: one.files for one in (*singles, *pairs)} | {r.name: by_name[r.name] for r in rewrites}
    grades = grade_texts(views.assignment, secret, texts, jobs)
    accepted = (one.name for one in (*singles, *pairs) if passes(views.loaded, one, grades[one.name]))
    rejected = (one.name for one in rewrites if grades[one.name].score < grades[one.name].max_score)
    counts = len(mutants), len(pairs), len(rewrites)
    return Rates(views.loaded.name, *counts, tuple(accepted), tuple(rejected))


def passes(assignment: Assignment, wrong: Wrong, grade: Grade) -> bool:
    """True if every case of its exercises' criteria passes."""
    criteria = criteria_of_exercises(assignment)
    ids = {id for exercise in wrong.exercises for id in criteria.get(called_name(exercise), ())}
    results = [result for c in grade.criteria if c.id in ids for result in c.results]
    return all(result.status is Status.OK for result in results)


def drawn_pairs(mutants: Sequence[Mutant], solution: Mapping[str, str]) -> Iterator[Wrong]:
    """Pairs of mutants that fit in one solution and do not cancel out; the same pairs every time."""
    pairs = [p for p in combinations(mutants, 2) if frozenset(m.name for m in p) not in RIGHT_TOGETHER]
    random.Random(0).shuffle(pairs)
    left = dict(PAIRS)
    for one, other in pairs:
        suffix = Path(one.file).suffix
        text = together(one, other, solution[one.file]) if left[suffix] else ""
        if text:
            left[suffix] -= 1
            files = {**solution, one.file: text}
            yield Wrong(f"{one.name} and {other.name}", (one.exercise, other.exercise), files)


def together(one: Mutant, other: Mutant, solution: str) -> str:
    """The solution with two mutants in it; "" if they do not fit together."""
    if one.file.endswith(".py"):
        try:
            return combine(one, other, solution)
        except ValueError:
            return ""
    first, second = sorted((change(one.source, solution), change(other.source, solution)))
    if one.file != other.file or one.exercise == other.exercise or first[1] > second[0]:
        return ""
    return (
        solution[: first[0]] + first[2] + solution[first[1] : second[0]] + second[2] + solution[second[1] :]
    )


def change(source: str, solution: str) -> tuple[int, int, str]:
    """The one stretch of the solution that a source replaces: its start and end, and the new text."""
    before = shared(source, solution)
    behind = min(shared(source[::-1], solution[::-1]), min(len(source), len(solution)) - before)
    return before, len(solution) - behind, source[before : len(source) - behind]


def shared(one: str, other: str) -> int:
    """The length of the common prefix of two texts."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def table(rates: Sequence[Rates]) -> Table:
    """The rates as a section of docs/benchmarks.md."""
    counts = [(r.mutants, r.pairs, len(r.accepted), r.rewrites, len(r.rejected)) for r in rates]
    totals = tuple(f"**{sum(column)}**" for column in zip(*counts, strict=True))
    rows = ((r.assignment, *map(str, row)) for r, row in zip(rates, counts, strict=True))
    return Table("Error rates", ABOUT, HEADER, (*rows, ("**all**", *totals)))


def main(names: Sequence[str]) -> int:
    """Measures the named assignments, or all and then writes the section; 1 if one is misjudged."""
    folders = sorted(path.parent for path in ASSIGNMENTS.glob("*/rubric.yaml"))
    chosen = [folder for folder in folders if not names or folder.name in names]
    rates = [rates_of(Views(load(folder)), os.cpu_count() or 1) for folder in chosen]
    for one in rates:
        for name in one.accepted:
            print(f"{one.assignment}: wrong and accepted: {name}")
        for name in one.rejected:
            print(f"{one.assignment}: right and rejected: {name}")
    markdown = table(rates).markdown()
    print(markdown)
    if not names:
        write(markdown)
    return int(any(one.accepted or one.rejected for one in rates))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
