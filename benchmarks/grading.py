"""Times grading, from a submission's files to its grade, against starting Python with NumPy."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.exercise import hand_in, make_course
from benchmarks.table import Table
from grader.author.load import load
from grader.author.render import Views, render
from grader.batch.grading_messages import Grading, Work, WorkResult
from grader.batch.per_process import grade_one, open_session
from grader.batch.pool import grade_all
from grader.intake.submission import read_submission
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.grade import Grade
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox

ROOT = Path(__file__).parents[1]
ROUNDS = 15
PER_ROUND = 20
POOLS = 3
JOBS = 2
WARM_UP = 20  # of a pool: until every process has its imports and the expected values
PER_POOL = 100

ABOUT = f"""\
Milliseconds of wall time for one submission, from its files to its grade. Each submission differs from all
others and runs in its own sandbox. The yardstick is `python -c "import numpy"`, timed in turn with them.
Numbers are medians over rounds.

- *One function*: one exercise with two cases, in one process on one core, after a warm-up.
- *Its last quarter*: the last quarter of {ROUNDS * PER_ROUND} submissions to one session, against the
  first. The time must not grow with the number graded.
- *A hidden case*: the second of the two cases is hidden. Hidden cases run in a second sandbox.
- *conv_backward*: its whole rubric, graded by {JOBS} processes as in `grader batch`, without the gradebook.
  Each submission is the course's solution. Milliseconds are the time from one grade to the next."""


def measure() -> Table:
    """The table: milliseconds, the baseline, their ratio, and the goal."""
    with one_core(), tempfile.TemporaryDirectory(prefix="backflip-") as folder:
        visible, starts = time_trivial(Path(folder, "visible"), hidden=False)
        half_hidden, more_starts = time_trivial(Path(folder, "half-hidden"), hidden=True)
    with tempfile.TemporaryDirectory(prefix="backflip-") as folder:
        whole, starts_meanwhile = time_conv_backward(Path(folder))
    quarter = len(visible) // 4
    rows = (
        ("one function", visible, starts, "ratio ≤ 0.15"),
        ("its last quarter, against its first", visible[-quarter:], visible[:quarter], "ratio about 1"),
        ("one function, a hidden case", half_hidden, more_starts, ""),
        ("conv_backward, two processes", whole, starts_meanwhile, "≤ 50 ms"),
    )
    shown = []
    for what, seconds, against, goal in rows:
        a, b = median(seconds), median(against)
        shown.append((what, f"{1e3 * a:.1f}", f"{1e3 * b:.1f}", f"{a / b:.2f}", goal))
    return Table("Grading", ABOUT, ("what", "ms", "compared with, ms", "ratio", "goal"), tuple(shown))


def time_trivial(folder: Path, *, hidden: bool) -> tuple[list[float], list[float]]:
    """Seconds for each submission of a warm session, in order, and for each start of Python with NumPy."""
    assignment = make_course(folder, hidden=hidden)
    waiting = iter(hand_in(folder / "submitted", ROUNDS * PER_ROUND + PER_ROUND))
    seconds, starts = [], []
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:

        def grade(submission: Path) -> float:
            start = time.perf_counter()
            check(session.grade(read_submission(submission, assignment.files).submitted, submission.name))
            return time.perf_counter() - start

        for submission in islice(waiting, PER_ROUND):
            grade(submission)
        for _ in range(ROUNDS):
            starts.append(start_python())
            seconds += [grade(submission) for submission in islice(waiting, PER_ROUND)]
    return seconds, starts


def time_conv_backward(folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from one grade to the next for each pool, and for each start of Python with NumPy."""
    assignment = Views(load(ROOT / "assignments" / "conv_backward")).assignment
    work = list(solutions(assignment, WARM_UP + PER_POOL))
    grading = Grading.of(assignment, Sandbox.BUBBLEWRAP, "", None, variants=False)
    seconds, starts = [], []
    for _ in range(POOLS):
        starts += [start_python() for _ in range(3)]
        ended = []
        for _, done in grade_all(
            work, partial(grade_one, grading.digest), JOBS, partial(open_session, grading)
        ):
            check(done.grades[0] if isinstance(done, WorkResult) else done)
            ended.append(time.perf_counter())
        seconds.append((ended[-1] - ended[WARM_UP - 1]) / PER_POOL)
    return seconds, starts


def solutions(assignment: Assignment, count: int) -> Iterator[Work]:
    """The assignment's solution, submitted by the given number of students; no two files are the same."""
    files = render(assignment, "solution").files
    for number in range(count):
        student = f"student-{number:05}"
        solution_of_student = {name: f"{files[name]}# {student}\n".encode() for name in assignment.files}
        yield Work(student, SubmittedFiles(solution_of_student), (student,))


def check(grade: Grade | Exception) -> None:
    """Raises an error for a grade below full marks, which is not worth timing."""
    assert isinstance(grade, Grade) and grade.passed, grade


def start_python() -> float:
    """Seconds that `python -c "import numpy"` takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    return time.perf_counter() - start


@contextmanager
def one_core() -> Iterator[None]:
    """Keeps this process and its children on one core, if the system can."""
    if sys.platform != "linux":
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


if __name__ == "__main__":
    print(measure().markdown())
