"""It calls a number that belongs to no function, and waits for the result."""

import time


def attack(*given, **named):
    call(nonce(), 1_000_000)
    time.sleep(60)
