"""Grading side by side in processes of our own; a process that dies costs no submission but its own.

The parent keeps the one writing end of a pipe whose reading end each worker watches. Closed, by us
or because the parent was killed, it makes the worker leave: no process outlives its run.
"""

import atexit
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import connection, get_context
from types import FrameType
from typing import NoReturn, TypeVar

from grader.batch.intake import FoundSubmission
from grader.model.errors import GraderFault
from grader.model.grade import Grade

Result = TypeVar("Result")  # a Grade, or several
GradeOne = Callable[[FoundSubmission], Grade]

LEAVE_SECONDS = 5.0


def grade_all(
    submissions: Iterable[FoundSubmission], grade_one: Callable[[FoundSubmission], Result], jobs: int
) -> Generator[tuple[FoundSubmission, Result | Exception], None, None]:
    """Yields each submission, as they end, with what `grade_one` made of it or the exception that it raised.

    `grade_one` must survive pickling. At most `2 * jobs` submissions are under way at a time. Where a
    process dies, those under way are tried once more, each alone; one that kills its process again
    comes back with a GraderFault. Leaving the loop early, by Ctrl-C too, stops every process.
    """
    waiting = iter(submissions)
    while lost := (yield from _grade_in_one_pool(waiting, grade_one, jobs)):
        for submission in lost:
            if (yield from _grade_in_one_pool(iter([submission]), grade_one, 1)):
                yield (
                    submission,
                    GraderFault("the process that grades it died, and died again on a second try"),
                )


def _grade_in_one_pool(
    waiting: Iterator[FoundSubmission], grade_one: Callable[[FoundSubmission], Result], jobs: int
) -> Generator[tuple[FoundSubmission, Result | Exception], None, list[FoundSubmission]]:
    """Takes from `waiting` until it is empty or the pool breaks; returns what was then under way."""
    under_way: dict[Future[Result], FoundSubmission] = {}
    lost: list[FoundSubmission] = []
    with _pool(jobs) as pool:
        while True:
            for submission in islice(waiting, 0 if lost else 2 * jobs - len(under_way)):
                try:
                    under_way[pool.submit(_grade, grade_one, submission)] = submission
                except BrokenProcessPool:
                    lost.append(submission)
                    break
            if not under_way:
                return lost
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                submission, error = under_way.pop(future), future.exception()
                if isinstance(error, BrokenProcessPool):
                    lost.append(submission)
                elif error is None:
                    yield submission, future.result()
                else:
                    yield submission, error if isinstance(error, Exception) else GraderFault(repr(error))


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    context = get_context("spawn")  # a fork would inherit the gradebook's connection and our threads' locks
    watched, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(watched,))
    try:
        yield pool
        pool.shutdown()
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        watched.close()


def _start(watched: connection.Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_watch, args=(watched,), daemon=True).start()


def _watch(watched: connection.Connection) -> None:
    connection.wait([watched])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LEAVE_SECONDS)
    os._exit(1)


def _leave(signal_number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what follows is clean-up
    if _grading.is_set():
        raise KeyboardInterrupt  # the one exception that pytest, inside grade_one, lets through
    _end()


_grading = threading.Event()


def _grade(grade_one: Callable[[FoundSubmission], Result], submission: FoundSubmission) -> Result:
    try:
        _grading.set()
        return grade_one(submission)
    except KeyboardInterrupt:  # the pool would take this for a result and go on
        _end()
    finally:
        _grading.clear()


def _end() -> NoReturn:
    """Cleans up and ends the process, without a traceback from wherever the signal found it."""
    atexit._run_exitfuncs()
    os._exit(1)
