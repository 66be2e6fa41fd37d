"""Kills its own process, at import."""

import os

os.kill(os.getpid(), 9)
