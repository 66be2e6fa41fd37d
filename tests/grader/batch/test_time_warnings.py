"""Laws of what a run of a batch says about missing times."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader.batch.gradebook import Gradebook
from grader.batch.time_warnings import time_warnings
from grader.intake.read_class import ReadOptions, read_class
from grader.intake.submission_times import SubmissionTime
from grader.model.class_input.identity import Claim
from grader.model.late_policy import DAY, Penalty, Policies

DEADLINES = {"conv": datetime.fromisoformat("2026-09-11T23:59:00-04:00")}
PENALTY = Policies(deadlines=DEADLINES, penalty=Penalty(Fraction(1, 10), DAY))
TIME = SubmissionTime(Claim(ids=("ada",)), "2026-09-12T12:00:00-04:00")
OTHER = SubmissionTime(Claim(ids=("zoe",)), TIME.time)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Ada and zoe submitted one file each."""
    for student in ("ada", "zoe"):
        write(tmp_path / "class" / student / "conv.py", student)
    return tmp_path / "class"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {text}\n")


def run(
    book: Gradebook, root: Path, times: Sequence[SubmissionTime] = (), policies: Policies = PENALTY
) -> tuple[str, ...]:
    """One run, and what it says about times."""
    intake = read_class(root, ["conv.py"], "conv", options=ReadOptions(times=times))
    before = book.submissions("conv")
    with book.run("conv", "digest"):
        submissions = [one.submission for one in intake.submissions]
        book.hand_in(intake.students, submissions, has_times=intake.has_times)
    return time_warnings(intake, book, "conv", policies, before)


def test_a_run_without_any_time_says_so_if_lateness_costs_points(gradebook: Gradebook, root: Path) -> None:
    (warning,) = run(gradebook, root)
    assert warning.startswith("no submission has a time") and "--times FILE" in warning
    assert run(gradebook, root, policies=Policies(deadlines=DEADLINES)) == ()
    assert run(gradebook, root, policies=Policies(penalty=PENALTY.penalty)) == ()
    assert run(gradebook, root, [TIME, OTHER]) == ()
    assert run(gradebook, root) == ()  # the times are known from the run before


def test_a_run_names_the_students_without_a_time_where_others_have_one(
    gradebook: Gradebook, root: Path
) -> None:
    """Each of them counts as on time, which nothing else would show."""
    (warning,) = run(gradebook, root, [TIME])
    assert warning == "counted as on time, because no file has a time: zoe; give the times with --times FILE"
    assert run(gradebook, root) == (warning,)
    assert run(gradebook, root, [TIME], policies=Policies(deadlines=DEADLINES)) == ()


def test_a_run_says_that_earlier_times_do_not_choose_between_submissions(
    gradebook: Gradebook, tmp_path: Path
) -> None:
    for attempt in ("attempt-1", "attempt-2"):
        write(tmp_path / "class" / "ada" / attempt / "conv.py", attempt)
    assert run(gradebook, tmp_path / "class", [TIME]) == ()
    (warning,) = run(gradebook, tmp_path / "class")
    assert warning.startswith("1 student with several submissions") and "--times FILE" in warning


def test_a_run_names_the_students_whose_time_its_file_lacks(gradebook: Gradebook, root: Path) -> None:
    assert run(gradebook, root, [TIME, OTHER]) == ()
    assert run(gradebook, root, [OTHER]) == ("without the time that an earlier run read: ada",)
