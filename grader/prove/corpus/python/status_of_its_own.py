"""Replies with a status that is a verdict."""


def attack(a, *rest, **named):
    send(reply(nonce(), status="passed"))
    return a
