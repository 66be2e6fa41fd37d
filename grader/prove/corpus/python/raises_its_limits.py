"""Raises its resource limits, then allocates without end."""

import contextlib
import resource

hoard = []


def attack(a, *rest, **named):
    for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "STACK"):
        kind = getattr(resource, f"RLIMIT_{name}")
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    while True:
        hoard.append(bytearray(8 << 20))
