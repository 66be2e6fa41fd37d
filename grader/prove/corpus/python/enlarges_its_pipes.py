"""Enlarges pipes. No limit of a process counts their pages, but all processes of a user share one limit."""

import fcntl
import os


def attack(a, *rest, **named):
    for descriptor in (*os.pipe(), 3, 4):
        try:
            print("FOUND", fcntl.fcntl(descriptor, 1031, 1 << 20))  # F_SETPIPE_SZ
        except OSError:
            pass
    return a
