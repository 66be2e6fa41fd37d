"""Grades an assignment's mutants as a student's files would be, and keeps what each of them answers."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.author.load import digest_of
from grader.batch.per_process import grade_one, open_session
from grader.batch.pool import grade_all
from grader.batch.work import Grading, Work
from grader.judge.verdict.diagnose import FORMAT, Misconceptions, of_mutants
from grader.model.assignment import Assignment
from grader.model.files import SubmittedFiles
from grader.model.grade import Grade, Sandbox
from grader.prove.mutants import read_mutants
from grader.prove.verify import submissions
from grader.report.files import write_files


def misconceptions(root: Path, assignment: Assignment, secret: str) -> Misconceptions:
    """What each mutant of an assignment answers, in the course's secret numbers."""
    return Misconceptions.read(misconceptions_file(root, assignment, secret))


def misconceptions_file(
    root: Path, assignment: Assignment, secret: str, grades: Mapping[str, Grade] | None = None
) -> Path:
    """The file that says what each mutant of this very assignment answers; made where it is missing."""
    mutants, _ = read_mutants(assignment)  # `grader verify` complains of the others
    parts = [str(FORMAT), assignment.digest, secret, *(m.source for m in mutants)]
    key = digest_of("\0".join(parts).encode())
    path = root / "build" / "misconceptions" / f"{assignment.name}-{key[:16]}.json"
    if not path.is_file():
        if grades is None:
            made = submissions(assignment, mutants)
            grades = grade_made(
                assignment, secret, {m.name: made[m.name] for m in mutants}, os.cpu_count() or 1
            )
        messages = {mutant.name: mutant.message for mutant in mutants}
        exercises = {mutant.name: mutant.exercise for mutant in mutants}
        known = of_mutants(grades, messages, exercises)
        write_files(path.parent, {path.name: known.to_json().encode()})  # others may look for it meanwhile
    return path


def grade_made(
    assignment: Assignment, secret: str, made: Mapping[str, Mapping[str, str]], jobs: int
) -> dict[str, Grade]:
    """The grades of submissions that are given as texts, each graded as a student's would be."""
    return grade_variants(assignment, secret, made, jobs, [""])[""]


def grade_variants(
    assignment: Assignment,
    secret: str,
    made: Mapping[str, Mapping[str, str]],
    jobs: int,
    variants: Sequence[str],
) -> dict[str, dict[str, Grade]]:
    """The same in the numbers of several students, by their ids; "" stands for everybody's."""
    grading = Grading.of(assignment, Sandbox.BUBBLEWRAP, secret, None, variants=True)
    encoded = {name: {file: text.encode() for file, text in files.items()} for name, files in made.items()}
    work = [Work(name, SubmittedFiles(files), tuple(variants)) for name, files in encoded.items()]
    grades: dict[str, dict[str, Grade]] = {v: {} for v in variants}
    for one, result in grade_all(
        work, partial(grade_one, grading.digest), jobs, partial(open_session, grading)
    ):
        if isinstance(result, Exception):
            raise result
        for variant, grade in zip(variants, result.grades, strict=True):
            grades[variant][one.key] = grade
    return grades
