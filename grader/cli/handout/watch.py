"""`grader watch`: after each save, grades the cases that the saved file affects."""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.signals import until_ctrl_c
from grader.cli.handout.progress import Progress
from grader.cli.handout.workspace import handout, place_of
from grader.intake.submission import read_submission
from grader.judge.case_selection.affected_criteria import affected_criteria
from grader.judge.session import Choice, Session
from grader.model.assignment import Assignment
from grader.model.grade import CheckResult, Grade
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.report.terminal.show_grade import show, show_next_step

PROCESSES = 2  # of a submission: one for its cases, one for forward passes that must share nothing
DEBOUNCE_MS, STEP_MS = 50, 20  # an editor writes a file in several steps, some milliseconds apart


def run(options: argparse.Namespace) -> int:
    """Grades once, and again after each save, until it is interrupted."""
    assignment = handout()
    with Session(assignment, sandbox=Sandbox.NONE) as session:
        watch = Watch(assignment, session, Console())
        with until_ctrl_c():
            watch.grade()
            for _ in changes(Path.cwd(), assignment.files):
                watch.grade()
    return PASSED


def changes(folder: Path, names: tuple[str, ...]) -> Iterator[None]:
    """Yields one item each time that a file with one of these names is saved."""
    from watchfiles import watch

    def is_ours(change: object, path: str) -> bool:
        return Path(path).name in names and Path(path).parent == folder

    for _ in watch(
        folder,
        watch_filter=is_ours,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        recursive=False,
    ):
        yield None


class Watch:
    """The last grade, so that only cases that a change affects are graded again."""

    def __init__(self, assignment: Assignment, session: Session, console: Console) -> None:
        self._assignment, self._session, self._console = assignment, session, console
        self._files: dict[str, bytes] = {}
        self._results: dict[str, CheckResult] = {}

    def grade(self) -> Grade:
        """Grades the files as they are now, and shows the grade."""
        started = time.monotonic()
        submitted = read_submission(Path.cwd(), self._assignment.files).submitted
        files = dict(submitted.all_of(self._assignment.files)[0])
        ids = affected_criteria(self._files, files, self._assignment) if self._files else None
        cases = [c for one in self._assignment.rubric.criteria for c in one.cases]
        only = frozenset(case.name for case in cases if ids is None or case.criterion in ids)
        before = {name: result for name, result in self._results.items() if name not in only}
        grade = self._graded(submitted, only, before)
        self._files = files
        self._results = {r.name: r for c in grade.criteria for r in c.results}
        if self._console.is_terminal:
            self._console.clear()
        place = place_of(self._assignment, files)
        show(grade, self._console, first_only=True, place=place, cases=1)
        show_next_step(grade, self._console, place, first_only=True)
        took = time.monotonic() - started
        what = "all cases" if len(only) == len(cases) else f"{len(only)} of {len(cases)} cases"
        self._console.print(
            f"graded {what} in {took:.2f} s; waiting for the next save (Ctrl-C ends)", style="dim"
        )
        self._session.setup.begin(PROCESSES)  # so that the next save finds them warm
        return grade

    def _graded(
        self, submitted: SubmittedFiles, only: frozenset[str], before: dict[str, CheckResult]
    ) -> Grade:
        with Progress(sys.stderr, len(only)) as progress:
            choice = Choice(only=only, before=before, watcher=progress.watcher)
            return self._session.grade(submitted, Path.cwd().name, choice)
