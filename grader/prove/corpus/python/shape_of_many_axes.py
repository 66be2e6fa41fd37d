"""Answers with an array of ten thousand axes."""


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [1] * 10_000}]), bytes(4))
    return a
