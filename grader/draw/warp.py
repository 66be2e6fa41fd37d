"""Draws the threads that a finding names, in their warp, with the elements that they touch."""

import re

from grader.draw.grid import Cell, draw_grid
from grader.draw.markup import Markup

LANES = 32
THREAD = re.compile(r"thread \((\d+), (\d+), (\d+)\)(?: of block \((\d+), (\d+), (\d+)\))?")
ELEMENT = re.compile(r"element (\d+) of (\w+)")
SIZE = 18


def draw_warp(finding: str) -> tuple[str, Markup] | None:
    """A title, and the warp of the first thread that a finding names, with its lanes marked; else None.

    A finding names threads by (x, y, z); in blocks of one axis the lane is x mod 32.
    """
    threads = [tuple(map(int, match.groups("0")[:3])) for match in THREAD.finditer(finding)]
    if not threads or any(y or z for _, y, z in threads):
        return None
    first = threads[0][0] // LANES
    lanes = {x % LANES for x, _, _ in threads if x // LANES == first}
    touched = ELEMENT.search(finding)
    cells = [
        Cell(str(lane), "wrong n2" if lane in lanes else "zero", f"thread {first * LANES + lane}")
        for lane in range(LANES)
    ]
    rows = [cells[:16], cells[16:]]
    what = f", at element {touched[1]} of {touched[2]}" if touched else ""
    marked = ", ".join(str(first * LANES + lane) for lane in sorted(lanes))
    title = f"warp {first}: {'thread' if len(lanes) == 1 else 'threads'} {marked} marked{what}"
    return title, draw_grid(rows, title, SIZE)
