"""The Python interface to the runtime's library: its structs and functions, from `runtime/state.h`."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    c_char,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path
from typing import ClassVar

KINDS = (
    "out_of_bounds", "uninitialized_read", "race", "divergent_barrier", "bad_launch",
    "misaligned", "crashed", "trap", "deadlock", "same_value", "timeout", "unwritten_part",
)  # fmt: skip
READ, WRITE, ATOMIC = range(3)
ENDED, STOPPED, NO_MEMORY = range(3)


class Parameter(ctypes.Structure):
    """`emulator_parameter`: the type of a kernel's parameter."""

    size: int
    element_size: int
    kind: bytes
    is_const: bool
    part_size: int
    part_kind: bytes
    _fields_: ClassVar = [
        ("size", c_int),
        ("element_size", c_int),
        ("kind", c_char),
        ("is_const", ctypes.c_bool),
        ("part_size", c_int),
        ("part_kind", c_char),
    ]


class RawFinding(ctypes.Structure):
    """`Finding`."""

    _fields_: ClassVar = [
        *((name, c_int32) for name in ("kind", "mode", "line", "other_line", "thread", "other_thread")),
        *((name, c_int64) for name in ("block", "other_block", "region", "offset", "size", "count")),
        ("place", c_uint64),
        ("name", c_char_p),
        ("room", c_int64),
        ("type", c_char_p),
        ("shape", c_uint32 * 4),
    ]


class RawCounters(ctypes.Structure):
    """`Counters`."""

    _fields_: ClassVar = [
        (name, c_uint64)
        for name in (
            "global_reads", "global_writes", "shared_reads", "shared_writes", "atomics",
            "global_bytes", "shared_bytes", "barriers", "arithmetic",
            "global_requests", "global_transactions", "shared_requests", "shared_passes",
            "shared_memory", "busiest_thread",
        )
    ]  # fmt: skip


class RawPlace(ctypes.Structure):
    """`PlaceCounts`."""

    COSTS: ClassVar = (
        "global_requests", "global_transactions", "least_transactions",
        "shared_requests", "shared_passes", "lanes", "threads",
    )  # fmt: skip
    place: int
    worst_units: int
    worst_best: int
    worst_lanes: int
    worst_size: int
    worst: ctypes.Array[c_uint64]
    _fields_: ClassVar = [
        *((name, c_uint64) for name in ("place", *COSTS)),
        *((name, c_uint64) for name in ("worst_units", "worst_best", "worst_lanes", "worst_size")),
        ("worst", c_uint64 * 32),
    ]


class RawLaunch(ctypes.Structure):
    """`Launch`."""

    _fields_: ClassVar = [
        ("grid", c_uint32 * 3),
        ("block", c_uint32 * 3),
        ("dynamic_shared", c_uint32),
        ("shared_limit", c_uint32),
        ("block_order", c_int32),
        ("thread_order", c_int32),
        ("count_transactions", c_int32),
        ("seed", c_uint64),
        ("cooperative", c_int32),
        ("poison", c_int32),
        ("is_split", c_int32),
        ("seconds", c_double),
    ]


class RawSharedArray(ctypes.Structure):
    """`SharedArray`."""

    _fields_: ClassVar = [
        ("pointer", c_void_p),
        ("size", c_size_t),
        ("start", c_size_t),
        ("is_const", c_int32),
    ]


# By the file's name, which says what is in it. The process's loader, too, keeps one library for each name.
LOADED: dict[str, ctypes.CDLL] = {}


def runtime(path: Path) -> ctypes.CDLL:
    """The runtime, with its functions' types. It is loaded once, whichever folder it is in.

    Kernels look it up by name, so they all get the first one; a second would know nothing about them.
    """
    if path.name in LOADED:
        return LOADED[path.name]
    library = LOADED[path.name] = ctypes.CDLL(str(path))
    for name, result, *arguments in (
        ("emulator_reserve", c_void_p, c_size_t, c_int),
        ("emulator_region", None, c_size_t, c_size_t, c_size_t, c_void_p),
        ("emulator_written_elements", None, c_size_t, c_size_t, c_size_t, c_void_p),
        ("emulator_run", c_int, c_void_p, POINTER(c_void_p), POINTER(RawLaunch)),
        (
            "emulator_run_on",
            c_int,
            c_void_p,
            POINTER(c_void_p),
            POINTER(RawLaunch),
            c_int,
            POINTER(RawSharedArray),
            c_size_t,
        ),
        ("emulator_learned", c_size_t),
        ("emulator_findings", POINTER(RawFinding), POINTER(c_size_t)),
        ("emulator_counters", POINTER(RawCounters)),
        ("emulator_output", c_char_p),
        ("emulator_places", POINTER(RawPlace), POINTER(c_size_t)),
    ):
        function = getattr(library, str(name))
        function.restype, function.argtypes = result, arguments
    return library


def text_in(library: ctypes.CDLL, name: str) -> str:
    """A text that a library exports; "" if it has none."""
    try:
        address = ctypes.addressof(ctypes.c_char.in_dll(library, name))
    except ValueError:
        return ""
    return ctypes.string_at(address).decode(errors="replace")
