"""Starts six processes that each stay below the limit of one."""

import mmap
import os
import time

AT_ONCE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE  # in little CPU time


def attack(a, *rest, **named):
    for _ in range(6):
        if os.fork() == 0:
            hoard = mmap.mmap(-1, 64 << 20, flags=AT_ONCE)
            time.sleep(60)
            os._exit(len(hoard))
    time.sleep(60)
