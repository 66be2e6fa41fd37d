"""Names the files that keep the answers of an assignment's mutants, without reading them."""

from pathlib import Path

from grader.author.course_files import digest_of
from grader.judge.code_digest import files_below
from grader.judge.verdict.misconceptions import FORMAT
from grader.model.assignment import Assignment


def misconceptions_file(root: Path, assignment: Assignment, secret: str) -> Path:
    """The file with the answers of each mutant for this version of the assignment.

    Its name is a digest of all files from which mutants are made, so that finding it renders nothing.
    """
    package = root / assignment.oracle.partition(".")[0]
    sources = files_below(assignment.folder, package)
    files = [f"{path.relative_to(root)} {digest_of(path.read_bytes())}" for path in sources]
    key = digest_of("\0".join([str(FORMAT), assignment.digest, secret, *files]).encode())
    return root / "build" / "misconceptions" / f"{assignment.name}-{key[:16]}.json"


def right_versions_file(path: Path) -> Path:
    """The file of right versions next to that one, separate because a handout must not contain these."""
    return path.with_suffix(".right.json")
