"""It calls a function under the number of another question, and waits for the result."""

import time


def attack(*given, **named):
    call("0" * 32, 1)
    time.sleep(60)
