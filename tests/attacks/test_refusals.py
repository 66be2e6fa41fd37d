"""Refusing alone earns nothing: a file that cannot be imported, functions that only raise or never return."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load, load_course
from grader.author.render import Views
from grader.judge.session import Session
from grader.model.grade import Grade, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from tests.functions_course import load_with_library

ROOT = Path(__file__).parents[2]
QUICK = ("conv_forward", "pool_norm")
NAMES = [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
    for name in load_course(ROOT / "assignments" / "course.yaml").assignments
    if not list((ROOT / "assignments" / name / "templates").glob("*.cu.j2"))  # a kernel raises nothing
]


@pytest.mark.parametrize("name", NAMES)
def test_a_submission_that_only_raises_earns_nothing(name: str) -> None:
    views = Views(load(ROOT / "assignments" / name))
    with Session(views.assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        for error in ("ValueError", "IndexError"):
            files = {file: views.handout.files[file] for file in views.loaded.files}
            raising = {f: t.replace("NotImplementedError", error).encode() for f, t in files.items()}
            assert any(error.encode() in text for text in raising.values())
            assert _earned(session.grade(SubmittedFiles(raising), "raises")) == 0

            ending = {file: f"raise {error}('at the import')\n".encode() for file in files}
            grade = session.grade(SubmittedFiles(ending), "ends")
            assert _earned(grade) == 0
            assert Status.OK not in {result.status for c in grade.criteria for result in c.results}


REFUSES_OR_LOOPS = b"""
def distance(a, b):
    if not isinstance(a, str) or not isinstance(b, str):
        raise TypeError
    while True:
        pass
"""
TRANSPOSES = Path(__file__).with_name("transposes") / "never_returns_where_values_are_known.py"


@pytest.mark.parametrize(
    ("folder", "text"),
    [
        (ROOT / "examples" / "assignments" / "edit_distance", REFUSES_OR_LOOPS),
        (ROOT / "assignments" / "conv_backward", TRANSPOSES.read_bytes()),
    ],
    ids=["refusals", "transposes"],
)
def test_a_time_limit_opens_no_criterion_that_proves_nothing_by_itself(folder: Path, text: bytes) -> None:
    """Such a criterion requires another one, and a function that never returns has no right result there."""
    assignment = Views(load_with_library(folder)).assignment
    assignment = replace(assignment, limits=replace(assignment.limits, case_seconds=0.5))
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        grade = session.grade(SubmittedFiles({assignment.files[0]: text}), "loops")

    assert Status.TIMEOUT in {result.status for result in grade.cases}
    assert _earned(grade) == 0, [(r.name, r.status) for r in grade.cases if r.status is Status.OK]


def _earned(grade: Grade) -> object:
    assert Status.INTERNAL_ERROR not in {criterion.status for criterion in grade.criteria}
    return grade.score
