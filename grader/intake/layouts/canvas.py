"""Canvas: the zip of an assignment's submissions."""

from grader.intake.canvas_names import choose, read_names
from grader.intake.tree import LayoutReading, Tree

TITLE, RANK = "Canvas", 30


def read(tree: Tree) -> LayoutReading | None:
    """Reads names such as `lovelaceada_LATE_1001_50001_dense.py`; people's names hold no `_`."""
    parsed, unexplained = choose(tree.paths, tree)
    people = {path: one for path, one in parsed.items() if "_" not in one.who}
    return read_names(tree, people, [*unexplained, *(path for path in parsed if path not in people)])
