"""Writes a frame with a forged answer and a guessed nonce to every descriptor."""

import os

from grader.model.wire_format import RawArray, encode


def attack(a, *rest, **named):
    header = {"nonce": "0" * 32, "status": "ok", "error": None}
    frame = encode(header, [RawArray("<f4", a.shape, bytes(4 * a.size))])
    for descriptor in range(64):
        try:
            os.write(descriptor, frame)
        except OSError:
            pass
    return a
