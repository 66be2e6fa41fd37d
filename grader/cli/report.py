"""`grader report`: writes reports from the gradebook."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from grader.api import Course
from grader.author.load import load
from grader.batch.grade_warnings import grade_warnings
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook.submission_files import inventory_of
from grader.cli.command_line.arguments import TERMINAL
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.command_line.json_output import print_json
from grader.cli.course import find_repository, note_missing_policies, secret
from grader.model.assignment import Visibility
from grader.model.class_row import ClassReport, reveal_cases, with_policies
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.late_policy import Policies
from grader.model.request_code import with_codes
from grader.model.student import Student
from grader.model.text import clean_line, listing, plural
from grader.report.formats import Format, ReportFiles, Request, format_of, names
from grader.report.tables.worksheet import ENGLISH
from grader.report.terminal.class_table import show_class
from grader.report.terminal.doubt_kinds import uncredited
from grader.report.write_files import write_files

SHOWN_PATHS = 3


def run(options: argparse.Namespace) -> int:
    """Writes the files of one format, or shows the class in the terminal."""
    if options.format == TERMINAL:
        if options.json:
            raise UserError("--format terminal is for people. For a program, use --format json")
        _check_writes_no_files(options)
        _show(_class_report(options)[0])
        return PASSED
    if options.out is None:
        raise UserError(f"--format {options.format} also needs --out DIR, the folder for its files")
    form = format_of(options.format)
    _check(options, form)
    report, students = _class_report(options)
    if form.ONE_ASSIGNMENT and len(report.assignments) != 1:
        names = ", ".join(report.assignments) or "none"
        raise UserError(
            f"--format {options.format} writes one assignment, and the gradebook has {names}: choose with "
            "--assignment NAME"
        )
    request = Request(students, options.into, options.keep_existing, _named_columns(options.column))
    result = form.write(report, request)
    paths = write_files(options.out, result.files)
    if options.json:
        lines = {name: getattr(result, name) for name in ("changes", "unchanged", "notes", "left_out")}
        print_json("report/1", {"files": paths, "counts": result.counts or {}, **lines})
        return NOT_PASSED if result.left_out else PASSED
    _print_paths(options.out, paths)
    return _print_changes(result)


def _check_writes_no_files(options: argparse.Namespace) -> None:
    """Raises UserError for options about files, which the terminal has no use for."""
    about_files = {
        "--out DIR": options.out is not None,
        "--into CSV": options.into is not None,
        "--column ROLE=HEADER": bool(options.column),
        "--keep-existing": options.keep_existing,
    }
    for option, is_given in about_files.items():
        if is_given:
            message = f"{option} goes only with a format that writes files, and {TERMINAL} writes none"
            raise UserError(f"{message}: remove it, or choose another --format")


def _check(options: argparse.Namespace, form: Format) -> None:
    """Raises UserError for options that the format does not accept."""
    if form.FILLS_IN and options.into is None:
        raise UserError(f"--format {options.format} also needs --into CSV, the file that the LMS exported")
    if options.into is not None and not form.FILLS_IN:
        fill_in = " and ".join(f"--format {name}" for name in names() if format_of(name).FILLS_IN)
        raise UserError(f"--into CSV goes only with {fill_in}: remove it")
    if options.column and not form.NAMES_COLUMNS:
        raise UserError("--column ROLE=HEADER goes only with --format moodle: remove it")
    if options.keep_existing and options.into is None:
        raise UserError("--keep-existing also needs --into CSV")


def _print_paths(out: Path, paths: Sequence[Path]) -> None:
    """Prints the files; of many, those that are not in a student's folder, and the number of all."""
    if len(paths) <= SHOWN_PATHS:
        print("\n".join(map(str, paths)))
        return
    at_the_top = [str(path) for path in paths if path.parent == out]
    print("\n".join([*at_the_top, f"{out}: {len(paths)} files"]))


