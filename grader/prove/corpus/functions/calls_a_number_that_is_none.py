"""It calls a function whose number is a text, and waits for the result."""

import time


def attack(*given, **named):
    call(nonce(), "1")
    time.sleep(60)
