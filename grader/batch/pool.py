"""Grades in parallel processes of our own; a process that dies affects only its own submission.

The parent keeps the only writing end of a pipe, and each worker watches the reading end. When the writing end
closes, by our action or because the parent was killed, the worker exits: no process outlives its run.
"""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from types import FrameType, ModuleType
from typing import NoReturn, TypeVar

from grader.batch.per_process import THIS
from grader.batch.retry_lost_work import Workers, run_all

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAVE_SECONDS = 5


class _Worker(SpawnProcess):
    """A process that does not run the parent's script again, because its work names only our modules."""

    def start(self) -> None:
        """Starts the process while `__main__` refers to no script."""
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = script


class _Context(SpawnContext):
    Process = _Worker


def nothing() -> None:
    """The set-up of a process that needs none."""


def grade_all(
    items: Iterable[Item],
    grade_one: Callable[[Item], Result],
    jobs: int,
    set_up: Callable[[], None] = nothing,
) -> Generator[tuple[Item, Result | Exception], None, None]:
    """Yields each item with the result of `grade_one` or the exception that it raised, as they end.

    Each process calls `set_up` first; `set_up` and `grade_one` must survive pickling. See `run_all` for
    processes that die. Leaving the loop early, even by Ctrl-C, stops every process.
    """

    @contextmanager
    def open(is_alone: bool) -> Iterator[Workers[Item, Result]]:
        count = 1 if is_alone else jobs
        with _pool(count, set_up) as pool:

            def submit(item: Item) -> Future[Result]:
                return pool.submit(_grade, grade_one, item)

            yield Workers(submit, lambda: 2 * count, (BrokenProcessPool,))

    return run_all(items, open)


@contextmanager
def _pool(jobs: int, set_up: Callable[[], None]) -> Iterator[ProcessPoolExecutor]:
    context = _Context()  # a fork would inherit the gradebook's connection and our threads' locks
    watched, writing_end = context.Pipe(duplex=False)
    started = context.Value("i", 0)
    pool = ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_start, initargs=(watched, started, set_up)
    )
    try:
        yield pool
        pool.shutdown()
    finally:
        writing_end.close()
        pool.shutdown(cancel_futures=True)
        watched.close()


def _start(watched: connection.Connection, started: "Synchronized[int]", set_up: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_watch, args=(watched,), daemon=True).start()
    with started.get_lock():
        number = started.value
        started.value += 1
    keep_to_one_core(number)
    try:
        set_up()
    except Exception as error:  # otherwise the pool would only say that it is broken
        THIS.set_up_error = error


def keep_to_one_core(number: int) -> None:
    """Binds this process and its children to one of its allowed cores, if the system can.

    A grader and its sandboxes take turns a thousand times a second. On one core they find each other's data
    in the cache and wake no sleeping core. That saves a quarter to a third of the time of a submission.
    """
    if sys.platform == "linux":
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def _watch(watched: connection.Connection) -> None:
    connection.wait([watched])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LEAVE_SECONDS)
    os._exit(1)


def _leave(signal_number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: clean-up follows
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LEAVE_SECONDS)  # the system ends a thread that waits for a lock the signal left taken
    if THIS.is_grading:
        raise KeyboardInterrupt  # the one exception that pytest, inside grade_one, lets through
    _end()


def _grade(grade_one: Callable[[Item], Result], item: Item) -> Result:
    if THIS.set_up_error is not None:
        raise THIS.set_up_error
    try:
        try:
            THIS.is_grading = True
            return grade_one(item)
        finally:
            THIS.is_grading = False
    except KeyboardInterrupt:  # the pool would take this for a result and go on
        _end()


def _end() -> NoReturn:
    """Cleans up and ends the process, without a traceback from wherever the signal found it."""
    atexit._run_exitfuncs()
    os._exit(1)
