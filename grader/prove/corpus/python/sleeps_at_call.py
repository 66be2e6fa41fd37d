"""Sleeps instead of computing."""

import time


def attack(a, *rest, **named):
    time.sleep(60)
