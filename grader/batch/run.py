"""Grade a class: intake to pool to gradebook, with a person told of everything that needs one."""

from contextlib import closing
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from grader.batch.gradebook import Gradebook
from grader.batch.intake import FoundSubmission, Intake, SetAside
from grader.batch.pool import GradeOne, grade_all
from grader.model.grade import Grade
from grader.report.class_row import ClassRow
from grader.report.text import clean_line


@dataclass(frozen=True)
class BatchSummary:
    """How a run went: how many were graded, who needs a person and why, what was no submission."""

    graded: int
    needs_person: tuple[SetAside, ...]
    ignored: tuple[str, ...]


def run_batch(
    intake: Intake, grade_one: GradeOne, gradebook: Gradebook, assignment: str, jobs: int, console: Console
) -> BatchSummary:
    """Grades every submission anew; each grade is one transaction, so what is committed stays.

    A submission whose grading raised is noted in the gradebook and named in the summary; the others
    are graded all the same.
    """
    graded = 0
    aside = list(intake.refused)
    total = len(intake.submissions)
    with (
        Progress(
            BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(),
            console=console, disable=not console.is_terminal,
        ) as progress,
        closing(grade_all(intake.submissions, grade_one, jobs)) as results,
    ):  # fmt: skip
        bar = progress.add_task("", total=total)
        for done, (submission, result) in enumerate(results, start=1):
            reason = _record(gradebook, assignment, submission, result)
            graded += isinstance(result, Grade)
            if reason:
                aside.append(SetAside(submission.student_id, reason))
            progress.advance(bar)
            if not console.is_terminal and 10 * done // total > 10 * (done - 1) // total:
                console.print(Text(f"graded {done} of {total}"))
    return BatchSummary(graded, tuple(sorted(aside, key=lambda entry: entry.name)), intake.ignored)


def print_summary(summary: BatchSummary, console: Console) -> None:
    """Prints what the run came to, naming everything that needs a person."""
    console.print(Text(f"{summary.graded} graded, {len(summary.needs_person)} need a person"))
    for entry in summary.needs_person:
        console.print(Text(f"  {clean_line(entry.name)}: {clean_line(entry.reason)}", "magenta"))
    for name in summary.ignored:
        console.print(Text(f"  not a submission: {clean_line(name)}", "dim"))


def _record(
    gradebook: Gradebook, assignment: str, submission: FoundSubmission, result: Grade | Exception
) -> str:
    """Keeps the result; returns why a person must look, or nothing."""
    if isinstance(result, Grade):
        gradebook.record(submission.student_id, submission.digest, result)
        return ClassRow(submission.student_id, assignment, result).needs_person
    reason = f"grading failed: {result or type(result).__name__}"
    gradebook.record_fault(submission.student_id, submission.digest, assignment, reason)
    return reason


class _Rate(ProgressColumn):
    """How many wait, and how many are graded in a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{int(task.remaining or 0)} waiting, {task.speed or 0:.1f} per second")
