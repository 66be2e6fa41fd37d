"""The sample class of cuda_kernels, graded whole behind the wall, and what each of its students reads.

`make golden` writes it anew; look at the difference before you commit it.
"""

from dataclasses import replace
from pathlib import Path

from grader.author.load import load
from grader.author.render import provided_files
from grader.cli.course import secret
from grader.judge.session import Session
from grader.judge.verdict.diagnose import Misconceptions
from grader.model.assignment import Assignment
from grader.prove.misconceptions import misconceptions
from grader.report.files import write_files
from grader.report.terminal.grade import to_text
from tests.folders import in_folder

ROOT = Path(__file__).parents[2]
CLASS = ROOT / "tests" / "submissions_of_kernels"
GOLDEN = Path(__file__).parent / "kernels"


def golden_files(assignment: Assignment, known: Misconceptions) -> dict[str, bytes]:
    """The feedback on each of the class, by its path below GOLDEN."""
    where = {"wall": "bubblewrap", "device": "emulated", "secret": secret()}
    with Session(assignment, **where, known=known) as session:
        return {
            f"{folder.name}.txt": to_text(
                replace(session.grade(in_folder(folder), folder.name), notes=())
            ).encode()
            for folder in sorted(CLASS.iterdir())
        }


def kernels() -> Assignment:
    """The assignment cuda_kernels with what it provides."""
    found = load(ROOT / "assignments" / "cuda_kernels")
    return replace(found, provided=provided_files(found))


if __name__ == "__main__":
    write_files(GOLDEN, golden_files(kernels(), misconceptions(ROOT, kernels(), "")))
