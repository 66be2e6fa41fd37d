"""Defines every command's options. Imports no command, so that `grader --help` appears immediately."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import grader
from grader.cli.command_line import handout_options, platform_options, proof_options
from grader.cli.command_line.examples import EXAMPLES
from grader.cli.command_line.parser import Parser
from grader.cli.command_line.shared_options import (
    add_accept_renamed,
    add_class,
    add_gradebook,
    add_jobs,
    add_json,
    add_names,
    add_out,
    add_quiet,
    add_reports,
    add_sandbox,
    files_written_by,
    modules_of,
    whole_number,
)
from grader.model.errors import UserError
from grader.model.surroundings import Device

JSON = (
    "verify", "batch", "intake", "report", "adjust", "confirm", "forget", "similarity", "requests",
    "doctor", "collect", "redteam", "new", "generate", "publish", "try", "hint", "submit",
)  # fmt: skip
WHOLLY_SHOWN = ("try", "hint")  # quiet, they would have no effect
QUIET = tuple(name for name in (*JSON, "grade") if name not in WHOLLY_SHOWN)
SHELLS = ("bash", "zsh", "fish", "tcsh")
LATER = ("after_due_date", "after_published")
TERMINAL = "terminal"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; `command` names the module of `grader.cli` that runs them.

    `passed_on` are words for another program: those after `--` for pytest, all of `emulate` for the emulator.
    Like argparse, exits with 2 for unknown words; UserError for mistakes that argparse cannot find.
    """
    words = list(arguments)
    if words[:1] == ["emulate"]:
        return argparse.Namespace(command="emulate", passed_on=words[1:])
    end = words.index("--") if "--" in words else len(words)
    parser = make_parser()
    options, unknown = parser.parse_known_args(words[:end] or ["--help"])
    parser.commands[options.command].refuse_unknown(unknown)
    options.passed_on = words[end + 1 :]
    if options.passed_on and options.command != "grade":
        raise UserError("only `grader grade` passes arguments on to pytest")
    return options


def make_parser() -> Parser:
    """The parser of the whole command line, with a parser for each command."""
    parser = Parser(
        prog="grader",
        description="Backflip: generate assignments and grade submissions.",
        epilog="exit status: 0 done, and everything passed; 1 done, and something did not pass (batch: "
        "something needs review); 2 a mistake in your command or files, or output that cannot be "
        "written: one line says which; 3 a fault of the grader; 4 this machine cannot start the sandbox. "
        "If a reader of the output stops early (grader ... | head), the work and the status stay the same. "
        "`grader COMMAND --help` shows a command's options and examples.",
    )
    parser.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        *(
            _new,
            _generate,
            proof_options.verify,
            proof_options.redteam,
            _grade,
            handout_options.try_case,
            handout_options.debug,
            handout_options.watch,
            handout_options.hint,
            handout_options.submit,
            _batch,
            _intake,
            _emulate,
            _report,
            _adjust,
            _confirm,
            _forget,
            _similarity,
            _serve,
            _requests,
            platform_options.publish,
            platform_options.collect,
            _doctor,
            _completion,
        ),
    ):
        add(commands)
    parser.describe_commands()
    for name, command in commands.choices.items():
        command.add_examples(EXAMPLES[name])
        if name in QUIET:
            add_quiet(command)
        if name in JSON:
            add_json(command)
    return parser


def _generate(commands: Any) -> None:
    generate = commands.add_parser("generate", help="write handouts and solutions")
    add_names(generate)
    add_out(generate, "build")
    generate.add_argument(
        "--variant",
        default="",
        metavar="ID",
        help="write the handout of this student, with the student's own worked numbers",
    )


def _new(commands: Any) -> None:
    new = commands.add_parser("new", help="write a first version of an assignment, ready for verify")
    new.add_argument(
        "name", metavar="NAME", help="the name of the folder, and of the file that students submit"
    )
    new.add_argument(
        "--from",
        dest="source",
        metavar="MODULE:FUNCTION",
        help="a function of the reference, which students will write, such as reference.words:distance; "
        "default: write an example to reference/NAME.py",
    )
    add_jobs(new)


