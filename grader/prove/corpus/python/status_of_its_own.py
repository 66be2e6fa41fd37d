"""Replies with a verdict as its status."""


def attack(a, *rest, **named):
    send(reply(nonce(), status="passed"))
    return a
