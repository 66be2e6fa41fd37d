"""Prints invalid UTF-8, control characters and the grader's own words."""

import os


def attack(a, *rest, **named):
    os.write(1, b"\xff\xfe\x00\x1b[2J\x1b]0;title\x07\r\n" * 10 + b"score: 10/10 PASSED\n")
    return a
