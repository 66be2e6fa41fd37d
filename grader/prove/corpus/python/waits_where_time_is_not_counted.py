"""Waits for most of what a call may take, each time that it is called."""

import time


def attack(a, *rest, **named):
    time.sleep(0.3)
    return a
