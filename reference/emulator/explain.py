"""Puts the runtime's findings into words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from .elf import Variable
from .findings import Finding, Index, LineCost, WarpRequest
from .memory import SHARED_ZONE, Array, Place
from .runtime_interface import ATOMIC, KINDS, READ, RawFinding, RawLaunch, RawPlace

ChangedBy: TypeAlias = Callable[[int], tuple[str, int, object] | None]
UNWRITTEN = -2  # in place of a local array's number: all memory that was not written
WORD = 4  # bytes, of shared memory
FAR = 32 << 10  # bytes: the array that is nearest to such an address need not be the one that was meant


def message(
    row: RawFinding,
    raw: RawLaunch,
    places: Sequence[Place] | Mapping[int, Place],
    variable_at: Callable[[int], Variable | None],
) -> tuple[str, str]:
    """(array, message) for one of the runtime's findings.

    `places` are the arrays, by number; `variable_at` gives the variable outside of functions at an address.
    """
    if row.thread < 0:
        return "", f"{row.name.decode()}: {row.size} bytes with that of the launch; a block has {row.room}"
    who = f"thread {index(row.thread, raw.block)} of block {index(row.block, raw.grid)}"
    kind = KINDS[row.kind]
    if kind == "misaligned":
        return _misaligned(row, who, places)
    if kind == "out_of_bounds" and row.type:
        return "", f"{who} uses index {row.offset} of an array {unquoted(row.type)}"
    if row.region == -2:
        verb = "" if kind != "out_of_bounds" else verb_of(row.mode) + " "
        what = text_of(row.name).replace("{line}", f"line {row.other_line}")
        if row.other_thread >= 0:
            what = what.replace("{other}", f"thread {index(row.other_thread, raw.block)}")
        return "", f"{who} {verb}{what}"
    indexed = ""
    if row.region >= 0:
        place = places[row.region]
        name, element, size = place.name, place.array.itemsize, place.array.size
    elif row.region == -3:
        variable = variable_at(row.offset)
        name, element, size = variable.name if variable else "", max(1, row.size), 0
        indexed = of_a_variable(row, variable)
    else:
        name, element = row.name.decode(), row.shape[0] or max(1, row.size)
        size = row.room // element
        indexed = of_shared(row)
    text = f"{who} {verb_of(row.mode)} {indexed or f'element {row.offset // element} of {name}'}"
    if kind == "out_of_bounds" and not -FAR < row.offset < row.room + FAR:
        nearest = f"the nearest is {name}, which has {size}"
        text = f"{who} {verb_of(row.mode)} an address far from every array; {nearest}"
    elif kind == "out_of_bounds":
        text += f", which has {size}"
    elif kind == "unwritten_part":
        text += ", of which no thread has written a part that a result depends on"
    elif kind == "uninitialized_read":
        text += ", which no thread has written"
    elif kind == "same_value":
        text += f", as thread {index(row.other_thread, raw.block)} does with the same value"
    else:
        same = row.block == row.other_block
        theirs = f" of block {index(row.other_block, raw.grid)}"
        did = ("read", "wrote", "updated atomically")[-1 - row.other_line]
        text += f", which thread {index(row.other_thread, raw.block)}{'' if same else theirs} {did}"
        text += " since the last barrier" if same else "; no barrier orders two blocks"
    return name, text


def of_a_variable(row: RawFinding, variable: Variable | None) -> str:
    """The part of a variable outside of functions that a thread uses: all of it, or bytes."""
    if variable is None:
        return text_of(row.name)
    if row.size == variable.size:
        return variable.name
    return f"byte {row.offset - variable.start} of {variable.name}, which has {variable.size} bytes"


def of_shared(row: RawFinding) -> str:
    """An element of a shared variable as a kernel writes it, such as `tile[3][5]`; "" if it is not one."""
    element, *axes = row.shape
    lengths = [length for length in axes if length]
    if not element or element * math.prod(lengths) != row.room or not 0 <= row.offset < row.room:
        return ""
    position = row.offset // element
    places = np.unravel_index(position, lengths) if lengths else ()
    return text_of(row.name) + "".join(f"[{place}]" for place in places)


def difference(
    arrays: Sequence[Any], names: Sequence[str], buffers: Sequence[Array], expected: Sequence[Array]
) -> tuple[str, int, tuple[Any, Any]] | None:
    """The first element of `arrays` whose bits are not the expected ones, as (array, element, values).

    The values are the expected and the actual one. None if there is no such element. `buffers` hold the
    arrays and, for memory that a kernel fills, which elements it wrote; `expected` are their contents.
    """
    for a, before in zip(buffers, expected, strict=True):
        number = next((i for i, one in enumerate(arrays) if one is a), None)
        if number is None or a.tobytes() == before.tobytes():
            continue  # which elements were written; the elements themselves say more
        flat, other = a.reshape(-1), before.reshape(-1)
        rows = flat.view(np.uint8).reshape(flat.size, -1) != other.view(np.uint8).reshape(flat.size, -1)
        at = int(np.flatnonzero(rows.any(axis=1))[0])
        return names[number], at, (other[at], flat[at])
    return None


def in_two_orders(one: object, other: object, *values: object) -> str:
    """The two values of an element, each in an order."""
    first, second = map(str, (one, other))
    return f"{values[0]} in {first} and {values[1]} in {'another' if second == first else second}"


def verb_of(mode: int) -> str:
    """The verb for a mode of access."""
    return "reads" if mode == READ else "updates" if mode == ATOMIC else "writes"


def index(number: int, sizes: Sequence[int]) -> Index:
    """A thread's or a block's number as (x, y, z)."""
    x, y = sizes[0], sizes[1]
    return number % x, number // x % y, number // x // y


def _misaligned(row: RawFinding, who: str, places: Sequence[Place] | Mapping[int, Place]) -> tuple[str, str]:
    what = f"{who} {verb_of(row.mode)} {unquoted(row.type)}"
    if row.region == -2:
        return "", f"{what} at an address that is no multiple of {row.size}"
    place = places[row.region] if row.region >= 0 else None
    name = place.name if place else text_of(row.name)
    at = f"byte {row.offset}"
    if place and row.offset % place.array.itemsize == 0:
        at = f"element {row.offset // place.array.itemsize}"
    return name, f"{what} at {at} of {name}, at an address that is no multiple of {row.size}"


def text_of(name: bytes) -> str:
    """A name from the runtime or from a source, as text."""
    return name.decode(errors="replace")


def unquoted(kind: bytes) -> str:
    """A type that a compiler printed in quotes, in this project's quotes."""
    return f"`{text_of(kind).strip(chr(39)).replace('struct ', '')}`"


