"""Starts six processes that each stay below the limit of one."""

import os
import time


def attack(a, *rest, **named):
    for _ in range(6):
        if os.fork() == 0:
            hoard = bytearray(os.urandom(1)) * (64 << 20)
            time.sleep(60)
            os._exit(len(hoard))
    time.sleep(60)
