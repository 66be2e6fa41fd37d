"""Reads the records that a program wrote while it ran, and puts them into words.

The program is native code, so its records are treated as text and numbers only. The last one counts those
before it: a program that writes among them by accident, or ends before the last, leaves a report that is not
whole. A program that means to can forge the records, as they are written by its own process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from ..elf import variable_at
from ..explain import message
from ..findings import KINDS, NOTES, Finding, bugs_and_notes
from ..kernel_source import kernel_at, split
from ..lines import LineTable, class_names
from ..memory import Place
from ..messages import UNSEEN, read_without_value
from ..runtime_interface import KINDS as NUMBERED
from ..runtime_interface import RawFinding, RawLaunch
from .compile_program import Program

PROGRAM_KINDS = {
    "use_after_free": "a use of memory that cudaFree has taken back",
    "host_access": "an access of the host's code to memory of the device",
    "unsynchronized": "an access of the host's to managed memory while a kernel may still run",
    "bad_copy": "a copy with a direction that does not fit its pointers",
    "bad_free": "a cudaFree of a pointer that is not a block of memory, or of the same block twice",
}
PROGRAM_NOTES = {
    "leak": "a block of memory that is never freed",
    "short_copy": "a size in elements instead of bytes",
    "unseen_argument": "a call that reads its argument from memory, where no check sees it",
}
MOST_RECORDS, MOST_CHARACTERS = 400, 600
ALLOCATED = re.compile(
    r"\bcuda(?:Malloc\w*|HostAlloc)\s*\(\s*(?:\([^()]*\)\s*)?&?\s*([A-Za-z_][\w.\->\[\]]*)"
)
VECTORS = re.compile(r"\bdevice_vector\s*<[^;()]*>\s+(\w[^;]*)")
# The kernels of these libraries are in the emulator's headers, so a finding's line is that of the call.
LIBRARIES = ("thrust::", "cub::Device", "cublas::")
HEAP = "the device's heap"
PLACEHOLDER = re.compile(r"\{(\d+)\}")
INTEGER = re.compile(r"-?\d{1,19}")


@dataclass(frozen=True)
class Report:
    """The bugs of a program, by line, and its notes; `is_whole` if the program recorded all its findings."""

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    is_whole: bool


@dataclass(frozen=True)
class Block:
    """A block of memory: its name in the source, its size and element size in bytes, and its line."""

    name: str
    size: int
    element: int
    line: int


def read_records(records: str, program: Program, executable: bytes) -> Report:
    """The findings in the records of a run of `executable`, each once."""
    reader = RecordReader(program, executable)
    lines = records.split("\n")[:-1]
    is_whole = lines[-1:] == [f"end\t{len(lines) - 1}"] and len(lines) <= MOST_RECORDS
    lines = lines[:-1] if is_whole else lines
    for record in lines[:MOST_RECORDS]:
        what, *fields = record[: 4 * MOST_CHARACTERS].split("\t")
        try:
            reader.read(what, fields)
        except (KeyError, ValueError, IndexError, ZeroDivisionError):
            is_whole = False
    notes = NOTES.keys() | PROGRAM_NOTES.keys()
    return Report(*bugs_and_notes(reader.findings.values(), notes), is_whole)


class RecordReader:
    """Reads the records of one run of a program, one after the other, and keeps what they say."""

    def __init__(self, program: Program, executable: bytes) -> None:
        self._program, self._executable = program, executable
        self._blocks: dict[int, Block] = {}
        self._table: LineTable | None = None
        self.findings: dict[tuple[str, int, str], Finding] = {}

    def read(self, what: str, fields: Sequence[str]) -> None:
        """Reads a record. KeyError, ValueError, IndexError or ZeroDivisionError for none of the runtime's."""
        match what:
            case "memory":
                number, size, element, line, before = map(integer, fields)
                name = name_of_memory(self._program.source, line, before)
                self._blocks[number] = Block(name, size, element, line)
            case "no value":
                for finding in without_value("\n".join(fields[0].split(";")), self._program):
                    self.findings[finding.kind, finding.line, finding.array] = finding
            case "unseen":
                for line in map(integer, fields[0].split(";")):
                    self.findings["unseen_argument", line, ""] = unseen_argument(line, self._program)
            case "host":
                self._add(self._of_the_host(fields))
            case "kernel":
                self._add(self._of_a_kernel(fields))
            case _:
                raise ValueError(what)

    def _add(self, finding: Finding) -> None:
        self.findings.setdefault((finding.kind, finding.line, finding.array or finding.message), finding)

    def _line_at(self, place: int) -> int:
        """The line of an instruction, from the address after it; 0 for no place."""
        if not place:
            return 0
        file = self._program.file.rpartition("/")[2]
        if self._table is None:
            self._table = LineTable(self._executable, class_names(self._program.source, file))
        return self._table.line_in(file, place - 1)

    def _of_the_host(self, fields: Sequence[str]) -> Finding:
        """A finding about the host's code."""
        kind, line, place, text = fields
        if kind not in {**KINDS, **PROGRAM_KINDS, **PROGRAM_NOTES}:
            raise ValueError(kind)
        shown = PLACEHOLDER.sub(lambda match: self._blocks[integer(match[1])].name, text[:MOST_CHARACTERS])
        return Finding(kind, "", self._program.file, integer(line) or self._line_at(integer(place)), shown)

    def _of_a_kernel(self, fields: Sequence[str]) -> Finding:
        """A finding about a thread of a kernel."""
        numbers, (kernel, name, kind_of_element) = [integer(field) for field in fields[:26]], fields[26:]
        kind, mode, line, other_line, thread, other_thread, block, other_block, region = numbers[:9]
        offset, size, count, place, room = numbers[9:14]
        grid, threads, freed_at = numbers[14:17], numbers[17:20], numbers[21]
        if min(grid) < 1 or min(threads) < 1:
            raise ValueError(fields)
        row = RawFinding()
        row.kind, row.mode, row.line, row.other_line = kind, mode, line, other_line
        row.thread, row.other_thread, row.block, row.other_block = thread, other_thread, block, other_block
        row.region, row.offset, row.size, row.count, row.room = region, offset, size, count, room
        row.name, row.type = name.encode(), kind_of_element.encode() or None
        row.shape[:] = numbers[22:26]
        raw = RawLaunch()
        raw.grid[:], raw.block[:] = grid, threads
        places = {region: place_of(self._blocks[region], size)} if region >= 0 else {}
        array, text = message(row, raw, places, partial(variable_at, self._executable))
        finding = Finding(
            NUMBERED[kind],
            kernel[:MOST_CHARACTERS],
            self._program.file,
            numbers[20] if kernel.startswith(LIBRARIES) else line or self._line_at(place),
            text[:MOST_CHARACTERS],
            array=array,
        )
        if region >= 0 and self._blocks[region].name == HEAP and finding.kind == "out_of_bounds":
            return replace(finding, message=f"{text.rpartition(',')[0]}, where no thread has memory now")
        if freed_at:
            return replace(finding, kind="use_after_free", message=f"{text}; line {freed_at} has freed it")
        return finding


