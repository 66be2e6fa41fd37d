"""Makes system calls that leave its namespaces, or that create new ones in which it would be root."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
NEW = {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000, "time": 0x80}


def attack(a, *rest, **named):
    for name, flag in NEW.items():
        if libc.unshare(flag) == 0:
            print("FOUND a new", name, "namespace")
        if os.uname().machine == "x86_64":
            pid = libc.syscall(56, ctypes.c_ulong(flag | 17), None, None, None, None)
            if pid == 0:
                os._exit(0)
            if pid > 0:
                print("FOUND a child in a new", name, "namespace")
    if libc.setns(0, 0) == 0 or libc.chroot(b"/tmp") == 0:
        print("FOUND a way out")
    return a
