"""Clones of repositories: one a student, named `<assignment>-<login>`, each with its `.git`."""

from grader.intake.layouts.folders import OTHER, of_student
from grader.intake.tree import Reading, Tree
from grader.model.class_input.identity import Claim

TITLE, RANK = "clones of repositories", 20


def read(tree: Tree) -> Reading | None:
    """A clone is a student's; on the roster its name may stand without what all names begin with."""
    clones = {path.partition("/")[0] for path in tree.all_paths if f"{path}//".split("/")[1] == ".git"}
    if not clones or not clones.issuperset(tree.full_tops):
        return None
    common = _common(sorted(clones), tree)
    handins = [
        handin
        for clone in sorted(clones)
        for handin in of_student(clone, Claim(ids=_ids(clone, common)), tree)
    ]
    return Reading(tuple(handins), dict.fromkeys(tree.files, OTHER))


def _common(clones: list[str], tree: Tree) -> str:
    """What the clones' names begin with: the assignment's name, and a dash; "" if it is not known."""
    folder = tree.prefix.rstrip("/").rpartition("/")[2].removesuffix("-submissions")
    for prefix in (folder, tree.assignment, tree.assignment.replace("_", "-")):
        if prefix and all(clone.startswith(f"{prefix}-") for clone in clones):
            return f"{prefix}-"
    return ""


def _ids(clone: str, common: str) -> tuple[str, ...]:
    """What the student may be called: the login; if that is not known the clone, or what follows a dash."""
    if common:
        return clone.removeprefix(common), clone
    parts = clone.split("-")
    return (clone, *("-".join(parts[start:]) for start in range(1, len(parts)) if parts[start]))
