"""Writes the feedback that each student of cuda_kernels' sample class reads, graded in the sandbox.

`make golden` writes it anew; look at the difference before you commit it.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from grader.author.load import load
from grader.author.render import Views
from grader.cli.course import secret
from grader.judge.session import Session
from grader.judge.verdict.misconceptions import Misconceptions
from grader.model.assignment import Assignment
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Device, Sandbox
from grader.prove.mutant_answers import misconceptions
from grader.report.terminal.show_grade import to_text
from grader.report.write_files import write_files
from tests.sample_class.cuda_kernels import submissions

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "kernels"


def golden_files(assignment: Assignment, mistakes: Misconceptions) -> dict[str, bytes]:
    """The feedback on each of the class, by its path below GOLDEN."""
    where = partial(Session, sandbox=Sandbox.BUBBLEWRAP, device=Device.EMULATED, secret=secret())
    with where(assignment, misconceptions=mistakes) as session:
        return {
            f"{name}.txt": to_text(replace(session.grade(SubmittedFiles(files), name), notes=())).encode()
            for name, files in sample_class().items()
        }


def sample_class() -> dict[str, dict[str, bytes]]:
    """The files of each student."""
    return {
        student: {name: text.encode() for name, text in files.items()}
        for student, files in sorted(submissions().items())
    }


def kernels() -> Assignment:
    """The assignment cuda_kernels with what it provides."""
    return Views(load(ROOT / "assignments" / "cuda_kernels")).assignment


if __name__ == "__main__":
    write_files(GOLDEN, golden_files(kernels(), misconceptions(ROOT, Views(kernels()), "")))
