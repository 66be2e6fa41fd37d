"""`grader redteam`: grades attacks and cheats, and shows what each gained."""

import argparse
from dataclasses import asdict

from rich.console import Console

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import assignments_named
from grader.report.pages import redteam_page
from grader.report.write_files import write_text


def run(options: argparse.Namespace) -> int:
    """Writes a page for each assignment; returns NOT_PASSED if an attack or cheat gained more than it may."""
    console, passed = Console(stderr=options.json), True
    facts = []
    for assignment in assignments_named(options.names):
        result = assignment.redteam(jobs=options.jobs, sample=options.sample)
        redteam_page.show_gains(result, console)
        facts.append(asdict(result))
        write_text(options.out / f"{assignment.name}.html", redteam_page.to_html(result))
        passed = passed and not result.findings
    if options.json:
        print_json("redteam/1", {"assignments": facts})
    return PASSED if passed else NOT_PASSED
