"""Clones of repositories: one a student, named `<assignment>-<login>`, each with its `.git`."""

from grader.intake.layouts.folders import OTHER, of_student
from grader.intake.tree import Reading, Tree
from grader.model.identity import Claim

TITLE, RANK = "clones of repositories", 20


def read(tree: Tree) -> Reading | None:
    """A clone is a student's; on the roster its name may stand without what all names begin with."""
    clones = {path.partition("/")[0] for path in tree.all_paths if "/.git/" in f"{path}/" and path.count("/")}
    clones &= set(tree.tops)
    if not clones or not clones.issuperset(tree.tops):
        return None
    common = _common(sorted(clones), tree)
    handins = [
        handin
        for clone in sorted(clones)
        for handin in of_student(clone, Claim(ids=_ids(clone, common, tree)), tree)
    ]
    return Reading(tuple(handins), dict.fromkeys(tree.files, OTHER))


def _common(clones: list[str], tree: Tree) -> str:
    """What the clones' names begin with: the assignment's name on GitHub, and a dash."""
    folder = tree.prefix.rstrip("/").rpartition("/")[2].removesuffix("-submissions")
    for known in (folder, tree.assignment, tree.assignment.replace("_", "-")):
        if known and all(clone.startswith(f"{known}-") for clone in clones):
            return f"{known}-"
    if len(clones) < 3:  # of two, both logins may begin alike
        return ""
    first, last = min(clones), max(clones)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("-", 0, same) + 1]


def _ids(clone: str, common: str, tree: Tree) -> tuple[str, ...]:
    """What the student may be called: the login, or without a roster that knows it the clone itself."""
    login = clone.removeprefix(common)
    return tuple(dict.fromkeys(id for id in (login, clone) if id))
