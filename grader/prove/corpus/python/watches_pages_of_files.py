"""Asks which pages of a file are in memory, or removes some, to pass information between separated children."""

import contextlib
import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
PAGE_OUT = 21


def attack(a, *rest, **named):
    with open("/sandbox/probes.py", "rb") as file:
        with contextlib.suppress(OSError, AttributeError):
            os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
            print("FOUND preadv2")
        with contextlib.suppress(OSError, AttributeError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            print("FOUND fadvise64")
        size = ctypes.c_size_t(mmap.PAGESIZE)
        page = ctypes.c_void_p(libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_PRIVATE, file.fileno(), 0))
        if libc.mincore(page, size, ctypes.create_string_buffer(1)) == 0:
            print("FOUND mincore")
        if libc.madvise(page, size, PAGE_OUT) == 0:
            print("FOUND madvise")
    return a
