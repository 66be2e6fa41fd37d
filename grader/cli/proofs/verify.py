"""`grader verify`: proves assignments by their mutants."""

import argparse

from rich.console import Console
from rich.text import Text

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import assignments_named
from grader.model.results.verification import Verification
from grader.model.text import plural
from grader.prove.assignment_proof import differences_between_variants
from grader.report.pages import kill_matrix
from grader.report.write_files import write_text


def run(options: argparse.Namespace) -> int:
    """Shows the findings of each assignment, its kill matrix, and at the end how many findings there are."""
    console, passed = Console(stderr=options.json), True
    counts: dict[str, int] = {}
    facts: list[dict[str, object]] = []
    for assignment in assignments_named(options.names):
        if options.variants:
            seed, views = assignment.course.seed, assignment.views
            differences = differences_between_variants(views, seed, options.variants, options.jobs)
            console.print(Text("\n".join([*differences[0], differences[1]])), soft_wrap=True)
            facts.append({"assignment": assignment.name, "differences": differences[0]})
            passed = passed and not differences[0]
            continue
        verification = assignment.verify(jobs=options.jobs, seeds=options.seeds)
        kill_matrix.show_matrix(verification, console)
        facts.append(_facts(verification))
        write_text(options.out / f"{assignment.name}.html", kill_matrix.to_html(verification))
        counts[assignment.name] = len(verification.findings)
        passed = passed and not verification.findings
    if len(counts) > 1:
        each = ", ".join(f"{name}: {plural(count, 'finding')}" for name, count in counts.items())
        console.print(Text(each, "" if passed else "bold red"), soft_wrap=True)
    if options.json:
        print_json("variants/1" if options.variants else "verify/1", {"assignments": facts})
    return PASSED if passed else NOT_PASSED


def _facts(verification: Verification) -> dict[str, object]:
    return {
        "assignment": verification.assignment,
        "cases": verification.cases,
        "kills": verification.kills,
        "survivors": verification.survivors,
        "findings": verification.by_weight,
    }
