"""Sets a trace function that looks for an answer in every frame of the worker and rewrites verdicts."""

import sys


def trace(frame, event, argument):
    for name in list(frame.f_locals):
        if name in ("score", "passed", "difference"):
            print("FOUND", name)
    return trace


sys.settrace(trace)
sys.setprofile(trace)


def attack(a, *rest, **named):
    return a
