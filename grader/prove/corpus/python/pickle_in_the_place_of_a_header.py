"""Sends a pickle where a header is expected."""

import pickle


def attack(a, *rest, **named):
    send(pickle.dumps(print))
    return a
