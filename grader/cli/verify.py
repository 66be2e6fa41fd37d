"""`grader verify`: proves assignments by their mutants."""

import argparse

from rich.console import Console

from grader.cli import NOT_PASSED, PASSED
from grader.cli.course import chosen, repository, secret
from grader.model.errors import UserError
from grader.prove.assignment_proof import differences_between_variants, prove
from grader.report.files import write_text
from grader.report.pages import kill_matrix


def run(options: argparse.Namespace) -> int:
    """Shows the kill matrix of each assignment, and what is to be mended."""
    if options.seeds < 1:
        raise UserError(f"--seeds {options.seeds}: at least one is needed")
    root, console, passed = repository(), Console(), True
    for views in chosen(options.names):
        if options.variants:
            found = differences_between_variants(views, secret(), options.variants, options.jobs)
            print("\n".join([*found[0], found[1]]))
            passed = passed and not found[0]
            continue
        verification = prove(root, views, secret(), options.jobs, options.seeds)
        kill_matrix.show_matrix(verification, console)
        write_text(options.out / f"{views.loaded.name}.html", kill_matrix.to_html(verification))
        passed = passed and not verification.findings
    return PASSED if passed else NOT_PASSED
