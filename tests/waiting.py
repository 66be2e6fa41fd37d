"""Waits for what another process or thread does: an event or a poll, with a limit that no load reaches."""

import fcntl
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grader.judge.process import time_budget

if TYPE_CHECKING:
    import pytest

LIMIT = 600.0  # seconds; only what hangs takes as long, however busy the machine is
MOMENT = 0.2  # for what must not happen: on a busy machine such a test sees less, and fails no more often
PAUSE = 0.01


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Looks again and again until it holds; AssertionError with `what` after LIMIT seconds."""
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end, f"waited {LIMIT:.0f} seconds until {what}"
        time.sleep(PAUSE)


def is_running(pid: int) -> bool:
    """True for a process that is there and is no zombie: nobody has collected the status of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def one_at_a_time(config: "pytest.Config", what: str) -> Iterator[None]:
    """Waits until no other worker and no other run does `what`: the first does it, and the others find it."""
    with (config.cache.mkdir("turns") / what).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_judge_patient(patch: "pytest.MonkeyPatch") -> None:
    """Lets this process's judge wait however long a busy machine keeps a submission waiting for a core.

    Otherwise a submission that uses up its CPU seconds would be the fault of a machine that is too busy.
    """
    patch.setattr(time_budget, "WAITING", LIMIT)


def children_cpu_seconds() -> float:
    """The CPU time of this process's children that have ended; unlike seconds, it does not grow with load."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
