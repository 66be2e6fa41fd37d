"""A class in a gradebook with every reason for a review, and the desk that shows it."""

import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from starlette.testclient import TestClient

from grader.batch.gradebook import Gradebook
from grader.batch.grading_messages import Work, WorkResult
from grader.batch.run import run_batch
from grader.desk.app import make_app
from grader.desk.course_facts import AssignmentFacts, CourseFacts
from grader.intake.read_class import read_class
from grader.intake.roster import read_roster
from grader.model.assignment import Criterion, Level, PaidHint, Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.late_policy import DAY, LateDays, Penalty, Policies
from grader.model.student import Submission
from grader.report.terminal.batch_screen import BatchScreen
from tests.waiting import LIMIT

TOKEN, PORT = "a-token-of-a-test", 8350
HOST = f"http://127.0.0.1:{PORT}"
NAME = "dense"
HANDOUT = "import numpy as np\n\n\ndef dense(x, w):\n    raise NotImplementedError\n"
BODY = """import numpy as np


def dense(x, w):
    total = np.zeros((len(x), w.shape[1]))
    return total + x @ w
"""
ALIKE = """import numpy as np


def dense(x, w):
    rows, columns = len(x), w.shape[1]
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            for inner in range(w.shape[0]):
                result[row, column] += x[row, inner] * w[inner, column]
    return result
"""
SCRIPT = "<script>alert(document.cookie)</script>"
SOURCES = {  # by the folder's name
    "ada": BODY,
    "bob": ALIKE,
    "cyd": ALIKE.replace("result", "answer").replace("row", "i"),
    "dan": ALIKE.replace("result", "out").replace("inner", "k"),
    "eve": f"{BODY}# {SCRIPT} \u202e\x01 {'x' * 5000}\n",
}
ROSTER = """student_id,name,email,section,extension
ada,Ada Lovelace,ada@example.org,A,
bob,Bob Noyce,bob@example.org,A,
cyd,Cyd Charisse,cyd@example.org,B,
dan,Dän Ritchie,dan@example.org,B,
eve,"<script>alert(1)</script> Eve",eve@example.org,B,
fay,Fay Ajzenberg,fay@example.org,A,
gus,Gus Weiler,gus@example.org,A,
"""
TIMES = {"ada": "2026-10-01T20:00:00+02:00", "bob": "2026-10-03T08:00:00+02:00"}
DUE = datetime.fromisoformat("2026-10-01T23:59:00+02:00")
POLICIES = Policies(deadlines={NAME: DUE}, penalty=Penalty(Fraction(1, 10), DAY), late_days=LateDays(1, 1))
STYLE = Criterion(
    "style",
    "The code reads well",
    4,
    (),
    by_hand=True,
    levels=(
        Level(Fraction(4), "clear"),
        Level(Fraction(2), "hard to follow"),
        Level(Fraction(0), "unreadable"),
    ),
)


WITH_HINTS = Criterion(
    "dense",
    "dense multiplies",
    6,
    (),
    paid_hints=(PaidHint(Fraction(1, 2), "Which axis of w?"), PaidHint(Fraction(2), "The second one.")),
)


def result(case: str, status: Status = Status.OK, **values: Any) -> CheckResult:
    hidden = Visibility.HIDDEN if case.startswith("hidden") else Visibility.VISIBLE
    return replace(CheckResult("dense", case, status, hidden, inputs="x (3, 4), w (4, 2)"), **values)


def grade_of(student: str, by_hand: bool) -> Grade:
    """Ada passes; the others fail in different ways, except two that fail in the same way."""
    wrong: dict[str, Any] = {
        "status": Status.WRONG, "index": (0, 1), "expected": "12", "actual": "7", "rationale": "off by five",
        "answer": "seven", "misconceptions": ("transposed",), "idea": "w is not transposed here",
    }  # fmt: skip
    raised = {"status": Status.ERROR, "rationale": f"ValueError: dense.py:5: {SCRIPT}", "output": SCRIPT}
    second: dict[str, Any] = {"bob": wrong, "cyd": wrong, "eve": raised}.get(student, {})
    third = {
        "bob": wrong,
        "cyd": wrong,
        "eve": wrong | {"answer": "nine", "actual": "9", "expected": "21"},
    }.get(student, {})
    results = (result("small"), replace(result("wide"), **second), replace(result("hidden-1"), **third))
    passed = sum(one.status is Status.OK for one in results)
    status = next((one.status for one in results if one.status is not Status.OK), Status.OK)
    criteria = [
        CriterionGrade("dense", "dense multiplies", Fraction(6), Fraction(2 * passed), status, results)
    ]
    if by_hand:
        style = CriterionGrade("style", STYLE.title, Fraction(4), Fraction(0), Status.NOT_RUN, (), "", True)
        criteria.append(style)
    return Grade(NAME, student, tuple(criteria), "none")


