"""Requests more than its share of the CPU."""

import os


def attack(a, *rest, **named):
    for way in (
        lambda: os.nice(-20),
        lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
    ):
        try:
            way()
            print("FOUND a way to the front")
        except OSError:
            pass
    return a
