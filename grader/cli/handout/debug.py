"""`grader debug`: stops Python's debugger at the first line of the student's function in a case."""

import argparse
import bdb
import contextlib
import os
import pdb
import signal
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from grader.cli import NOT_PASSED, PASSED
from grader.cli.handout.bench import Bench, set_up
from grader.judge.differences.value_difference import value_difference
from grader.worker.student_module import Submission

HELP = """\
{name}: stopped where your function is called. n runs a line, s steps into a call, p x prints x, c goes on,
q ends.
"""


SECONDS = 5.0  # of CPU time, to find the call that fails: one that takes longer is that call


class _TookTooLong(BaseException):
    """The case did not end in time. No `except Exception` of a submission stops it."""


class _Debugger(pdb.Pdb):
    """Python's debugger, which also says whether the student left it."""

    is_left = False

    def set_quit(self) -> None:
        """Remembers it: `runcall` ends as if the function had returned None."""
        self.is_left = True
        super().set_quit()


class _Calls:
    """Replaces a submission: counts the calls of its functions, and starts the debugger at one of them.

    A scenario calls methods of objects, which this cannot replace: it makes its calls through `call`.
    """

    def __init__(self, submission: Submission, stop_at: int, debugger: _Debugger | None) -> None:
        self._submission, self._stop_at, self._debugger = submission, stop_at, debugger
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._submission, name)
        if name in ("array", "device") or not callable(value) or isinstance(value, type):
            return value
        return partial(self.call, value)

    def call(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One call of a function of the submission."""
        number, self.calls = self.calls, self.calls + 1
        if self._debugger is not None and number == self._stop_at:
            value = self._debugger.runcall(function, *arguments, **named)
            if self._debugger.is_left:
                raise bdb.BdbQuit
            return value
        return function(*arguments, **named)

    def run(self, bench: Bench) -> Any:
        """Makes the case's calls."""
        if bench.steps:
            return bench.probe(bench.submission, bench.fields, self.call)
        return bench.probe(self, bench.fields)


def run(options: argparse.Namespace) -> int:
    """Runs the case once to find the call that fails, then again with the debugger at that call."""
    bench = set_up(options.case)
    failing = _failing_call(bench)
    print(HELP.format(name=bench.name), end="")
    debugger = _Debugger(nosigint=True)
    try:
        _Calls(bench.submission, failing, debugger).run(bench)
    except bdb.BdbQuit:
        return PASSED
    except Exception as error:
        print("".join(own_frames(error)), end="")
        if error.__traceback__ is not None:
            debugger.reset()
            debugger.interaction(None, error.__traceback__)
        return NOT_PASSED
    return PASSED


def _failing_call(bench: Bench) -> int:
    """The number of the call that raises, does not end, or gives the first wrong result of a scenario.

    0, the first, if there is no such call.

    What the submission prints meanwhile is left out: the debugger's run prints it.
    """
    calls = _Calls(bench.submission, -1, None)
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
            calls.run(bench)
    except (Exception, _TookTooLong):
        return max(calls.calls - 1, 0)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return _first_wrong(bench) if bench.steps else 0


def _first_wrong(bench: Bench) -> int:
    """The number of the call before the first result of a scenario that is not as expected."""
    expected, actual = bench.names["expected"], bench.names["ask"]()
    calls, results = -1, 0
    for step in bench.steps:
        calls += "new" in step or "call" in step
        if ("call" in step or "get" in step) and not step.keys() & {"name", "raises"}:
            if value_difference(expected[results], actual[results], bench.tolerance) is not None:
                return calls
            results += 1
    return 0


def _stop(number: int, frame: object) -> NoReturn:
    raise _TookTooLong


def own_frames(error: BaseException) -> list[str]:
    """A traceback from the student's own call down."""
    frames = traceback.extract_tb(error.__traceback__)
    here = str(Path.cwd())
    first = next((n for n, f in enumerate(frames) if _is_own(f.filename, here)), len(frames))
    return [*traceback.format_list(frames[first:]), *traceback.format_exception_only(error)]


def _is_own(file: str, here: str) -> bool:
    path = Path(file)
    return str(path.parent) == here
