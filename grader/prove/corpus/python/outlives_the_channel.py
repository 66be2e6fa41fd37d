"""Stays, with a thread that never ends, when the judge closes the channel."""

import os
import time

os._exit = lambda code: time.sleep(60)


def attack(a, *rest, **named):
    return a
