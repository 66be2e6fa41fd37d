"""Compares two files side by side, line by line, and draws which students' files are similar."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from grader.model.results.similar_pair import Pair
from grader.model.text import lines_of

ALIKE = 0.5  # the smallest share that joins two students in a graph
MOST_LINES = 4000  # shown of one file
LONG = 800  # lines; in longer files the comparison skips repeated lines, to save time
SIZE, RING = 460, 150
WORDS_OF_A_LINE = 6  # shorter lines are similar by chance
WORDS = re.compile(r"[A-Za-z_]\w*|\S")
KEYWORDS = frozenset(
    (
        *("and", "as", "assert", "break", "class", "continue", "def", "del", "elif", "else", "except"),
        *("finally", "for", "from", "if", "import", "in", "is", "lambda", "not", "or", "pass", "raise"),
        *("return", "try", "while", "with", "yield", "None", "True", "False", "int", "float", "void"),
    )
)


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


@dataclass(frozen=True)
class Node:
    """A student in a graph, with a position."""

    student: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Graph:
    """Three or more students, each similar to another one; `edges` hold (from, to, share)."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node, float], ...]

    @property
    def view_box(self) -> str:
        """The extent of the picture, including names."""
        heights = [node.y for node in self.nodes]
        return f"0 {min(heights) - 40:.0f} {SIZE} {max(heights) - min(heights) + 80:.0f}"


def side_by_side(left: str, right: str, handout: str) -> list[Row]:
    """Two files, aligned where they are the same except for names, comments and layout.

    Consecutive similar lines are a block; blocks are numbered from 1, the same on both sides.
    """
    given = {shape_of(line) for line in lines_of(handout)}
    sides = [lines_of(text)[:MOST_LINES] for text in (left, right)]
    shapes = [[shape_of(line) for line in lines] for lines in sides]
    rows: list[Row] = []
    block = 0
    matcher = SequenceMatcher(None, shapes[0], shapes[1], autojunk=len(shapes[1]) > LONG)
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        if kind == "equal":
            is_in_block = False
            for offset in range(a_end - a):
                shape = shapes[0][a + offset]
                what = "given" if shape in given else "alike" if shape else "own"
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
                _without_template(lines, shape, at + offset, given) if at + offset < end else Half()
                for lines, shape, at, end in zip(sides, shapes, (a, b), (a_end, b_end), strict=True)
            )
            rows.append(Row(*halves))
    return _with_moved(rows)


def _with_moved(rows: Sequence[Row]) -> list[Row]:
    """Marks similar lines that are in another order on the other side."""
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


def graphs(pairs: Iterable[Pair], least: float = ALIKE) -> list[Graph]:
    """The groups of more than two students that pairs join, the largest first."""
    near: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in pairs:
        if pair.share >= least:
            one, other = pair.left.student, pair.right.student
            near[one][other] = near[other][one] = max(pair.share, near[one].get(other, 0.0))
    components, seen = [], set()
    for student in sorted(near):
        if student in seen:
            continue
        group = _reached(student, near)
        seen |= group
        if len(group) > 2:
            components.append(_graph(sorted(group), near))
    return sorted(components, key=lambda graph: -len(graph.nodes))


def _without_template(lines: Sequence[str], shapes: Sequence[str], at: int, given: set[str]) -> Half:
    return Half(at + 1, lines[at], "given" if shapes[at] and shapes[at] in given else "own")


def _reached(start: str, near: Mapping[str, Mapping[str, float]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for other in near[waiting.pop()]:
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def _graph(students: Sequence[str], near: Mapping[str, Mapping[str, float]]) -> Graph:
    middle, nodes = SIZE / 2, []
    for number, student in enumerate(students):
        angle = 2 * math.pi * number / len(students) - math.pi / 2
        x, y = middle + RING * math.cos(angle), middle + RING * math.sin(angle)
        anchor = "middle" if abs(x - middle) < 1 else "start" if x > middle else "end"
        nodes.append(Node(student, round(x, 1), round(y, 1), anchor))
    of = {node.student: node for node in nodes}
    edges = [
        (of[one], of[other], share)
        for one in students
        for other, share in sorted(near[one].items())
        if one < other
    ]
    return Graph(tuple(nodes), tuple(edges))
