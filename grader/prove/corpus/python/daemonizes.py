"""Forks, ends the first process and continues in a new session."""

import os
import time


def attack(a, *rest, **named):
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.2)
    return a
