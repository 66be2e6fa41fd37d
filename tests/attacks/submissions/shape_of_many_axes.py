"""Answers with an array of ten thousand axes."""


def flip(a, axes):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [1] * 10_000}]), bytes(4))
    return a
