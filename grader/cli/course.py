"""The course around the working folder: its assignments and its secret seed; or the handout there."""

import sys
from collections.abc import Sequence
from pathlib import Path

from grader.api import ASSIGNMENTS, COURSE_FILE, Course, CourseAssignment, secret_of
from grader.author.load import load
from grader.model.assignment import Assignment
from grader.model.did_you_mean import near_file
from grader.model.errors import UserError

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


def note_missing_policies() -> None:
    """Prints a note if there is no course, because scores without its policies may be too high."""
    if find_repository() is None:
        why = "found no course here or above, so no late policy applies to these scores"
        print(f"note: {why}; run this in the course's folder", file=sys.stderr)


def course() -> Course:
    """The course around the working folder; UserError if there is none."""
    return Course(repository())


def has_variants(assignment: Assignment) -> bool:
    """True if each student's hidden cases have different numbers; always false in a handout."""
    return assignment.frozen is None and course().facts.variants


def assignment_of(name: str | None) -> Assignment:
    """The named assignment of the repository around the working folder; without a name, the handout's."""
    if name is not None:
        return course()[name].views.assignment
    return handout_of(Path())


def handout_of(submission: Path) -> Assignment:
    """The assignment of the handout that is the working folder, or else the folder that is graded."""
    for folder in (Path(), submission):
        if (folder / HANDOUT / "assignment.yaml").is_file():
            return load(folder / HANDOUT)
    if not submission.exists():
        raise UserError(f"no such file or folder{near_file(submission)}", submission)
    where = f"here or in {submission}" if submission.is_dir() and submission != Path() else "here"
    raise UserError(
        f"this is not a handout: found no {HANDOUT}/assignment.yaml {where}. Run this in a "
        "handout's folder, or name the assignment with --assignment"
    )


def assignments_named(names: Sequence[str]) -> list[CourseAssignment]:
    """The named assignments of the repository; without a name, all of the course."""
    assignments = course()
    return [assignments[name] for name in names or assignments]


def secret() -> str:
    """The secret seed of the course around the working folder; "" if there is no course or no seed."""
    return secret_of(find_repository() or Path())
