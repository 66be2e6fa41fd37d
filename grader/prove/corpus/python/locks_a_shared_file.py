"""Locks a file that neighboring processes also see, to pass information between two separated children."""

import contextlib
import fcntl


def attack(a, *rest, **named):
    for path in ("/sandbox/probes.py", "/sandbox/packages/numpy/__init__.py"):
        with open(path) as file:
            with contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                print("FOUND flock", path)
            with contextlib.suppress(OSError):
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 7, 1000)
                print("FOUND lockf", path)
            with contextlib.suppress(OSError):
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                print("FOUND a lease on", path)
    return a
