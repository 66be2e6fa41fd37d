"""Makes, by number, the system calls that no exercise needs (x86_64 only)."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
DENIED = {
    "memfd_create": 319, "socket": 41, "io_uring_setup": 425, "userfaultfd": 323, "bpf": 321, "keyctl": 250,
    "add_key": 248, "perf_event_open": 298, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
    "open_by_handle_at": 304, "pidfd_getfd": 438, "kcmp": 312, "personality": 135, "inotify_init": 253,
    "fanotify_init": 300, "io_setup": 206, "syslog": 103, "flock": 73, "process_vm_readv": 310,
    "sysinfo": 99, "cachestat": 451, "process_madvise": 440, "clone3": 435, "socket of the x32 table": 0x40000000 + 41,
}  # fmt: skip


def attack(a, *rest, **named):
    if os.uname().machine == "x86_64":
        buffer = ctypes.create_string_buffer(256)
        for name, number in DENIED.items():
            # EPERM 1 and ENOSYS 38 say no; any other errno would say that the call was looked at
            if libc.syscall(number, buffer, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38):
                print("FOUND", name, ctypes.get_errno())
    return a
