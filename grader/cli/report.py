"""`grader report`: writes reports from the gradebook."""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from grader.author.load import load
from grader.batch.gradebook import Gradebook
from grader.cli import NOT_PASSED, PASSED
from grader.cli.arguments import AUTOGRADER, LMS
from grader.cli.course import SEED_FILE, course_of, find_repository, from_repository, repository, secret
from grader.model.assignment import Visibility
from grader.model.course import Course
from grader.model.errors import UserError
from grader.model.identity import Identities
from grader.model.student import Student
from grader.report import canvas, moodle
from grader.report.class_row import ClassReport, showing, with_policies
from grader.report.class_table import show_class
from grader.report.files import Files, write_files
from grader.report.formats import FORMATS, not_final
from grader.report.sheet import read_sheet

SHOWN_PATHS = 3


def run(options: argparse.Namespace) -> int:
    """Writes the files of one format, or shows the class in the terminal."""
    if options.format != "terminal" and options.out is None:
        raise UserError(f"--format {options.format} writes files: say where with --out DIR")
    if (options.format in LMS) != (options.into is not None):
        raise UserError(
            f"--format {options.format}: --into CSV goes with canvas and moodle, and only with them"
        )
    if options.format == AUTOGRADER:
        if options.assignment is None:
            raise UserError(f"--format {AUTOGRADER}: say of what with --assignment NAME")
        print(_pack_autograder(options.assignment, options.out))
        return PASSED
    report, students = _class_report(options)
    if options.format == "terminal":
        _show(report)
        return PASSED
    files, left_out = (
        _fill_in(options, report, students)
        if options.format in LMS
        else (FORMATS[options.format](report), not_final(options.format, report))
    )
    paths = write_files(options.out, files)
    print("\n".join(map(str, paths)) if len(paths) <= SHOWN_PATHS else f"{options.out}: {len(paths)} files")
    for line in left_out:
        print(f"left out: {line}", file=sys.stderr)
    return NOT_PASSED if left_out else PASSED


def _pack_autograder(name: str, out: Path) -> Path:
    """Writes the zip that Gradescope runs for an assignment."""
    from grader.author.autograder import autograder_files, pack  # here alone: a report needs none of this
    from grader.author.render import build_wheel
    from grader.cli.misconceptions import misconceptions_file

    root = repository()
    assignment = from_repository(root, name)
    known = misconceptions_file(root, assignment)
    made = {known.relative_to(root).as_posix(): known.read_bytes(), SEED_FILE: secret().encode()}
    requirements = (root / "locks" / "autograder.txt").read_bytes()
    with tempfile.TemporaryDirectory(prefix="backflip-") as scratch:
        wheel = build_wheel(root, Path(scratch))
        files = autograder_files(assignment, wheel, requirements, made, course_of(root).variants)
    (path,) = write_files(out, {f"{name}-gradescope.zip": pack(files)})
    return path


def _class_report(options: argparse.Namespace) -> tuple[ClassReport, list[Student]]:
    """Everyone's standing by the course's policies, and who is known at all.

    Where there is no course around, everybody scores what they earned.
    """
    root = find_repository()
    policies = (Course("", ()) if root is None else course_of(root)).policies
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = showing(with_policies(gradebook.grades(), policies), set(map(Visibility, options.show)))
        students, seconds = gradebook.students(), gradebook.seconds()
    known = {student.id for student in students}
    for assignment, extensions in policies.extensions.items():
        for id in sorted(extensions.keys() - known):
            said = f"course.yaml extends {assignment} for {id!r}, whom the gradebook does not know"
            print(f"note: {said}", file=sys.stderr)
    if options.assignment is not None:
        found = sorted({row.assignment for row in rows})
        rows = [row for row in rows if row.assignment == options.assignment]
        if not rows:
            raise UserError(
                f"found no grade of {options.assignment!r}; the gradebook holds {', '.join(found) or 'none'}"
            )
    titles = _titles(root, {row.assignment for row in rows})
    return ClassReport(tuple(rows), titles, seconds), students


def _titles(root: Path | None, names: Iterable[str]) -> dict[str, str]:
    folders = {} if root is None else {name: root / "assignments" / name for name in names}
    return {n: load(folder).title for n, folder in folders.items() if (folder / "assignment.yaml").is_file()}


def _show(report: ClassReport) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, 100)  # into a file or a pipe nothing forces a narrow table
    show_class(report.rows, console)


def _fill_in(
    options: argparse.Namespace, report: ClassReport, students: list[Student]
) -> tuple[Files, tuple[str, ...]]:
    find = Identities(students).find
    if options.format == "canvas":
        filled = canvas.fill_canvas(report, read_sheet(options.into, canvas.NEEDED, "Canvas"), find)
    else:
        if len(report.assignments) != 1:
            found = ", ".join(report.assignments) or "none"
            raise UserError(
                f"a worksheet is of one assignment: choose with --assignment NAME (found {found})"
            )
        filled = moodle.fill_moodle(report, read_sheet(options.into, moodle.NEEDED, "Moodle"), find)
    return filled.files, filled.left_out
