"""Answers with the number of an earlier question: the one that imported it."""

import os

earlier = nonce()


def attack(a, *rest, **named):
    send(reply(earlier))
    os._exit(0)
