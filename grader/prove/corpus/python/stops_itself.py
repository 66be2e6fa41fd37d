"""Stops its own process."""

import os
import signal


def attack(a, *rest, **named):
    os.kill(os.getpid(), signal.SIGSTOP)
    return a
