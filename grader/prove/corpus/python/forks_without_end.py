"""Forks without end (up to 300 sleeping processes, to spare other users of the machine)."""

import os
import time


def attack(a, *rest, **named):
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
