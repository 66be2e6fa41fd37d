"""The commands that come after grading: report, adjust."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.model.course import Course
from grader.model.errors import UserError
from grader.model.student import Student

if TYPE_CHECKING:  # instructors have what these need; students do not
    from grader.report.class_row import ClassReport
    from grader.report.files import Files

PASSED, NOT_PASSED = 0, 1
DEFAULT_GRADEBOOK = "sqlite:///build/gradebook.db"
LMS = ("canvas", "moodle")  # these are given back what they exported
GRADES = ("adjustments", "csv", "feedback", "gradescope", "html", "json", "junit", "prairielearn")
SHOWN_PATHS = 3


def add_commands(commands: Any) -> None:
    """Adds `report` and `adjust`; each runs with the options and the repository's root, None without one."""
    report = commands.add_parser(
        "report",
        help="write reports from the gradebook",
        epilog="canvas and moodle fill in what the LMS exported, given with --into: Canvas's gradebook, "
        "Moodle's grading worksheet. Whoever has no final score is named, and the exit status is 1.",
    )
    _add_gradebook(report)
    formats = sorted((*GRADES, *LMS, "terminal"))
    report.add_argument("--format", required=True, choices=formats, metavar="NAME", help=", ".join(formats))
    report.add_argument("--assignment", metavar="NAME", help="only this one; default: all in the gradebook")
    report.add_argument("--into", type=Path, metavar="CSV", help="what Canvas or Moodle exported")
    report.add_argument("--out", type=Path, metavar="DIR", help="where files are written")
    report.set_defaults(after_grading=_report)

    adjust = commands.add_parser("adjust", help="add to scores, or take from them, by a person's word")
    adjust.add_argument(
        "file",
        type=Path,
        metavar="CSV",
        help="student_id, assignment, criterion (empty: the whole assignment), points (0 takes back an "
        "earlier one), reason, author; `grader report --format adjustments` writes such a file",
    )
    _add_gradebook(adjust)
    adjust.set_defaults(after_grading=_adjust)


def _add_gradebook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gradebook", default=DEFAULT_GRADEBOOK, metavar="URL", help="default: %(default)s")


def _report(options: argparse.Namespace, root: Path | None) -> int:
    if options.format != "terminal" and options.out is None:
        raise UserError(f"--format {options.format} writes files: say where with --out DIR")
    if (options.format in LMS) != (options.into is not None):
        raise UserError(
            f"--format {options.format}: --into CSV goes with canvas and moodle, and only with them"
        )
    report, students = _class_report(options, root)
    if options.format == "terminal":
        _show(report)
        return PASSED
    from grader.report.files import write_files
    from grader.report.formats import FORMATS

    files, left_out = (
        _fill_in(options, report, students)
        if options.format in LMS
        else (FORMATS[options.format](report), ())
    )
    paths = write_files(options.out, files)
    print("\n".join(map(str, paths)) if len(paths) <= SHOWN_PATHS else f"{options.out}: {len(paths)} files")
    for line in left_out:
        print(f"left out: {line}", file=sys.stderr)
    return NOT_PASSED if left_out else PASSED


def _adjust(options: argparse.Namespace, root: Path | None) -> int:
    from grader.batch.adjustments import read_adjustments
    from grader.batch.gradebook import Gradebook

    with Gradebook(options.gradebook, create=False) as gradebook:
        adjustments = read_adjustments(options.file, gradebook.students(), gradebook.grades())
        gradebook.adjust(*adjustments)
    print(f"{len(adjustments)} adjustment{'s' * (len(adjustments) != 1)}")
    return PASSED


def _class_report(options: argparse.Namespace, root: Path | None) -> "tuple[ClassReport, list[Student]]":
    """Everyone's standing by the course's policies, and who is known at all."""
    from grader.batch.gradebook import Gradebook
    from grader.report.class_row import ClassReport, with_policies

    course = _course(root)
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = with_policies(gradebook.grades(), course.policies)
        students, seconds = gradebook.students(), gradebook.seconds()
    known = {student.id for student in students}
    for assignment, extensions in course.policies.extensions.items():
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


def _course(root: Path | None) -> Course:
    """That around the working folder; without one everybody scores what they earned."""
    from grader.author.load import load_course

    return Course("", ()) if root is None else load_course(root / "assignments" / "course.yaml")


def _titles(root: Path | None, names: Iterable[str]) -> dict[str, str]:
    from grader.author.load import load

    folders = {} if root is None else {name: root / "assignments" / name for name in names}
    return {n: load(folder).title for n, folder in folders.items() if (folder / "assignment.yaml").is_file()}


def _show(report: "ClassReport") -> None:
    from rich.console import Console

    from grader.report.class_table import show_class

    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, 100)  # into a file or a pipe nothing forces a narrow table
    show_class(report.rows, console)


def _fill_in(
    options: argparse.Namespace, report: "ClassReport", students: list[Student]
) -> "tuple[Files, tuple[str, ...]]":
    from grader.batch.roster import Matcher
    from grader.report import canvas, moodle
    from grader.report.sheet import read_sheet

    match = Matcher(students).match
    if options.format == "canvas":
        filled = canvas.fill_canvas(report, read_sheet(options.into, canvas.NEEDED, "Canvas"), match)
    else:
        if len(report.assignments) != 1:
            found = ", ".join(report.assignments) or "none"
            raise UserError(
                f"a worksheet is of one assignment: choose with --assignment NAME (found {found})"
            )
        filled = moodle.fill_moodle(report, read_sheet(options.into, moodle.NEEDED, "Moodle"), match)
    return filled.files, filled.left_out
