"""`grader debug`: stops Python's debugger at the first line of the student's function in a case."""

import argparse
import pdb
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.cli import NOT_PASSED, PASSED
from grader.cli.handout.bench import Bench, set_up
from grader.worker.student_module import Submission

HELP = """\
{name}: stopped where your function is called. n runs a line, s steps into a call, p x prints x, c goes on,
q ends.
"""


class _Calls:
    """Replaces a submission: counts the calls of its functions, and starts the debugger at one of them."""

    def __init__(self, submission: Submission, stop_at: int, debugger: pdb.Pdb | None) -> None:
        self._submission, self._stop_at, self._debugger = submission, stop_at, debugger
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._submission, name)
        if name in ("array", "device") or not callable(value) or isinstance(value, type):
            return value
        return self._watched(value)

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            number, self.calls = self.calls, self.calls + 1
            if self._debugger is not None and number == self._stop_at:
                return self._debugger.runcall(function, *arguments, **options)
            return function(*arguments, **options)

        return call


def run(options: argparse.Namespace) -> int:
    """Runs the case once to find the call that fails, then again with the debugger at that call."""
    bench = set_up(options.case)
    failing = _failing_call(bench)
    print(HELP.format(name=bench.name), end="")
    debugger = pdb.Pdb(nosigint=True)
    try:
        bench.probe(_Calls(bench.submission, failing, debugger), bench.fields)
    except Exception as error:
        print("".join(own_frames(error)), end="")
        if error.__traceback__ is not None:
            debugger.reset()
            debugger.interaction(None, error.__traceback__)
        return NOT_PASSED
    return PASSED


def _failing_call(bench: Bench) -> int:
    """The number of the call that raises; 0, the first, if none does."""
    watch = _Calls(bench.submission, -1, None)
    try:
        bench.probe(watch, bench.fields)
    except Exception:
        return max(watch.calls - 1, 0)
    return 0


def own_frames(error: BaseException) -> list[str]:
    """A traceback from the student's own call down."""
    frames = traceback.extract_tb(error.__traceback__)
    here = str(Path.cwd())
    first = next((n for n, f in enumerate(frames) if _is_own(f.filename, here)), len(frames))
    return [*traceback.format_list(frames[first:]), *traceback.format_exception_only(error)]


def _is_own(file: str, here: str) -> bool:
    path = Path(file)
    return str(path.parent) == here
