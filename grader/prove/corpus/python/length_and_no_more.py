"""Announces a header, sends half of it, and sleeps."""

import os
import time


def attack(a, *rest, **named):
    os.write(REPLIES, (100).to_bytes(4, "little") + b'{"nonce"')
    time.sleep(60)
