"""Answers with the number of an earlier question, that of its import."""

import os

earlier = nonce()


def attack(a, *rest, **named):
    send(reply(earlier))
    os._exit(0)
