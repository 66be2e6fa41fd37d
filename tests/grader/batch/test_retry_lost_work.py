"""Laws of work for workers that come, go and die."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from grader.batch.retry_lost_work import Workers, run_all


def test_work_in_progress_on_leaving_workers_is_waited_for() -> None:
    """There is then room for fewer items than are in progress."""
    have_left = Event()
    capacities = iter([4, 1])

    def do(item: int) -> int | Exception:
        assert item == 0 or have_left.wait(10)
        return item

    def capacity() -> int:
        count = next(capacities, 1)
        if count == 1:
            have_left.set()
        return count

    @contextmanager
    def workers(alone: bool) -> Iterator[Workers[int, int | Exception]]:
        with ThreadPoolExecutor(4) as pool:
            yield Workers(lambda item: pool.submit(do, item), capacity, ())

    assert sorted(run_all(range(6), workers)) == [(item, item) for item in range(6)]
