"""Forks without end (up to 300 sleeping processes), at import."""

import os
import time

for _ in range(300):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
time.sleep(60)
