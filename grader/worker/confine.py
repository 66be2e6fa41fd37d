"""Confines a process for good: namespaces, private mounts, no capabilities, a system-call filter. Linux only.

This runs in a child that was forked for one submission, before anything of the submission exists there.
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
from collections.abc import Mapping
from typing import NamedTuple

from grader.worker.clone import clone
from grader.worker.system_call_filter import filter_program, process_filter

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x20, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522


class Confinement(NamedTuple):
    """A worker's permissions: its user, its bytes of /tmp, and whether it may start processes or use a GPU.

    With a GPU, `whole_proc` is an uncovered /proc; without, it is "". The kernel lets a process mount its own
    /proc only if it sees another uncovered one, and bubblewrap covers parts of the one that it mounts.
    """

    user: int
    group: int
    tmp_bytes: int
    may_fork: bool
    whole_proc: str


_libc = ctypes.CDLL(None, use_errno=True)


def hide_from_others() -> None:
    """Prevents processes of the same user from reading or tracing this one."""
    _prctl(PR_SET_DUMPABLE, 0)


def make_ready(has_gpu: bool) -> None:
    """Builds before the first fork what each fork would build anew: the filters take a millisecond."""
    with contextlib.suppress(OSError):  # on an unknown machine: the fork reports it
        filter_program(platform.machine(), has_gpu)
        process_filter(platform.machine())


def fork_into_namespaces() -> int:
    """Forks into new user, pid, mount and ipc namespaces, as process 1 there; returns what fork(2) returns.

    A single clone(2) replaces a fork, unshare(2) and another fork, each of which copies the page tables of a
    whole interpreter.
    """
    return clone(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC)


def _map_user(user: int, group: int) -> None:
    _prctl(PR_SET_DUMPABLE, 1)  # the files of an undumpable process belong to root
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)
    hide_from_others()


def shut_in(allowed: Confinement, folder: str, compiled: Mapping[str, int]) -> None:
    """Confines process 1 of the new namespaces: a private /tmp, an empty /proc, then no way back.

    The user and group ids are the same inside as outside. `compiled` are descriptors of files, by the names
    that they get in `folder`, which is read-only from then on. With a GPU, /proc shows only the processes of
    these namespaces: CUDA names its threads there.
    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()  # a signal to its group would reach the launcher
    _map_user(allowed.user, allowed.group)
    _mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    options = f"size={allowed.tmp_bytes},nr_inodes=4096,mode=1777".encode()
    _mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV, options)
    if compiled:
        _hand_on(folder, compiled)
    if allowed.whole_proc:
        _mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, b"subset=pid")
    _cover(allowed.whole_proc or "/proc")
    _drop_capabilities()
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _install(filter_program(platform.machine(), bool(allowed.whole_proc)))
    if not allowed.may_fork:
        _install(process_filter(platform.machine()))


def filter_program_calls() -> None:
    """Applies the submissions' filter to this process and forbids new processes; it may still call exec."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _install(filter_program(platform.machine()))
    _install(process_filter(platform.machine(), may_exec=True))


def _cover(folder: str) -> None:
    _mount(b"tmpfs", folder.encode(), b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, b"size=4k")


def _hand_on(folder: str, files: Mapping[str, int]) -> None:
    """Copies these files into a separate file system, and makes it read-only."""
    os.makedirs(folder)
    _mount(b"tmpfs", folder.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755")
    for name, descriptor in files.items():
        with open(f"{folder}/{name}", "xb") as file:
            while data := os.pread(descriptor, 1 << 20, file.tell()):
                file.write(data)
    _mount(b"tmpfs", folder.encode(), None, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, None)


def _drop_capabilities() -> None:
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, struct.pack("6I", *[0] * 6)), "capset")


def _install(program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack(
        "HxxxxxxP" if struct.calcsize("P") == 8 else "HxxP", len(program) // 8, ctypes.addressof(buffer)
    )
    _check(_libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), head, 0, 0), "seccomp")


def _mount(source: bytes, target: bytes, kind: bytes | None, flags: int, options: bytes | None) -> None:
    _check(_libc.mount(source, target, kind, ctypes.c_ulong(flags), options), f"mount {target.decode()}")


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
