"""`grader grade`: grades one submission and shows its feedback.

Modules that only some grades need are imported late, because students run this short command often.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rich.console import Console

from grader.author.load import changed_files
from grader.cli.command_line.exit_status import GRADER_FAULT, NOT_PASSED, PASSED
from grader.cli.course import course, handout_of, has_variants, secret
from grader.cli.handout.progress import Progress
from grader.cli.handout.workspace import place_of
from grader.intake.submission import read_submission
from grader.judge.case_selection.selection import functions_of, select
from grader.judge.import_rules.read_sources import newer_than
from grader.judge.process.devices import first_available, why_unavailable
from grader.judge.process.plain_worker import PlainChild
from grader.judge.session import Choice, Session, Watcher
from grader.judge.verdict.case_result import is_visible
from grader.judge.verdict.result_cache import ResultCache
from grader.model.assignment import Assignment
from grader.model.did_you_mean import one_of
from grader.model.errors import UserError
from grader.model.grade import CheckResult, Grade, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Device, Sandbox
from grader.model.text import clean_line
from grader.report.feedback_content import CASES_IN_FULL, feedback_on, in_telling_order
from grader.report.next_step import Place, place_of_stub, where_to_begin
from grader.report.terminal.show_grade import show, show_next_step, show_places

if TYPE_CHECKING:
    from grader.report.pages.grade_page import CloseUp

ALL_CASES = sys.maxsize
README = "README.html"  # of a handout, rendered


@dataclass(frozen=True)
class _VisiblePart:
    """The grade of the visible cases, all that is shown of it, and the results that need not run again."""

    grade: Grade
    close_up: "CloseUp | None"
    results: ResultCache


@dataclass(frozen=True)
class _Grading:
    """A submission in its session, and the options that say what is graded and how much is shown."""

    session: Session
    assignment: Assignment
    files: SubmittedFiles
    options: argparse.Namespace

    @cached_property
    def place(self) -> Place:
        """Where the student works on the submission."""
        return place_of(self.assignment, self.files.files)

    def grade_visible(self, cases: Set[str], watcher: Watcher) -> _VisiblePart:
        """Grades visible cases, with all that is shown of them."""
        results = self.session.new_cache()
        choice = Choice(only=cases, watcher=watcher, stops_before_hidden=True)
        grade = self.localized(self._grade(choice, results))
        return _VisiblePart(grade, self.close_up(grade), results)

    def grade_all(self, only: Set[str] | None, watcher: Watcher, visible: _VisiblePart | None) -> Grade:
        """Grades the cases `only`, or all; those that are graded already keep their results and locations."""
        choice = Choice(self.options.passed_on, only, watcher=watcher)
        if visible is None:
            return self._grade(choice)
        grade = self._grade(choice, visible.results)
        if not any(criterion.locations for criterion in visible.grade.criteria):
            return grade
        from grader.judge.localization.localize import with_locations

        return with_locations(grade, visible.grade)

    def _grade(self, choice: Choice, results: ResultCache | None = None) -> Grade:
        name, variant = self.options.submission.resolve().name, self.options.variant
        if variant is None:
            variant = name if has_variants(self.assignment) else ""
        return self.session.grade(self.files, name, choice, variant, results)

    def localized(self, grade: Grade) -> Grade:
        """The grade, with the locations of faults in the criteria that are shown.

        Without a report that needs more, these are the first unfinished one.
        """
        if is_unread(grade) or where_to_begin(grade, self.place):
            return grade
        options = self.options
        unfinished = [c.id for c in grade.criteria if any(r.status is not Status.OK for r in c.results)]
        shown = unfinished if options.all or options.reports or options.html else unfinished[:1]
        if not shown:
            return grade
        from grader.judge.localization.localize import localize

        with self.session.setup.candidate(self.files) as (implementation, refusal, _):
            oracle = self.session.setup.oracle
            return grade if refusal else localize(grade, self.assignment, implementation, oracle, only=shown)

    def close_up(self, grade: Grade) -> "CloseUp | None":
        """The smallest case that fails like the first failing case; for a page, everything that it draws.

        None if nothing fails and no page is requested.
        """
        page = self.options.html
        if page is None and all(r.status is Status.OK for c in grade.criteria for r in c.results):
            return None
        from grader.judge.examples.failing_cases import examples_of
        from grader.report.pages.grade_page import CloseUp

        attempted = [result for result in self._failing_cases_shown(grade) if not place_of_stub(result)]
        whole, small = examples_of(self.session, self.assignment, self.files, attempted)
        sources = {name: content.decode(errors="replace") for name, content in self.files.files.items()}
        is_beside = page is not None and (page.resolve().parent / README).is_file()
        return CloseUp(whole, small, sources, README if is_beside else "", self.place)

    def _failing_cases_shown(self, grade: Grade) -> Sequence[CheckResult]:
        """The failing cases that are shown with their values: for a page several, else the first."""
        from grader.judge.examples.failing_cases import first_failing, visible_failing_cases
        from grader.report.pages.grade_page import IN_FULL

        if is_unread(grade):
            return ()
        if self.options.html is not None:
            failing = map(in_telling_order, grade.criteria)
            return [result for results in failing for result in visible_failing_cases(results, IN_FULL)]
        return () if where_to_begin(grade, self.place) else first_failing(grade, 1)


def run(options: argparse.Namespace, early: PlainChild | None = None) -> int:
    """Grades the submission, shows the grade, and writes it to the requested files.

    `early` is a worker that waits for its configuration, for a handout.
    """
    _check_reports(options)
    course_assignment = None if options.assignment is None else course()[options.assignment]
    assignment = (
        handout_of(options.submission) if course_assignment is None else course_assignment.views.assignment
    )
    device = _device(options, assignment)
    submission = read_submission(options.submission, assignment.files, options.accept_renamed)
    sandbox = Sandbox(options.sandbox) if assignment.frozen is None else Sandbox.NONE
    _print_notes(assignment, submission.submitted)
    chooses = bool(options.exercise or options.case)
    only = select(assignment, options.exercise, options.case) if chooses else None
    console = Console(emoji=False)  # importing all emoji takes 2 ms
    with (
        Session(assignment, sandbox=sandbox, secret=secret(), device=device, early=early)
        if course_assignment is None
        else course_assignment.judge(sandbox, device) as session
    ):
        grading = _Grading(session, assignment, submission.submitted, options)
        grade, close_up = _grade_and_show(grading, only, console)
    if options.reports:
        _write_reports(grade, assignment, submission.submitted, options)
    if options.html is not None and close_up is not None:
        _write_page(grade, close_up, options)
    is_doubtful = bool(submission.doubt) and not submission.submitted.problems and not grade.needs_review
    if is_doubtful:
        print(f"needs review: {clean_line(submission.doubt)}")
    show_next_step(grade, console, grading.place, first_only=not options.all, reveal=options.reveal)
    return _exit_status(grade, is_doubtful)


def _grade_and_show(
    grading: _Grading, only: Set[str] | None, console: Console
) -> "tuple[Grade, CloseUp | None]":
    """Grades the cases `only`, or all, and shows the grade, the faults' locations and a small failing case.

    Without hidden cases, the grade is shown before locations and small cases are searched for.
    """
    options = grading.options
    chosen = {case.name for case in grading.assignment.rubric.cases} if only is None else only
    ahead = _shown_ahead(grading.assignment, chosen)
    with Progress(sys.stderr, len(chosen) + len(ahead)) as progress:
        visible = grading.grade_visible(ahead, progress.watcher) if ahead else None
        grade = grading.grade_all(only, progress.watcher, visible)
    show(
        grade,
        console,
        reveal=options.reveal,
        first_only=not options.all,
        place=grading.place,
        cases=ALL_CASES if options.all else CASES_IN_FULL,
    )
    if visible is None:
        grade = grading.localized(grade)
        show_places(grade, console, first_only=not options.all)
    close_up = grading.close_up(grade) if visible is None else visible.close_up
    if close_up is not None:
        _show_smallest(grade, close_up, console)
    return grade, close_up


def _shown_ahead(assignment: Assignment, chosen: Set[str]) -> frozenset[str]:
    """The visible cases, unless a handout's run is about them alone, where nothing is hidden.

    They, the edits of the localization and the small cases run before the first hidden value is asked, and
    none of them runs afterwards: what they show cannot depend on a hidden value.
    """
    cases = (case for case in assignment.rubric.cases if case.name in chosen)
    visible = frozenset(case.name for case in cases if is_visible(case))
    return visible if visible < chosen or assignment.frozen is None else frozenset()


def _device(options: argparse.Namespace, assignment: Assignment) -> Device:
    """The device that the options name, or the first available one; UserError if it cannot be used here."""
    device = Device(options.device or first_available(assignment.devices))
    if device not in assignment.devices:
        raise UserError(f"--device {device}: {assignment.name} is graded on {', '.join(assignment.devices)}")
    if not_here := why_unavailable(device):
        raise UserError(f"--device {device}: {not_here}")
    return device


def _print_notes(assignment: Assignment, submitted: SubmittedFiles) -> None:
    """Notes on changed files of a handout, and on syntax that is too new for the course's Python."""
    for name in changed_files(assignment):
        print(f"note: you changed {name}; your instructor grades with the original")
    for note in newer_python(assignment, submitted.files):
        print(f"note: {note}")


