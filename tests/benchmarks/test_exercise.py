"""The benchmark grades an honest exercise, and the same one with every tool."""

import json
from pathlib import Path

import numpy as np

from benchmarks.exercise import SOLUTION, hand_in, make_course
from benchmarks.peers import CASES, notebook, reason
from grader.judge.session import Session
from grader.model.surroundings import Sandbox
from tests.folders import in_folder


def test_a_right_submission_earns_full_marks_and_the_handout_none(tmp_path: Path) -> None:
    assignment = make_course(tmp_path)
    right, wrong = hand_in(tmp_path / "submitted", 2)
    (wrong / "conv.py").write_text("def flip(a, axes):\n    return a\n")

    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        assert session.grade(in_folder(right), "right").passed
        assert session.grade(in_folder(wrong), "wrong").score == 0


def test_no_two_submissions_are_equal(tmp_path: Path) -> None:
    texts = [(folder / "conv.py").read_bytes() for folder in hand_in(tmp_path, 20)]

    assert len(set(texts)) == 20


def test_the_peers_are_asked_for_the_same_function() -> None:
    """Their two cases pass with the solution that Backflip is timed on."""
    for case in CASES.values():
        exec(f"{SOLUTION}\n{case}", {"np": np})


def test_a_peers_notebook_has_a_cell_for_the_answer_and_one_for_each_case() -> None:
    cells = json.loads(notebook(SOLUTION))["cells"]
    graded = [cell["metadata"]["nbgrader"] for cell in cells if cell["metadata"]]

    assert [cell["grade_id"] for cell in graded] == ["flip", *CASES]
    assert sum(cell.get("points", 0) for cell in graded) == 10


def test_a_peer_that_cannot_run_says_why_in_one_cell_of_the_table() -> None:
    assert reason(OSError("no | such\nregistry")) == "not run: registry"
