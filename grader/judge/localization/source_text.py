"""A submission's source as bytes: the place of each node, and the text with edits in it."""

import ast
import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

MOST_BYTES = 200_000  # of a file in which faults are localized


@dataclass(frozen=True)
class Edit:
    """`text` replaces the bytes from `start` to `end` of a file.

    `told` is the node to show in its place, `cost` its rank: small and likely edits have a low one.
    """

    start: int
    end: int
    text: str
    told: ast.AST
    cost: int


class Source:
    """One Python file. Raises SyntaxError, ValueError, RecursionError or MemoryError if it cannot be read."""

    def __init__(self, file: str, content: bytes) -> None:
        if len(content) > MOST_BYTES:
            raise ValueError("too long")
        content = content.removeprefix(codecs.BOM_UTF8)
        content.decode()  # in another encoding, columns would not count its bytes
        self.file = file
        self.content = content
        self.tree = ast.parse(content)
        self._starts = [0, *accumulate(map(len, content.splitlines(keepends=True)))]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The first byte of a node and the one after its last."""
        at = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self._starts[at[0] - 1] + at[1], self._starts[at[2] - 1] + at[3]

    def text(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.content[start:end].decode()

    def between(self, first: ast.AST, second: ast.AST) -> tuple[int, int]:
        """The bytes after one node and before another."""
        return self.span(first)[1], self.span(second)[0]

    def begins_a_line(self, node: ast.stmt) -> bool:
        """True if nothing but spaces is before a statement in its line."""
        start = self.span(node)[0]
        return not self.content[start - self.column(node) : start].strip()

    def column(self, node: ast.AST) -> int:
        """The number of bytes before a node in its line."""
        return int(node.col_offset)  # type: ignore[attr-defined]

    @cached_property
    def names(self) -> frozenset[str]:
        """The functions that the file defines or imports by name."""
        nodes = self.tree.body
        defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        imports = (one for node in nodes if isinstance(node, ast.ImportFrom) for one in node.names)
        return frozenset(defined | {one.asname or one.name for one in imports})

    @cached_property
    def _wrappers(self) -> dict[str, list[str]]:
        wrappers: dict[str, list[str]] = {}
        for node in ast.walk(self.tree):
            match node:
                case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)], keywords=[]):
                    if function in self.names and function not in wrappers.setdefault(name, []):
                        wrappers[name].append(function)
        return wrappers

    def wrappers(self, name: str) -> list[str]:
        """The functions that somewhere in the file are called with this name alone, as `pair(stride)` is."""
        return self._wrappers.get(name, [])

    def functions(self) -> Iterator[tuple[str, ast.FunctionDef]]:
        """Every function of the file and every method of its classes; a method as `Class.method`."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef):
                yield node.name, node
            elif isinstance(node, ast.ClassDef):
                for each in node.body:
                    if isinstance(each, ast.FunctionDef):
                        yield f"{node.name}.{each.name}", each

    def edited(self, function: ast.FunctionDef, edits: Sequence[Edit]) -> str:
        """The text of a function from its first line on, with edits that do not overlap."""
        start, end = self.span(function)
        start -= self.column(function)
        text = self.content[start:end]
        for edit in sorted(edits, key=lambda edit: -edit.start):
            text = text[: edit.start - start] + edit.text.encode() + text[edit.end - start :]
        return text.decode()
