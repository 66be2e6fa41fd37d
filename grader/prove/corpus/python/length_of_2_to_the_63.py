"""Announces a header of 2^63 bytes."""

import os


def attack(a, *rest, **named):
    os.write(REPLIES, (2**63).to_bytes(8, "big"))
    return a
