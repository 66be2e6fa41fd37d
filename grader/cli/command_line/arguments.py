"""Every command's options. It imports no command, so that `grader --help` is there at once."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import grader
from grader.cli.command_line import place_options
from grader.cli.command_line.examples import EXAMPLES
from grader.cli.command_line.parser import Parser
from grader.cli.command_line.shared_options import (
    add_accept_renamed,
    add_class,
    add_gradebook,
    add_jobs,
    add_json,
    add_names,
    add_quiet,
    add_reports,
    add_sandbox,
    modules_of,
)
from grader.model.assignment import Device
from grader.model.errors import UserError

JSON = (
    *("verify", "batch", "intake", "report", "adjust", "confirm", "forget", "similarity", "requests"),
    "doctor",
)
QUIET = (*JSON, "publish", "collect", "new", "generate", "grade", "submit")
SHELLS = ("bash", "zsh", "tcsh")
LATER = ("after_due_date", "after_published")
TERMINAL = "terminal"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; `command` names the module of `grader.cli` that runs them.

    `passed_on` are words for somebody else: those after `--` for pytest, all of `emulate` for the emulator.
    Exits as argparse does, with 2 for words that are no command; UserError for what argparse cannot tell.
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
        epilog="exit status: 0 done and everything passed; 1 done, something did not pass (batch: something "
        "needs review); 2 your mistake, or output that cannot be written, said in one line; 3 the grader's "
        "own fault. A reader that leaves early (grader ... | head) changes neither the work nor the status. "
        "`grader COMMAND --help` shows a command's options, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        *(
            _new,
            _generate,
            _verify,
            _grade,
            _try,
            _debug,
            _watch,
            _hint,
            _submit,
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
            place_options.publish,
            place_options.collect,
            _doctor,
            _completion,
        ),
    ):
        add(commands)
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
    generate.add_argument("--out", type=Path, default=Path("build"), help="default: build")
    generate.add_argument(
        "--variant", default="", metavar="ID", help="one student's handout, with worked numbers of their own"
    )


def _new(commands: Any) -> None:
    new = commands.add_parser("new", help="write a new assignment that verify passes as it stands")
    new.add_argument("name", metavar="NAME", help="of its folder and of the file that students submit")
    new.add_argument(
        "--from",
        dest="source",
        metavar="MODULE:FUNCTION",
        help="the function of the reference that students are to write, such as reference.words:distance; "
        "default: an example in reference/NAME.py",
    )
    add_jobs(new)


def _verify(commands: Any) -> None:
    verify = commands.add_parser("verify", help="hold assignments to their promises, by their mutants")
    add_names(verify)
    verify.add_argument("--out", type=Path, default=Path("build/verify"), help="default: %(default)s")
    add_jobs(verify)
    verify.add_argument(
        "--seeds",
        type=int,
        default=200,
        metavar="N",
        help="for the sweep over tolerances; default: %(default)s",
    )
    verify.add_argument(
        "--attacks", action="store_true", help="grade the corpus of attacks too; takes minutes"
    )
    verify.add_argument(
        "--variants", type=int, default=0, metavar="N", help="instead: prove N students' numbers equally hard"
    )


def _grade(commands: Any) -> None:
    grade = commands.add_parser(
        "grade",
        help="grade one submission",
        epilog="words after -- go to pytest: grader grade DIR -- -k x_grad -x",
    )
    grade.add_argument(
        "submission", type=Path, metavar="DIR_OR_ZIP", help="the folder or zip with the submitted files"
    )
    add_accept_renamed(grade)
    grade.add_argument("--assignment", metavar="NAME", help="in a handout: its own")
    grade.add_argument(
        "--device",
        choices=tuple(map(str, Device)),
        help="default: the first available device that the assignment supports",
    )
    add_reports(grade)
    grade.add_argument("--html", type=Path, metavar="FILE", help="also write the feedback as a page")
    grade.add_argument("--open", action="store_true", help="open that page in a browser")
    grade.add_argument(
        "--variant",
        metavar="ID",
        help="whose numbers hidden cases have; default: everybody's, or with `variants: true` in course.yaml "
        "those of the folder's name",
    )
    grade.add_argument("--reveal", action="store_true", help="show hidden cases' values too")
    grade.add_argument(
        "--exercise",
        default="",
        metavar="NAME",
        help="only this exercise's cases; * stands for any text",
    )
    grade.add_argument(
        "--case", default="", metavar="NAME", help="only this case: dilate/two-rows; * stands for any text"
    )
    grade.add_argument("--all", action="store_true", help="show every failing case of every exercise in full")
    add_sandbox(grade)


def _try(commands: Any) -> None:
    tried = commands.add_parser("try", help="in a handout: Python, with a case's inputs and your functions")
    tried.add_argument("case", nargs="?", default="", metavar="CASE", help="exercise/case")
    tried.add_argument("-c", dest="code", metavar="CODE", help="run this instead of a prompt")
    tried.set_defaults(module="handout.prompt")


def _debug(commands: Any) -> None:
    debug = commands.add_parser("debug", help="in a handout: the debugger, where a case calls your function")
    debug.add_argument("case", nargs="?", default="", metavar="CASE", help="exercise/case")
    debug.set_defaults(module="handout.debug")


def _watch(commands: Any) -> None:
    watch = commands.add_parser("watch", help="in a handout: grade again whenever a file is saved")
    watch.set_defaults(module="handout.watch")


def _hint(commands: Any) -> None:
    hint = commands.add_parser("hint", help="in a handout: the next hint for an exercise")
    hint.add_argument(
        "exercise", metavar="EXERCISE", help="an exercise or a criterion; * stands for any text"
    )
    hint.set_defaults(module="handout.hint")


def _submit(commands: Any) -> None:
    submit = commands.add_parser("submit", help="in a handout: check the files to submit, and pack them")
    submit.set_defaults(module="handout.submit")


def _batch(commands: Any) -> None:
    batch = commands.add_parser("batch", help="grade a class into the gradebook")
    add_class(batch)
    batch.add_argument(
        "--accept-missing",
        action="store_true",
        help="confirm a score of 0 for each submission whose file is missing or cannot be read",
    )
    add_gradebook(batch)
    add_jobs(batch)
    batch.add_argument(
        "--cluster", metavar="ADDRESS", help="tcp://HOST:PORT of a Dask scheduler, or local to start one"
    )
    add_sandbox(batch)


def _intake(commands: Any) -> None:
    intake = commands.add_parser(
        "intake", help="show which files of a class would be graded, and for whom, without grading"
    )
    add_class(intake)
    intake.add_argument("--csv", type=Path, metavar="FILE", help="write the table as CSV; - prints it")


def _emulate(commands: Any) -> None:
    """Listed here; the emulator itself says what its arguments are."""
    commands.add_parser("emulate", help="run a CUDA kernel on the CPU: grader emulate --help", add_help=False)


def _report(commands: Any) -> None:
    report = commands.add_parser(
        "report",
        help="write reports from the gradebook",
        epilog="canvas and moodle fill in what the LMS exported, given with --into: Canvas's gradebook, "
        "Moodle's grading worksheet. Whoever has no final score is named, and the exit status is 1.",
    )
    add_gradebook(report)
    formats = sorted((*modules_of("report.formats"), TERMINAL))
    report.add_argument("--format", required=True, choices=formats, metavar="NAME", help=", ".join(formats))
    report.add_argument("--assignment", metavar="NAME", help="only this one; default: all in the gradebook")
    report.add_argument("--into", type=Path, metavar="CSV", help="what Canvas or Moodle exported")
    report.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ROLE=HEADER",
        help="which column of Moodle's worksheet is which, where it cannot be told: identifier, name, email, "
        "id, grade, maximum, changed, comments; an empty HEADER: there is none; may be given several times",
    )
    report.add_argument(
        "--keep-existing", action="store_true", help="with --into: leave cells alone that hold a grade"
    )
    report.add_argument(
        "--show",
        action="append",
        default=[],
        choices=LATER,
        help="once that is past: show what cases of this visibility are about; may be given twice",
    )
    report.add_argument("--out", type=Path, metavar="DIR", help="where files are written")


def _adjust(commands: Any) -> None:
    adjust = commands.add_parser("adjust", help="add to scores, or take from them, by a person's word")
    adjust.add_argument(
        "file",
        type=Path,
        metavar="CSV",
        help="student_id, assignment, criterion (empty: the whole assignment), points (0 takes back an "
        "earlier one), reason, author; may have applies_to (submission or student), may_exceed (yes: the "
        "total may leave the points offered); `grader report --format adjustments` writes such a file",
    )
    add_gradebook(adjust)


def _confirm(commands: Any) -> None:
    confirm = commands.add_parser(
        "confirm",
        help="accept the doubt about a submission, so that its grade counts",
        epilog="A grade that needs review is in no export; `grader batch` says why it needs one. "
        "`grader batch --accept-missing` confirms every submission without its file.",
    )
    confirm.add_argument("students", nargs="+", metavar="ID", help="whose submission")
    confirm.add_argument("--assignment", required=True, metavar="NAME")
    confirm.add_argument("--reason", required=True, metavar="TEXT", help="why; the audit log keeps it")
    confirm.add_argument("--author", metavar="NAME", help="who says so; default: your user name")
    add_gradebook(confirm)


def _forget(commands: Any) -> None:
    forget = commands.add_parser(
        "forget",
        help="withdraw a student, or a run, from every report",
        epilog="Nothing is deleted: --undo takes it back, and a new batch that brings a submission again "
        "makes it count again. Where a run is withdrawn, the submission that counted before it counts.",
    )
    forget.add_argument("--student", metavar="ID", help="withdraw what this student has")
    forget.add_argument("--assignment", metavar="NAME", help="with --student: in this one; default: in all")
    forget.add_argument(
        "--run", type=int, metavar="N", help="withdraw all that this run was the first to bring"
    )
    forget.add_argument("--list", action="store_true", help="show the runs with their numbers")
    forget.add_argument("--undo", action="store_true", help="take a withdrawal back")
    forget.add_argument("--reason", metavar="TEXT", help="why; the audit log keeps it")
    forget.add_argument("--author", metavar="NAME", help="who says so; default: your login name")
    add_gradebook(forget)


def _similarity(commands: Any) -> None:
    similarity = commands.add_parser(
        "similarity", help="find submissions that are alike, and rare wrong answers"
    )
    add_class(similarity)
    add_gradebook(similarity)
    similarity.add_argument(
        "--top", type=int, default=50, metavar="N", help="so many of each kind; default: %(default)s"
    )
    similarity.add_argument(
        "--out", type=Path, default=Path("build/similarity"), metavar="DIR", help="default: %(default)s"
    )


def _requests(commands: Any) -> None:
    requests = commands.add_parser(
        "requests",
        help="queue students' requests for a regrade",
        epilog="Each case in the feedback that `grader report` writes has a short code, which is checked: a "
        "request is about feedback that this student got. `grader serve --edit` answers the requests.",
    )
    requests.add_argument(
        "file", type=Path, metavar="CSV", help="student, case (x_grad/of-views · 7KQ2), text"
    )
    add_gradebook(requests)


def _serve(commands: Any) -> None:
    serve = commands.add_parser(
        "serve",
        help="show the gradebook in a browser, to read and to decide",
        epilog="It prints an address with a token, which no other person can guess: open it. Ctrl-C ends it.",
    )
    add_gradebook(serve)
    serve.add_argument("--port", type=int, default=8350, metavar="N", help="0: any; default: %(default)s")
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where to listen; from another address than the default, others can read what is sent",
    )
    serve.add_argument(
        "--edit", action="store_true", help="let the browser grade by hand, comment, adjust and decide"
    )


def _doctor(commands: Any) -> None:
    doctor = commands.add_parser(
        "doctor", help="check what grading needs of this machine, and say how to get it"
    )
    add_gradebook(doctor)


def _completion(commands: Any) -> None:
    completion = commands.add_parser(
        "completion", help="print a script that completes commands, options and assignments in a shell"
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    completion.set_defaults(module="command_line.completion")
