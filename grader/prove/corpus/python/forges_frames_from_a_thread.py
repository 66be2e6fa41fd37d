"""A thread writes forged frames in a loop, long after the call that started it."""

import threading
import time


def forge():
    while True:
        send(reply("0" * 32))


def attack(a, *rest, **named):
    threading.Thread(target=forge, daemon=True).start()
    time.sleep(0.2)
    return a
