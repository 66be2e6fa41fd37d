"""Sleeps while orphaned processes, which are no longer its children, use the CPU."""

import os
import time


def attack(a, *rest, **named):
    for _ in range(4):
        if os.fork() == 0:
            if os.fork() == 0:
                while True:
                    pass
            os._exit(0)
    time.sleep(60)
