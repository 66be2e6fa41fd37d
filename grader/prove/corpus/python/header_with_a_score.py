"""Adds fields to a reply that a careless judge might copy into its results."""


def attack(a, *rest, **named):
    send(reply(nonce(), score=4, points=10, passed=True))
    return a
