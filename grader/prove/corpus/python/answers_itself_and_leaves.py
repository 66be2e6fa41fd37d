"""Writes its own reply, right in form and wrong in value, and exits before the worker can write one."""

import os


def attack(a, *rest, **named):
    send(reply(nonce(), [{"dtype": "<f4", "shape": list(a.shape)}]), bytes(4 * a.size))
    os._exit(0)
