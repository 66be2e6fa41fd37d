"""A fork bomb (held at 300 processes that sleep: other people work on this machine)."""

import os
import time


def attack(a, *rest, **named):
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
