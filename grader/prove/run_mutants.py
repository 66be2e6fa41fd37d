"""Grades an assignment's mutants like a student's files, and stores the answers of each."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.author.render import Views
from grader.batch.grading_messages import Grading, Work
from grader.batch.per_process import grade_one, open_session
from grader.batch.pool import grade_all
from grader.judge.case_selection.selection import criteria_of_exercises
from grader.judge.comparisons import COMPARISONS
from grader.judge.verdict.misconceptions import Misconceptions, of_mutants
from grader.model.assignment import Assignment, Criterion
from grader.model.grade import Grade
from grader.model.mutant import Mutant, called_name
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.assignment_checks import SOLUTION, submissions
from grader.prove.cheat import Exercise, in_python
from grader.prove.cheats.nothing_written import FORMS
from grader.prove.mutant_answer_paths import misconceptions_file, right_versions_file
from grader.prove.mutant_pairs import answers_of, mutant_pairs
from grader.prove.read_mutants import read_mutants, right_version
from grader.report.write_files import write_files


def answer_all(root: Path, views: Views, secret: str) -> None:
    """Runs every mutant on every case, and writes the two files."""
    mutants, _ = read_mutants(views)  # `grader verify` complains of the others
    jobs = os.cpu_count() or 1
    by_name = submissions(views, mutants)
    grades = grade_texts(views.assignment, secret, {m.name: by_name[m.name] for m in mutants}, jobs)
    keep_misconceptions(root, views, secret, mutants, grades, jobs)


def keep_misconceptions(
    root: Path,
    views: Views,
    secret: str,
    mutants: Sequence[Mutant],
    grades: Mapping[str, Grade],
    jobs: int,
) -> tuple[Misconceptions, list[tuple[str, str, str]]]:
    """Writes that file from the mutants' grades; returns its content, and the conflicting pairs."""
    ideas, conflicting = work_out(views, secret, mutants, grades, jobs)
    path = misconceptions_file(root, views.loaded, secret)
    right = json.dumps(right_versions(views))
    files = {path.name: ideas.to_json().encode(), right_versions_file(path).name: right.encode()}
    write_files(path.parent, files)  # other processes may read them
    return ideas, conflicting


def work_out(
    views: Views,
    secret: str,
    mutants: Sequence[Mutant],
    grades: Mapping[str, Grade],
    jobs: int,
) -> tuple[Misconceptions, list[tuple[str, str, str]]]:
    """The mutants' answers, singly by their grades and in pairs, and the pairs that cannot be combined."""
    exercises = exercises_by_criterion(views)
    solution = submissions(views, ())[SOLUTION]
    cases = list(views.loaded.rubric.cases)
    pairs, conflicting = mutant_pairs(mutants, grades, exercises, cases, solution)
    names = {m.name: m.exercise for m in mutants} | {m.exercise: m.exercise for m in mutants}
    of_pairs = answers_of(views.assignment, secret, pairs, names, jobs) if pairs else {}
    files = return_inputs(views, solution)
    unchanged = grade_texts(views.assignment, secret, {"": files}, jobs)[""] if files else None
    return of_mutants(mutants, grades, exercises, of_pairs, unchanged), conflicting


def return_inputs(views: Views, solution: Mapping[str, str]) -> Mapping[str, str] | None:
    """The solution with functions that return their input; None if no function is in Python."""
    exercises = [Exercise.of(name, solution) for name in views.solution.functions]
    return in_python(solution, exercises, FORMS["hands_its_input_back"][1])


def exercises_by_criterion(views: Views) -> dict[str, list[str]]:
    """The exercises that each criterion's probe calls; a method has its bare name.

    A probe may name none, because each case says what to call; then the exercises are those of the required
    criteria. A criterion that compares a gradient with the forward pass calls both.
    """
    asks: dict[str, list[str]] = {criterion.id: [] for criterion in views.loaded.rubric.criteria}
    exercises = {called_name(name) for name in views.solution.functions}
    for exercise, criteria in criteria_of_exercises(views.loaded).items():
        for criterion in criteria if exercise in exercises else ():
            asks[criterion].append(exercise)
    for one in views.loaded.rubric.criteria:
        if not asks[one.id]:
            asks[one.id] = list(dict.fromkeys(name for other in one.requires for name in asks[other]))
    of_probe = {one.probe: asks[one.id] for one in views.loaded.rubric.criteria}
    return {
        one.id: list(
            dict.fromkeys([*asks[one.id], *(n for p in _compared(one) for n in of_probe.get(p, ()))])
        )
        for one in views.loaded.rubric.criteria
    }


def _compared(criterion: Criterion) -> list[str]:
    """The probes whose results a criterion's comparisons use, besides its own."""
    comparisons = [COMPARISONS[case.compare] for case in criterion.cases if case.compare in COMPARISONS]
    keys = {key for comparison in comparisons for key in comparison.probe_keys}
    return [str(criterion.options[key]) for key in sorted(keys) if key in criterion.options]


def right_versions(views: Views) -> dict[str, str]:
    """The text for each exercise that, appended to a submission, replaces its version by the reference's.

    A method has its bare name. Kernels and decorated functions are left out.
    """
    solution = submissions(views, ())[SOLUTION]
    right = {}
    for exercise in views.solution.functions:
        for text in (t for n, t in solution.items() if n.endswith(".py")):
            if version := right_version(text, exercise):
                right[called_name(exercise)] = version
    return right


def grade_texts(
    assignment: Assignment, secret: str, by_name: Mapping[str, Mapping[str, str]], jobs: int
) -> dict[str, Grade]:
    """The grades of submissions given as texts, each graded like a student's."""
    return grade_variants(assignment, secret, by_name, jobs, [""])[""]


def grade_variants(
    assignment: Assignment,
    secret: str,
    by_name: Mapping[str, Mapping[str, str]],
    jobs: int,
    variants: Sequence[str],
) -> dict[str, dict[str, Grade]]:
    """The same with the numbers of several students, by their ids; "" means the common numbers."""
    grading = Grading.of(assignment, Sandbox.BUBBLEWRAP, secret, None, variants=True)
    encoded = {name: {file: text.encode() for file, text in files.items()} for name, files in by_name.items()}
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
