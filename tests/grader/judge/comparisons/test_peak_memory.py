"""A process's peak memory is read from outside, including memory that it has freed since."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.comparisons.peak_memory import too_large
from grader.judge.process import procfs
from grader.judge.session import Session
from grader.model.grade import Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder
from tests.tiny_course import RIGHT, RUBRIC

MIB = 1 << 20
KEEPS_A_FILE = """

honest = flip


def flip(a, axes):
    with open("/tmp/memory", "wb") as file:
        file.write(b"x")
    return honest(a, axes)
"""


@pytest.mark.parametrize("is_held", [True, False], ids=["still held", "given back"])
def test_the_peak_memory_of_a_process_is_read_from_outside(is_held: bool) -> None:
    """64 MiB that a process has written count, even after it frees them."""
    program = (
        "import sys; print(flush=True); sys.stdin.readline(); a = bytearray(b'x') * (64 << 20); "
        f"a = a if {is_held} else None; print(flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        process.stdout.readline()
        idle, _ = procfs.resident(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        now, most = procfs.resident(process.pid)
        process.stdin.close()
    assert 60 * MIB < most - idle < 80 * MIB
    assert (now - idle > 60 * MIB) == is_held


def test_a_process_that_is_not_there_holds_nothing() -> None:
    assert procfs.resident(2**22 + 1) == (0, 0)


def test_a_ceiling_is_what_may_be_held_and_no_byte_more() -> None:
    assert too_large(40 * MIB, 40 * MIB) is None
    difference = too_large(40 * MIB + 1, 40 * MIB)
    assert difference is not None
    assert (difference.expected, difference.actual) == ("at most 40 MiB of memory at any time", "41 MiB")


def test_a_process_whose_memory_is_bounded_writes_no_file(
    make_course: Callable[..., Path], tmp_path: Path
) -> None:
    """Its folder lies in memory, which no count of the process includes; every other case may write there."""
    bounded = RUBRIC.replace("{id: hidden-one,", "{id: hidden-one, peak_memory: 60 MiB,")
    course = make_course(tmp_path / "course", {"assignments/tiny/rubric.yaml": bounded})
    assignment = replace(Views(load(course / "assignments" / "tiny")).assignment, import_rules=None)
    statuses = []
    for source in (RIGHT, RIGHT + KEEPS_A_FILE):
        (tmp_path / "conv.py").write_text(source, encoding="utf-8")
        with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
            grade = session.grade(in_folder(tmp_path), "ada")
        statuses.append([r.status for r in grade.cases if r.criterion == "flip"])

    assert statuses == [[Status.OK, Status.OK], [Status.OK, Status.ERROR]]
