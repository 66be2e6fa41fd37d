"""Forks, leaves the first process and goes on in a session of its own."""

import os
import time


def attack(a, *rest, **named):
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.2)
    return a
