"""`grader forget`: withdraws a student, or the submissions of one run, from every report."""

import argparse
import getpass
import sys
from collections.abc import Sequence

from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.withdrawals import BatchRun, Change
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.json_output import print_json
from grader.model.errors import UserError
from grader.model.text import plural


def run(options: argparse.Namespace) -> int:
    """Lists the runs, or withdraws the submissions that the options name; deletes nothing."""
    _check(options)
    with Gradebook(options.gradebook, create=False) as gradebook:
        if options.list and options.json:
            print_json("runs/1", {"runs": gradebook.runs()})
            return PASSED
        if options.list:
            lines = [_run_line(each) for each in gradebook.runs()]
            print("\n".join(lines) or "no run yet")
            return PASSED
        reason, author = options.reason or "", options.author or getpass.getuser()
        state = "counts in reports again" if options.undo else "is withdrawn from every report"
        if options.run is not None:
            changes = gradebook.forget_run(options.run, reason, author, options.undo, _wait)
            lines = [f"run {options.run} {state}", *map(_change_line, changes)]
            _show(options, "\n".join(lines), changes=changes)
        else:
            changed = gradebook.forget_student(
                options.student, options.assignment, reason, author, options.undo
            )
            line = f"{options.student} {state}: {', '.join(changed)}"
            _show(options, line, assignments=changed)
    return PASSED


def _show(
    options: argparse.Namespace, text: str, assignments: Sequence[str] = (), changes: Sequence[Change] = ()
) -> None:
    if options.json:
        print_json("forget/1", {"assignments": assignments, "changes": changes})
    else:
        print(text)


def _check(options: argparse.Namespace) -> None:
    """UserError for options that do not go together."""
    if [options.list, options.student is not None, options.run is not None].count(True) != 1:
        raise UserError(
            "say what to withdraw: either --student ID or --run N. To see the runs, use --list alone"
        )
    if options.assignment is not None and options.student is None:
        raise UserError("--assignment goes only with --student: a run covers one assignment")
    if options.list and (options.undo or options.reason is not None):
        raise UserError("--list shows the runs and changes nothing: leave out --undo and --reason")
    if not options.list and not options.undo and not (options.reason or "").strip():
        raise UserError("say why: --reason TEXT; the gradebook stores it with your name")


def _run_line(run: BatchRun) -> str:
    count = plural(run.submissions, "new submission")
    mark = f"{'' if run.ended else '  not finished'}{'  withdrawn' if run.withdrawn else ''}"
    return f"{run.number:4}  {run.assignment}  {run.started_at:%Y-%m-%d %H:%M} UTC  {count}{mark}"


def _change_line(change: Change) -> str:
    who = f"  {change.student_id}, {change.assignment}"
    if not change.submission:
        return f"{who}: no grade counts"
    return f"{who}: {'an earlier' if change.before else 'a'} submission counts again"


def _wait() -> None:
    print("waiting for a batch that grades this assignment", file=sys.stderr)
