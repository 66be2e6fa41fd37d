"""Canvas: the zip of a group assignment, with group names in place of student names."""

from grader.intake.canvas_names import choose, read_names
from grader.intake.tree import LayoutReading, Tree

TITLE, RANK = "Canvas, groups", 25


def read(tree: Tree) -> LayoutReading | None:
    """Reads names such as `team_3_1001_50001_dense.py`; the id belongs to one member of the group."""
    parsed, unexplained = choose(tree.paths, tree)
    if not any("_" in one.who for one in parsed.values()):
        return None
    return read_names(tree, parsed, unexplained)