def _grade(commands: Any) -> None:
    grade = commands.add_parser(
        "grade",
        help="grade one submission",
        epilog="pytest gets the words after --, and selects cases by them: grader grade DIR -- -k x_grad -x",
    )
    grade.set_defaults(module="handout.early_start")  # it calls `grader.cli.grade`
    grade.add_argument(
        "submission", type=Path, metavar="DIR_OR_ZIP", help="the folder or zip with the submitted files"
    )
    add_accept_renamed(grade)
    grade.add_argument(
        "--assignment", metavar="NAME", help="the assignment to grade; not needed in a handout"
    )
    grade.add_argument(
        "--device",
        choices=tuple(map(str, Device)),
        help="where kernels run; default: the first available device that the assignment supports",
    )
    add_reports(grade)
    grade.add_argument("--html", type=Path, metavar="FILE", help="also write the feedback as an HTML page")
    grade.add_argument("--open", action="store_true", help="open that page in a browser")
    grade.add_argument(
        "--variant",
        metavar="ID",
        help="grade hidden cases with this student's numbers; default: the common numbers, or with "
        "`variants: true` in course.yaml those of the student whom the folder is named after",
    )
    grade.add_argument("--reveal", action="store_true", help="also show the values of hidden cases")
    grade.add_argument(
        "--exercise",
        default="",
        metavar="NAME",
        help="grade only this exercise; * stands for any text",
    )
    grade.add_argument(
        "--case",
        default="",
        metavar="NAME",
        help="grade only this case, such as dilate/two-rows; * stands for any text",
    )
    grade.add_argument("--all", action="store_true", help="show every failing case of every exercise in full")
    add_sandbox(grade)


def _batch(commands: Any) -> None:
    batch = commands.add_parser("batch", help="grade a class into the gradebook")
    add_class(batch)
    batch.add_argument(
        "--accept-missing",
        action="store_true",
        help="accept a score of 0 for each submission with a file that is missing or cannot be read",
    )
    add_gradebook(batch)
    add_jobs(batch)
    batch.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="grade on a Dask cluster: tcp://HOST:PORT of its scheduler, or local to start one",
    )
    add_sandbox(batch)


def _intake(commands: Any) -> None:
    intake = commands.add_parser(
        "intake", help="show which files of a class would be graded, and for whom; grade nothing"
    )
    add_class(intake)
    intake.add_argument("--csv", type=Path, metavar="FILE", help="write the table to a CSV file; - prints it")


def _emulate(commands: Any) -> None:
    """Lists the command; the emulator defines its own arguments."""
    commands.add_parser("emulate", help="run a CUDA kernel on the CPU", add_help=False)


def _report(commands: Any) -> None:
    report = commands.add_parser(
        "report",
        help="write reports from the gradebook",
        listing=("formats", _report_formats),
        epilog="The formats canvas and moodle fill in the file that the LMS exported: Canvas's gradebook or "
        "Moodle's grading worksheet. Give it with --into. Students without a final score are listed and "
        "left out, and the exit status is then 1.",
    )
    add_gradebook(report)
    formats = sorted((*modules_of("report.formats"), TERMINAL))
    report.add_argument(
        "--format", required=True, choices=formats, metavar="NAME", help="one of the formats listed below"
    )
    report.add_argument(
        "--assignment", metavar="NAME", help="report only this assignment; default: all in the gradebook"
    )
    report.add_argument(
        "--into", type=Path, metavar="CSV", help="the file that Canvas or Moodle exported, to be filled in"
    )
    report.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ROLE=HEADER",
        help="name a column of Moodle's worksheet that the grader does not recognize. ROLE is identifier, "
        "name, email, id, grade, maximum, changed or comments; an empty HEADER means that the column is "
        "missing. You may give this option several times",
    )
    report.add_argument(
        "--keep-existing", action="store_true", help="with --into: do not change cells that hold a grade"
    )
    report.add_argument(
        "--show",
        action="append",
        default=[],
        choices=LATER,
        help="also show the cases of this visibility, once that time has come; you may give this option "
        "twice",
    )
    add_out(report, is_required=False)


def _report_formats() -> dict[str, str]:
    """The files of each format."""
    return files_written_by("report.formats") | {TERMINAL: "nothing: prints the class as a table"}


