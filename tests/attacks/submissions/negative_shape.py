"""Answers with an array of negative length."""


def flip(a, axes):
    send(reply(nonce(), [{"dtype": "<f4", "shape": [-1, 2]}]))
    return a
