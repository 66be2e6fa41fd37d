"""`grader hint`: in a handout, lists the exercises with hints, and reveals the hints of one, one by one."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.handout.workspace import handout
from grader.judge.case_selection.selection import select
from grader.model.assignment import Assignment, Criterion
from grader.model.text import clean_line, plural
from grader.report.write_files import write_text

REVEALED = Path(".hints.json")  # how many of each criterion's hints were shown; delete it to start over


def run(options: argparse.Namespace) -> int:
    """Shows the hints that were shown before, and the next one; without an exercise, what hints there are."""
    assignment = handout()
    if not options.exercise:  # the hints of all exercises at once would give away too much
        return _list(assignment, as_json=options.json)
    ids = {name.partition("/")[0] for name in select(assignment, options.exercise)}
    counts = _counts()
    criteria = [one for one in assignment.rubric.criteria if one.id in ids]
    # An exercise is part of several criteria, and not each of them has hints.
    with_hints = [one for one in criteria if _has_hints(one)] or criteria
    for criterion in with_hints:
        counts[criterion.id] = min(counts.get(criterion.id, 0) + 1, len(criterion.hints))
        if not options.json:
            print("\n".join(hint_lines(criterion, counts[criterion.id])))
    if options.json:
        print_json("hint/1", {"criteria": [_facts(one, counts[one.id]) for one in with_hints]})
    write_text(REVEALED, json.dumps(counts, indent=2) + "\n")
    return PASSED


def _list(assignment: Assignment, *, as_json: bool) -> int:
    """Shows how many hints each exercise has and how many were shown, and reveals none."""
    counts = _counts()
    with_hints = [criterion for criterion in assignment.rubric.criteria if _has_hints(criterion)]
    if as_json:
        print_json("hint/1", {"criteria": [_facts(one, counts.get(one.id, 0)) for one in with_hints]})
    else:
        print("\n".join(list_lines(with_hints, counts)))
    return PASSED


def list_lines(criteria: Sequence[Criterion], counts: Mapping[str, int]) -> list[str]:
    """A line for each exercise with hints: how many of them were shown; then the way to see the next one."""
    if not criteria:
        return ["No exercise has a hint. Read README.md."]
    free = any(criterion.hints for criterion in criteria)
    names = [clean_line(criterion.id) for criterion in criteria]
    width = max(map(len, names))
    lines = ["Hints of each exercise. They cost no points:" if free else "Hints of each exercise:"]
    for name, criterion in zip(names, criteria, strict=True):
        shown, total = min(counts.get(criterion.id, 0), len(criterion.hints)), len(criterion.hints)
        about = f"{shown} of {total} shown" if total else "none without a cost"
        more = f", {criterion.withheld_hints} more from your instructor, at a cost of points"
        lines.append(f"  {name.ljust(width)}  {about}{more if criterion.withheld_hints else ''}")
    left = (n for n, one in zip(names, criteria, strict=True) if counts.get(one.id, 0) < len(one.hints))
    return [*lines, f"To see the next one: make hint EXERCISE={next(left, names[0])}"]


def _has_hints(criterion: Criterion) -> bool:
    return bool(criterion.hints or criterion.withheld_hints)


def hint_lines(criterion: Criterion, count: int) -> list[str]:
    """The first `count` hints of a criterion, and where to read more."""
    total, name = len(criterion.hints), clean_line(criterion.id)
    paid = ""
    if criterion.withheld_hints:
        paid = f"Your instructor has {plural(criterion.withheld_hints, 'more hint')}, at a cost of points. "
    if not total:
        return [f"{name} has no {'free ' * bool(paid)}hint. {paid}Read {criterion.help}."]
    hint_lines = [f"{name}, hint {n} of {total}: {hint}" for n, hint in enumerate(criterion.hints[:count], 1)]
    more = (
        "Ask again for the next one." if count < total else f"That was the last. {paid}Read {criterion.help}."
    )
    return [*hint_lines, more]


def _facts(criterion: Criterion, count: int) -> dict[str, object]:
    """A criterion's first `count` hints, for a program."""
    return {
        "criterion": criterion.id,
        "hints": criterion.hints[:count],
        "total": len(criterion.hints),
        "at_a_cost": criterion.withheld_hints,
        "help": criterion.help,
    }


def _counts() -> dict[str, int]:
    """The revealed hints; none if the file is missing or was not written by this command."""
    try:
        data = json.loads(REVEALED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    items = data.items() if isinstance(data, Mapping) else ()
    return {name: count for name, count in items if isinstance(count, int) and count >= 0}
