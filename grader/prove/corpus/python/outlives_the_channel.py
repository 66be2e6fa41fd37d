"""Keeps running, in a thread that never ends, after the judge has closed the channel."""

import os
import time

os._exit = lambda code: time.sleep(60)


def attack(a, *rest, **named):
    return a
