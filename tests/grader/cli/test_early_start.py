"""A grade in a handout begins with a worker that starts while the grader's own modules are imported."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli import grade
from grader.judge.process.plain_worker import PlainChild

OF_GRADING = ("grader.model.assignment", "grader.judge.import_rules.rules", "numpy", "pydantic", "rich")
UNTIL_A_PROCESS_STARTS = f"""
import subprocess, sys
from grader.__main__ import main

def start(*words, **options):
    print([name for name in {OF_GRADING} if name in sys.modules])
    raise SystemExit

subprocess.Popen = start
main(["grade", "."])
"""


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


def test_the_first_process_starts_before_what_grading_needs_is_imported(handout: Path) -> None:
    words = (sys.executable, "-P", "-c", UNTIL_A_PROCESS_STARTS)
    ended = subprocess.run(words, cwd=handout, capture_output=True, text=True, check=False)
    assert ended.stdout == "[]\n"
