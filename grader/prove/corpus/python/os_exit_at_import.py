"""Ends the process with exit code 0, at import."""

import os

os._exit(0)
