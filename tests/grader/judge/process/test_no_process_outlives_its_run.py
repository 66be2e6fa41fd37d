"""When a judge is killed, all of its processes end, no matter what the submission does."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.model.surroundings import Sandbox
from tests.waiting import is_running, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
# Inside a single multiplication only a signal reaches a process.
ENDLESS = "x = 9\nx = x**x**x**x\n"
JUDGE = """
import sys
from dataclasses import replace
from pathlib import Path
from grader.author.load import load
from grader.author.render import Views
from grader.judge.session import Session
from grader.model.assignment import Limits
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox

assignment = load(Path(sys.argv[1]))
assignment = replace(Views(assignment).assignment, limits=Limits(import_seconds=600))
with Session(assignment, sandbox=Sandbox(sys.argv[2])) as session:
    session.grade(SubmittedFiles({"conv.py": sys.argv[3].encode()}), "endless")
"""


def test_no_process_of_a_judge_that_was_killed_is_left(
    make_course: Callable[..., Path], tmp_path: Path
) -> None:
    """Without a sandbox a worker in C code ends when its CPU time is used up; behind one it ends at once."""
    assignment = make_course(tmp_path / "course") / "assignments" / "tiny"
    judge = subprocess.Popen([sys.executable, "-c", JUDGE, assignment, Sandbox.BUBBLEWRAP, ENDLESS])
    wait_until(
        lambda: judge.poll() is not None or any(map(is_busy, below(judge.pid))), "the submission is busy"
    )
    started = set(below(judge.pid))
    was_busy = any(map(is_busy, started))
    judge.kill()
    judge.wait()

    assert was_busy
    wait_until(lambda: not any(map(is_running, started)), "all have ended")


def below(pid: int) -> Iterator[int]:
    """The descendants of a process."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, words(path)):
            yield child
            yield from below(child)


def words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def is_busy(pid: int) -> bool:
    """True if a process used more CPU time than starting takes."""
    try:
        return time.clock_gettime((~pid << 3) | 2) > 2
    except OSError:
        return False
