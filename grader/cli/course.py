"""The course around the working folder: its assignments and its secret seed; or the handout there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.api import ASSIGNMENTS, COURSE_FILE, Course, secret_of
from grader.author.load import load, load_course
from grader.model.assignment import Assignment
from grader.model.assignment import Course as CourseFacts
from grader.model.errors import UserError

if TYPE_CHECKING:
    from grader.author.render import Views

COURSE, HANDOUT = Path(ASSIGNMENTS, COURSE_FILE), Path("grading")


def find_repository() -> Path | None:
    """The nearest folder, here or above, that contains a course; None if there is none."""
    return next((f for f in (Path.cwd(), *Path.cwd().parents) if (f / COURSE).is_file()), None)


def repository() -> Path:
    """The same folder; UserError if there is none."""
    root = find_repository()
    if root is None:
        raise UserError(f"found no {COURSE} here or above: run this in the course's repository")
    return root


def course_of(root: Path) -> CourseFacts:
    """The contents of a repository's `course.yaml`."""
    return load_course(root / COURSE)


def has_variants(assignment: Assignment) -> bool:
    """Whether each student's hidden cases have different numbers; always false in a handout."""
    return assignment.frozen is None and course_of(repository()).variants


def assignment_of(name: str | None) -> Assignment:
    """The named assignment of the repository around the working folder; without a name, the handout's."""
    if name is not None:
        return views_of(repository(), name).assignment
    return handout_of(Path())


def handout_of(submission: Path) -> Assignment:
    """The assignment of the handout that is the working folder, or else the folder that is graded."""
    for folder in (Path(), submission):
        if (folder / HANDOUT / "assignment.yaml").is_file():
            return load(folder / HANDOUT)
    raise UserError(
        f"found no {HANDOUT}/assignment.yaml here or in {submission}, so neither is a handout. Run this in "
        "a handout's folder, or name the assignment with --assignment"
    )


def chosen(names: Sequence[str]) -> list["Views"]:
    """The named assignments of the repository; without a name, all of the course."""
    root = repository()
    return [views_of(root, name) for name in names or course_of(root).assignments]


def views_of(root: Path, name: str) -> "Views":
    """An assignment with its handout and its solution; UserError if no assignment has that name."""
    return Course(root)[name].views


def folder_of(root: Path, name: str) -> Path:
    """The folder of an assignment; UserError if no assignment has that name."""
    return Course(root)[name].loaded.folder


def secret() -> str:
    """The secret seed of the course around the working folder; "" if there is no course or no seed."""
    return secret_of(find_repository() or Path())
