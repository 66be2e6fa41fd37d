"""Stops its own process."""

import os
import signal


def flip(a, axes):
    os.kill(os.getpid(), signal.SIGSTOP)
    return a
