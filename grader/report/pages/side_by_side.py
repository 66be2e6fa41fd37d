"""Compares two files side by side, line by line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from typing import Protocol, TypeVar

from grader.model.text import lines_of
from grader.report.pages.match_lines import LineMatcher, TooDifferent

MOST_LINES = 4000  # shown of one file
BEGINS = re.compile(r"\s*(def|class|__global__|__device__)\b")
FOLDED = 8  # lines of the handout in a row that a page folds
WORDS_OF_A_LINE = 6  # shorter lines are similar by chance
WORDS = re.compile(r"[A-Za-z_]\w*|\S")
KEYWORDS = frozenset(
    (
        "and", "as", "assert", "break", "class", "continue", "def", "del", "elif", "else", "except",
        "finally", "for", "from", "if", "import", "in", "is", "lambda", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield", "None", "True", "False", "int", "float", "void",
    )
)  # fmt: skip


class Origin(Enum):
    """Where a line comes from, as the pages' style sheet names it."""

    HANDOUT = "given"
    SHARED = "alike"
    MOVED = "moved"
    OWN = "own"


@dataclass(frozen=True)
class Half:
    """One side of a row: its line, 0 for none. `partner` is the similar line on the other side."""

    number: int = 0
    text: str = ""
    origin: Origin = Origin.OWN
    block: int = 0
    partner: int = 0


@dataclass(frozen=True)
class Row:
    """Two lines next to each other."""

    left: Half
    right: Half

    @property
    def is_plain(self) -> bool:
        """True if the students wrote nothing of it."""
        return all(half.origin is Origin.HANDOUT or not half.text.strip() for half in (self.left, self.right))

    @property
    def text(self) -> str:
        """The line on the left, or the right one if there is none."""
        return self.left.text or self.right.text


def side_by_side(left: str, right: str, handout: str) -> list[Row]:
    """Two files, aligned where they are the same except for names, comments and layout.

    Consecutive similar lines are a block; blocks are numbered from 1, the same on both sides.
    """
    handout_shapes = {shape_of(line) for line in lines_of(handout)}
    sides = [lines_of(text)[:MOST_LINES] for text in (left, right)]
    shapes = [[shape_of(line) for line in lines] for lines in sides]
    rows: list[Row] = []
    block = 0
    try:
        steps = LineMatcher(*shapes).get_opcodes()
    except TooDifferent:  # then only lines that moved are marked
        steps = [("replace", 0, len(shapes[0]), 0, len(shapes[1]))]
    for kind, a, a_end, b, b_end in steps:
        if kind == "equal":
            is_in_block = False
            for offset in range(a_end - a):
                shape = shapes[0][a + offset]
                origin = Origin.HANDOUT if shape in handout_shapes else Origin.SHARED if shape else Origin.OWN
                is_shared = origin is Origin.SHARED
                if is_shared and not is_in_block:
                    block += 1
                is_in_block = is_shared or (is_in_block and not shape)
                number = block if is_shared else 0
                halves = (
                    Half(
                        at + offset + 1,
                        lines[at + offset],
                        origin,
                        number,
                        other + offset + 1 if number else 0,
                    )
                    for at, other, lines in zip((a, b), (b, a), sides, strict=True)
                )
                rows.append(Row(*halves))
            continue
        for offset in range(max(a_end - a, b_end - b)):
            halves = (
                _without_template(lines, shape, at + offset, handout_shapes) if at + offset < end else Half()
                for lines, shape, at, end in zip(sides, shapes, (a, b), (a_end, b_end), strict=True)
            )
            rows.append(Row(*halves))
    return _with_moved(rows)


def _with_moved(rows: Sequence[Row]) -> list[Row]:
    """Marks similar lines that are in a different order on the other side."""
    lefts, rights = (
        {
            shape: half.number
            for half in reversed(halves)
            if half.origin is Origin.OWN and len((shape := shape_of(half.text)).split()) >= WORDS_OF_A_LINE
        }
        for halves in ([row.left for row in rows], [row.right for row in rows])
    )

    def with_partner(half: Half, others: Mapping[str, int]) -> Half:
        partner = others.get(shape_of(half.text), 0) if half.origin is Origin.OWN else 0
        return replace(half, origin=Origin.MOVED, partner=partner) if partner else half

    return [Row(with_partner(row.left, rights), with_partner(row.right, lefts)) for row in rows]


def shape_of(line: str) -> str:
    """A line without its comment, its layout and its names: the part that survives renaming."""
    code = re.sub(r"(#|//).*", "", line)
    words = WORDS.findall(code)
    return " ".join(w if w in KEYWORDS or not (w[0].isalpha() or w[0] == "_") else "N" for w in words)


class Readable(Protocol):
    """A line of a source; it is plain if it is the handout's or empty, and a page says nothing about it."""

    @property
    def is_plain(self) -> bool:
        """True if it need not be read."""

    @property
    def text(self) -> str:
        """The line itself."""


Part = TypeVar("Part", bound=Readable)


def fold_lines(lines: Iterable[Part]) -> Iterator[tuple[str, list[Part]]]:
    """The lines in runs, each with the words that stand for a long run of plain lines; "" for other runs.

    The words end with the last function that begins in the run, since its body may follow.
    """
    for is_plain, group in groupby(lines, key=lambda line: line.is_plain):
        run = list(group)
        functions = [line.text.strip() for line in run if BEGINS.match(line.text)]
        last = f": … {functions[-1]}" if functions else ""
        words = f"{len(run)} lines that are empty or from the handout{last}"
        yield words if is_plain and len(run) >= FOLDED else "", run


def _without_template(lines: Sequence[str], shapes: Sequence[str], at: int, handout_shapes: set[str]) -> Half:
    is_from_handout = shapes[at] != "" and shapes[at] in handout_shapes
    return Half(at + 1, lines[at], Origin.HANDOUT if is_from_handout else Origin.OWN)
