"""Measures the diagnosis: how often a true idea is claimed for slips, and how often a false one is.

`make diagnosis` runs all of it and writes its section of docs/benchmarks.md; tests run a sample.
"""

import os
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from benchmarks.page import write
from grader.author.load import load
from grader.author.render import Views, provided_files
from grader.judge.verdict.call_graph import calls
from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from grader.prove.misconceptions import grade_made, misconceptions
from grader.prove.verify import SOLUTION, submissions
from tests.diagnosis.slips import RIGHT, SLIPS, submission, together

ROOT = Path(__file__).parents[2]
TITLE = "## Diagnosis"
TRIPLES = 30
RAISED = ("ValueError", "TypeError", "IndexError", "AssertionError", "KeyError")


@dataclass(frozen=True)
class Count:
    """How many submissions of one sort there were, and for how many a true or a false idea was claimed."""

    sort: str
    submissions: int
    true: int
    false: int
    wrong: tuple[str, ...] = ()
    has_ideas: bool = True


def assignment() -> Assignment:
    """conv_backward, with what it provides."""
    loaded = load(ROOT / "assignments" / "conv_backward")
    return replace(loaded, provided=provided_files(loaded))


def sorts(solution: str) -> dict[str, list[tuple[str, frozenset[str]]]]:
    """By sort: submissions, each with the ideas that are true of it."""
    made: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for count, name in ((1, "single slips"), (2, "pairs"), (3, "triples")):
        made[name] = []
        for function in SLIPS:
            found = together(solution, function, count)
            chosen = random.Random(count).sample(found, min(len(found), TRIPLES)) if count == 3 else found
            made[name] += chosen
    functions = list(RIGHT)
    styles = [
        [f for f, is_own in zip(functions, own, strict=True) if is_own] for own in product((0, 1), repeat=4)
    ]
    made["right rewrites"] = [(_rewritten(solution, style), frozenset()) for style in styles]
    made["submissions that only raise"] = [
        (f"{submission(solution, f)}\n\ndef {f}(*given, **named):\n    raise {error}('no')\n", frozenset())
        for f in functions
        for error in RAISED
    ]
    return made


def _rewritten(solution: str, functions: Sequence[str]) -> str:
    for function in functions:
        solution = submission(solution, function)
    return solution


def measure(assignment: Assignment, known: Misconceptions, jobs: int, sample: int = 0) -> list[Count]:
    """A count for each sort; of so many submissions drawn from each, or of all."""
    file = assignment.files[0]
    solution = submissions(Views(assignment), ())[SOLUTION][file]
    counts = []
    for sort, made in sorts(solution).items():
        chosen = random.Random(sort).sample(made, min(sample, len(made))) if sample else made
        texts = {str(number): {file: text} for number, (text, _) in enumerate(chosen)}
        truths = {str(number): ideas for number, (_, ideas) in enumerate(chosen)}
        counts.append(count(sort, assignment, known, texts, truths, jobs))
    return counts


def count(
    sort: str,
    assignment: Assignment,
    known: Misconceptions,
    texts: Mapping[str, Mapping[str, str]],
    truths: Mapping[str, frozenset[str]],
    jobs: int,
) -> Count:
    """What is claimed of these submissions."""
    names = [idea.exercise for idea in known.ideas.values()]
    true, wrong = 0, []
    for key, grade in grade_made(assignment, "", texts, jobs).items():
        files = {name: text.encode() for name, text in texts[key].items()}
        criteria = diagnose(grade, known, calls(files, names)).criteria
        claimed = [{idea.name, *idea.others} for criterion in criteria for idea in criterion.ideas]
        true += any(one & truths[key] for one in claimed)
        wrong += [f"{'; '.join(sorted(truths[key]))}: {min(one)}" for one in claimed if not one & truths[key]]
    return Count(sort, len(texts), true, len(wrong), tuple(wrong), any(truths.values()))


def section(counts: Sequence[Count]) -> str:
    """The measure as a section of docs/benchmarks.md."""
    rows = []
    for one in counts:
        share = f"{one.true / one.submissions:.0%}" if one.has_ideas else "-"
        rows.append(f"| {one.sort} | {one.submissions} | {share} | {one.false} |")
    about = (
        "Slips that are no mutants, in four functions of conv_backward written in styles of their own\n"
        "(`make diagnosis`). A claim is true where it names an idea of the slips, else false."
    )
    table = "| | submissions | a true idea | false claims |\n| --- | ---: | ---: | ---: |\n"
    head = f"{TITLE}\n\n{about}\n\n{table}"
    return head + "\n".join(rows) + "\n"


def main() -> int:
    """Measures everything, prints it, and writes its section."""
    of = assignment()
    counts = measure(
        of, misconceptions(ROOT, Views(of), ""), os.cpu_count() or 1, int(sys.argv[1]) if sys.argv[1:] else 0
    )
    for one in counts:
        print(one.sort, one.submissions, one.true, one.false, *sorted(set(one.wrong)), sep="\n  ")
    if not sys.argv[1:]:
        write(section(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
