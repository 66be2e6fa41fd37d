"""`grader generate`: writes handouts and solutions."""

import argparse
import re

from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import course
from grader.model.errors import UserError
from grader.report.write_files import errors_with_path

STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")


def run(options: argparse.Namespace) -> int:
    """Prints the folders that were written."""
    if options.variant and not STUDENT_ID.fullmatch(options.variant):
        allowed = "the id becomes the name of a folder: use only letters, digits and ._@-"
        raise UserError(f"--variant {options.variant!r}: {allowed}")
    with errors_with_path(options.out):
        options.out.mkdir(parents=True, exist_ok=True)
    folders = course().generate(options.out, *options.names, student=options.variant)
    if options.json:
        print_json("generate/1", {"folders": folders})
        return PASSED
    for folder in folders:
        print(folder)
    return PASSED
