"""Has the garbage collector call what writes a frame, whoever's turn it is."""

import gc


def attack(a, *rest, **named):
    number = nonce()
    gc.callbacks.append(lambda phase, info: send(reply(number, [])))
    gc.collect()
    return a
