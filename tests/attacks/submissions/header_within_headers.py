"""Sends a header of thirty thousand brackets."""


def flip(a, axes):
    send(b"[" * 30_000 + b"]" * 30_000)
    return a
