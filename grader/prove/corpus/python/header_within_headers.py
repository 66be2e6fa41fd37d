"""Sends a header of thirty thousand nested brackets."""


def attack(a, *rest, **named):
    send(b"[" * 30_000 + b"]" * 30_000)
    return a
