"""Installs an audit hook, which cannot be removed and fails every later event of the worker."""

import sys


def refuse(event, arguments):
    if event != "object.__getattr__":
        raise RuntimeError(event)


def attack(a, *rest, **named):
    sys.addaudithook(refuse)
    return a