def _print_changes(filled: ReportFiles) -> int:
    """Prints the changed and the omitted grades; returns the exit status."""
    if filled.counts:
        print(", ".join(f"{count} {label}" for label, count in sorted(filled.counts.items())))
    for lines, one, several in (
        (filled.changes, "cell that held a grade changes", "cells that held a grade change"),
        (filled.unchanged, "cell with another grade stays", "cells with another grade stay"),
    ):
        if lines:
            headline = f"{len(lines)} {one if len(lines) == 1 else several}:"
            print(headline, *lines, sep="\n  ", file=sys.stderr)
    for line in filled.notes:
        print(f"note: {line}", file=sys.stderr)
    for line in filled.left_out:
        print(f"left out: {line}", file=sys.stderr)
    return NOT_PASSED if filled.left_out else PASSED


def _class_report(options: argparse.Namespace) -> tuple[ClassReport, list[Student]]:
    """Every student's standing by the course's policies, and all known students.

    Without a course, each student's score is what they earned.
    """
    root = find_repository()
    policies = Policies() if root is None else Course(root).facts.policies
    note_missing_policies()
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = reveal_cases(with_policies(gradebook.grades(), policies), set(map(Visibility, options.show)))
        students, seconds = gradebook.students(), gradebook.seconds()
        for name in sorted({row.assignment for row in rows}):
            if options.assignment in (None, name):
                _note_uncredited(gradebook, name)
                for warning in grade_warnings(gradebook.database, name):
                    print(f"note: {name}: {warning}", file=sys.stderr)
    ids = {student.id for student in students}
    for assignment, extensions in policies.extensions.items():
        for id in sorted(extensions.keys() - ids):
            message = f"course.yaml extends {assignment} for {id!r}, but the gradebook has no such student"
            print(f"note: {message}{did_you_mean(id, ids)}", file=sys.stderr)
    if options.assignment is not None:
        names = sorted({row.assignment for row in rows})
        rows = [row for row in rows if row.assignment == options.assignment]
        if not rows:
            graded = f"the gradebook has grades for {', '.join(names) or 'no assignment'}"
            near = did_you_mean(options.assignment, names)
            raise UserError(f"found no grades for {options.assignment!r}; {graded}{near}")
    rows = with_codes(rows, secret())
    titles = _titles(root, {row.assignment for row in rows})
    return ClassReport(tuple(rows), titles, seconds), students


def _note_uncredited(gradebook: Gradebook, assignment: str) -> None:
    """Names the submissions that no report contains, because the last batch could not tell whose they are."""
    inventory = inventory_of(gradebook.database, assignment)
    doubts = () if inventory is None else uncredited(inventory.aside)
    if doubts:
        names = listing([clean_line(doubt.name) for doubt in doubts])
        count = plural(len(doubts), "submission")
        why = f"{count} may belong to several students, or to no student on the roster: {names}"
        print(f"note: {assignment}: {why}; `grader serve` says how to resolve it", file=sys.stderr)


def _titles(root: Path | None, names: Iterable[str]) -> dict[str, str]:
    folders = {} if root is None else {name: root / "assignments" / name for name in names}
    return {n: load(folder).title for n, folder in folders.items() if (folder / "assignment.yaml").is_file()}


def _show(report: ClassReport) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, 100)  # a file or a pipe has room for a wider table
    show_class(report.rows, console)


def _named_columns(words: Iterable[str]) -> dict[str, str]:
    """Headers by role, from `--column ROLE=HEADER`."""
    headers: dict[str, str] = {}
    for word in words:
        role, equals, header = word.partition("=")
        if role not in ENGLISH or not equals:
            message = f"--column {word}: expected ROLE=HEADER with a role of {', '.join(ENGLISH)}"
            raise UserError(f"{message}{did_you_mean(role, ENGLISH)}")
        if role in headers:
            raise UserError(f"--column {word}: {role} is {headers[role]!r} already; expected each role once")
        headers[role] = header.strip()
    return headers
