"""`grader hint`: in a handout, reveals the hints of an exercise one by one."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.handout.workspace import handout
from grader.judge.case_selection.selection import select
from grader.model.assignment import Criterion
from grader.model.errors import UserError
from grader.model.text import clean_line, plural
from grader.report.write_files import write_text

REVEALED = Path(".hints.json")  # how many of each criterion's hints were shown; delete it to start over


def run(options: argparse.Namespace) -> int:
    """Shows the hints that were shown before, and the next one."""
    if not options.exercise:  # all exercises at once would give away too much
        raise UserError("which exercise? Name it with EXERCISE=name, as `make grade` shows it")
    assignment = handout()
    ids = {name.partition("/")[0] for name in select(assignment, options.exercise)}
    counts = _counts()
    criteria = [one for one in assignment.rubric.criteria if one.id in ids]
    # An exercise is part of several criteria, and not each of them has hints.
    with_hints = [one for one in criteria if one.hints or one.withheld_hints] or criteria
    for criterion in with_hints:
        counts[criterion.id] = min(counts.get(criterion.id, 0) + 1, len(criterion.hints))
        if not options.json:
            print("\n".join(hint_lines(criterion, counts[criterion.id])))
    if options.json:
        print_json("hint/1", {"criteria": [_facts(one, counts[one.id]) for one in with_hints]})
    write_text(REVEALED, json.dumps(counts, indent=2) + "\n")
    return PASSED


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
