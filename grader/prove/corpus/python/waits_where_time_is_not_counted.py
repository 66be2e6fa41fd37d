"""Sleeps in every call for most of the time that a call may take."""

import time


def attack(a, *rest, **named):
    time.sleep(0.3)
    return a
