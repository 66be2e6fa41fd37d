"""Sends itself SIGTERM, at call."""

import os
import signal


def attack(a, *rest, **named):
    os.kill(os.getpid(), signal.SIGTERM)
    return a
