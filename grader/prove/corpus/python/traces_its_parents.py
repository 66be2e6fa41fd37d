"""Attaches to its parents as a debugger, and reads and writes their memory."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, SEIZE = 16, 0x4206


class Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def attack(a, *rest, **named):
    buffer = ctypes.create_string_buffer(8)
    mine, theirs = Piece(ctypes.addressof(buffer), 8), Piece(ctypes.addressof(buffer), 8)
    for pid in (1, os.getppid()):
        for request in (ATTACH, SEIZE):
            if libc.ptrace(request, pid, None, None) == 0:
                print("FOUND a parent to trace")
        for call in (libc.process_vm_readv, libc.process_vm_writev):
            if call(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) >= 0:
                print("FOUND a parent's memory")
    return a
