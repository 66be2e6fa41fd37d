"""It sends a call without the frame of its arguments, and waits for the result."""

import time


def attack(*given, **named):
    send({"nonce": nonce(), "function": 1, "arrays": []})
    time.sleep(60)
