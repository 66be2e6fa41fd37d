"""Registers handlers for the forks that create the next workers. These forks happen in a process that never
ran this code.
"""

import os


def leave(*_):
    os._exit(0)


os.register_at_fork(before=leave, after_in_parent=leave, after_in_child=leave)


def attack(a, *rest, **named):
    return a
