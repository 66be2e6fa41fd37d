"""Adds the options that several commands share."""

import argparse
import ast
import os
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.model.surroundings import Sandbox

ONE_GRADE = {
    "json": "JSON",
    "gradescope": "results.json for Gradescope",
    "prairielearn": "results.json for PrairieLearn",
}  # the formats of one grade that have an option of their own
GRADEBOOK = Path("build", "gradebook.db")  # in the course's folder


def modules_of(package: str) -> tuple[str, ...]:
    """The names of a package's modules; imports none of them."""
    folder = Path(__file__).parents[2].joinpath(*package.split("."))
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(folder)])))


def files_written_by(package: str) -> dict[str, str]:
    """The text `WRITES` of each module. Imports none: a handout lacks their libraries."""
    folder = Path(__file__).parents[2].joinpath(*package.split("."))
    return {name: _constant(folder / f"{name}.py", "WRITES") for name in modules_of(package)}


def _constant(module: Path, name: str) -> str:
    """The text that a module assigns to a name."""
    for statement in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return str(ast.literal_eval(statement.value))
    raise LookupError(f"{module} assigns no {name}")


class AsReport(argparse.Action):
    """Stores `--json FILE` and `--report json=FILE` in the same way: format and file, in the given order."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, value: Any, option: str | None = None
    ) -> None:
        """Adds a format and its file to `reports`."""
        name, _, file = str(value).partition("=") if self.const is None else (self.const, "", str(value))
        if not file:
            parser.error(f"{option} {value}: expected FORMAT=FILE")
        namespace.reports = [*namespace.reports, (name, Path(file))]


class RenamedOption(argparse.Action):
    """Refuses an option by its old name, and says what to write."""

    def __init__(self, *, new: str, **options: Any) -> None:
        super().__init__(**options)
        self.new = new

    def __call__(
        self, parser: argparse.ArgumentParser, _namespace: object, value: object, option: str | None = None
    ) -> None:
        """Ends with the message and the exit status of a wrong option."""
        parser.error(f"{option} has a new name: write {self.new} {value}")


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """The `type` of an option that holds a whole number between `least` and `most`."""
    numbers = f"of at least {least}" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number {numbers}")
        return number

    return read


def add_class(parser: argparse.ArgumentParser) -> None:
    """Adds the place of a class's submissions, and how to read them: the same options for every command."""
    parser.add_argument(
        "submissions",
        type=Path,
        metavar="DIR_OR_ZIP",
        help="a folder with one entry per student, or an LMS's zip",
    )
    parser.add_argument("--assignment", required=True, metavar="NAME", help="an assignment of the course")
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="CSV",
        help="the class list; columns: student_id, name, email, section, extension; optional: group, login",
    )
    parser.add_argument(
        "--counts",
        choices=("last", "best", "last-before-deadline"),
        default="last",
        help="which of a student's submissions counts; default: %(default)s",
    )
    parser.add_argument("--policy", action=RenamedOption, new="--counts", help=argparse.SUPPRESS)
    parser.add_argument(
        "--deadline",
        metavar="TIME",
        help="with --counts last-before-deadline: a time with its offset, such as 2026-10-01T23:59:00+02:00",
    )
    parser.add_argument(
        "--times",
        type=Path,
        metavar="FILE",
        help="when students submitted: a CSV file of student and time, Canvas's submissions as JSON, "
        "Moodle's logs or worksheet, or Gradescope's grades",
    )
    layouts = modules_of("intake.layouts")
    parser.add_argument(
        "--layout",
        choices=layouts,
        metavar="NAME",
        help=f"the layout of the submissions, if the grader asks for it: {', '.join(layouts)}",
    )
    add_accept_renamed(parser)


def add_accept_renamed(parser: argparse.ArgumentParser) -> None:
    """Adds the option that lets a file with a similar name replace a missing one."""
    parser.add_argument(
        "--accept-renamed",
        action="store_true",
        help="if a file is missing, take one with a similar name: `Dense.py`, `dense (1).py`, "
        "`dense.py.txt`, or one in a zip",
    )


def add_names(parser: argparse.ArgumentParser) -> None:
    """The assignments that a command works on."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="an assignment; default: every one of the course"
    )


def add_reports(parser: argparse.ArgumentParser) -> None:
    """The files to write a grade to."""
    for name, theirs in ONE_GRADE.items():
        parser.add_argument(
            f"--{name}",
            action=AsReport,
            const=name,
            dest="reports",
            default=[],
            metavar="FILE",
            help=f"also write the grade as {theirs}",
        )
    parser.add_argument(
        "--report",
        action=AsReport,
        dest="reports",
        default=[],
        metavar="FORMAT=FILE",
        help="also write the grade in another format: sarif, gcc (lines that editors read), github "
        "(annotations), gitlab (code quality), junit, classroom50, feedback (Markdown); you may give this "
        "option several times",
    )


def add_out(
    parser: argparse.ArgumentParser, default: str = "", *, is_required: bool = True, note: str = ""
) -> None:
    """Adds the folder that a command writes to; required if it has no default and cannot print instead.

    `note` is put behind the option's help.
    """
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(default) if default else None,
        required=is_required and not default,
        metavar="DIR",
        help="the folder to write to" + (f"; default: {default}" if default else "") + note,
    )


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """How many processes work at the same time."""
    parser.add_argument(
        "--jobs",
        type=whole_number(1),
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes work at the same time; default: one per core",
    )


def add_gradebook(parser: argparse.ArgumentParser) -> None:
    """Adds the URL of the gradebook."""
    parser.add_argument(
        "--gradebook",
        default="",
        type=_gradebook,
        metavar="URL",
        help=f"the gradebook's database; default: sqlite:///{GRADEBOOK} in the course's folder",
    )


def _gradebook(url: str) -> str:
    """The URL; if it is "", that of the course around the working folder, so that a course has only one."""
    if url:
        return url
    from grader.cli.course import find_repository  # only the commands that open a gradebook need it

    root = find_repository()
    return f"sqlite:///{GRADEBOOK if root in (None, Path.cwd()) else root / GRADEBOOK}"


def add_sandbox(parser: argparse.ArgumentParser) -> None:
    """Adds the choice of the sandbox for submissions."""
    parser.add_argument(
        "--sandbox",
        choices=tuple(map(str, Sandbox)),
        default=str(Sandbox.BUBBLEWRAP),
        help="default: bubblewrap. Use none for your own code only. (A handout contains no answers and needs "
        "no sandbox.)",
    )


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Adds the option to print only errors."""
    parser.add_argument(
        "--quiet", action="store_true", help="print only errors; the exit status shows the result"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the option to print the report as JSON."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON for a program")
