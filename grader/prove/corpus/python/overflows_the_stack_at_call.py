"""Recurses through C until the stack is gone, at call."""

import sys


def recurse(x):
    return max([0], key=recurse)


def attack(a, *rest, **named):
    sys.setrecursionlimit(10**9)
    recurse(0)
    return a
