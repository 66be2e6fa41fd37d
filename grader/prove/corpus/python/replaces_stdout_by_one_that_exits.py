"""Replaces stdout with an object that ends the process when the worker flushes it."""

import sys


class Trap:
    def flush(self):
        raise SystemExit(0)

    write = flush


def attack(a, *rest, **named):
    sys.stdout = Trap()
    return a
