"""`grader adjust`: enters manual score adjustments into the gradebook, all of them or none."""

import argparse

from grader.batch.adjustment_file import read_adjustments
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.model.text import plural


def run(options: argparse.Namespace) -> int:
    """Reads the file and enters it into the gradebook."""
    with Gradebook(options.gradebook, create=False) as gradebook:
        adjustments = read_adjustments(options.file, gradebook.students(), gradebook.grades())
        gradebook.adjust(*adjustments)
    if options.json:
        print_json("adjust/1", {"adjustments": len(adjustments)})
        return PASSED
    print(plural(len(adjustments), "adjustment"))
    return PASSED
