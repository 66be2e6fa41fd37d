"""Lays out a launch's arguments: converts values for the kernel, and places arrays in its memory."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .findings import Index
from .runtime_interface import Parameter, RawSharedArray

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
    """An array as fresh memory: nothing in it counts as written.

    If it `must_be_filled`, the kernel has to write all of it. `is_written` is True for each element that has
    been written, in the array's shape; a launch updates it.
    """

    array: Array
    must_be_filled: bool = True
    is_written: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        if self.is_written.shape != self.array.shape:
            self.is_written = np.zeros(self.array.shape, bool)


Argument: TypeAlias = Array | Fresh | np.generic | int | float | None


class Snapshot:
    """The memory of a launch's arguments before it, for runs that must all begin with the same contents."""

    def __init__(self, arguments: Sequence[Argument]) -> None:
        self.arrays = [a.array if isinstance(a, Fresh) else a for a in arguments]
        self.buffers = [a for a in self.arrays if isinstance(a, np.ndarray) and a.flags.writeable]
        self.buffers += [a.is_written for a in arguments if isinstance(a, Fresh)]
        self._before = self.contents()

    def contents(self) -> list[Array]:
        """Copies of everything that a launch may change."""
        return [
            # NumPy's own copy of a struct leaves out its padding
            buffer.view(np.uint8).copy().view(buffer.dtype) if buffer.dtype.fields else buffer.copy()
            for buffer in self.buffers
        ]

    def restore(self, contents: Sequence[Array] | None = None) -> None:
        """Writes back the contents before the launch, or the given ones."""
        for buffer, values in zip(self.buffers, self._before if contents is None else contents, strict=True):
            buffer[...] = values


@dataclass(frozen=True)
class Place:
    """The place of an array argument: the parameter's number and name, and its start in the arena."""

    parameter: int
    name: str
    array: Array
    fresh: Fresh | None
    is_const: bool
    start: int


def padding_of(dtype: np.dtype[Any]) -> list[int]:
    """The bytes of an element that belong to none of its fields."""
    fields = set(_bytes_of_fields(dtype, 0))
    return [at for at in range(dtype.itemsize) if at not in fields]


def _bytes_of_fields(dtype: np.dtype[Any], start: int) -> Iterator[int]:
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        for number in range(math.prod(shape)):
            yield from _bytes_of_fields(base, start + number * base.itemsize)
    elif dtype.fields is not None:
        for field_type, offset, *_ in dtype.fields.values():
            yield from _bytes_of_fields(field_type, start + offset)
    else:
        yield from range(start, start + dtype.itemsize)


def three(size: Size, what: str) -> Index:
    """A grid or block as (x, y, z). ValueError for more axes, or for anything but numbers."""
    lengths = (size,) if isinstance(size, int | np.integer) else tuple(size)
    if not 1 <= len(lengths) <= 3 or not all(isinstance(n, int | np.integer) for n in lengths):
        raise ValueError(f"{what} is one to three integers, not {size!r}")
    x, y, z = (*map(int, lengths), 1, 1)[:3]
    return x, y, z


def launch_mistake(grid: Index, block: Index, shared_bytes: int, shared_limit: int) -> str:
    """The reason a GPU would refuse a launch; empty if it would not."""
    for what, size, limits in (("grid", grid, MAX_GRID), ("block", block, MAX_BLOCK)):
        if min(size) < 1:
            return f"a {what} of {size} is empty: every axis is at least 1"
        if any(n > limit for n, limit in zip(size, limits, strict=True)):
            return f"a {what} of {size} is larger than {limits}"
    if math.prod(block) > MAX_THREADS:
        return f"a block of {block} has {math.prod(block)} threads, more than {MAX_THREADS}"
    if shared_bytes < 0 or shared_bytes > shared_limit:
        return f"{shared_bytes} bytes of shared memory are requested; a block has {shared_limit}"
    return ""


def parameters_of(library: ctypes.CDLL, number: int) -> list[Parameter]:
    """The parameters of a library's kernel with that number."""
    describe = getattr(library, f"emulator_parameters_{number}")
    describe.restype = ctypes.POINTER(Parameter)
    parameters: list[Parameter] = []
    while (parameter := describe()[len(parameters)]).size >= 0:
        parameters.append(parameter)
    return parameters


def convert_arguments(
    kernel: str, parameters: Sequence[Parameter], names: Sequence[str], arguments: Sequence[Argument]
) -> tuple[list[Place], list[Array]]:
    """The arrays among a kernel's arguments, not yet placed, and the value of every argument.

    The value of an array is its address. ValueError if an argument does not fit its parameter.
    """
    places: list[Place] = []
    values: list[Array] = []
    for i, (parameter, argument) in enumerate(zip(parameters, arguments, strict=True)):
        what = f"argument {i + 1} of {kernel}, {names[i]},"
        value = as_passed(parameter, argument, what)
        if value is None:  # an array
            fresh = argument if isinstance(argument, Fresh) else None
            array = fresh.array if fresh else argument
            assert isinstance(array, np.ndarray)
            check_array(parameter, array, what)
            places.append(Place(i, names[i], array, fresh, parameter.is_const, 0))
            value = np.array([array.ctypes.data], np.uintp)
        values.append(value)
    return places, values


def as_passed(parameter: Parameter, argument: Argument, what: str) -> Array | None:
    """A value as the parameter's bytes; None for an array. ValueError if the value does not fit."""
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
    """Raises ValueError if an array does not fit a pointer parameter."""
    kind = parameter.kind.decode()
    same = array.itemsize == parameter.element_size and (kind == "s" or array.dtype.kind == kind)
    same = same or are_parts(parameter, array)
    if not same and parameter.element_size > 1:
        elements = (
            f"a struct of {parameter.element_size} bytes"
            if kind == "s"
            else (np.dtype("?" if kind == "b" else f"{kind}{parameter.element_size}").name)
        )
        raise ValueError(f"{what} is an array of {array.dtype}; the kernel's elements are {elements}")
    if not array.flags.c_contiguous:
        raise ValueError(f"{what} is an array that is not C-contiguous; np.ascontiguousarray copies it")
    if not parameter.is_const and not array.flags.writeable:
        raise ValueError(f"{what} is an array that is not writeable, and the kernel may write to it")


def are_parts(parameter: Parameter, array: Array) -> bool:
    """True if an array's elements are the parts of the parameter's type, as float32 is of float4."""
    return (
        parameter.part_size == array.itemsize
        and parameter.part_kind.decode() in ("s", array.dtype.kind)
        and array.nbytes % parameter.element_size == 0
    )


def shared_arrays(places: Sequence[Place], values: Sequence[Array]) -> ctypes.Array[RawSharedArray]:
    """The arrays of a launch for processes that share its blocks; `values` hold the kernel's arguments."""
    arrays = (RawSharedArray * len(places))()
    for one, place in zip(arrays, places, strict=True):
        one.pointer, one.start = values[place.parameter].ctypes.data, place.start
        one.size, one.is_const = place.array.nbytes, not place.array.flags.writeable
    return arrays


def arrange(places: Sequence[Place]) -> tuple[list[Place], int]:
    """Each array's place in the arena, in parameter order, and the total size in bytes.

    Arrays that share memory share it there too. All others have a redzone on either side.
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
