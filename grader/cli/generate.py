"""`grader generate`: writes handouts and solutions."""

import argparse
import re

from grader.author.handout import generate
from grader.cli import PASSED
from grader.cli.course import chosen, course_of, repository, secret
from grader.model.errors import UserError
from grader.prove.answers_file import misconceptions

STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")


def run(options: argparse.Namespace) -> int:
    """Prints the folders that were written."""
    if options.variant and not STUDENT_ID.fullmatch(options.variant):
        raise UserError(f"--variant {options.variant!r}: it names a folder: letters, digits and ._@-")
    root, every = repository(), chosen(options.names)
    misconceptions_of = {views.loaded.name: misconceptions(root, views, secret()) for views in every}
    assignments = [views.assignment for views in every]
    python = course_of(root).python
    for folder in generate(assignments, options.out, misconceptions_of, options.variant, secret(), python):
        print(folder)
    return PASSED
