"""Starts sleeping threads with small stacks (up to 400)."""

import threading
import time

threading.stack_size(1 << 16)


def attack(a, *rest, **named):
    for _ in range(400):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(60)
