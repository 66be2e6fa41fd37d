"""`grader debug`: stops Python's debugger at the first line of the student's function in a case."""

import argparse
import bdb
import contextlib
import os
import pdb
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from grader.cli.handout.one_case import Bench, set_up

HELP = """\
{name}: stopped where your function is called. n runs a line, s steps into a call, p x prints x, c
continues, q quits.
"""
NOT_CALLED = "{name}: this case runs none of your Python functions, so there is no line to stop at.\n"
KERNELS = "The debugger does not see into a kernel. Use printf there, or `make try CASE={name}`.\n"
OURS = ("probes", "grader.*")  # modules in which the debugger does not stop
SECONDS = 5.0  # of CPU time, to find the call that fails: if a call takes longer, it is that call


class _TookTooLong(BaseException):
    """The case did not end in time. No `except Exception` of a submission catches it."""


@dataclass
class _Watch:
    """A trace function that counts the calls of the student's functions, and starts the debugger at one.

    A call counts if it comes from outside the student's `files`. `names` are the functions that the case is
    about; without any, all functions count.
    """

    files: frozenset[str]
    names: frozenset[str]
    stop_at: int = -1
    debugger: pdb.Pdb | None = None
    calls: int = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event != "call" or not self._counts(frame):
            return None
        number, self.calls = self.calls, self.calls + 1
        if self.debugger is None or number != self.stop_at:
            return None
        self.debugger.reset()  # from here on it stops at each line
        sys.settrace(self.debugger.trace_dispatch)
        return self.debugger.trace_dispatch(frame, event, argument)

    def _counts(self, frame: FrameType) -> bool:
        caller = frame.f_back
        if not self._is_own(frame) or (caller is not None and self._is_own(caller)):
            return False
        name, _, method = frame.f_code.co_qualname.rpartition(".")
        called = name if method == "__init__" else method  # a class goes by its own name
        return not self.names or called in self.names

    def _is_own(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename in self.files


def run(options: argparse.Namespace) -> int:
    """Runs the case once to find the call that fails, then again with the debugger at that call."""
    bench = set_up(options.case)
    is_cuda = {file.rpartition(".")[2] for file in bench.files} == {"cu"}
    # no signal ends a kernel that hangs in this process
    names, failing = (frozenset[str](), None) if is_cuda else _failing_call(bench)
    if failing is None:
        print((NOT_CALLED + (KERNELS if is_cuda else "")).format(name=bench.name), end="")
        return NOT_PASSED
    print(HELP.format(name=bench.name), end="")
    debugger = pdb.Pdb(nosigint=True, skip=OURS)
    try:
        _traced(_Watch(files_of(bench), names, failing, debugger), bench)
    except bdb.BdbQuit:
        return PASSED
    except Exception as error:
        print("".join(own_frames(error, files_of(bench))), end="")
        if error.__traceback__ is not None:
            debugger.reset()
            debugger.interaction(None, error.__traceback__)
        return NOT_PASSED
    return PASSED


def _failing_call(bench: Bench) -> tuple[frozenset[str], int | None]:
    """The functions to watch, and the number of the call that raises or does not end; 0 if none does.

    The number is None if the case calls no function of the student's. Their output is left out, because the
    debugger's run prints it.
    """
    for names in (bench.exercises, frozenset[str]()):
        watch = _Watch(files_of(bench), names)
        try:
            with (
                open(os.devnull, "w", encoding="utf-8") as nowhere,
                contextlib.redirect_stdout(nowhere),
                _limited_in_time(),
            ):
                _traced(watch, bench)
        except (Exception, _TookTooLong):
            if watch.calls:
                return names, watch.calls - 1
        if watch.calls:
            return names, 0
    return frozenset(), None


@contextlib.contextmanager
def _limited_in_time() -> Iterator[None]:
    """Raises _TookTooLong in the block once it has used its CPU time."""

    def stop(number: int, frame: object) -> NoReturn:
        raise _TookTooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _traced(watch: Callable[..., Any], bench: Bench) -> None:
    before = sys.gettrace()
    sys.settrace(watch)
    try:
        bench.probe(bench.submission, bench.fields)
    finally:
        sys.settrace(before)


def files_of(bench: Bench) -> frozenset[str]:
    """The paths of the files that the student submits."""
    return frozenset(str(Path.cwd() / name) for name in bench.files)


def own_frames(error: BaseException, files: Set[str]) -> list[str]:
    """A traceback from the first call into one of the student's files down."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((n for n, frame in enumerate(frames) if frame.filename in files), len(frames))
    return [*traceback.format_list(frames[first:]), *traceback.format_exception_only(error)]
