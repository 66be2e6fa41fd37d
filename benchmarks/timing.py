"""Times functions in a way that is robust against other work on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

ROUNDS = 15  # at least


def best_times(functions: Mapping[str, Callable[[], Any]], seconds: float = 3.0) -> dict[str, float]:
    """The shortest time of each function in seconds, over rounds in which each is called once.

    It measures this thread's CPU time, which is all that a single-threaded function takes. It takes the
    shortest, because other work on the machine can only add to it, and it runs in rounds, because a machine
    that slows down for a while then slows down every function. The rounds go on for about `seconds`.
    """
    for function in functions.values():
        function()
    best = dict.fromkeys(functions, float("inf"))
    rounds, end = 0, time.perf_counter() + seconds
    while rounds < ROUNDS or time.perf_counter() < end:
        for name, function in functions.items():
            start = time.thread_time()
            function()
            best[name] = min(best[name], time.thread_time() - start)
        rounds += 1
    return best
