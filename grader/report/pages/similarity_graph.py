"""Draws which students' files are similar, as a graph."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.model.results.similar_pair import LEAST_SHARE, Pair

RING, SPACE = 150, 9  # of a graph: the least radius, and the radius for each student of a large one
MARGIN = 20


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
        group = _group_of(student, near)
        grouped |= group
        if len(group) > 2:
            components.append(_graph(sorted(group), near))
    return sorted(components, key=lambda graph: -len(graph.nodes))


def _group_of(start: str, near: Mapping[str, Mapping[str, float]]) -> set[str]:
    group, queue = {start}, [start]
    while queue:
        for other in near[queue.pop()]:
            if other not in group:
                group.add(other)
                queue.append(other)
    return group


def _graph(students: Sequence[str], near: Mapping[str, Mapping[str, float]]) -> Graph:
    radius, nodes = max(RING, SPACE * len(students)), []
    for number, student in enumerate(students):
        angle = 2 * math.pi * number / len(students) - math.pi / 2
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        nodes.append(Node(student, number + 1, round(x, 1), round(y, 1)))
    node_of = {node.student: node for node in nodes}
    edges = [
        (node_of[one], node_of[other], share)
        for one in students
        for other, share in sorted(near[one].items())
        if one < other
    ]
    return Graph(tuple(nodes), tuple(edges))
