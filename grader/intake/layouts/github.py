"""Clones of repositories: one per student, named `<assignment>-<login>`, each with its `.git`."""

from grader.intake.layouts.folders import OTHER
from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim

TITLE, RANK = "clones of repositories", 20


def read(tree: Tree) -> LayoutReading | None:
    """Reads each clone as one submission; the roster may leave out the prefix that all names share.

    The student names the folders in it. So they say neither when it was submitted nor which file counts.
    """
    clones = {path.partition("/")[0] for path in tree.all_paths if f"{path}//".split("/")[1] == ".git"}
    if not clones or not clones.issuperset(tree.full_tops):
        return None
    common = _common(sorted(clones), tree)
    handins = [
        Handin(clone, Claim(ids=_ids(clone, common)), tree.below(clone), folder=clone)
        for clone in sorted(clones)
    ]
    return LayoutReading(tuple(handins), dict.fromkeys(tree.files, OTHER))


def _common(clones: list[str], tree: Tree) -> str:
    """The prefix of the clones' names, which is the assignment's name and a dash; "" if unknown."""
    folder = tree.prefix.rstrip("/").rpartition("/")[2].removesuffix("-submissions")
    for prefix in (folder, tree.assignment, tree.assignment.replace("_", "-")):
        if prefix and all(clone.startswith(f"{prefix}-") for clone in clones):
            return f"{prefix}-"
    return ""


def _ids(clone: str, common: str) -> tuple[str, ...]:
    """The student's possible ids: the login, or if unknown, the clone's name or the part after a dash."""
    if common:
        return clone.removeprefix(common), clone
    parts = clone.split("-")
    return (clone, *("-".join(parts[start:]) for start in range(1, len(parts)) if parts[start]))
