"""The commands that come after grading: report, adjust, similarity."""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.model.assignment import Assignment, Visibility
from grader.model.course import Course
from grader.model.errors import UserError
from grader.model.student import Student

if TYPE_CHECKING:  # instructors have what these need; students do not
    from grader.report.class_row import ClassReport
    from grader.report.files import Files
    from grader.report.similarity import Pair

PASSED, NOT_PASSED = 0, 1
DEFAULT_GRADEBOOK = "sqlite:///build/gradebook.db"
LMS = ("canvas", "moodle")  # these are given back what they exported
LATER = ("after_due_date", "after_published")
GRADES = ("adjustments", "csv", "feedback", "gradescope", "html", "json", "junit", "prairielearn")
AUTOGRADER = "gradescope-autograder"
SHOWN_PATHS = 3
SHOWN_PAIRS = 10
OWN_NUMBERS = "Everyone had numbers of their own: no wrong answer can be another's."


def add_commands(commands: Any, pack: Callable[[str, Path], Path]) -> None:
    """Adds the commands; each runs with the options and the repository's root, None without one.

    `pack` writes an assignment's autograder for Gradescope into a folder.
    """
    report = commands.add_parser(
        "report",
        help="write reports from the gradebook",
        epilog="canvas and moodle fill in what the LMS exported, given with --into: Canvas's gradebook, "
        "Moodle's grading worksheet. Whoever has no final score is named, and the exit status is 1. "
        "gradescope-autograder reads no gradebook: it packs the zip that grades an assignment there.",
    )
    _add_gradebook(report)
    formats = sorted((*GRADES, *LMS, AUTOGRADER, "terminal"))
    report.add_argument("--format", required=True, choices=formats, metavar="NAME", help=", ".join(formats))
    report.add_argument("--assignment", metavar="NAME", help="only this one; default: all in the gradebook")
    report.add_argument("--into", type=Path, metavar="CSV", help="what Canvas or Moodle exported")
    report.add_argument(
        "--show",
        action="append",
        default=[],
        choices=LATER,
        help="once that is past: show what cases of this visibility are about; may be given twice",
    )
    report.add_argument("--out", type=Path, metavar="DIR", help="where files are written")
    report.set_defaults(after_grading=_report, pack=pack)

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

    similarity = commands.add_parser(
        "similarity", help="find submissions that are alike, and rare wrong answers"
    )
    similarity.add_argument("submissions", type=Path, metavar="DIR_OR_ZIP", help="as `grader batch` took it")
    similarity.add_argument("--assignment", required=True, metavar="NAME")
    similarity.add_argument("--roster", type=Path, metavar="CSV", help="as `grader batch` took it")
    _add_gradebook(similarity)
    similarity.add_argument(
        "--top", type=int, default=50, metavar="N", help="so many of each kind; default: %(default)s"
    )
    similarity.add_argument(
        "--out", type=Path, default=Path("build/similarity"), metavar="DIR", help="default: %(default)s"
    )
    similarity.set_defaults(after_grading=_similarity)


def _add_gradebook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gradebook", default=DEFAULT_GRADEBOOK, metavar="URL", help="default: %(default)s")


def _report(options: argparse.Namespace, root: Path | None) -> int:
    if options.format != "terminal" and options.out is None:
        raise UserError(f"--format {options.format} writes files: say where with --out DIR")
    if (options.format in LMS) != (options.into is not None):
        raise UserError(
            f"--format {options.format}: --into CSV goes with canvas and moodle, and only with them"
        )
    if options.format == AUTOGRADER:
        if options.assignment is None:
            raise UserError(f"--format {AUTOGRADER}: say of what with --assignment NAME")
        print(options.pack(options.assignment, options.out))
        return PASSED
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


def _similarity(options: argparse.Namespace, root: Path | None) -> int:
    from grader.author.load import load
    from grader.batch.gradebook import Gradebook
    from grader.report.files import write_files
    from grader.report.similarity import shared_answers, similarity_pages

    folder = None if root is None else root / "assignments" / options.assignment
    if folder is None or not (folder / "assignment.yaml").is_file():
        raise UserError(f"found no assignment {options.assignment!r}: run this in the course's repository")
    if options.top < 1:
        raise UserError(f"--top {options.top}: at least one is needed")
    assignment = load(folder)
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = [row for row in gradebook.grades() if row.assignment == assignment.name]
    pairs = _pairs(options, assignment)
    note = OWN_NUMBERS if _course(root).variants else ""
    pages = similarity_pages(assignment.title, pairs, shared_answers(rows)[: options.top], note)
    write_files(options.out / assignment.name, pages)
    for pair in pairs[:SHOWN_PAIRS]:
        print(f"{pair.left.share:4.0%} {pair.right.share:4.0%}  {pair.left.student}, {pair.right.student}")
    print(options.out / assignment.name / "index.html")
    return PASSED


def _pairs(options: argparse.Namespace, assignment: Assignment) -> "tuple[Pair, ...]":
    """The pairs of submissions that are most alike, whichever of the files handed in it is."""
    from grader.author.render import render
    from grader.batch.intake import find_submissions
    from grader.batch.roster import read_roster
    from grader.batch.similarity import alike, most_alike

    roster = None if options.roster is None else read_roster(options.roster)
    intake = find_submissions(options.submissions, assignment.files, assignment.name, roster)
    handed_in = {found.submission.student_id: intake.read(found).files for found in intake.submissions}
    handout = render(assignment, "handout").files
    found: list[Pair] = []
    for name in assignment.files:
        texts = {s: files[name].decode(errors="replace") for s, files in handed_in.items() if name in files}
        found += alike(texts, name, handout[name], options.top)
    return most_alike(found, options.top)


def _class_report(options: argparse.Namespace, root: Path | None) -> "tuple[ClassReport, list[Student]]":
    """Everyone's standing by the course's policies, and who is known at all."""
    from grader.batch.gradebook import Gradebook
    from grader.report.class_row import ClassReport, showing, with_policies

    course = _course(root)
    with Gradebook(options.gradebook, create=False) as gradebook:
        rows = showing(with_policies(gradebook.grades(), course.policies), set(map(Visibility, options.show)))
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
