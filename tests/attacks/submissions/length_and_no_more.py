"""Announces a header, sends half of it and sleeps."""

import os
import time


def flip(a, axes):
    os.write(REPLIES, (100).to_bytes(4, "little") + b'{"nonce"')
    time.sleep(60)
