"""Leaves timers and signal handlers that raise exceptions in the worker's own code."""

import signal


def interrupt(*args):
    raise SystemExit(0)


def attack(a, *rest, **named):
    for number in (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF):
        signal.signal(number, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    return a
