"""Registers a callback with the garbage collector that writes a frame at any time."""

import gc


def attack(a, *rest, **named):
    number = nonce()
    gc.callbacks.append(lambda phase, info: send(reply(number, [])))
    gc.collect()
    return a
