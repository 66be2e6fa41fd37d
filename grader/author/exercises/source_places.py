"""Finds nodes of a Python source in its text."""

import ast


class SourcePlaces:
    """The positions of nodes in a text.

    As in Python, only "\\n" ends a line and columns count bytes of UTF-8. `str.splitlines` also splits at a
    form feed and at U+2028, so its line numbers differ from Python's.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]  # of each line, and the end of the text
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.starts[-1] = len(text)

    def start(self, node: ast.expr | ast.stmt) -> int:
        """The position of a node's first character; a decorator is not part of what it decorates."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """The position after a node's last character."""
        return self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _at(self, line: int, column: int) -> int:
        before = self.lines[line - 1].encode()[:column].decode()
        return self.starts[line - 1] + len(before)
