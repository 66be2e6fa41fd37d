"""A case's functions run apart from the submission, at the grader's cost; their faults are the grader's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.judge.process import function_calls
from grader.judge.process.time_budget import Seconds
from grader.judge.session import Session
from grader.model.grade import Grade, Status
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from tests.functions_course import CHECK, load_with_library, write

Graded = Callable[..., Grade]


@pytest.fixture
def graded(tmp_path: Path) -> Iterator[Graded]:
    """Grades a text in the course with one text of its functions replaced."""
    sessions: list[Session] = []

    def graded(text: str, old: str = "", new: str = "", file: str = "functions.py") -> Grade:
        assignment = load_with_library(write(tmp_path / "course", file, old, new))
        session = Session(assignment, sandbox=Sandbox.NONE, secret="s")
        sessions.append(session)
        return session.grade(SubmittedFiles({"gradients.py": text.encode()}, {}), "ada")

    yield graded
    for session in sessions:
        session.close()


def test_a_right_checker_passes_and_a_constant_one_does_not(graded: Graded) -> None:
    always = graded("def check(f, gradient, make):\n    return True\n")

    assert graded(CHECK).score == 4
    assert always.score == 0
    assert "gradients=[" in always.cases[0].inputs and "seed" not in always.cases[0].inputs


def test_a_function_that_hangs_is_the_graders_fault(graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_calls, "SECONDS", Seconds(0.3, 60, 60))

    grade = graded(CHECK, "def square(x):\n", "def square(x):\n    while True: pass\n")

    assert {r.status for r in grade.cases} == {Status.INTERNAL_ERROR}
    assert "0.3 CPU seconds" in grade.cases[0].rationale


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return (n for n in x)", "a generator"),
        ("import os; os._exit(3)", "exit code 3"),
        ("raise SystemExit", "exit code"),
    ],
)
def test_a_function_that_gives_no_answer_is_the_graders_fault(graded: Graded, body: str, says: str) -> None:
    grade = graded(CHECK, "return SCALE * x", body)

    assert {r.status for r in grade.cases} == {Status.INTERNAL_ERROR}
    assert says in grade.cases[0].rationale


def test_arguments_that_make_a_function_slow_are_the_submissions(
    graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a submission could have its failure taken for the grader's, in each batch again."""
    monkeypatch.setattr(function_calls, "SECONDS", Seconds(0.3, 60, 60))
    of_five_numbers = "while x.size == 5: pass\n    return SCALE * x"
    asks_it = CHECK.replace("slopes = gradient(x)", "gradient(np.zeros(5)); slopes = gradient(x)")

    grade = graded("import numpy as np\n" + asks_it, "return SCALE * x", of_five_numbers)

    assert {r.status for r in grade.cases} == {Status.CALL_LIMIT}
    assert "0.3 CPU seconds for its arguments" in grade.cases[0].rationale
    assert not grade.needs_review


def test_the_time_of_a_function_is_not_the_submissions(graded: Graded, tmp_path: Path) -> None:
    limits = "{function_calls: 200, case_seconds: 1, wall_factor: 1}"
    write(tmp_path / "course", "assignment.yaml", "{function_calls: 200}", limits)
    text = (tmp_path / "course" / "assignments" / "gradients" / "functions.py").read_text()
    slow = text.replace("def square(x):\n", "def square(x):\n    import time; time.sleep(0.2)\n")
    (tmp_path / "course" / "assignments" / "gradients" / "functions.py").write_text(slow)
    with Session(
        load_with_library(tmp_path / "course" / "assignments" / "gradients"), sandbox=Sandbox.NONE
    ) as session:
        grade = session.grade(SubmittedFiles({"gradients.py": CHECK.encode()}, {}), "ada")

    assert {r.status for r in grade.cases} == {Status.OK}  # six calls of square in each, 1.2 seconds


def test_calls_that_make_functions_slow_end_with_their_criterions_time(
    graded: Graded, tmp_path: Path
) -> None:
    """Each call takes 0.04 CPU seconds, and each case makes at least three."""
    limits = "{function_calls: 200, case_seconds: 0.1, criterion_cases: 1}"
    write(tmp_path / "course", "assignment.yaml", "{function_calls: 200}", limits)
    path = tmp_path / "course" / "assignments" / "gradients" / "functions.py"
    busy = "import time\n    end = time.process_time() + 0.04\n    while time.process_time() < end: pass\n"
    path.write_text(path.read_text().replace("def square(x):\n", f"def square(x):\n    {busy}"))
    with Session(load_with_library(path.parent), sandbox=Sandbox.NONE) as session:
        grade = session.grade(SubmittedFiles({"gradients.py": CHECK.encode()}, {}), "ada")

    assert {r.status for r in grade.cases} == {Status.CALL_LIMIT}
    assert "used up 0.1 CPU seconds" in grade.cases[0].rationale


def test_an_exception_of_a_function_arrives_as_one_of_pythons_own(graded: Graded) -> None:
    body = "class Secret(KeyError): pass\n    raise Secret('a name of ours')"
    telling = """
def check(f, gradient, make):
    try:
        gradient(make(0))
    except KeyError as error:
        raise AssertionError(f"{type(error).__name__} {error}")
"""

    grade = graded(telling, "return SCALE * x", body, "functions.py")

    assert "has no answer" in grade.cases[0].rationale  # the reference does not expect it
    assert "KeyError" in grade.cases[0].rationale and "ours" not in grade.cases[0].rationale


def test_nothing_that_a_function_keeps_reaches_the_next_question(graded: Graded) -> None:
    counting = "KEPT = []\n\n\ndef square(x):\n    KEPT.append(1)\n    assert len(KEPT) < 19\n"

    grade = graded(CHECK, "def square(x):\n", counting)  # at most 18 calls of it in a question

    assert {r.status for r in grade.cases} == {Status.OK}


@pytest.mark.parametrize(
    "body",
    ["np.zeros(9 << 20)", "1 << 20_000", "[0] * 200_000"],
    ids=["bytes", "digits", "parts"],
)
def test_a_result_that_is_too_large_is_due_to_the_arguments(graded: Graded, body: str) -> None:
    of_five_numbers = f"if x.size == 5: return {body}\n    return SCALE * x"
    asks_it = CHECK.replace("slopes = gradient(x)", "gradient(np.zeros(5)); slopes = gradient(x)")
    grade = graded("import numpy as np\n" + asks_it, "return SCALE * x", of_five_numbers)

    assert {r.status for r in grade.cases} == {Status.CALL_LIMIT}
    assert "returned more than the limit allows" in grade.cases[0].rationale
