"""Laws of `grader requests` and `grader batch --times`: an instructor's files apply whole or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.batch.gradebook import Gradebook
from grader.model.request_code import code_of
from tests.grader.cli.test_class_input import Commands
from tests.tiny_course import RIGHT

SEED = "a seed"
POLICY = """title: A course
assignments: [tiny]
timezone: Europe/Berlin
deadlines: {tiny: 2026-10-01T23:59:00}
late_penalty: 10% per day
"""


@pytest.fixture
def grader(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("BACKFLIP_SEED", SEED)
    return Commands(root, capsys)


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """Two submissions as Canvas exports them; one is marked as late, without saying by how much."""
    folder = tmp_path / "from-canvas"
    folder.mkdir()
    for name in ("adaada_LATE_6_901_conv.py", "bobbob_7_902_conv.py"):
        (folder / name).write_text(RIGHT)
    return folder


@pytest.fixture
def requests(tmp_path: Path) -> Callable[..., Path]:
    def requests(*lines: str) -> Path:
        path = tmp_path / "requests.csv"
        path.write_text("\n".join(("student,case,text", *lines)) + "\n", encoding="utf-8")
        return path

    return requests


def test_requests_are_queued_once_and_wait_for_an_answer(
    grader: Commands, late: Path, requests: Callable[..., Path]
) -> None:
    grader.batch(late)
    line = f"7,flip/one-axis · {code_of(SEED, '7', 'tiny', 'flip/one-axis')},why?"
    assert "1 request queued" in grader("requests", requests(line), "--gradebook", grader.url)
    assert "0 requests queued, 1 known" in grader("requests", requests(line), "--gradebook", grader.url)
    assert _queue(grader.url) == {"7": ["flip/one-axis"]}


def test_a_file_with_one_wrong_code_queues_nothing(
    grader: Commands, late: Path, requests: Callable[..., Path]
) -> None:
    grader.batch(late)
    right = f"7,flip/one-axis · {code_of(SEED, '7', 'tiny', 'flip/one-axis')},why?"
    output = grader("requests", requests(right, right.replace("7,", "6,")), "--gradebook", grader.url)
    assert grader.status == 2 and "requests.csv:3" in output
    assert _queue(grader.url) == {}


def test_an_instructors_time_ends_the_doubt_about_lateness(
    grader: Commands, late: Path, root: Path, tmp_path: Path
) -> None:
    (root / "assignments" / "course.yaml").write_text(POLICY)
    assert grader.batch(late)["6"] == "review"
    assert "--times" in grader.shown
    times = tmp_path / "times.csv"
    times.write_text("student,time\n6,2026-10-02T12:00:00+02:00\n")
    assert grader.batch(late, "--times", times)["6"] == "9"


def test_a_file_of_times_without_a_column_of_times_is_refused(
    grader: Commands, late: Path, tmp_path: Path
) -> None:
    times = tmp_path / "times.csv"
    times.write_text("student,when\n6,2026-10-02T12:00:00+02:00\n")
    output = grader("batch", late, "--assignment", "tiny", "--gradebook", grader.url, "--times", times)
    assert grader.status == 2 and "times.csv" in output


def _queue(url: str) -> Mapping[str, list[str]]:
    with Gradebook(url) as book:
        return {
            row.student_id: [one.case for one in row.decisions.requests]
            for row in book.grades()
            if row.decisions.requests
        }
