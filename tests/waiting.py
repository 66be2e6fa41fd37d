"""Waits for what another process or thread does: an event or a poll, with a limit that no load reaches."""

import resource
import time
from collections.abc import Callable

LIMIT = 600.0  # seconds; only what hangs takes as long, however busy the machine is
MOMENT = 0.2  # for what must not happen: on a busy machine such a test sees less, and fails no more often
PAUSE = 0.01


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Looks again and again until it holds; AssertionError with `what` after LIMIT seconds."""
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end, f"waited {LIMIT:.0f} seconds until {what}"
        time.sleep(PAUSE)


def children_cpu_seconds() -> float:
    """The CPU time of this process's children that have ended; unlike seconds, it does not grow with load."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
