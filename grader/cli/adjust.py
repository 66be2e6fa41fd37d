"""`grader adjust`: enters manual score adjustments into the gradebook, all of them or none."""

import argparse

from grader.batch.adjustment_file import read_adjustments
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.model.text import clean_line, exact_text, plural, plural_noun


def run(options: argparse.Namespace) -> int:
    """Reads the file and enters it into the gradebook."""
    with Gradebook(options.gradebook, create=False) as gradebook:
        adjustments = read_adjustments(options.file, gradebook.students(), gradebook.grades())
        replaced = gradebook.adjust(*adjustments)
    if options.json:
        print_json("adjust/1", {"adjustments": len(adjustments)})
        return PASSED
    print(plural(len(adjustments), "adjustment"))
    if replaced:
        print(f"{len(replaced)} of them {plural_noun(len(replaced), 'replaces', 'replace')} an earlier one:")
    for adjustment, earlier in replaced:
        what = "/".join(filter(None, (adjustment.assignment, adjustment.criterion)))
        now = exact_text(adjustment.points)
        print("  " + clean_line(f"{adjustment.student_id}, {what}: {exact_text(earlier)} → {now}"))
    return PASSED