def _adjust(commands: Any) -> None:
    adjust = commands.add_parser("adjust", help="add or subtract points by hand, from a CSV file")
    adjust.add_argument(
        "file",
        type=Path,
        metavar="CSV",
        help="columns: student_id, assignment, criterion (empty: the whole assignment), points (0 takes "
        "back an earlier adjustment), reason, author; optional: applies_to (submission or student), "
        "may_exceed (yes: the total may leave the range from 0 to the points offered) and submission (the "
        "one that an exported adjustment is for). `grader report --format adjustments` writes such a file",
    )
    add_gradebook(adjust)


def _confirm(commands: Any) -> None:
    confirm = commands.add_parser(
        "confirm",
        help="accept a submission despite its doubt, so that its grade counts",
        epilog="No export contains a grade that needs review. `grader batch` says why it needs review. To "
        "confirm every submission with a missing file, use `grader batch --accept-missing`.",
    )
    confirm.add_argument("students", nargs="+", metavar="ID", help="the student's id")
    confirm.add_argument("--assignment", required=True, metavar="NAME", help="an assignment of the course")
    confirm.add_argument("--reason", required=True, metavar="TEXT", help="the reason, for the audit log")
    confirm.add_argument("--author", metavar="NAME", help="who decided; default: your user name")
    add_gradebook(confirm)


def _forget(commands: Any) -> None:
    forget = commands.add_parser(
        "forget",
        help="withdraw a student, or a run, from every report",
        epilog="This deletes nothing, and --undo takes it back. If a later batch brings the submission "
        "again, it counts again. If you withdraw a run, the submissions before it count again.",
    )
    forget.add_argument("--student", metavar="ID", help="withdraw this student's submissions")
    forget.add_argument(
        "--assignment", metavar="NAME", help="with --student: only in this assignment; default: in all"
    )
    forget.add_argument(
        "--run",
        type=whole_number(1),
        metavar="N",
        help="withdraw all submissions that this run was the first to bring",
    )
    forget.add_argument("--list", action="store_true", help="show the runs with their numbers")
    forget.add_argument("--undo", action="store_true", help="take a withdrawal back")
    forget.add_argument("--reason", metavar="TEXT", help="the reason, for the audit log")
    forget.add_argument("--author", metavar="NAME", help="who decided; default: your user name")
    add_gradebook(forget)


def _similarity(commands: Any) -> None:
    similarity = commands.add_parser(
        "similarity", help="find similar submissions, and rare wrong answers that students share"
    )
    add_class(similarity)
    add_gradebook(similarity)
    similarity.add_argument(
        "--top",
        type=whole_number(1),
        default=50,
        metavar="N",
        help="show the N most similar pairs, and N rare wrong answers; default: %(default)s",
    )
    add_out(similarity, "build/similarity")


def _requests(commands: Any) -> None:
    requests = commands.add_parser(
        "requests",
        help="read students' requests for a regrade from a CSV file",
        epilog="In the feedback that `grader report` writes, each case has a short code. The grader checks "
        "the code, so a request is about feedback that this student got. Answer the requests in `grader "
        "serve --edit`.",
    )
    requests.add_argument(
        "file", type=Path, metavar="CSV", help="columns: student, case (such as x_grad/of-views · 7KQ2), text"
    )
    add_gradebook(requests)


def _serve(commands: Any) -> None:
    serve = commands.add_parser(
        "serve",
        help="show the gradebook in a browser, where you read it and decide",
        epilog="The desk prints an address with a token that cannot be guessed. Open it in your browser. "
        "Ctrl-C stops the desk.",
    )
    add_gradebook(serve)
    serve.add_argument(
        "--port",
        type=whole_number(0, 65535),
        default=8350,
        metavar="N",
        help="the port; 0 chooses a free one; default: %(default)s",
    )
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address to listen on; default: %(default)s. At any other address, "
        "others on the network can read the traffic",
    )
    serve.add_argument(
        "--edit", action="store_true", help="let the browser grade by hand, comment, adjust and decide"
    )


def _doctor(commands: Any) -> None:
    doctor = commands.add_parser(
        "doctor", help="check whether this machine has everything that grading needs"
    )
    add_gradebook(doctor)


def _completion(commands: Any) -> None:
    completion = commands.add_parser(
        "completion", help="print a script for your shell that completes names with the Tab key"
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    completion.set_defaults(module="command_line.completion")