def integer(text: str) -> int:
    """A number of at most 64 bits; ValueError for anything else."""
    if not INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def name_of_memory(source: str, line: int, before: int = 0) -> str:
    """The variable to which a line of the source assigns memory; else a name made from the line.

    `before` counts the blocks that the line has made before. A line may make several, or one in each turn
    of a loop.
    """
    if line == 0:
        return HEAP
    lines = source.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    names = ALLOCATED.findall(text)
    for declared in VECTORS.findall(text):
        names += [name.group() for part in split(declared) if (name := re.match(r"\w+", part.strip()))]
    return names[before % len(names)] if names else f"the memory of line {line}"


def without_value(text: str, program: Program) -> Iterator[Finding]:
    """The variables that the compiler saw in use before they have a value."""
    for one in read_without_value(text):
        kernel = next(iter(one.kernels), "") or kernel_at(program.source, one.line)
        yield one.finding(kernel, program.file)


def unseen_argument(line: int, program: Program) -> Finding:
    """A note on a call that reads an argument where no check sees it."""
    return Finding("unseen_argument", kernel_at(program.source, line), program.file, line, UNSEEN)


def place_of(block: Block, size: int) -> Place:
    """A block as messages name it. If its element size is unknown, the access's size is used."""
    element = block.element or max(size, 1)
    array = SimpleNamespace(itemsize=element, size=block.size // element)
    return Place(0, block.name, cast("np.ndarray[Any, Any]", array), None, False, 0)
