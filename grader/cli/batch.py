"""`grader batch`: grades a class into the gradebook."""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial

from rich.console import Console
from rich.text import Text

from grader.batch.gradebook import Gradebook
from grader.batch.grading_messages import Grading, Work
from grader.batch.per_process import grade_one, open_checked_session
from grader.batch.pool import grade_all
from grader.batch.run import Executor, Results, run_batch
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import course
from grader.cli.intake import intake_of
from grader.model.errors import UserError
from grader.model.surroundings import Sandbox
from grader.report.terminal.batch_screen import BatchScreen
from grader.report.terminal.intake_table import inventory_line
from grader.report.terminal.show_summary import print_summary


def run(options: argparse.Namespace) -> int:
    """Runs the cases without a known result, and prints a summary."""
    course_assignment = course()[options.assignment]
    assignment = course_assignment.views.assignment
    intake = intake_of(options, assignment)
    console = Console(stderr=options.json)
    console.print(Text(inventory_line(intake.layout, len(intake.submissions), intake.entries)))
    grading = course_assignment.grading(Sandbox(options.sandbox))
    policies = course_assignment.course.facts.policies
    with Gradebook(options.gradebook) as gradebook, _executor(options, grading) as executor:
        summary = run_batch(
            intake,
            grading.digest,
            partial(_raise_user_errors, executor),
            gradebook,
            assignment.name,
            BatchScreen(console),
            policies,
            options.accept_missing,
        )
    if options.json:
        print_json("batch/1", {**asdict(summary), "is_clear": summary.is_clear})
    else:
        print_summary(summary, console)
    return PASSED if summary.is_clear else NOT_PASSED


def _raise_user_errors(execute: Executor, work: Iterable[Work]) -> Results:
    """Ends the batch if a process cannot start a submission in its sandbox; this affects no grade."""
    with closing(execute(work)) as results:
        for one, result in results:
            if isinstance(result, UserError):
                raise result
            yield one, result


@contextmanager
def _executor(options: argparse.Namespace, grading: Grading) -> Iterator[Executor]:
    """The workers of a batch: processes of this machine, or a Dask cluster."""
    if options.cluster is None:
        grade = partial(grade_one, grading.digest)
        yield partial(
            grade_all, grade_one=grade, jobs=options.jobs, set_up=partial(open_checked_session, grading)
        )
        return
    try:
        from grader.batch.cluster import connect, grade_on_cluster  # an extra of its own
    except ImportError as error:
        raise UserError("--cluster needs dask.distributed: pip install 'backflip[cluster]'") from error
    with connect(options.cluster, options.jobs, grading.code) as client:
        yield partial(grade_on_cluster, client=client, grading=grading)
