"""Maps an address in a compiled kernel to its line of source.

The format is that of the "DWARF Debugging Information Format", version 4, section 6.2, in a 64-bit ELF file.
"""

from __future__ import annotations

import ctypes
import re
import struct
from bisect import bisect_right
from collections.abc import Iterator, Set
from dataclasses import dataclass

from .elf import section

Place = tuple[str, int, int]  # file, line, column in bytes; both count from 1
Row = tuple[int, str, int, int]  # address, file, line, column
CLASS = re.compile(rb"\b(?:struct|class)\s+(?:(?:__align__|alignas)\s*\([^()]*\)\s*)?(?=\w)")


def class_names(source: str, file: str) -> frozenset[Place]:
    """The places of the names of classes, which the compiler gives to the copies that it writes itself."""
    lines = enumerate(source.encode().split(b"\n"), 1)
    return frozenset(
        (file, number, match.end() + 1) for number, line in lines for match in CLASS.finditer(line)
    )


class LineTable:
    """The lines of one library. An instruction whose place is in `left_out` has the line before it."""

    def __init__(self, library: bytes, left_out: Set[Place] = frozenset()) -> None:
        # The last row at an address counts: where one function ends and another begins, the beginning.
        rows = [row[:3] for row in rows_of(section(library, ".debug_line")) if row[1:] not in left_out]
        self._rows = sorted(rows, key=lambda row: (row[0], row[1] != ""))
        self._addresses = [address for address, _, _ in self._rows]

    def line_of(self, address: int) -> tuple[str, int]:
        """(file, line) of an address, relative to the library's start; ("", 0) if there is none."""
        at = bisect_right(self._addresses, address) - 1
        return self._rows[at][1:] if at >= 0 else ("", 0)

    def line_in(self, file: str, address: int) -> int:
        """The line of `file` at an address; in a header's function, the line that calls it."""
        for at in range(bisect_right(self._addresses, address) - 1, -1, -1):
            _, file_of_row, line = self._rows[at]
            if file_of_row == file:
                return line
            if not file_of_row:
                break
        return self.line_of(address)[1]


@dataclass
class Reader:
    """Reads numbers one after another."""

    data: bytes
    at: int = 0

    def number(self, form: str) -> int:
        """A number in one of the formats of `struct`."""
        (value,) = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return int(value)

    def variable(self, signed: bool = False) -> int:
        """LEB128: 7 bits a byte, the lowest first."""
        value = shift = 0
        while True:
            byte = self.number("B")
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if signed and byte & 0x40 else value

    def text(self) -> str:
        """The text before the next zero byte."""
        end = self.data.index(b"\0", self.at)
        start, self.at = self.at, end + 1
        return self.data[start:end].decode(errors="replace")


def rows_of(table: bytes) -> Iterator[Row]:
    """Every row of every program in a .debug_line section of version 2 to 4."""
    reader = Reader(table)
    while reader.at < len(table):
        length = reader.number("I")
        end = reader.at + length
        version = reader.number("H")
        if 2 <= version <= 4:
            yield from rows_of_program(reader, version, end)
        reader.at = end


@dataclass(frozen=True)
class Header:
    """The header of a line-number program: how its operations change the address, the file and the line."""

    step: int  # of the address
    base: int  # the least change of the line in a special operation
    span: int  # how many such changes there are
    first_special: int
    lengths: list[int]  # the number of arguments of each standard operation
    files: list[str]  # from 1 on


def header_of(reader: Reader, version: int) -> Header:
    """Reads a header; the reader is then at the first operation."""
    length = reader.number("I")
    program = reader.at + length
    step = reader.number("B")
    if version == 4:
        reader.number("B")  # operations per instruction: for processors that we do not use
    reader.number("B")
    base, span, first_special = reader.number("b"), reader.number("B"), reader.number("B")
    lengths = [reader.number("B") for _ in range(first_special - 1)]
    while reader.text():  # folders
        pass
    files = [""]
    while name := reader.text():
        files.append(name)
        for _ in range(3):
            reader.variable()
    reader.at = program
    return Header(step, base, span, first_special, lengths, files)


def rows_of_program(reader: Reader, version: int, end: int) -> Iterator[Row]:
    """Runs one line-number program."""
    header = header_of(reader, version)
    address, file, line, column = 0, 1, 1, 0
    while reader.at < end:
        code = reader.number("B")
        if code >= header.first_special:
            address += (code - header.first_special) // header.span * header.step
            line += header.base + (code - header.first_special) % header.span
            yield address, header.files[file], line, column
        elif code == 0:  # an extended operation
            size = reader.variable()
            after = reader.at + size
            operation = reader.number("B")
            if operation == 1:  # the end of a sequence: what follows belongs to no line
                yield address, "", 0, 0
                address, file, line, column = 0, 1, 1, 0
            elif operation == 2:
                address = reader.number("Q")
            reader.at = after
        elif code == 1:
            yield address, header.files[file], line, column
        elif code == 2:
            address += reader.variable() * header.step
        elif code == 3:
            line += reader.variable(signed=True)
        elif code == 4:
            file = reader.variable()
        elif code == 5:
            column = reader.variable()
        elif code == 8:
            address += (255 - header.first_special) // header.span * header.step
        elif code == 9:
            address += reader.number("H")
        else:
            for _ in range(header.lengths[code - 1]):
                reader.variable()


class DlInfo(ctypes.Structure):
    """`Dl_info` of <dlfcn.h>."""

    _fields_ = (
        *(("file", ctypes.c_char_p), ("base", ctypes.c_void_p)),
        *(("symbol", ctypes.c_char_p), ("at", ctypes.c_void_p)),
    )


def load_address(address: int) -> int:
    """The load address of the library that contains an address."""
    info = DlInfo()
    ctypes.CDLL(None).dladdr(ctypes.c_void_p(address), ctypes.byref(info))
    return int(info.base or 0)
