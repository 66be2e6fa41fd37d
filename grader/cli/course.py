"""The course around the working folder: its assignments and its secret seed; or the handout there."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.author.load import load, load_course
from grader.model.assignment import Assignment, Course
from grader.model.errors import UserError
from grader.model.near_miss import one_of

if TYPE_CHECKING:
    from grader.author.render import Views

PROVIDED = Path("build", "provided")
COURSE, HANDOUT = Path("assignments", "course.yaml"), Path("grading")
SEED_VARIABLE, SEED_FILE = "BACKFLIP_SEED", ".backflip-seed"


def find_repository() -> Path | None:
    """The folder here or above that holds a course; None where none does."""
    return next((f for f in (Path.cwd(), *Path.cwd().parents) if (f / COURSE).is_file()), None)


def repository() -> Path:
    """The same; UserError where none does."""
    root = find_repository()
    if root is None:
        raise UserError(f"found no {COURSE} here or above: run this in the course's repository")
    return root


def course_of(root: Path) -> Course:
    """What a repository's `course.yaml` says."""
    return load_course(root / COURSE)


def has_variants(assignment: Assignment) -> bool:
    """Whether the course gives each student numbers of their own in hidden cases; a handout has none."""
    return assignment.frozen is None and course_of(repository()).variants


def assignment_of(name: str | None) -> Assignment:
    """The named assignment of the repository around the working folder, or without a name the handout's."""
    if name is not None:
        return views_of(repository(), name).assignment
    return handout_of(Path())


def handout_of(submission: Path) -> Assignment:
    """The assignment of the handout that is the working folder, or else the folder that is graded."""
    for folder in (Path(), submission):
        if (folder / HANDOUT / "assignment.yaml").is_file():
            return load(folder / HANDOUT)
    raise UserError("which assignment? name it with --assignment, or grade a handout's folder")


def chosen(names: Sequence[str]) -> list["Views"]:
    """The named assignments of the repository, without a name all of the course."""
    root = repository()
    return [views_of(root, name) for name in names or course_of(root).assignments]


def views_of(root: Path, name: str) -> "Views":
    """An assignment with its handout and its solution; UserError where there is none of that name."""
    from grader.author.render import Views  # Jinja2, which students do not have

    return Views(replace(load(folder_of(root, name)), library=root), root / PROVIDED)


def folder_of(root: Path, name: str) -> Path:
    """The folder of an assignment; UserError where there is none of that name."""
    folder = root / COURSE.parent / name
    if not (folder / "assignment.yaml").is_file():
        names = sorted(path.parent.name for path in (root / COURSE.parent).glob("*/assignment.yaml"))
        raise UserError(f"found no assignment {name!r}, expected {one_of(name, names)}")
    return folder


def secret() -> str:
    """The course's secret seed: an environment variable, or an untracked file at the repository's root."""
    from_environment = os.environ.get(SEED_VARIABLE, "")
    file = (find_repository() or Path()) / SEED_FILE
    if from_environment or not file.is_file():
        return from_environment
    return file.read_text(encoding="utf-8").strip()
