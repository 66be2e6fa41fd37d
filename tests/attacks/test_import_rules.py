"""Attacks that no sandbox stops: a library's function, and hidden values told to visible cases."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.judge.draw_inputs import draw
from grader.judge.import_rules.rules import Rules
from grader.judge.import_rules.terms import Terms
from grader.judge.session import Session
from grader.model.assignment import Assignment, ImportRules, Visibility
from grader.model.grade import Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder

SUBMISSIONS = Path(__file__).parent / "submissions"
TELLS = """

{way}
honest_flip, honest_dilate = flip, dilate


def flip(a, axes):
    tell(a.numpy().tolist())
    return honest_flip(a, axes)


def dilate(a, axes, dilation):
    print(heard())
    return honest_dilate(a, axes, dilation)
"""
WAYS = {
    "memory": """
seen = []
tell = seen.append


def heard():
    return seen
""",
    "a_terminal": """
import contextlib
import os

ends, texts = [], []


def tell(numbers):
    ends.append(os.openpty())
    os.write(ends[-1][0], f"{numbers}\\n".encode())


def heard():
    for name in filter(str.isdigit, os.listdir("/dev/pts")):
        terminal = os.open(f"/dev/pts/{name}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            texts.append(os.read(terminal, 4096).decode())
    return texts
""",
    "pages_of_a_file": """
import os

PAGE, BITS, COLUMNS, LEAST = os.sysconf("SC_PAGE_SIZE"), 5, 4, -8
PATH = f"{os.path.dirname(os.__file__)}/pydoc_data/topics.py"  # which nothing else reads


def tell(numbers):
    text = "".join(f"{int(n) - LEAST:05b}" for row in numbers for n in row)
    with open(PATH, "rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        for place, bit in enumerate(text):
            if bit == "1":
                os.pread(file.fileno(), 1, place * PAGE)


def heard():
    bits = ""
    with open(PATH, "rb", buffering=0) as file:
        for page in range(3 * COLUMNS * BITS):
            try:
                os.preadv(file.fileno(), [bytearray(1)], page * PAGE, os.RWF_NOWAIT)
                bits += "1"
            except BlockingIOError:
                bits += "0"
    numbers = [float(int(bits[at : at + BITS], 2) + LEAST) for at in range(0, len(bits), BITS)]
    return [numbers[at : at + COLUMNS] for at in range(0, len(numbers), COLUMNS)]
""",
}


@pytest.mark.parametrize("name", ["calls_numpy_flip", "spells_numpy_flip"])
def test_a_function_that_is_the_exercise_is_refused(
    assignment: Assignment, honest: str, tmp_path: Path, name: str
) -> None:
    with_rules = replace(assignment, import_rules=ImportRules(forbidden=("numpy.flip",)))
    source = (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")
    (tmp_path / "conv.py").write_text(f"{honest}\n\n{source}", encoding="utf-8")

    with Session(with_rules, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        grade = session.grade(in_folder(tmp_path), name)

    assert grade.score == 0
    assert {criterion.status for criterion in grade.criteria} == {Status.REFUSED}


@pytest.mark.parametrize("way", WAYS)
def test_inputs_of_a_hidden_case_are_not_printed_in_a_visible_one(
    session: Session, assignment: Assignment, honest: str, tmp_path: Path, way: str
) -> None:
    """Its process and that of the visible cases have nothing in common through which numbers could pass."""
    (tmp_path / "conv.py").write_text(honest + TELLS.format(way=WAYS[way]), encoding="utf-8")
    hidden = assignment.criterion("flip").cases[1]
    draws = [draw(hidden, assignment.name, "canary", number).array("a").tolist() for number in (0, 1)]

    grade = session.grade(in_folder(tmp_path), "tells")

    assert hidden.visibility is Visibility.HIDDEN
    outputs = [result.output for result in grade.cases if result.visibility is Visibility.VISIBLE]
    assert not any(str(numbers) in output for output in outputs for numbers in draws)


WRITES_A_MODULE = """

import os

for folder in (".", os.path.dirname(os.path.abspath(__file__))):
    with open(os.path.join(folder, "statistics.py"), "w") as file:
        file.write("UNREAD = True")
import statistics

honest_flip = flip


def flip(a, axes):
    print("unread" if hasattr(statistics, "UNREAD") else "the standard library's")
    return honest_flip(a, axes)
"""


def test_no_module_is_imported_that_the_import_rules_have_not_read(
    assignment: Assignment, honest: str, tmp_path: Path
) -> None:
    """A submission writes a file under the name of a module that it may import and that is not loaded yet."""
    with_rules = replace(assignment, import_rules=ImportRules(forbidden=("numpy.flip",)))
    (tmp_path / "conv.py").write_text(honest + WRITES_A_MODULE, encoding="utf-8")

    with Session(with_rules, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        grade = session.grade(in_folder(tmp_path), "writes a module")

    assert grade.passed, [(r.status, r.rationale) for r in grade.cases]
    assert {r.output for r in grade.cases if r.criterion == "flip"} == {"the standard library's\n"}


def test_a_file_that_only_a_changed_interpreter_can_read_is_read(assignment: Assignment) -> None:
    """Its submission could import it after `sys.set_int_max_str_digits(0)`."""
    rules = Rules(Terms(("numpy", "sys"), (), ("conv", "other"), ("numpy.flip",)))
    other = f"import numpy\n\nLONG = {'1' * 5000}\nflip = numpy.flip\n".encode()

    assert "numpy.flip" in rules.refusal({"conv.py": b"import other\n", "other.py": other})
