"""Reads a notebook as the modules that its cells are tagged with.

A notebook is a student's file: whatever it holds, reading it ends, and costs a bounded time and memory. So
only what is needed of the format is looked at
(https://nbformat.readthedocs.io/en/latest/format_description.html), and a large one is read in a child
process with limits: this module, run as a program, imports nothing of ours.
"""

import json
import subprocess
import sys
from typing import Any

SMALL_BYTES = 1 << 20  # read in this process: some 20 ms at most
LIMITS = {"RLIMIT_CPU": 2, "RLIMIT_AS": 2 << 30}  # pictures are read at some hundred MB a second
WALL_SECONDS = 60
MAX_TAGGED_CELLS, MAX_TAGGED_BYTES = 10_000, 4 << 20  # of cells with tags, the only ones that are handed on
TOO_LONG = "it is too large or too deeply nested to read"

Cells = list[tuple[list[str], str]]  # the tags and the source of each cell with code and tags, in order


def tagged_sources(content: bytes) -> Cells | str:
    """The tags and sources of a notebook's code cells that have tags, or what is wrong with it."""
    if len(content) <= SMALL_BYTES:
        try:
            return code_cells(content)
        except (ValueError, RecursionError) as error:
            return _reason(error)
    return _by_child(content)


def module_of(cells: Cells, name: str) -> bytes | str | None:
    """The cells tagged with a file's name, joined in order, or what is wrong; None if there are none."""
    sources = [source for tags, source in cells if name in tags]
    if not sources:
        return None
    text = "\n\n\n".join(source.rstrip("\n") for source in sources) + "\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        return f"a cell tagged {name} holds {text[error.start]!a}, half of a character: delete it"


def code_cells(content: bytes) -> Cells:
    """The tagged code cells of a notebook of any version; ValueError or RecursionError where it is none."""
    data = json.loads(content.decode("utf-8-sig"))
    if not isinstance(data, dict) or "nbformat" not in data:
        raise ValueError("found no key nbformat")
    cells = data.get("cells")
    if cells is None:  # nbformat 3 and before
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
    """The cells of all worksheets; None if these are no worksheets."""
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
        raise ValueError("found a code cell whose source is no text")
    return [tag for tag in tags if isinstance(tag, str) and tag] if isinstance(tags, list) else [], source


def _by_child(content: bytes) -> Cells | str:
    command = [sys.executable, "-I", "-S", __file__, json.dumps(LIMITS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return TOO_LONG
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines and lines[-1].startswith(("ValueError", "json.", "Unicode")) else ""
        return reason.partition(": ")[2][:80] or TOO_LONG
    return [(tags, source) for tags, source in json.loads(done.stdout)]


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(str(error).split())[:80] or type(error).__name__


def main() -> None:
    """In a child: lowers its limits, then prints the cells of the notebook on its standard input."""
    import resource  # not on every system, and only a child needs it

    for name, limit in json.loads(sys.argv[1]).items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    json.dump(code_cells(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
