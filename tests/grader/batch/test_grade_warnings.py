"""Laws of what a batch says when a grade that counts may not be what the instructor now expects.

Each is right by some rule, so none is in doubt; but none of them changes, or stays, in silence.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.batch.grade_warnings import grade_warnings
from grader.batch.gradebook import Gradebook
from grader.batch.grading_messages import Work, WorkResult
from grader.intake.choice import Choice, Counts
from grader.intake.read_class import Intake, ReadOptions, read_class
from grader.model.student import Adjustment, Student
from tests.grader.batch.test_run import Executed, Executor, Interrupted, run


class FewerPoints(Executor):
    """Grades by a rubric that gives everyone fewer points."""

    def result(self, work: Work) -> WorkResult | Exception:
        done = super().result(work)
        assert isinstance(done, WorkResult)
        grades = (
            replace(g, criteria=tuple(replace(c, score=c.score - 1) for c in g.criteria)) for g in done.grades
        )
        return replace(done, grades=tuple(grades))


def only(intake: Intake, *students: str) -> Intake:
    """The input with these students' submissions alone."""
    kept = (one for one in intake.submissions if one.submission.student_id in students)
    return replace(intake, submissions=tuple(kept))


def test_grades_of_an_earlier_rubric_are_named_until_their_submissions_are_graded_again(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    whole = make_class("ada", "bea", "cyd")
    run(whole, gradebook, "rubric")
    summary, text = run(only(whole, "ada"), gradebook, "corrected rubric")
    (warning,) = summary.warnings
    assert warning.startswith("2 grades by another version of the rubric") and "bea, cyd;" in warning
    assert warning in text
    assert grade_warnings(gradebook.database, "conv") == (warning,)  # a report says so too
    summary, _ = run(whole, gradebook, "corrected rubric")
    assert summary.warnings == ()


def test_a_submission_that_waits_is_named_once(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    """What an interrupted run did not reach needs review; it is no grade of an earlier rubric as well."""
    whole = make_class("ada", "bea")
    run(whole, gradebook, "rubric")
    with pytest.raises(KeyboardInterrupt):
        run(whole, gradebook, "corrected rubric", Interrupted())
    assert [row.review_reason for row in gradebook.grades()] == ["", "not graded yet"]
    assert grade_warnings(gradebook.database, "conv") == ()


def test_a_withdrawn_run_makes_no_grade_an_earlier_one(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    whole = make_class("ada", "bea")
    run(only(whole, "ada"), gradebook, "rubric")
    run(only(whole, "bea"), gradebook, "the wrong rubric")
    gradebook.forget_run(2, "the wrong rubric", "grace")
    assert grade_warnings(gradebook.database, "conv") == ()


def test_points_added_for_a_mistake_that_a_regrade_corrects_do_not_count_twice_in_silence(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    whole = make_class("ada", "bea")
    run(whole, gradebook, "rubric", FewerPoints())
    point = Adjustment("ada", "conv", "conv", Fraction(1), "a mistake in the case", "grace")
    gradebook.adjust(point)
    assert grade_warnings(gradebook.database, "conv") == ()
    summary, _ = run(whole, gradebook, "corrected rubric")
    (warning,) = summary.warnings
    assert warning.startswith("adjusted before the score itself changed: ada;")
    assert run(whole, gradebook, "corrected rubric")[0].warnings == (warning,)  # until somebody decides
    gradebook.adjust(point)
    assert grade_warnings(gradebook.database, "conv") == ()


@pytest.mark.parametrize("interrupted", [False, True])
def test_an_old_export_does_not_bring_old_submissions_back_in_silence(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path, interrupted: bool
) -> None:
    old = make_class("ada", "bea", "cyd")
    run(only(old, "ada", "bea"), gradebook)
    (tmp_path / "class" / "ada" / "conv.py").write_text("# second thoughts\n")
    new = read_class(tmp_path / "class", ["conv.py"], "conv")
    assert run(only(new, "ada", "bea"), gradebook)[0].warnings == ()
    if interrupted:
        with pytest.raises(KeyboardInterrupt):
            run(only(old, "cyd", "ada"), gradebook, execute=_AtOnce())
        counting = {row.student_id: row.submission for row in gradebook.grades()}
        first = next(one.submission for one in old.submissions if one.submission.student_id == "ada")
        assert counting["ada"] == replace(first, late=False)  # not the one that this run replaces
    else:
        summary, _ = run(old, gradebook)
        assert len(summary.warnings) == 1
        assert (
            summary.warnings[0].startswith("an earlier submission counts again")
            and "ada;" in summary.warnings[0]
        )


class _AtOnce(Executor):
    """Is interrupted before it grades anything."""

    def __call__(self, works: Iterable[Work]) -> Executed:
        raise KeyboardInterrupt


def test_nobody_disappears_from_the_roster_in_silence(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    make_class("ada")
    students = [Student("ada"), Student("bea"), Student("cyd")]

    def with_roster(*those: Student) -> Intake:
        return read_class(tmp_path / "class", ["conv.py"], "conv", those)

    assert run(with_roster(*students), gradebook)[0].warnings == ()
    (warning,) = run(with_roster(students[0]), gradebook)[0].warnings
    assert warning.startswith("on the last roster but not on this one: bea, cyd;")
    assert run(with_roster(students[0]), gradebook)[0].warnings == ()


def test_another_rule_for_the_submission_that_counts_is_not_used_in_silence(
    gradebook: Gradebook, tmp_path: Path
) -> None:
    for student, attempts in (("ada", 2), ("bea", 1)):
        for attempt in range(1, attempts + 1):
            folder = tmp_path / "class" / student / f"attempt-{attempt}"
            folder.mkdir(parents=True)
            (folder / "conv.py").write_text(f"# {student} {attempt}\n")

    def chosen_by(counts: Counts, *students: str) -> tuple[str, ...]:
        intake = read_class(tmp_path / "class", ["conv.py"], "conv", None, ReadOptions(Choice(counts)))
        return run(only(intake, *students), gradebook)[0].warnings

    for _ in range(2):
        assert chosen_by(Counts.BEST, "ada", "bea") == ()
    (warning,) = chosen_by(Counts.LAST, "ada", "bea")
    assert warning.startswith("1 student with several submissions: this run chose by `--counts last`")
    assert warning.endswith("run it again with `--counts best`")


def test_a_run_without_the_roster_adds_nobody_in_silence(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    whole = make_class("ada", "bea")
    assert run(whole, gradebook)[0].warnings == ()  # no run had a roster
    roster = [Student("ada"), Student("s2", name="bea")]
    assert run(read_class(tmp_path / "class", ["conv.py"], "conv", roster), gradebook)[0].warnings == ()
    (warning,) = run(whole, gradebook)[0].warnings
    assert warning.startswith("this run has no roster, and these are not on the last one: bea;")
    assert run(only(whole, "ada"), gradebook)[0].warnings == ()


def test_no_extension_disappears_in_silence(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    make_class("ada")

    def with_extension(extension: str) -> Intake:
        return read_class(tmp_path / "class", ["conv.py"], "conv", [Student("ada", extension=extension)])

    for extension in ("2d", "36h"):
        assert run(with_extension(extension), gradebook)[0].warnings == ()
    (warning,) = run(with_extension(""), gradebook)[0].warnings
    assert warning.startswith("with an extension on the last roster but none on this one: ada;")
