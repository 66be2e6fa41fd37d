"""Recurses through C until the stack is gone, at import."""

import sys


def recurse(x):
    return max([0], key=recurse)


sys.setrecursionlimit(10**9)
recurse(0)
