"""A fork bomb (held at 300 processes that sleep) that goes off at import."""

import os
import time

for _ in range(300):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
time.sleep(60)
