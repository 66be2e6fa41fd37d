"""Forks twice, and from threads, so that the processes are not children of the worker's first thread."""

import os
import threading
import time


def fork():
    for _ in range(20):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(60)
            os._exit(0)


def attack(a, *rest, **named):
    for _ in range(5):
        threading.Thread(target=fork, daemon=True).start()
    time.sleep(60)
