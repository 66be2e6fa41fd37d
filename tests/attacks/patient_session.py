"""What a grader's process is set up with where the machine is too busy for its graders on purpose."""

import pytest

from grader.batch.grading_messages import Grading
from grader.batch.per_process import open_session
from tests.waiting import make_judge_patient


def open_patient_session(grading: Grading) -> None:
    """Like `open_session`, in a process whose judge waits for a submission that has no core."""
    make_judge_patient(pytest.MonkeyPatch())
    open_session(grading)
