"""`grader confirm`: accepts the doubt about a student's submission, so that its grade counts."""

import argparse
import getpass
from dataclasses import replace

from grader.api import Course
from grader.batch.gradebook import Gradebook
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import find_repository
from grader.model.class_row import ClassRow, with_policies
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.late_policy import Policies
from grader.model.text import clean_line
from grader.report.terminal.doubt_kinds import kind_of


def run(options: argparse.Namespace) -> int:
    """Confirms the named students' submissions, all or none; the audit log records who did so and why."""
    if not options.reason.strip():
        raise UserError("say why: --reason TEXT; the gradebook stores it with your name")
    with Gradebook(options.gradebook, create=False) as gradebook:
        standings = with_policies(gradebook.standings(options.assignment), _policies())
        rows = {row.student_id: row for row in standings}
        graded = {run.assignment for run in gradebook.runs()}
        if not rows and (near := did_you_mean(options.assignment, graded)):
            raise UserError(f"found no grades for {options.assignment!r}{near}")
        accepted_rows = [_doubtful(rows, id, options.assignment) for id in options.students]
        by = f"{options.author or getpass.getuser()}: {options.reason}"
        gradebook.confirm([row.submission.id for row in accepted_rows if row.submission is not None], by)
    if options.json:
        print_json("confirm/1", {"confirmed": [row.student_id for row in accepted_rows]})
        return PASSED
    for row in accepted_rows:
        assert row.submission is not None
        reason = replace(row, submission=replace(row.submission, doubt="")).review_reason
        result = f"still needs review: {reason}" if reason else "the grade counts"
        print(f"{row.student_id}: {result}; accepted: {clean_line(row.submission.doubt)}")
    return PASSED


def _doubtful(rows: dict[str, ClassRow], id: str, assignment: str) -> ClassRow:
    row = rows.get(id)
    if row is None or row.submission is None:
        raise UserError(
            f"found no submission of {id!r} to {assignment}; expected the id of a student who has one"
            f"{did_you_mean(id, rows)}"
        )
    if not row.submission.doubt:
        message = f"found no doubt about the submission of {id!r} to {assignment}"
        if reason := row.review_reason:
            raise UserError(f"{message}, but it needs review: {reason}. {kind_of(reason).remedy}")
        raise UserError(f"{message}: its grade counts already")
    return row


def _policies() -> Policies:
    root = find_repository()
    return Policies() if root is None else Course(root).facts.policies
