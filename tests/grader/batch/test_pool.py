"""Laws of grading side by side."""

import atexit
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from grader.batch.intake import FoundSubmission, Intake
from grader.batch.pool import grade_all
from grader.model.errors import GraderFault
from grader.model.grade import Grade


def grade_of(submission: FoundSubmission) -> Grade:
    return Grade("conv", submission.student_id, (), "none")


def good_or_raises(submission: FoundSubmission) -> Grade:
    if submission.student_id == "eve":
        raise ValueError("eve is not gradable")
    return grade_of(submission)


def dies_for_eve(submission: FoundSubmission) -> Grade:
    if submission.student_id == "eve":
        os._exit(1)
    time.sleep(0.05)
    return grade_of(submission)


def dies_once(seen: Path, submission: FoundSubmission) -> Grade:
    if submission.student_id == "eve" and not seen.exists():
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return grade_of(submission)


def leaves_its_pid(pids: Path, submission: FoundSubmission) -> Grade:
    (pids / str(os.getpid())).touch()
    atexit.register((pids / f"{os.getpid()}.left").touch)
    if submission.student_id != "ada":
        try:
            time.sleep(60)
        finally:
            (pids / f"{os.getpid()}.cleaned").touch()
    return grade_of(submission)


def alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def test_every_submission_comes_back_with_its_grade(make_class: Callable[..., Intake]) -> None:
    submissions = make_class(*"abcdefg").submissions
    assert sorted(grade_all(submissions, grade_of, 2), key=lambda graded: graded[0].student_id) == [
        (submission, grade_of(submission)) for submission in submissions
    ]


def test_an_exception_belongs_to_its_submission_alone(make_class: Callable[..., Intake]) -> None:
    results = {s.student_id: r for s, r in grade_all(make_class("ada", "eve").submissions, good_or_raises, 2)}
    assert isinstance(results["eve"], ValueError)
    assert isinstance(results["ada"], Grade)


def test_a_submission_that_kills_its_process_costs_no_other(make_class: Callable[..., Intake]) -> None:
    results = list(grade_all(make_class("a", "b", "eve", "f", "g").submissions, dies_for_eve, 2))
    assert sorted(s.student_id for s, _ in results) == ["a", "b", "eve", "f", "g"]
    assert [s.student_id for s, r in results if isinstance(r, GraderFault)] == ["eve"]
    assert sum(isinstance(r, Grade) for _, r in results) == 4


def test_a_process_that_dies_once_costs_nothing(make_class: Callable[..., Intake], tmp_path: Path) -> None:
    grade_one = partial(dies_once, tmp_path / "seen")
    results = list(grade_all(make_class("ada", "eve", "zoe").submissions, grade_one, 2))
    assert all(isinstance(result, Grade) for _, result in results)
    assert len(results) == 3


def test_only_a_few_submissions_are_taken_at_a_time(make_class: Callable[..., Intake]) -> None:
    submissions = make_class(*(f"s{n:02d}" for n in range(20))).submissions
    taken = 0

    def taking() -> Iterator[FoundSubmission]:
        nonlocal taken
        for submission in submissions:
            taken += 1
            yield submission

    for done, _ in enumerate(grade_all(taking(), grade_of, 2)):
        assert taken - done <= 4
    assert taken == 20


def test_leaving_early_stops_every_process_after_its_clean_up(
    make_class: Callable[..., Intake], tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    results = grade_all(make_class("ada", "bob", "eve").submissions, partial(leaves_its_pid, pids), 2)
    next(results)
    while sum(path.name.isdigit() for path in pids.iterdir()) < 2:
        time.sleep(0.01)
    time.sleep(0.2)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 3
    names = {path.name for path in pids.iterdir()}
    workers = [name for name in names if name.isdigit()]
    assert len(workers) == 2
    assert {f"{pid}.{mark}" for pid in workers for mark in ("cleaned", "left")} <= names
    assert not any(alive(pid) for pid in workers)


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_empty_class_is_graded_at_once(jobs: int) -> None:
    assert list(grade_all([], grade_of, jobs)) == []
