"""Compares two files side by side, line by line, and draws which students' files are similar."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol, TypeVar

from grader.model.results.similar_pair import LEAST_SHARE, Pair
from grader.model.text import lines_of
from grader.report.pages.match_lines import LineMatcher, TooDifferent

MOST_LINES = 4000  # shown of one file
RING, SPACE = 150, 9  # of a graph: the least radius, and the radius for each student of a large one
MARGIN = 20
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


@dataclass(frozen=True)
class Half:
    """One side of a row: its line, 0 for none; `kind` is given (by the handout), alike, moved or own.

    `partner` is the similar line on the other side.
    """

    number: int = 0
    text: str = ""
    kind: str = "own"
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
        return all(half.kind == "given" or not half.text.strip() for half in (self.left, self.right))

    @property
    def text(self) -> str:
        """The line on the left, or the right one if there is none."""
        return self.left.text or self.right.text


@dataclass(frozen=True)
class Node:
    """A student in a graph, with a number and a position."""

    student: str
    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Graph:
    """Three or more students, each similar to another one; `edges` hold (from, to, share)."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node, float], ...]

    @property
    def view_box(self) -> str:
        """The extent of the picture."""
        xs, ys = [node.x for node in self.nodes], [node.y for node in self.nodes]
        width, height = (max(each) - min(each) + 2 * MARGIN for each in (xs, ys))
        return f"{min(xs) - MARGIN:.0f} {min(ys) - MARGIN:.0f} {width:.0f} {height:.0f}"


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
                what = "given" if shape in handout_shapes else "alike" if shape else "own"
                if what == "alike" and not is_in_block:
                    block += 1
                is_in_block = what == "alike" or (is_in_block and not shape)
                number = block if what == "alike" else 0
                halves = (
                    Half(
                        at + offset + 1, lines[at + offset], what, number, other + offset + 1 if number else 0
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
            if half.kind == "own" and len((shape := shape_of(half.text)).split()) >= WORDS_OF_A_LINE
        }
        for halves in ([row.left for row in rows], [row.right for row in rows])
    )

    def marked(half: Half, others: Mapping[str, int]) -> Half:
        partner = others.get(shape_of(half.text), 0) if half.kind == "own" else 0
        return replace(half, kind="moved", partner=partner) if partner else half

    return [Row(marked(row.left, rights), marked(row.right, lefts)) for row in rows]


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


def folded(lines: Iterable[Part]) -> Iterator[tuple[str, list[Part]]]:
    """The lines in runs, each with the words that stand for a long run of plain lines; "" for other runs.

    The words end with the last function that begins in the run, since its body may follow.
    """
    for is_plain, group in groupby(lines, key=lambda line: line.is_plain):
        run = list(group)
        begun = [line.text.strip() for line in run if BEGINS.match(line.text)]
        words = f"{len(run)} lines that are empty or from the handout{f': … {begun[-1]}' if begun else ''}"
        yield words if is_plain and len(run) >= FOLDED else "", run


def graphs(pairs: Iterable[Pair], least: float = LEAST_SHARE) -> list[Graph]:
    """The groups of more than two students that pairs join, the largest first."""
    near: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in pairs:
        if pair.share >= least:
            one, other = pair.left.student, pair.right.student
            near[one][other] = near[other][one] = max(pair.share, near[one].get(other, 0.0))
    components, grouped = [], set()
    for student in sorted(near):
        if student in grouped:
            continue
        group = _reached(student, near)
        grouped |= group
        if len(group) > 2:
            components.append(_graph(sorted(group), near))
    return sorted(components, key=lambda graph: -len(graph.nodes))


def _without_template(lines: Sequence[str], shapes: Sequence[str], at: int, handout_shapes: set[str]) -> Half:
    return Half(at + 1, lines[at], "given" if shapes[at] and shapes[at] in handout_shapes else "own")


def _reached(start: str, near: Mapping[str, Mapping[str, float]]) -> set[str]:
    reached, queue = {start}, [start]
    while queue:
        for other in near[queue.pop()]:
            if other not in reached:
                reached.add(other)
                queue.append(other)
    return reached


def _graph(students: Sequence[str], near: Mapping[str, Mapping[str, float]]) -> Graph:
    radius, nodes = max(RING, SPACE * len(students)), []
    for number, student in enumerate(students):
        angle = 2 * math.pi * number / len(students) - math.pi / 2
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        nodes.append(Node(student, number + 1, round(x, 1), round(y, 1)))
    of = {node.student: node for node in nodes}
    edges = [
        (of[one], of[other], share)
        for one in students
        for other, share in sorted(near[one].items())
        if one < other
    ]
    return Graph(tuple(nodes), tuple(edges))
