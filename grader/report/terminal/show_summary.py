"""Prints the summary of a run of `grader batch`."""

from rich.console import Console
from rich.text import Text

from grader.model.results.batch_summary import BatchSummary
from grader.model.text import clean_line, listing, plural, review_count
from grader.report.terminal.doubt_kinds import print_absent, print_doubts

NAMES = 20  # of students that are named before the rest is counted
NOT_CLEAR = "exit status 1: decide what is listed; until then these scores are in no LMS export"


def print_summary(summary: BatchSummary, console: Console) -> None:
    """Prints what was graded, each submission and entry that needs review, and who submitted nothing."""
    console.print(Text(_graded(summary)))
    print_doubts((*summary.to_review, *summary.aside), console)
    print_absent(summary.absent, summary.aside, console, NAMES)
    if summary.again:
        again = listing([clean_line(id) for id in summary.again], NAMES)
        console.print(Text(f"counts again after it was withdrawn: {again}", "magenta"))
    aside = f", {len(summary.aside)} set aside" if summary.aside else ""
    console.print(Text(f"{review_count(len(summary.to_review))}{aside}"))
    if not summary.is_clear:
        console.print(Text(NOT_CLEAR, "dim"), soft_wrap=not console.is_terminal)


def _graded(summary: BatchSummary) -> str:
    if summary.graded_before and not summary.graded:
        return f"nothing to run, {summary.graded_before} graded before"
    rescored = f" ({summary.rescored} without running anything)" if summary.rescored else ""
    before = f", {summary.graded_before} graded before" if summary.graded_before else ""
    return f"{summary.graded} graded{rescored}{before}, {plural(summary.ran, 'case')} run"
