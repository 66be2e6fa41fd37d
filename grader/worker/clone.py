"""Forks this process with flags that `os.fork` does not take. Linux only."""

import ctypes
import os
import platform
import signal
import sys

from grader.worker.system_call_filter import CLONE

CLONE_PARENT = 0x8000  # the new process is a child of this process's parent

_libc = ctypes.PyDLL(None, use_errno=True)  # keeps Python's lock during the call, as a fork needs


def clone(flags: int) -> int:
    """Forks with some flags of clone(2); returns what fork(2) returns, OSError if the machine refuses.

    Python's part of a fork follows its C API (PyOS_BeforeFork and related functions).
    """
    number = CLONE.get(platform.machine()) if sys.platform == "linux" else None
    if number is None:
        raise OSError(f"the number of clone(2) is not known for {sys.platform} on {platform.machine()}")
    python, flags = ctypes.pythonapi, flags | signal.SIGCHLD
    python.PyOS_BeforeFork()
    pid = int(_libc.syscall(ctypes.c_long(number), ctypes.c_ulong(flags), None, None, None, None))
    number = ctypes.get_errno()
    if pid == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid
