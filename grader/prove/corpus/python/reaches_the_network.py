"""Opens sockets of every kind: to the internet, to a service of the host, abstract, raw. It also looks up a
name.
"""

import contextlib
import socket


def attack(a, *rest, **named):
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            with contextlib.suppress(OSError):
                socket.socket(family, kind)
                print("FOUND", family, kind)
    for name in ("localhost", "example.org"):
        with contextlib.suppress(OSError):
            socket.create_connection((name, 80), timeout=0.1)
            print("FOUND", name)
    return a
