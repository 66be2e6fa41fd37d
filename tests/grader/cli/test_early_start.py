"""A grade in a handout begins with a worker that starts while the grader's own modules are imported."""

import argparse
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli import grade
from grader.judge.process.plain_worker import PlainChild


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[PlainChild | None, bool]]:
    """The early worker that each `grade` got, and whether it was running then."""
    each: list[tuple[PlainChild | None, bool]] = []

    def run(options: argparse.Namespace, early: PlainChild | None = None) -> int:
        each.append((early, early is not None and early.is_running))
        return 0

    monkeypatch.setattr(grade, "run", run)
    return each


def test_in_a_handout_a_grade_gets_a_running_worker(
    handout: Path, workers: list[tuple[PlainChild | None, bool]]
) -> None:
    main(["grade", str(handout)])
    ((early, was_running),) = workers
    assert was_running
    assert early is not None and not early.is_running  # it ends with the command


def test_elsewhere_a_grade_gets_none(root: Path, workers: list[tuple[PlainChild | None, bool]]) -> None:
    main(["grade", ".", "--assignment", "tiny"])
    assert workers == [(None, False)]
