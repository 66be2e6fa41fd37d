"""Installs a system-call filter that makes writing fail, even for the worker's answer."""

import ctypes
import os
import struct


def attack(a, *rest, **named):
    write = {"x86_64": 1, "aarch64": 64}[os.uname().machine]
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, write), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(buffer))
    ctypes.CDLL(None).prctl(22, ctypes.c_ulong(2), head, 0, 0)
    return a
