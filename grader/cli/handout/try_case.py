"""`grader try`: a Python prompt, or one line of Python, with a case's inputs and expected values."""

import argparse
import code
import contextlib
import sys

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
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
    """A console that remembers whether anything failed."""

    failed = False

    def showtraceback(self) -> None:
        """As Python prints it; remembers it."""
        self.failed = True
        super().showtraceback()

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
    console = _Console(bench.names)
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
