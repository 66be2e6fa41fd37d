"""Sleeps and prints one character at a time, so that the grader keeps receiving output."""

import time


def attack(a, *rest, **named):
    while True:
        print(".", end="", flush=True)
        time.sleep(0.02)
