"""Stays below the limit of one process in each of six."""

import os
import time


def attack(a, *rest, **named):
    for _ in range(6):
        if os.fork() == 0:
            hoard = bytearray(os.urandom(1)) * (64 << 20)
            time.sleep(60)
            os._exit(len(hoard))
    time.sleep(60)
