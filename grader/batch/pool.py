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
from itertools import chain, islice
from multiprocessing import connection, get_context
from types import FrameType
from typing import NoReturn, TypeVar

from grader.model.errors import GraderFault

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAVE_SECONDS = 5.0
DEATHS = 3  # after so many, an item is not tried again


def nothing() -> None:
    """What a process does before its first item, where there is nothing to do."""


def grade_all(
    items: Iterable[Item],
    grade_one: Callable[[Item], Result],
    jobs: int,
    set_up: Callable[[], None] = nothing,
) -> Generator[tuple[Item, Result | Exception], None, None]:
    """Yields each item with what `grade_one` made of it, or the exception that it raised, as they end.

    `grade_one` and `set_up`, which each process calls first, must survive pickling. At most `2 * jobs` items
    are under way at a time. Where a process dies, those under way are tried again, the second time each
    alone; one that was there when three processes died comes back with a GraderFault. Leaving the loop early,
    by Ctrl-C too, stops every process.
    """
    waiting = iter(items)
    deaths: dict[int, int] = {}  # by identity, which lasts as long as the item is held
    held: list[Item] = []
    while lost := (yield from _grade_in_one_pool(waiting, grade_one, jobs, set_up)):
        held.extend(lost)
        for item in lost:
            deaths[id(item)] = deaths.get(id(item), 0) + 1
        waiting = chain([item for item in lost if deaths[id(item)] == 1], waiting)
        for item in lost:
            alone = deaths[id(item)] > 1
            while alone and deaths[id(item)] < DEATHS:
                if not (yield from _grade_in_one_pool(iter([item]), grade_one, 1, set_up)):
                    break
                deaths[id(item)] += 1
            if deaths[id(item)] == DEATHS:
                yield item, GraderFault(f"the process that grades it died {DEATHS} times")


def _grade_in_one_pool(
    waiting: Iterator[Item], grade_one: Callable[[Item], Result], jobs: int, set_up: Callable[[], None]
) -> Generator[tuple[Item, Result | Exception], None, list[Item]]:
    """Takes from `waiting` until it is empty or the pool breaks; returns what was then under way."""
    under_way: dict[Future[Result], Item] = {}
    lost: list[Item] = []
    with _pool(jobs, set_up) as pool:
        while True:
            for item in islice(waiting, 0 if lost else 2 * jobs - len(under_way)):
                try:
                    under_way[pool.submit(_grade, grade_one, item)] = item
                except BrokenProcessPool:
                    lost.append(item)
                    break
            if not under_way:
                return lost
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                item, error = under_way.pop(future), future.exception()
                if isinstance(error, BrokenProcessPool):
                    lost.append(item)
                elif error is None:
                    yield item, future.result()
                else:
                    yield item, error if isinstance(error, Exception) else GraderFault(repr(error))


@contextmanager
def _pool(jobs: int, set_up: Callable[[], None]) -> Iterator[ProcessPoolExecutor]:
    context = get_context("spawn")  # a fork would inherit the gradebook's connection and our threads' locks
    watched, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(watched, set_up))
    try:
        yield pool
        pool.shutdown()
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        watched.close()


def _start(watched: connection.Connection, set_up: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_watch, args=(watched,), daemon=True).start()
    try:
        set_up()
    except Exception as error:  # else the pool would say no more than that it is broken
        _failed.append(error)


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
_failed: list[Exception] = []


def _grade(grade_one: Callable[[Item], Result], item: Item) -> Result:
    if _failed:
        raise _failed[0]
    try:
        _grading.set()
        return grade_one(item)
    except KeyboardInterrupt:  # the pool would take this for a result and go on
        _end()
    finally:
        _grading.clear()


def _end() -> NoReturn:
    """Cleans up and ends the process, without a traceback from wherever the signal found it."""
    atexit._run_exitfuncs()
    os._exit(1)
