"""Answers with lengths that are a boolean, NaN and a text."""


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [True, float("nan"), "3"]}]), bytes(12))
    return a