def _exit_status(grade: Grade, is_doubtful: bool) -> int:
    if grade.needs_review:
        return GRADER_FAULT
    results = [result for criterion in grade.criteria for result in criterion.results]
    passes = not is_doubtful and all(result.status is Status.OK for result in results)
    return PASSED if passes else NOT_PASSED


def _show_smallest(grade: Grade, close_up: "CloseUp", console: Console) -> None:
    """Shows the smallest case like the first failing one; without one, that case itself if it is small."""
    from grader.judge.examples.failing_cases import first_failing
    from grader.report.terminal.show_example import show_example

    for result in first_failing(grade, 1):
        if example := close_up.smallest(result.name):
            console.print()
            show_example(example, console)


def is_unread(grade: Grade) -> bool:
    """True if every case fails before a function is called, as for a file that Python cannot read."""
    failing = [result for c in grade.criteria for result in c.results if result.status is not Status.NOT_RUN]
    return all(result.is_unread for result in failing) and feedback_on(grade).whole is not None


def newer_python(assignment: Assignment, files: Mapping[str, bytes]) -> Iterator[str]:
    """Notes on syntax that this Python can read but the course's Python cannot."""
    minor = int(assignment.python.rpartition(".")[2] or sys.version_info[1])
    if sys.version_info[1] <= minor:
        return
    for note in newer_than({name: files[name] for name in files if name.endswith(".py")}, minor):
        yield f"{note}. Your instructor grades with Python {assignment.python}"


def _write_reports(
    grade: Grade, assignment: Assignment, files: SubmittedFiles, options: argparse.Namespace
) -> None:
    from grader.report.formats import OneGrade, writer_of_one
    from grader.report.problems import Sources
    from grader.report.write_files import write_text

    one = OneGrade(grade, Sources(files.files, functions_of(assignment)), options.reveal)
    for name, file in options.reports:
        write_text(file, writer_of_one(name)(one))


def _write_page(grade: Grade, close_up: "CloseUp", options: argparse.Namespace) -> None:
    import webbrowser

    from grader.report.pages.grade_page import to_html
    from grader.report.write_files import write_text

    write_text(options.html, to_html(grade, options.reveal, close_up))
    print(f"The page is {options.html}.")
    if options.open:
        webbrowser.open(options.html.resolve().as_uri())


def _check_reports(options: argparse.Namespace) -> None:
    """Raises UserError for an unknown format, before anything is graded."""
    if not options.reports:
        return
    from grader.report.formats import OF_ONE_GRADE

    for name, file in options.reports:
        if name not in OF_ONE_GRADE:
            expected = one_of(name, OF_ONE_GRADE)
            raise UserError(f"--report {name}={file}: found no format {name!r}, expected {expected}")
