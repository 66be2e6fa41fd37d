"""Reads a notebook as the modules named in its cells' tags.

A notebook is a student's file: whatever it holds, reading it must end within bounded time and memory. So this
module reads only the parts of the format that it needs
(https://nbformat.readthedocs.io/en/latest/format_description.html), and reads them in a child process. The
child runs this module as a program, which imports no other module of the grader. It lowers its limits for
each notebook. A notebook that exhausts them ends the child, and the next notebook gets a new child.
"""

import atexit
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from functools import cache
from typing import Any

SMALL_BYTES = 1 << 20  # after a notebook this small the child reads the next one, too: it has not grown much
LIMITS = {"cpu_seconds": 2, "memory_bytes": 2 << 30}  # pictures are read at some hundred MB a second
WALL_SECONDS = 60.0
LENGTHS = struct.Struct("<QQQ")  # CPU seconds, bytes of memory, bytes of the notebook
LENGTH = struct.Struct("<Q")
MAX_TAGGED_CELLS, MAX_TAGGED_BYTES = 10_000, 4 << 20  # of cells with tags; no others are passed on
TOO_LONG = "it is too large or too deeply nested to read"

Cells = list[tuple[list[str], str]]  # the tags and the source of each cell with code and tags, in order


def tagged_sources(content: bytes) -> Cells | str:
    """The tags and sources of a notebook's tagged code cells, or the problem with it."""
    reply = _child().ask(content)
    if isinstance(reply, str):
        return reply
    return [(tags, source) for tags, source in reply]


def module_of(cells: Cells, name: str) -> bytes | str | None:
    """The cells tagged with a file's name, joined in order, or the problem; None if there are none."""
    sources = [source for tags, source in cells if name in tags]
    if not sources:
        return None
    text = "\n\n\n".join(source.rstrip("\n") for source in sources) + "\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        return f"a cell tagged {name} holds {text[error.start]!a}, half of a character: delete it"


def code_cells(content: bytes) -> Cells:
    """The tagged code cells of a notebook of any version; ValueError or RecursionError if it is not one."""
    data = json.loads(content.decode("utf-8-sig"))
    if not isinstance(data, dict) or "nbformat" not in data:
        raise ValueError("found no key nbformat")
    cells = data.get("cells")
    if cells is None:  # nbformat 3 and earlier
        cells = _cells_of_sheets(data.get("worksheets"))
    if not isinstance(cells, list):
        raise ValueError("found no list of cells")
    of_code = (_cell(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code")
    tagged = [(tags, source) for tags, source in of_code if tags]
    size = sum(len(source) + sum(map(len, tags)) for tags, source in tagged)
    if len(tagged) > MAX_TAGGED_CELLS or size > MAX_TAGGED_BYTES:
        raise ValueError(f"found {len(tagged)} cells with tags, {size} characters in all: too many to read")
    return tagged


def _cells_of_sheets(sheets: object) -> list[Any] | None:
    """The cells of all worksheets; None if these are not worksheets."""
    if not isinstance(sheets, list):
        return None
    of_sheets = [sheet.get("cells") if isinstance(sheet, dict) else None for sheet in sheets]
    lists = [cells for cells in of_sheets if isinstance(cells, list)]
    return [cell for cells in lists for cell in cells] if len(lists) == len(sheets) else None


def _cell(cell: dict[str, Any]) -> tuple[list[str], str]:
    metadata, source = cell.get("metadata"), cell.get("source", cell.get("input", ""))
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise ValueError("found a code cell with a source that is not text")
    return [tag for tag in tags if isinstance(tag, str) and tag] if isinstance(tags, list) else [], source


class _Child:
    """The process that reads notebooks; started when needed, and restarted after it ended."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None

    def ask(self, content: bytes) -> Any:
        """The cells of a notebook as the child reads them, or the problem; TOO_LONG if the child ended."""
        with self._turn:
            try:
                end = self._start()
                limits = LIMITS["cpu_seconds"], LIMITS["memory_bytes"], len(content)
                end.sendall(LENGTHS.pack(*limits) + content)
                reply = json.loads(_received(end, *LENGTH.unpack(_received(end, LENGTH.size))))
            except OSError:  # its limits ended it, or it took too long
                reply = TOO_LONG
            if reply == TOO_LONG or len(content) > SMALL_BYTES:
                self.close()
            return reply

    def close(self) -> None:
        """Ends the process."""
        if self._end is not None:
            self._end.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._end = None

    def _start(self) -> socket.socket:
        if self._end is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", __file__],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                )
            ours.settimeout(WALL_SECONDS)
            self._end = ours
        return self._end


@cache
def _child_of(pid: int) -> _Child:
    child = _Child()
    atexit.register(child.close)
    return child


def _child() -> _Child:
    """The child of this process: a forked process does not use its parent's."""
    return _child_of(os.getpid())


def _received(end: socket.socket, count: int) -> bytes:
    """Reads that many bytes; ConnectionError if the other end closes first."""
    parts = bytearray()
    while len(parts) < count:
        part = end.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise ConnectionResetError
        parts += part
    return bytes(parts)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(str(error).split())[:80] or type(error).__name__


def main() -> None:
    """Runs in the child: answers each notebook with its cells, within the limits sent along."""
    judge = socket.socket(fileno=0)
    with contextlib.suppress(ConnectionError):
        while True:
            cpu_seconds, memory_bytes, size = LENGTHS.unpack(_received(judge, LENGTHS.size))
            _limit(cpu_seconds, memory_bytes)
            try:
                reply: Cells | str = code_cells(_received(judge, size))
            except (ValueError, RecursionError) as error:
                reply = _reason(error)
            text = json.dumps(reply).encode()
            judge.sendall(LENGTH.pack(len(text)) + text)


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Limits this process's CPU seconds from now on, and its memory in bytes."""
    import resource  # not on every system, and only a child needs it

    end = int(time.process_time()) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    if sys.platform == "linux":  # macOS does not enforce it
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
