"""Sleeps, at import."""

import time

time.sleep(60)
