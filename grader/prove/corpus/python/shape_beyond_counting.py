"""Answers with an array without elements, whose other lengths overflow when multiplied."""


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [0, 2**62, 2**62]}]))
    return a
