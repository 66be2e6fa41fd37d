"""Sends itself SIGTERM, at call."""

import os
import signal


def flip(a, axes):
    os.kill(os.getpid(), signal.SIGTERM)
    return a
