"""Answers its question twice, the second time with a score."""

import os


def attack(a, *rest, **named):
    os.write(REPLIES, pack(reply(nonce())) + pack(reply(nonce(), score=4)))
    return a
