"""`grader adjust`: enters manual score adjustments into the gradebook, all of them or none."""

import argparse
from collections.abc import Iterable

from grader.batch.adjustment_file import read_adjustments
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.model.student import Adjustment
from grader.model.text import clean_line, exact_text, plural, plural_noun


def run(options: argparse.Namespace) -> int:
    """Reads the file and enters it into the gradebook."""
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = gradebook.grades()
        adjustments = read_adjustments(options.file, gradebook.students(), rows)
        gradebook.adjust(*adjustments)
    if options.json:
        print_json("adjust/1", {"adjustments": len(adjustments)})
        return PASSED
    print(plural(len(adjustments), "adjustment"))
    if lines := _replaced([one for row in rows for one in row.adjustments], adjustments):
        headline = f"{len(lines)} of them {plural_noun(len(lines), 'replaces', 'replace')} an earlier one:"
        print(headline, *lines, sep="\n  ")
    return PASSED


def _replaced(earlier: Iterable[Adjustment], adjustments: Iterable[Adjustment]) -> list[str]:
    """A line for each adjustment that takes the place of an earlier one with other points."""
    points = {(one.student_id, one.assignment, one.criterion): one.points for one in earlier}
    lines = []
    for one in adjustments:
        before = points.get((one.student_id, one.assignment, one.criterion), one.points)
        if before != one.points:
            where = "/".join(filter(None, (one.assignment, one.criterion)))
            change = f"{exact_text(before)} → {exact_text(one.points)}"
            lines.append(clean_line(f"{one.student_id}, {where}: {change}"))
    return lines
