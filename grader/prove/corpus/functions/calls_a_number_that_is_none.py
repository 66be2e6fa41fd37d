"""It calls a function with a text in place of its number, and waits for the result."""

import time


def attack(*given, **named):
    call(nonce(), "1")
    time.sleep(60)
