"""An attack on the functions that a case hands over gains nothing, and no neighbor's grade changes by it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.render import render
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from grader.prove.attacks import FUNCTIONS, attack_with, description
from tests.attacks.test_attacks import BREACH
from tests.folders import in_folder
from tests.functions_course import CHECK, load_with_library, write

POINTS = 4
OK, WRONG, ERROR, FORGED = Status.OK, Status.WRONG, Status.ERROR, Status.FORGED_REPLY
LIMIT, OUTPUT = Status.CALL_LIMIT, Status.OUTPUT_LIMIT
TABLE: dict[str, tuple[tuple[Status, ...], str]] = {
    "looks_into_the_functions": ((WRONG,), ""),
    "searches_memory_for_the_functions": ((WRONG,), ""),
    "reads_names_from_errors": ((WRONG,), ""),
    "calls_without_end": ((LIMIT,), "more than 200 times"),
    "calls_with_huge_arguments": ((LIMIT,), "more than 1024 KiB"),
    "calls_with_more_than_is_read": ((FORGED,), "bytes of arrays"),
    "calls_functions_it_was_not_given": ((FORGED,), "does not pass"),
    "calls_a_number_that_is_none": ((FORGED,), "without a number"),
    "calls_without_arguments": ((FORGED,), "without arguments"),
    "calls_for_another_question": ((FORGED,), "no question"),
    "calls_twice_at_once": ((FORGED,), ""),
    "answers_while_it_calls": ((WRONG, FORGED), ""),
    "calls_after_its_answer": ((WRONG, FORGED), ""),
    "keeps_functions": ((ERROR,), "an earlier question"),
    "keeps_numbers": ((FORGED,), "does not pass"),
    "answers_its_own_calls": ((WRONG,), ""),
    "calls_from_threads": ((OK,), ""),
    "leaves_a_thread_that_calls": ((OK,), ""),
    "returns_a_function": ((ERROR,), "a FunctionProxy"),
}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Without import rules: what they refuse never runs."""
    return replace(
        load_with_library(write(tmp_path_factory.mktemp("functions") / "course")), import_rules=None
    )


@pytest.fixture(scope="module")
def session(assignment: Assignment) -> Iterator[Session]:
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        yield session


def graded(session: Session, folder: Path, text: str) -> Grade:
    folder.mkdir(exist_ok=True)
    (folder / "gradients.py").write_text(text, encoding="utf-8")
    return session.grade(in_folder(folder), folder.name)


def test_the_table_names_every_attack() -> None:
    assert set(TABLE) == {path.stem for path in FUNCTIONS.glob("*.py")}


@pytest.mark.parametrize("name", TABLE)
def test_an_attack_on_functions_gets_what_the_table_says(
    session: Session, assignment: Assignment, tmp_path: Path, name: str
) -> None:
    solution = {"gradients.py": render(assignment, "solution").files["gradients.py"]}
    attack = attack_with(FUNCTIONS / f"{name}.py", "check", "gradients.py", solution)
    ends, says = TABLE[name]

    grade = graded(session, tmp_path / "attack", attack.files["gradients.py"])
    honest = graded(session, tmp_path / "honest", CHECK)

    record = [(r.case, r.status.value, r.rationale[:200], r.output[:200]) for r in grade.cases]
    assert honest.score == POINTS
    assert grade.score < POINTS or description(FUNCTIONS / f"{name}.py")[1] == "all", record
    # a visible case that passes is held back if no other case does
    failed = [r for r in grade.cases if r.status not in (Status.OK, Status.NOT_RUN)] or list(grade.cases)
    assert {r.status for r in failed} <= set(ends), record
    assert any(says in r.rationale for r in failed), record
    assert not any(BREACH in r.output for r in grade.cases), record
    assert not grade.needs_review, record
