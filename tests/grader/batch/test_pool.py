"""Laws of grading in parallel."""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.batch.pool import grade_all
from grader.model.errors import GraderFault
from tests.waiting import LIMIT, wait_until


def grade_of(submission: str) -> str:
    return submission.upper()


def good_or_raises(submission: str) -> str:
    if submission == "eve":
        raise ValueError("eve is not gradable")
    return grade_of(submission)


def counts_and_dies(deaths: Path, submission: str) -> str:
    if submission == "eve":
        with open(deaths, "a") as file:
            file.write("x")
        os._exit(1)
    return submission


def fails_to_start() -> None:
    raise GraderFault("no sandbox here")


def dies_for_eve(submission: str) -> str:
    if submission == "eve":
        os._exit(1)
    time.sleep(0.05)
    return grade_of(submission)


def dies_once(seen: Path, submission: str) -> str:
    if submission == "eve" and not seen.exists():
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return grade_of(submission)


def leaves_its_pid(pids: Path, submission: str) -> str:
    (pids / str(os.getpid())).touch()
    atexit.register((pids / f"{os.getpid()}.left").touch)
    if submission != "ada":
        try:
            (pids / f"{os.getpid()}.begun").touch()
            threading.Event().wait(LIMIT)
            (pids / f"{os.getpid()}.finished").touch()
        finally:
            (pids / f"{os.getpid()}.cleaned").touch()
    return grade_of(submission)


def alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def test_every_submission_comes_back_with_its_grade() -> None:
    submissions = [*"abcdefg"]
    assert sorted(grade_all(submissions, grade_of, 2)) == [(s, grade_of(s)) for s in submissions]


def test_an_exception_belongs_to_its_submission_alone() -> None:
    results = {s: r for s, r in grade_all(["ada", "eve"], good_or_raises, 2)}
    assert isinstance(results["eve"], ValueError)
    assert results["ada"] == "ADA"


def test_a_submission_that_kills_its_process_costs_no_other() -> None:
    results = list(grade_all(["a", "b", "eve", "f", "g"], dies_for_eve, 2))
    assert sorted(s for s, _ in results) == ["a", "b", "eve", "f", "g"]
    assert [s for s, r in results if isinstance(r, GraderFault)] == ["eve"]
    assert sum(isinstance(r, str) for _, r in results) == 4


LEAVES_ANYWHERE = """
import os, signal, sys
from grader.batch import per_process, pool

def told_at(step):
    count = 0
    def trace(frame, event, argument):
        nonlocal count
        if frame.f_code.co_filename == pool.__file__ or "threading" in frame.f_code.co_filename:
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGTERM)
            return trace
    return trace

for step in range(1, 40):
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, pool._leave)
        sys.settrace(told_at(step))
        pool._grade(str.upper, "ada")
        pool._grade(str.upper, "eve")
        sys.settrace(None)
        os._exit(0)
    print(step, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_worker_that_must_leave_leaves_at_any_point() -> None:
    """Signalled at each line of two gradings in turn: it ends by itself, and never ignores the signal."""
    process = subprocess.run(
        [sys.executable, "-c", LEAVES_ANYWHERE], capture_output=True, text=True, timeout=LIMIT
    )
    ends = [int(line.split()[1]) for line in process.stdout.splitlines()]

    assert len(ends) == 39, process.stderr
    early_ends = ends[: ends.index(0)]  # it was done before the later steps came
    assert len(early_ends) >= 8
    assert set(early_ends) == {1}
    assert set(ends[len(early_ends) :]) == {0}


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    grade_one = partial(dies_once, tmp_path / "seen")
    results = list(grade_all(["ada", "eve", "zoe"], grade_one, 2))
    assert all(isinstance(result, str) for _, result in results)
    assert len(results) == 3


def test_a_submission_that_kills_three_processes_is_set_aside(tmp_path: Path) -> None:
    items = ["ada", "eve", "zoe"]
    results = dict(grade_all(items, partial(counts_and_dies, tmp_path / "deaths"), 2))
    assert (tmp_path / "deaths").read_text() == "xxx"
    assert isinstance(results["eve"], GraderFault)
    assert "3 workers died" in str(results["eve"])
    assert [results["ada"], results["zoe"]] == ["ada", "zoe"]


def test_the_reason_why_a_process_cannot_start_is_shown(tmp_path: Path) -> None:
    for _, result in grade_all(["ada", "bob"], grade_of, 2, fails_to_start):
        assert str(result) == "no sandbox here"


def test_only_a_few_submissions_are_taken_at_a_time() -> None:
    submissions = [f"s{n:02d}" for n in range(20)]
    count = 0

    def taking() -> Iterator[str]:
        nonlocal count
        for submission in submissions:
            count += 1
            yield submission

    for done, _ in enumerate(grade_all(taking(), grade_of, 2)):
        assert count - done <= 4
    assert count == 20


def test_leaving_early_stops_every_process_after_its_clean_up(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    results = grade_all(["ada", "bob", "eve"], partial(leaves_its_pid, pids), 2)
    next(results)
    wait_until(lambda: len(list(pids.glob("*.begun"))) == 2, "both are under way")
    results.close()
    names = {path.name for path in pids.iterdir()}
    assert not [name for name in names if name.endswith(".finished")]
    workers = [name for name in names if name.isdigit()]
    assert len(workers) == 2
    assert {f"{pid}.{mark}" for pid in workers for mark in ("cleaned", "left")} <= names
    assert not any(alive(pid) for pid in workers)


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_empty_class_is_graded_at_once(jobs: int) -> None:
    assert list(grade_all([], grade_of, jobs)) == []


def own_cores(pids: Path, number: int) -> tuple[int, ...]:
    """Waits for the other process, which otherwise might find nothing left to do."""
    (pids / str(os.getpid())).touch()
    wait_until(lambda: len(list(pids.iterdir())) == 2, "both processes have begun")
    return tuple(sorted(os.sched_getaffinity(0)))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system binds no process to a core")
def test_each_process_keeps_to_a_core_of_its_own(tmp_path: Path) -> None:
    allowed = os.sched_getaffinity(0)
    cores_of_workers: set[Any] = {cores for _, cores in grade_all(range(20), partial(own_cores, tmp_path), 2)}
    assert len(cores_of_workers) == min(2, len(allowed))
    assert all(len(cores) == 1 and allowed.issuperset(cores) for cores in cores_of_workers)