class Executor:
    """Grades by name, without running code."""

    def __init__(self, by_hand: bool) -> None:
        self._by_hand = by_hand

    def __call__(self, works: Iterable[Work]) -> Generator[tuple[Work, WorkResult | Exception], None, None]:
        for work in works:
            grades = tuple(grade_of(student, self._by_hand) for student in work.students)
            yield work, WorkResult(work.key, grades, ({},) * len(grades), {})


def write_class(root: Path) -> Path:
    """A class: eve is late by an unknown time, fay's file is missing, gus submits nothing."""
    for student, source in SOURCES.items():
        folder = root / "class" / student
        folder.mkdir(parents=True)
        (folder / "dense.py").write_bytes(source.encode())
    (root / "class" / "fay").mkdir()
    (root / "class" / "fay" / "notes.txt").write_text("later")
    (root / "class" / "stray.txt").write_text("whose?")
    (root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return root


def grade_class(book: Gradebook, root: Path, by: str = "by", by_hand: bool = False) -> None:
    """Grades the class as `grader batch` does, without running anything."""
    roster = [  # the name as an LMS or an older gradebook may have it: a roster is refused for it
        replace(one, name=one.name.replace("Eve", "\u202eEve")) for one in read_roster(root / "roster.csv")
    ]
    intake = read_class(root / "class", ["dense.py"], NAME, roster)
    submissions = tuple(replace(one, submission=_timed(one.submission)) for one in intake.submissions)
    timed = replace(intake, submissions=submissions)
    run_batch(timed, by, Executor(by_hand), book, NAME, BatchScreen(Console(quiet=True)), POLICIES)


def _timed(submission: Submission) -> Submission:
    id = submission.student_id
    return replace(submission, submitted_at=TIMES.get(id, ""), late=id in ("bob", "eve"))


@pytest.fixture(scope="session")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a class graded twice: the first time, Ada had submitted the handout."""
    root = write_class(tmp_path_factory.mktemp("desk"))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        ada = root / "class" / "ada" / "dense.py"
        ada.write_text(HANDOUT)
        grade_class(book, root, by_hand=True)
        ada.write_text(BODY)
        grade_class(book, root, by_hand=True)
    return root


@pytest.fixture
def root(graded_once: Path, tmp_path: Path) -> Path:
    """A copy for one test alone."""
    return Path(shutil.copytree(graded_once, tmp_path / "root"))


@pytest.fixture
def gradebook(root: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        yield book


FACTS = AssignmentFacts(
    NAME,
    "Dense layers",
    ("dense.py",),
    (STYLE,),
    lambda: {"dense.py": HANDOUT},
    lambda: "<h1>mutants</h1>",
    (WITH_HINTS,),
)


@pytest.fixture
def course() -> CourseFacts:
    return CourseFacts("A course", (FACTS, AssignmentFacts("later", "Not yet")), POLICIES, "key")


@pytest.fixture
def open_desk(gradebook: Gradebook, course: CourseFacts) -> Callable[..., TestClient]:
    """A browser that has opened the address with the token."""

    def open_desk(
        is_editable: bool = False, book: Gradebook = gradebook, patience: float = LIMIT, **values: Any
    ) -> TestClient:
        facts = replace(course, **values)
        app = make_app(book, facts, token=TOKEN, port=PORT, is_editable=is_editable, patience=patience)
        client = TestClient(app, base_url=HOST)
        client.get(f"/?token={TOKEN}")
        return client

    return open_desk


@pytest.fixture
def desk(open_desk: Callable[..., TestClient]) -> TestClient:
    return open_desk()
