"""Lays out a launch's arguments: values as a kernel takes them, and arrays in the launch's memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .findings import Index
from .runtime_interface import Parameter

Array: TypeAlias = npt.NDArray[Any]

Size: TypeAlias = int | Sequence[int]

MAX_THREADS = 1024  # of a block; these limits are those of every GPU since 2012 (compute capability 3.0)
MAX_BLOCK = (1024, 1024, 64)
MAX_GRID = (2**31 - 1, 65535, 65535)
SHARED_BYTES = 48 * 1024  # that a block may have without asking for more
SHARED_ZONE = 2**20  # of runtime/state.h
REDZONE = 64 * 1024  # around each array: an access this far out is seen, and harms nothing
ALIGNMENT = 256  # of an array, as cudaMalloc's


@dataclass
class Fresh:
    """An array as fresh memory: nothing in it counts as written. With `whole`, a kernel is to write it all.

    `written` says of each element, in the array's shape, whether it has been written; a launch updates it.
    """

    array: Array
    whole: bool = True
    written: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        if self.written.shape != self.array.shape:
            self.written = np.zeros(self.array.shape, bool)


Argument: TypeAlias = Array | Fresh | np.generic | int | float | None


@dataclass(frozen=True)
class Place:
    """Where an array argument is: the parameter's number and name, and its start in the arena."""

    parameter: int
    name: str
    array: Array
    fresh: Fresh | None
    is_const: bool
    start: int


def three(size: Size, what: str) -> Index:
    """A grid or block as (x, y, z). ValueError for more axes, or for what is no number."""
    given = (size,) if isinstance(size, int | np.integer) else tuple(size)
    if not 1 <= len(given) <= 3 or not all(isinstance(n, int | np.integer) for n in given):
        raise ValueError(f"{what} is one to three integers, not {size!r}")
    x, y, z = (*map(int, given), 1, 1)[:3]
    return x, y, z


def launch_mistake(grid: Index, block: Index, shared_bytes: int, shared_limit: int) -> str:
    """Why a GPU would refuse a launch; empty where it would not."""
    for what, size, limits in (("grid", grid, MAX_GRID), ("block", block, MAX_BLOCK)):
        if min(size) < 1:
            return f"a {what} of {size} is empty: every axis is at least 1"
        if any(n > limit for n, limit in zip(size, limits, strict=True)):
            return f"a {what} of {size} is larger than {limits}"
    if math.prod(block) > MAX_THREADS:
        return f"a block of {block} has {math.prod(block)} threads, more than {MAX_THREADS}"
    if shared_bytes < 0 or shared_bytes > shared_limit:
        return f"{shared_bytes} bytes of shared memory are asked for; a block has {shared_limit}"
    return ""


def as_passed(parameter: Parameter, argument: Argument, what: str) -> Array | None:
    """A value as the parameter's bytes; None for an array. ValueError for what the parameter cannot be."""
    if parameter.element_size:
        if argument is None:
            return np.zeros(1, np.uintp)
        if isinstance(argument, np.ndarray | Fresh):
            return None
        raise ValueError(f"{what} is a pointer: it takes an array or None, not {argument!r}")
    kind = parameter.kind.decode()
    if isinstance(argument, np.ndarray) and argument.nbytes == parameter.size and kind == "s":
        return np.atleast_1d(argument)
    if kind == "s" or not isinstance(argument, bool | int | float | np.generic):
        raise ValueError(f"{what} takes a value of {parameter.size} bytes, not {argument!r}")
    dtype = np.dtype("?" if kind == "b" else f"{kind}{parameter.size}")
    value = np.array([argument]).astype(dtype)
    if value[0] != argument and not (kind == "f" or argument != argument):
        raise ValueError(f"{what} is of {dtype}, which cannot hold {argument!r}")
    return value


def check_array(parameter: Parameter, array: Array, what: str) -> None:
    """ValueError for an array that is not what a pointer points to."""
    kind = parameter.kind.decode()
    same = array.itemsize == parameter.element_size and (kind == "s" or array.dtype.kind == kind)
    same = same or are_parts(parameter, array)
    if not same and parameter.element_size > 1:
        wanted = (
            f"a struct of {parameter.element_size} bytes"
            if kind == "s"
            else (np.dtype("?" if kind == "b" else f"{kind}{parameter.element_size}").name)
        )
        raise ValueError(f"{what} is an array of {array.dtype}; the kernel's elements are {wanted}")
    if not array.flags.c_contiguous:
        raise ValueError(f"{what} is an array that is not C-contiguous; np.ascontiguousarray copies it")
    if not parameter.is_const and not array.flags.writeable:
        raise ValueError(f"{what} is an array that is not writeable, and the kernel may write to it")


def are_parts(parameter: Parameter, array: Array) -> bool:
    """Whether an array's elements are the parts of which the parameter's consist, as of float4 float32."""
    return (
        parameter.part_size == array.itemsize
        and parameter.part_kind.decode() in ("s", array.dtype.kind)
        and array.nbytes % parameter.element_size == 0
    )


def arranged(places: Sequence[Place]) -> tuple[list[Place], int]:
    """Each array's place in the arena, in the parameters' order, and the bytes of the whole.

    Arrays that share memory share it there too; all others have a redzone on either side.
    """
    end, span_start, span_end = SHARED_ZONE + REDZONE, 0, -1  # span_*: of the memory that is shared
    arguments = []
    for place in sorted(places, key=lambda place: (place.array.ctypes.data, -place.array.nbytes)):
        address, size = place.array.ctypes.data, place.array.nbytes
        if address >= span_end or size == 0:
            # A slice keeps its place between the boundaries of its array.
            owner = place.array
            while isinstance(owner.base, np.ndarray):
                owner = owner.base
            start = -(-end // ALIGNMENT) * ALIGNMENT + (address - owner.ctypes.data) % ALIGNMENT
            span_start, span_end, arena_start = address, address + size, start
        start = arena_start + address - span_start
        span_end = max(span_end, address + size)
        end = max(end, start + size + REDZONE)
        arguments.append(replace(place, start=start))
    return sorted(arguments, key=lambda place: place.parameter), end + REDZONE
