"""Answers with lengths that are true, NaN or text."""


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [True, float("nan"), "3"]}]), bytes(12))
    return a
