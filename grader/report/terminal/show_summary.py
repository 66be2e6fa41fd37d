"""Prints the summary of a run of `grader batch`."""

from rich.console import Console
from rich.text import Text

from grader.model.results.batch_summary import BatchSummary, CountingSubmission
from grader.model.text import clean_line, listing, plural, review_count
from grader.report.terminal.doubt_kinds import print_absent, print_doubts

NAMES = 20  # students to name before counting the rest
NOT_CLEAR = "exit status 1: resolve what is listed above; until then no LMS export contains these scores"


def print_summary(summary: BatchSummary, console: Console) -> None:
    """Prints the graded submissions, everything that needs review, and the students without a submission."""
    console.print(Text(_graded(summary)))
    if summary.counting:
        students = plural(len(summary.counting), "student")
        console.print(Text(f"{students} submitted more than once. These submissions count:"))
        for one in summary.counting[:NAMES]:
            console.print(Text(f"  {_counting(one)}"), soft_wrap=not console.is_terminal)
        if len(summary.counting) > NAMES:
            more = len(summary.counting) - NAMES
            console.print(Text(f"  and {more} more: `grader intake` shows all", "dim"))
    print_doubts((*summary.to_review, *summary.aside), console)
    print_absent(summary.absent, summary.aside, console, NAMES)
    if summary.again:
        again = listing([clean_line(id) for id in summary.again], NAMES)
        console.print(Text(f"withdrawn before, and counts again: {again}", "magenta"))
    for warning in summary.warnings:
        console.print(Text(warning, "magenta"), soft_wrap=not console.is_terminal)
    console.print(Text(review_count(len(summary.to_review), len(summary.aside))))
    if not summary.is_clear:
        console.print(Text(NOT_CLEAR, "dim"), soft_wrap=not console.is_terminal)


def _counting(one: CountingSubmission) -> str:
    name = clean_line(one.submission or one.submitted_at)
    time = f", submitted {one.submitted_at}" if one.submitted_at and name != one.submitted_at else ""
    return f"{clean_line(one.student)}: {name}{time} (1 of {one.of})"


def _graded(summary: BatchSummary) -> str:
    if summary.graded_before and not summary.graded:
        return f"nothing to run, {summary.graded_before} graded before"
    rescored = f" ({summary.rescored} without running anything)" if summary.rescored else ""
    before = f", {summary.graded_before} graded before" if summary.graded_before else ""
    return f"{summary.graded} graded{rescored}{before}, {plural(summary.ran, 'case')} run"
