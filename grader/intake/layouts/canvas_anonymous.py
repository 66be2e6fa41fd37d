"""Canvas: the zip of an assignment that is graded anonymously."""

from grader.intake.canvas_names import ANONYMOUS, ANONYMOUS_ENTRY, NO_ATTACHMENT, CanvasName, read_names
from grader.intake.tree import LayoutReading, Tree

TITLE, RANK = "Canvas, anonymous", 35


def read(tree: Tree) -> LayoutReading | None:
    """Reads names such as `LATE_anon_aB3xY_50001_dense.py`; Canvas shows a student as five characters."""
    parsed, unexplained = {}, []
    for path in tree.paths:
        match = ANONYMOUS.fullmatch(path) or ANONYMOUS_ENTRY.fullmatch(path)
        if match is None:
            unexplained.append(path)
        else:
            late = match["late"] is not None
            parsed[path] = CanvasName(
                "", late, match["id"], match.groupdict().get("attachment", NO_ATTACHMENT), match["file"]
            )
    return read_names(tree, parsed, unexplained)
