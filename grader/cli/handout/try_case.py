"""`grader try`: a Python prompt, or one line of Python, with a case's inputs and expected values."""

import argparse
import code
import contextlib
import sys
import traceback

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.handout.debug import files_of, own_frames
from grader.cli.handout.one_case import Bench, set_up
from grader.cli.handout.try_report import report
from grader.model.errors import UserError

GREETING = """\
{name}: {names}
{calls}ask() calls your function as the grader does; show(a, b) marks where two arrays differ. For example:
>>> show(expected, ask())
"""
OURS = ("np", "show", "ask", "expected")


class _Console(code.InteractiveConsole):
    """A console that remembers whether anything failed, and shows of a traceback the student's own calls."""

    failed = False

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.names)
        self._files = files_of(bench)

    def showtraceback(self) -> None:
        """From the first call of the student's function down; an error before that as Python prints it."""
        self.failed = True
        kind, error, trace = sys.exc_info()
        if error is None or not any(frame.filename in self._files for frame in traceback.extract_tb(trace)):
            super().showtraceback()
            return
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace  # for pdb.pm()
        self.write("".join(own_frames(error, self._files)))

    def showsyntaxerror(self, *words: object, **options: object) -> None:
        """As Python prints it; remembers it."""
        self.failed = True
        super().showsyntaxerror(*words, **options)  # type: ignore[arg-type]


def run(options: argparse.Namespace) -> int:
    """Runs the line given with `-c`, or prompts; with `--json`, prints the case for a program."""
    if options.json and options.code is not None:
        raise UserError("grader try: --json reports one call of your function, and takes no -c")
    if options.json:
        return report(options.case)
    bench = set_up(options.case)
    console = _Console(bench)
    if options.code is not None:
        with contextlib.suppress(SystemExit):
            console.runsource(options.code + "\n", "<try>", "exec")
        return NOT_PASSED if console.failed else PASSED
    with contextlib.suppress(ImportError, SystemExit):
        if sys.stdin.isatty():
            import readline  # noqa: F401 (gives the prompt a history)
        console.interact(greeting(bench), exitmsg="")
    return PASSED


def greeting(bench: Bench) -> str:
    """The text above the prompt: the case, and the available names."""
    calls = f"The case makes these calls: {bench.calls}\n" if bench.calls else ""
    return GREETING.format(name=bench.name, names=", ".join([*bench.input_names, *OURS]), calls=calls)