def reads_without_a_value(
    kernel: str,
    file: str,
    local_arrays: Sequence[Sequence[str]],
    parts: Sequence[Finding],
    changed_by: ChangedBy,
) -> Iterator[Finding]:
    """A finding for each local array without a value, and part of a struct, that a result depends on.

    `changed_by(number)` runs the kernel with another wrong value in that local array (-1: in all, 0: in
    none), or in UNWRITTEN memory, and returns the first element that differs. `parts` are copies of structs
    of which a part was not written, as padding never is.
    """
    # A result that changes with nothing changed depends on a variable that outlives a launch. Two such runs,
    # as the variable may change back.
    if parts and changed_by(UNWRITTEN) and not (changed_by(0) or changed_by(0)):
        yield from parts
    if not local_arrays or not changed_by(-1) or changed_by(0) or changed_by(0):
        return
    for number, (line, name) in enumerate(local_arrays, 1):
        if differs := changed_by(number):
            result = f"element {differs[1]} of {differs[0]} depends on what it held"
            text = f"{name} is read before it has a value: {result}"
            yield Finding("uninitialized_read", kernel, file, int(line), text, array=name)


def costs_by_line(
    rows: Sequence[RawPlace], line_of: Callable[[int], int], places: Sequence[Place]
) -> tuple[LineCost, ...]:
    """The costs of places in the code, added up for each line; `line_of` gives that of an address."""
    totals: dict[int, list[int]] = {}
    worst: dict[int, WarpRequest] = {}
    for row in rows:
        line = row.place >> 48 or line_of(row.place)  # of an atomic operation it is the line
        costs = [getattr(row, name) for name in RawPlace.COSTS]
        totals[line] = [a + b for a, b in zip(totals.get(line, [0] * len(costs)), costs, strict=True)]
        request = worst_of(row, places)
        if request is not None and (line not in worst or request.waste > worst[line].waste):
            worst[line] = request
    lines = (LineCost(line, *costs) for line, costs in sorted(totals.items()))
    return tuple(replace(line, worst=worst.get(line.line)) for line in lines)


def worst_of(row: RawPlace, places: Sequence[Place]) -> WarpRequest | None:
    """The most wasteful request of a place, with the array that it accessed; None if none wasted any."""
    offsets, size = list(row.worst[: row.worst_lanes]), max(row.worst_size, 1)
    if not offsets:
        return None
    if offsets[0] < SHARED_ZONE:
        words = tuple(offset // WORD for offset in offsets)
        return WarpRequest("", words, WORD, row.worst_units, row.worst_best)
    for place in places:
        if all(place.start <= offset < place.start + place.array.nbytes for offset in offsets):
            elements = tuple((offset - place.start) // size for offset in offsets)
            return WarpRequest(place.name, elements, size, row.worst_units, row.worst_best)
    return None
