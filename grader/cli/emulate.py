"""`grader emulate`: runs the emulator's command."""

import argparse
import dataclasses
import importlib
import importlib.util
import io
import signal
import sys
from pathlib import Path
from typing import Any

from grader.cli.command_line.json_output import print_json
from grader.judge.kernels.whole_program import ProgramError, Request, run_whole_program
from grader.judge.process.user_cache import UserCache
from grader.model.errors import UserError
from grader.model.surroundings import Sandbox

CLEAN, FINDINGS, MISTAKE = 0, 1, 2
NOT_WHOLE = "There may be more findings: the program ended early or wrote into the emulator's record."
UNSHUT = "the program runs without a sandbox, with your rights on this machine: --sandbox none"


def run(options: argparse.Namespace) -> int:
    """Passes every argument on. Finds the emulator by name, because the grader's wheel does not contain it.

    In the repository it is the reference's emulator, in a handout the one that the handout provides. A whole
    program calls back to run in the sandbox.
    """
    sys.path.append(str(Path.cwd()))
    for package in ("reference", "ndarray"):
        if importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.emulator"):
            command = importlib.import_module(f"{package}.emulator.__main__")
            return int(command.main(options.passed_on, "grader emulate", run_program))
    raise UserError("grader emulate: no emulator here; run it in the repository or in a handout with CUDA")


def run_program(emulator: Any, options: argparse.Namespace, whole: Any, defines: dict[str, str]) -> int:
    """Compiles and runs a whole program, prints its output and the findings; returns the exit status.

    `emulator` is the emulator's package, and `whole` its text of the program. With `--json` the program's
    output is a part of the report.
    """
    programs = importlib.import_module(f"{emulator.__name__}.programs")
    file = str(options.file)
    sandbox = Sandbox(options.sandbox)
    if sandbox is Sandbox.NONE:
        print(f"grader emulate: {UNSHUT}", file=sys.stderr)
    settings = options.arguments, options.schedules, options.seed, options.seconds
    request = Request(whole.text, file, defines, *settings)
    folder = Path(str(emulator.__file__)).parent
    output, errors = io.StringIO(), io.StringIO()  # of a program whose report is JSON
    streams = (output, errors) if options.json else (sys.stdout, sys.stderr)
    try:
        runtime = programs.runtime_into(emulator.cache_folder())
        ending = run_whole_program(request, folder, runtime, sandbox, *streams, UserCache("programs"))
    except ProgramError as error:
        print(whole.in_words(str(error)), file=sys.stderr)
        return MISTAKE
    program = programs.Program(whole.text, file, defines)
    report = programs.read_records(ending.records, program, ending.executable)
    findings, notes = (list(map(whole.located, each)) for each in (report.findings, report.notes))
    report = dataclasses.replace(report, findings=findings, notes=notes)
    end = how_it_ended(ending.status, ending.timed_out, request.cpu_seconds)
    if options.json:
        facts = {"file": file, "output": output.getvalue(), "errors": errors.getvalue(), "ended": end}
        report_facts = {"findings": report.findings, "notes": report.notes, "whole": report.is_whole}
        print_json("program/1", {**facts, "status": ending.status, **report_facts})
    else:
        show(report, end)
    return CLEAN if report.is_whole and not report.findings and not ending.status else FINDINGS


def show(report: Any, ended: str) -> None:
    """Prints the program's end and the findings; `report` is the emulator's."""
    print(f"\n{ended}")
    for finding in report.findings:
        print(finding)
    for note in report.notes:
        print(f"note: {note}")
    if not report.is_whole:
        print(NOT_WHOLE)
    elif not report.findings:
        print("nothing found")


def how_it_ended(status: int, timed_out: bool, seconds: int) -> str:
    """A program's exit status, or what ended it, in words."""
    if timed_out:
        return f"the program was ended: it took more than {seconds} seconds of CPU time (--seconds)"
    if status < 0:
        try:
            return f"the program was ended by the signal {signal.Signals(-status).name}"
        except ValueError:
            return f"the program was ended by the signal {-status}"
    return f"the program ended with status {status}"
