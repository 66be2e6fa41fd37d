"""`grader intake`: shows which files of a class would be graded, and for whom; grades nothing."""

import argparse
import sys
from dataclasses import replace
from functools import partial

from rich.console import Console
from rich.text import Text

from grader.cli import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import assignment_of, course
from grader.intake.choice import Choice, choice_of
from grader.intake.read_class import Intake, read_class
from grader.intake.submission_times import read_times
from grader.model.assignment import Assignment
from grader.model.late_policy import Policies, closes, extension_of
from grader.model.text import review_count
from grader.report.terminal.doubt_kinds import print_absent, print_doubts
from grader.report.terminal.intake_table import inventory_csv, inventory_line, inventory_table

NOT_CLEAR = "exit status 1: an instructor must decide what is listed above; nothing was graded"


def run(options: argparse.Namespace) -> int:
    """Prints every entry of the input, or writes them with --csv; returns 1 if one needs review."""
    intake = intake_of(options, assignment_of(options.assignment))
    if options.json:
        print_json("intake/1", _facts(intake))
        return NOT_PASSED if intake.doubts else PASSED
    if options.csv is None:
        console = Console()
        console.print(inventory_table(intake.entries))
    elif str(options.csv) == "-":
        sys.stdout.write(inventory_csv(intake.entries).decode())
        console = Console(stderr=True)
    else:
        options.csv.write_bytes(inventory_csv(intake.entries))
        console = Console()
    console.print(Text(inventory_line(intake.layout, len(intake.submissions), intake.entries)))
    print_doubts(intake.doubts, console)
    print_absent([student.label for student in intake.absent], intake.doubts, console)
    aside = len(intake.aside)
    console.print(Text(review_count(len(intake.doubts) - aside, aside)))
    if intake.doubts:
        console.print(Text(NOT_CLEAR, "dim"), soft_wrap=not console.is_terminal)
    return NOT_PASSED if intake.doubts else PASSED


def _facts(intake: Intake) -> dict[str, object]:
    return {
        "layout": intake.layout,
        "submissions": [one.submission.student_id for one in intake.submissions],
        "entries": intake.entries,
        "doubts": intake.doubts,
        "absent": [student.id for student in intake.absent],
    }


def intake_of(options: argparse.Namespace, assignment: Assignment) -> Intake:
    """A class's submissions, read with the options of `batch`, `intake` and `similarity`."""
    roster = None
    if options.roster is not None:
        from grader.intake.roster import read_roster  # pydantic: a class without a roster needs none

        roster = read_roster(options.roster)
    policies = course().facts.policies
    return read_class(
        options.submissions,
        assignment.files,
        assignment.name,
        roster,
        _choice(options, policies, assignment),
        layout=options.layout or "",
        accept_renamed=options.accept_renamed,
        zone=policies.timezone,
        times=() if options.times is None else read_times(options.times, policies.timezone),
    )


def _choice(options: argparse.Namespace, policies: Policies, assignment: Assignment) -> Choice:
    """Applies the course's deadline and extensions: late or excess submissions replace no earlier one."""
    choice = choice_of(options.counts, options.deadline, policies.timezone)
    name, extension = assignment.name, partial(extension_of, policies, assignment.name)
    return replace(
        choice, closes=closes(policies, name), extension=extension, limits=assignment.submission_limits
    )
