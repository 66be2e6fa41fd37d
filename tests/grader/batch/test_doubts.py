"""Laws of doubts: no grade counts silently while its submission needs review."""

import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from rich.console import Console

from grader.batch.gradebook import Gradebook, GradeEntry
from grader.batch.run import run_batch
from grader.intake.read_class import Intake
from grader.model.class_input.inventory import Doubt
from grader.model.class_row import ClassReport, to_review
from grader.model.errors import UserError
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.results.batch_summary import BatchSummary
from grader.model.student import Student, Submission
from grader.report.formats import Request, format_of, names
from grader.report.terminal.batch_screen import BatchScreen
from grader.report.terminal.show_summary import print_summary
from tests.grader.batch.test_run import Executor

DOUBT = "dense.py is missing; there is `Dense.py` instead"
ADA = Submission("ada", "conv", "1", doubt=DOUBT)


def grade(score: int = 3) -> Grade:
    results = (CheckResult("conv", "a", Status.OK),)
    return Grade(
        "conv",
        "ada",
        (CriterionGrade("conv", "t", Fraction(5), Fraction(score), Status.OK, results),),
        "none",
    )


@pytest.fixture
def in_doubt(gradebook: Gradebook) -> Gradebook:
    gradebook.hand_in([Student("ada")], [ADA])
    gradebook.record(ADA, GradeEntry(grade()))
    return gradebook


def doubt(book: Gradebook) -> str:
    (row,) = book.grades()
    assert row.submission is not None
    assert row.review_reason == row.submission.doubt.removesuffix(" \ud800")
    assert [one.doubt for one in book.submissions("conv")] == [row.submission.doubt]
    assert [one.review_reason for one in book.standings("conv")] == [row.review_reason]
    return row.submission.doubt


def test_a_doubt_is_no_part_of_what_a_submission_is() -> None:
    assert ADA.id == replace(ADA, doubt="").id


def test_a_confirmed_doubt_stays_confirmed_until_there_is_another(in_doubt: Gradebook) -> None:
    assert doubt(in_doubt) == DOUBT
    for _ in range(2):
        in_doubt.confirm([ADA.id], "a grader")
    assert doubt(in_doubt) == ""
    in_doubt.hand_in([Student("ada")], [ADA])
    assert doubt(in_doubt) == ""
    in_doubt.hand_in([Student("ada")], [replace(ADA, doubt="another \ud800")])
    assert doubt(in_doubt) == "another \ud800"
    in_doubt.hand_in([Student("ada")], [replace(ADA, doubt="")])
    assert doubt(in_doubt) == ""
    log = [entry for entry in in_doubt.audit_log() if entry["action"] == "confirmed"]
    assert [(entry["student_id"], entry["detail"]) for entry in log] == [
        ("ada", {"submission": ADA.id, "doubt": DOUBT, "by": "a grader"})
    ]


def test_an_unknown_id_confirms_no_other_id(in_doubt: Gradebook) -> None:
    with pytest.raises(UserError, match="found no submission 'nothing'"):
        in_doubt.confirm([ADA.id, "nothing"], "a grader")
    assert doubt(in_doubt) == DOUBT


def test_every_report_shows_the_doubt_and_none_exports_the_score(in_doubt: Gradebook) -> None:
    report = ClassReport(tuple(in_doubt.grades()))
    files = {
        name: format_of(name).write(report, Request()).files
        for name in names()
        if not format_of(name).FILLS_IN
    }
    texts = {name: b"".join(pages.values()).decode() for name, pages in files.items()}
    for name in ("csv", "json", "html", "junit", "feedback"):
        assert "there is" in texts[name] and "Dense.py" in texts[name], name
    for name in ("gradescope", "prairielearn"):
        assert files[name] == {}
        assert format_of(name).write(report, Request()).left_out == (
            f"ada, conv: needs review first ({DOUBT})",
        )
    (line,) = texts["feedback"].splitlines()[-1:]
    assert line.split(",")[3:6] == ["conv", "", "5"]
    assert "This score is not final" in texts["feedback"] and "About your submission" in texts["feedback"]


def run(intake: Intake, book: Gradebook) -> tuple[BatchSummary, str]:
    console = Console(file=io.StringIO(), width=100)
    summary = run_batch(intake, "by", Executor(), book, "conv", BatchScreen(console))
    screen = Console(file=io.StringIO(), width=100)
    print_summary(summary, screen)
    return summary, screen.file.getvalue()  # type: ignore[attr-defined]


def test_a_batch_names_each_doubt_after_every_run_until_it_is_confirmed(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    intake = make_class("ada", "zoe")
    ada, zoe = intake.submissions
    ada = replace(ada, submission=replace(ada.submission, doubt=DOUBT))
    intake = replace(intake, submissions=(ada, zoe))
    for graded in (2, 0):
        summary, text = run(intake, gradebook)
        assert (summary.graded, summary.to_review) == (graded, (Doubt("ada", DOUBT),))
        assert f"    ada: {DOUBT}\n1 needs review\n" in text
        assert len(to_review(gradebook.grades())) == 1
    gradebook.confirm([ada.submission.id], "a grader")
    assert "0 need review" in run(intake, gradebook)[1]


def test_earlier_failures_are_named_again_if_nothing_is_graded(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    intake = make_class("ada", "eve")
    run(intake, gradebook)
    others = replace(intake, submissions=intake.submissions[:1])
    summary, _ = run(others, gradebook)
    assert summary.graded == 0
    assert summary.to_review == (Doubt("eve", "grading failed"),)


def test_a_standing_needs_review_where_the_whole_grade_does(gradebook: Gradebook) -> None:
    wrong = CheckResult("conv", "b", Status.INTERNAL_ERROR)
    judged = CheckResult("conv", "a", Status.OK, output="much")
    criterion = CriterionGrade("conv", "t", Fraction(5), Fraction(1), Status.WRONG, (judged, wrong))
    gradebook.hand_in([Student("ada")], [replace(ADA, doubt="")])
    whole = Grade("conv", "ada", (criterion,), "none")
    gradebook.record(ADA, GradeEntry(whole, "by", {"conv/a": "address"}, {"address": judged}))
    (brief,), (full,) = gradebook.standings("conv"), gradebook.grades()
    assert brief.review_reason == full.review_reason == "not scored: conv/b"
    assert (brief.score, brief.remark) == (full.score, full.remark)
    assert brief.grade is not None and brief.grade.criteria[0].results == (wrong,)
    assert list(gradebook.standings("another")) == []
