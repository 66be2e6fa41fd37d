"""Mounts, binds, moves and unmounts."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
BIND, REMOUNT, MOVE = 0x1000, 0x20, 0x2000


def attack(a, *rest, **named):
    ways = (
        lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
        lambda: libc.mount(b"proc", b"/proc", b"proc", 0, None),
        lambda: libc.mount(b"/tmp", b"/sandbox", None, BIND, None),
        lambda: libc.mount(None, b"/", None, REMOUNT, None),
        lambda: libc.mount(b"/proc", b"/tmp", None, MOVE, None),
        lambda: libc.umount2(b"/proc", 2),
        lambda: libc.umount2(b"/tmp", 2),
        lambda: libc.pivot_root(b"/tmp", b"/tmp"),
    )
    for number, way in enumerate(ways):
        if way() == 0:
            print("FOUND way", number)
    return a
