"""Makes a 32-bit system call, which has different numbers, from its own machine code (x86_64 only)."""

import ctypes
import mmap
import os


def attack(a, *rest, **named):
    if os.uname().machine == "x86_64":
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
        print("FOUND", ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))())
    return a
