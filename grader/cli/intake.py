"""`grader intake`: shows which files of a class would be graded, and for whom; grades nothing."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from rich.console import Console
from rich.text import Text

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import assignment_of, course
from grader.intake.choice import Choice, choice_of
from grader.intake.read_class import Intake, ReadOptions, read_class
from grader.intake.submission_times import read_times
from grader.model.assignment import Assignment
from grader.model.class_input.inventory import Doubt
from grader.model.decision import reason_to_wait_for_points
from grader.model.late_policy import Policies, Standing, apply_policy_to, closes, extension_of
from grader.model.text import review_count
from grader.report.terminal.doubt_kinds import print_absent, print_doubts
from grader.report.terminal.intake_table import inventory_csv, inventory_line, inventory_table
from grader.report.write_files import write_text

NOT_CLEAR = (
    "exit status 1: nothing was graded. The counts assume an empty gradebook; `grader batch` also uses "
    "earlier times and decisions. Resolve what is listed above, and then run `grader batch`"
)


def run(options: argparse.Namespace) -> int:
    """Prints every entry of the input, or writes them with --csv; returns 1 if one needs review."""
    assignment = assignment_of(options.assignment)
    intake = intake_of(options, assignment)
    doubts = (*_to_review(intake, assignment, course().facts.policies), *intake.aside)
    if options.json:
        print_json("intake/1", _facts(intake, doubts))
        return NOT_PASSED if doubts else PASSED
    if options.csv is None:
        console = Console()
        console.print(inventory_table(intake.entries))
    elif str(options.csv) == "-":
        sys.stdout.write(inventory_csv(intake.entries).decode())
        console = Console(stderr=True)
    else:
        write_text(options.csv, inventory_csv(intake.entries).decode())
        console = Console()
    console.print(Text(inventory_line(intake.layout, len(intake.submissions), intake.entries)))
    print_doubts(doubts, console)
    print_absent([student.label for student in intake.absent], doubts, console)
    aside = len(intake.aside)
    console.print(Text(review_count(len(doubts) - aside, aside)))
    if doubts:
        console.print(Text(NOT_CLEAR, "dim"), soft_wrap=not console.is_terminal)
    return NOT_PASSED if doubts else PASSED


def _to_review(intake: Intake, assignment: Assignment, policies: Policies) -> Iterator[Doubt]:
    """The submissions that `grader batch` would find in need of review, with an empty gradebook."""
    students = {student.id: student for student in intake.students}
    by_hand = reason_to_wait_for_points([one.id for one in assignment.rubric.criteria if one.by_hand])
    for submission in (one.submission for one in intake.submissions):
        student, none = students[submission.student_id], Fraction(0)
        final = apply_policy_to(policies, Standing(student, assignment.name, none, none, submission), 0)
        if reason := submission.doubt or final.unclear or by_hand:
            yield Doubt(student.label, reason)


def _facts(intake: Intake, doubts: Sequence[Doubt]) -> dict[str, object]:
    return {
        "layout": intake.layout,
        "submissions": [one.submission.student_id for one in intake.submissions],
        "entries": intake.entries,
        "doubts": doubts,
        "absent": [student.id for student in intake.absent],
    }


def intake_of(options: argparse.Namespace, assignment: Assignment) -> Intake:
    """A class's submissions, read with the options of `batch`, `intake` and `similarity`."""
    roster = None
    if options.roster is not None:
        from grader.intake.roster import read_roster  # pydantic: a class without a roster needs none

        roster = read_roster(options.roster)
    policies = course().facts.policies
    read_options = ReadOptions(
        _choice(options, policies, assignment),
        options.layout or "",
        options.accept_renamed,
        policies.timezone,
        () if options.times is None else read_times(options.times, policies.timezone),
    )
    return read_class(options.submissions, assignment.files, assignment.name, roster, read_options)


def _choice(options: argparse.Namespace, policies: Policies, assignment: Assignment) -> Choice:
    """Applies the course's deadline and extensions: late or excess submissions replace no earlier one."""
    choice = choice_of(options.counts, options.deadline, policies.timezone)
    name, extension = assignment.name, partial(extension_of, policies, assignment.name)
    return replace(
        choice, closes=closes(policies, name), extension=extension, limits=assignment.submission_limits
    )
