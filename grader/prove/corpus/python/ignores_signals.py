"""Ignores every signal that can be ignored, then computes without end."""

import signal

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass


def attack(a, *rest, **named):
    while True:
        pass
