"""The most frequent complaints of other graders' users, with one test for each."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from grader.batch.gradebook import Gradebook
from grader.batch.pool import grade_all
from grader.model.grade import Status
from tests.waiting import LIMIT, wait_until

StartBatch = Callable[..., Popen[str]]
RowsOf = Callable[[str], dict[str, list[Any]]]
MOMENT = random.Random(20261122)

DIES = {
    "leaves": "import os\n\ndef flip(a, axes):\n    os._exit(0)\n\ndilate = flip\n",
    "leaves-at-import": "import sys\nsys.exit(0)\n",
    "kills-itself": "import os\n\ndef flip(a, axes):\n    os.kill(os.getpid(), 9)\n\ndilate = flip\n",
    "aborts": "import os\n\ndef flip(a, axes):\n    os.abort()\n\ndilate = flip\n",
}
BUSY = "\n\nfor _ in range(300_000):\n    pass\n"


def meets_the_other(folder: Path, name: str) -> bool:
    (folder / name).touch()
    wait_until(lambda: len(list(folder.iterdir())) == 2, "both are graded at the same time")
    return True


def has_graded(book: Gradebook, count: int) -> bool:
    return len(book.grade_keys("tiny")) >= count


def finish(batch: Popen[str]) -> str:
    out, messages = batch.communicate(timeout=LIMIT)
    assert batch.returncode == 0, messages
    return out


def test_no_parallel_run(tmp_path: Path) -> None:
    """Two submissions are graded at the same time: each waits until the other is there."""
    (tmp_path / "met").mkdir()
    results = dict(grade_all(["ada", "bob"], partial(meets_the_other, tmp_path / "met"), jobs=2))
    assert results == {"ada": True, "bob": True}


def test_no_progress(hand_in: Callable[..., Path], start_batch: StartBatch, sqlite_url: str) -> None:
    """A batch that runs says how many are graded and wait, how many a second, and how long it takes."""
    batch = start_batch(hand_in(12), sqlite_url)
    assert batch.stdout is not None
    assert batch.stdout.readline() == "folders: 12 submissions; 12 entries: 12 graded\n"
    line = batch.stdout.readline()
    assert batch.poll() is None
    for words in ("graded 2 of 12", "10 waiting", "0 failed", "per second", "left"):
        assert words in line
    finish(batch)


@pytest.mark.parametrize(
    ("database", "count", "kills"),
    [
        ("sqlite", 30, 2),
        pytest.param("sqlite", 200, 10, marks=pytest.mark.slow),
        pytest.param("postgres", 200, 10, marks=pytest.mark.slow),
    ],
)
def test_the_machine_reboots_mid_run_and_all_is_lost(
    hand_in: Callable[..., Path],
    start_batch: StartBatch,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    rows_of: RowsOf,
    database: str,
    count: int,
    kills: int,
) -> None:
    """Killed at random moments by SIGKILL, and resumed: row for row the same."""
    root = hand_in(count - 2, ada=DIES["leaves"], zoe=DIES["leaves"])
    url = request.getfixturevalue(f"{database}_url")
    undisturbed = f"sqlite:///{tmp_path}/undisturbed.db"
    assert f"{count} graded" in finish(start_batch(root, undisturbed))
    graded_counts = [0]
    for _ in range(kills):
        batch = start_batch(root, url)
        assert batch.stdout is not None
        batch.stdout.readline()  # what the input holds
        batch.stdout.readline()  # it has begun to grade, or there is nothing left
        with Gradebook(url) as book:
            moment = min(graded_counts[-1] + MOMENT.randint(1, count // (2 * kills)), count)
            wait_until(partial(has_graded, book, moment), f"{moment} are graded")
            batch.kill()
            batch.communicate(timeout=LIMIT)
            graded_counts.append(len(book.grade_keys("tiny")))
    assert graded_counts == sorted(graded_counts)
    assert 0 < graded_counts[1] < count
    finish(start_batch(root, url))
    assert rows_of(url) == rows_of(undisturbed)


def test_tests_marked_passed_when_a_kernel_died(
    hand_in: Callable[..., Path], start_batch: StartBatch, sqlite_url: str
) -> None:
    """A process that ends, for any reason, passes no case, and the other submissions are graded."""
    finish(start_batch(hand_in(2, **DIES), sqlite_url))
    with Gradebook(sqlite_url) as book:
        grades = {row.student_id: row.grade for row in book.grades()}
    assert grades.keys() == {"student-000", "student-001", *DIES}
    for name in DIES:
        grade = grades[name]
        assert grade is not None and grade.score == 0
        statuses = {r.status for c in grade.criteria for r in c.results}
        assert statuses <= {Status.CRASHED, Status.ERROR, Status.MEMORY, Status.TIMEOUT, Status.NOT_RUN}, name
    assert grades["student-001"] is not None and grades["student-001"].score == 10


@pytest.mark.slow
def test_duplicated_results(
    hand_in: Callable[..., Path], start_batch: StartBatch, sqlite_url: str, rows_of: RowsOf
) -> None:
    """A class may be graded often and by many processes: each student has one grade."""
    root = hand_in(10)
    for batch in [start_batch(root, sqlite_url), start_batch(root, sqlite_url)]:
        finish(batch)
    first = rows_of(sqlite_url)
    assert "nothing to run, 10 graded before" in finish(start_batch(root, sqlite_url))
    assert rows_of(sqlite_url) == first
    assert len(first["grades"]) == len(first["submissions"]) == 10
    with Gradebook(sqlite_url) as book:
        assert [entry["action"] for entry in book.audit_log()] == ["graded"] * 10


@pytest.mark.slow
def test_grades_that_differ_under_load(
    hand_in: Callable[..., Path], start_batch: StartBatch, tmp_path: Path, rows_of: RowsOf
) -> None:
    """Eight at a time on a few cores, or one after another: row for row the same."""
    root = hand_in(8)
    for path in root.glob("*/conv.py"):
        path.write_text(path.read_text() + BUSY)
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("alone", "crowded")]
    finish(start_batch(root, urls[0], "--jobs", "1"))
    finish(start_batch(root, urls[1], "--jobs", "8"))
    assert rows_of(urls[0]) == rows_of(urls[1])
