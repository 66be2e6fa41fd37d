"""Answers with an array of negative length."""


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [-1, 2]}]))
    return a
