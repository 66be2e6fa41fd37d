"""Interrupts process 1, as Ctrl-C would, and stops it."""

import os
import signal
import time


def attack(a, *rest, **named):
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        os.kill(1, number)
    time.sleep(0.3)
    return a
