"""Replaces os._exit, so that the worker falls out of its loop when the judge closes the channel."""

import os

os._exit = lambda code: None


def attack(a, *rest, **named):
    return a
