"""Deletes its own source, so that a message cannot quote its line."""

import os


def attack(a, *rest, **named):
    os.unlink(__file__)
    raise ValueError("where was this?")
