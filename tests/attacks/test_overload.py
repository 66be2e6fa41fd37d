"""A machine too busy for its graders, or that kills them, changes no verdict."""

import os
import signal
import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from grader.batch.grading_messages import Grading, Work, WorkResult
from grader.batch.per_process import grade_one
from grader.batch.pool import grade_all
from grader.intake.read_class import read_class
from grader.judge.session import Session
from grader.model.assignment import Assignment
from grader.model.grade import Grade, Status
from grader.model.surroundings import Sandbox
from tests.attacks.patient_session import open_patient_session
from tests.attacks.test_attacks import TABLE, stage
from tests.folders import in_folder
from tests.waiting import LIMIT

GRADERS = 8
SLOW = """

def slowly(function):
    def slow(*arguments):
        import time

        start = time.process_time()
        while time.process_time() - start < 0.12:
            pass
        return function(*arguments)

    return slow


flip, dilate = slowly(flip), slowly(dilate)
"""
LATE = """

def flip(a, axes):
    import time

    time.sleep(1e9)
"""


def submission(folder: Path, source: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "conv.py").write_text(source, encoding="utf-8")
    return folder


def grade_folder(
    folder: Path, assignment: Assignment, graders: int
) -> Generator[tuple[str, Grade], None, None]:
    """All students' grades, from a batch with this many graders, one after the other as they end."""
    intake = read_class(folder, assignment.files)
    work = [
        Work(handin.submission.id, intake.read(handin), (handin.submission.student_id,))
        for handin in intake.submissions
    ]
    grading = Grading.of(assignment, Sandbox.BUBBLEWRAP, "canary", None, variants=False)
    done = grade_all(
        work, partial(grade_one, grading.digest), graders, partial(open_patient_session, grading)
    )
    with closing(done):
        yield from (
            (one.students[0], result.grades[0]) for one, result in done if isinstance(result, WorkResult)
        )


def verdicts(grade: Grade) -> list[tuple[str, str, Status, str]]:
    return [(r.criterion, r.case, r.status, r.rationale) for c in grade.criteria for r in c.results]


def test_eight_graders_at_once_change_no_verdict(
    assignment: Assignment, honest: str, honest_alone: Grade, tmp_path: Path
) -> None:
    """Slow but honest work takes 0.4 of the CPU seconds of a case: a quarter of a core makes it late."""
    for number in range(GRADERS):
        submission(tmp_path / f"honest-{number}", honest)
        submission(tmp_path / f"slow-{number}", honest + SLOW)

    graded = dict(grade_folder(tmp_path, assignment, GRADERS))

    assert len(graded) == 2 * GRADERS
    for name, grade in graded.items():
        assert isinstance(grade, Grade), (name, grade)
        assert replace(grade, submission="honest") == honest_alone, (name, verdicts(grade))


def test_a_sleeping_submission_loses_its_criterion_and_delays_no_other(
    assignment: Assignment, session: Session, honest: str, honest_alone: Grade, tmp_path: Path
) -> None:
    """The first of twelve sleeps when it is imported. Meanwhile the other grader does all the others."""
    asleep = submission(tmp_path / "00-asleep", "import time\n\ntime.sleep(1e9)\n" + honest)
    for number in range(1, 12):
        submission(tmp_path / f"{number:02}-honest", f"{honest}\n# {number}\n")
    without_limit = replace(assignment, limits=replace(assignment.limits, import_seconds=LIMIT))

    with closing(grade_folder(tmp_path, without_limit, 2)) as graded:
        for _, grade in islice(graded, 11):
            assert grade.criteria == honest_alone.criteria, verdicts(grade)
    grade = session.grade(in_folder(asleep), "asleep")
    assert {status for _, _, status, _ in verdicts(grade)} == {Status.TIMEOUT}


def test_a_call_that_sleeps_costs_only_its_criterion(session: Session, honest: str, tmp_path: Path) -> None:
    asleep = submission(tmp_path / "asleep", honest + LATE)

    grade = session.grade(in_folder(asleep), "asleep")
    assert [c.status for c in grade.criteria] == [Status.TIMEOUT, Status.OK]
    assert [result.status for result in grade.criteria[0].results] == [Status.TIMEOUT, Status.NOT_RUN]


@pytest.mark.parametrize("moment", [0.0, 0.2])
def test_a_killed_launcher_costs_no_student_points_silently(
    assignment: Assignment, honest: str, honest_alone: Grade, tmp_path: Path, moment: float
) -> None:
    """The kernel does this when memory runs out. A case without a verdict is reported as a fault of ours."""
    slow = submission(tmp_path / "slow", honest + SLOW)
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        session.grade(in_folder(slow), "slow")
        process = session.setup._starter._process  # type: ignore[attr-defined]
        threading.Timer(moment, os.kill, (process.pid, signal.SIGKILL)).start()
        grade = session.grade(in_folder(slow), "slow")
        again = session.grade(in_folder(slow), "honest")

    assert {status for _, _, status, _ in verdicts(grade)} <= {Status.OK, Status.INTERNAL_ERROR}
    assert again == honest_alone


@pytest.mark.slow
def test_after_the_whole_corpus_every_honest_grade_is_what_it_is_alone(
    assignment: Assignment, honest: str, honest_alone: Grade, tmp_path: Path
) -> None:
    """Two graders, each with one launcher for all: after each attack the same grader has an honest one."""
    for number, name in enumerate(TABLE):
        stage(name, tmp_path / f"{number:03}-attack", assignment)
        submission(tmp_path / f"{number:03}-honest", honest)

    graded = dict(grade_folder(tmp_path, assignment, 2))

    assert len(graded) == 2 * len(TABLE)
    honest_grades = {name: grade for name, grade in graded.items() if name.endswith("honest")}
    assert len(honest_grades) == len(TABLE)
    for name, grade in honest_grades.items():
        assert isinstance(grade, Grade), (name, grade)
        assert replace(grade, submission="honest") == honest_alone, (name, verdicts(grade))
    for number, (name, must) in enumerate(TABLE.items()):
        grade = graded[f"{number:03}-attack"]
        assert isinstance(grade, Grade), (name, grade)
        assert float(grade.criteria[0].score) == must.flip, (name, verdicts(grade))
