"""Sends a pickle where a header is expected."""

import pickle


def flip(a, axes):
    send(pickle.dumps(print))
    return a
