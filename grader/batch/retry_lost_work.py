"""Runs work on processes that may die: retries it, isolates it, and finally sets it aside."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Generic, TypeVar

from grader.model.errors import GraderFault

Item = TypeVar("Item")
Result = TypeVar("Result")

DEATHS = 3  # after this many, an item is not tried again


@dataclass(frozen=True)
class Workers(Generic[Item, Result]):
    """Ready workers: a way to submit an item, how many to submit at a time, the exception for a death."""

    submit: Callable[[Item], Future[Result]]
    capacity: Callable[[], int]
    death: tuple[type[Exception], ...]


def run_all(
    items: Iterable[Item], open: Callable[[bool], AbstractContextManager[Workers[Item, Result]]]
) -> Generator[tuple[Item, Result | Exception], None, None]:
    """Yields each item with its result or exception, as they end.

    `open` starts workers, with True for an item that must run alone. It takes only as many items at a time as
    the workers have room for. If a worker dies, the items that it may have had under way are retried with the
    others, and after a second death alone. An item that was there when three workers died comes back with a
    GraderFault, so that it costs no other item.
    """
    queue: Iterator[tuple[int, Item]] = enumerate(items)
    deaths: dict[int, int] = defaultdict(int)  # by the number of the item
    while lost := (yield from _run_until_a_death(queue, open, False)):
        for number, _ in lost:
            deaths[number] += 1
        queue = chain([(number, item) for number, item in lost if deaths[number] == 1], queue)
        for number, item in lost:
            is_alone = deaths[number] > 1
            while is_alone and deaths[number] < DEATHS:
                if not (yield from _run_until_a_death(iter([(number, item)]), open, True)):
                    break
                deaths[number] += 1
            if deaths[number] == DEATHS:
                yield (
                    item,
                    GraderFault(f"{DEATHS} workers died while grading it, the last one alone"),
                )


def _run_until_a_death(
    queue: Iterator[tuple[int, Item]],
    open: Callable[[bool], AbstractContextManager[Workers[Item, Result]]],
    is_alone: bool,
) -> Generator[tuple[Item, Result | Exception], None, list[tuple[int, Item]]]:
    """Takes numbered items until there are none or a worker dies; returns those that it may have had."""
    under_way: dict[Future[Result], tuple[int, Item]] = {}
    lost: list[tuple[int, Item]] = []
    with open(is_alone) as workers:
        while True:
            # workers may leave before their items are known to be lost
            room = max(workers.capacity() - len(under_way), 0)
            for number, item in islice(queue, 0 if lost else room):
                try:
                    under_way[workers.submit(item)] = number, item
                except workers.death:
                    lost.append((number, item))
                    break
            if not under_way:
                return lost
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                (number, item), error = under_way.pop(future), future.exception()
                if isinstance(error, workers.death):
                    lost.append((number, item))
                elif error is None:
                    yield item, future.result()
                else:
                    yield item, error if isinstance(error, Exception) else GraderFault(repr(error))
