"""What a student reads of a criterion that a time limit ended."""

from dataclasses import replace
from fractions import Fraction

from grader.model.assignment import Visibility
from grader.model.grade import Call, CheckResult, CriterionGrade, Grade, Status
from grader.report.feedback_content import block, feedback_on, remark

WHY = "two ran into a time limit, which ends its criterion"
ENDED = CriterionGrade(
    "flip",
    "flip reverses",
    Fraction(4),
    Fraction(1),
    Status.TIMEOUT,
    (
        CheckResult("flip", "one", Status.OK),
        CheckResult("flip", "two", Status.TIMEOUT, rationale="it ran for more than 5 CPU seconds"),
        CheckResult("flip", "three", Status.NOT_RUN, rationale=WHY),
        CheckResult("flip", "four", Status.NOT_RUN, Visibility.HIDDEN, rationale=WHY),
    ),
)


def test_a_criterion_that_a_time_limit_ended_says_so() -> None:
    assert remark(ENDED) == "1 of 4 cases pass, 2 not run: a time limit ended this criterion"


def test_a_case_that_was_not_run_fails_nothing_whoever_sees_it() -> None:
    (section,) = feedback_on(Grade("tiny", "ada", (ENDED,), "bubblewrap")).sections
    assert [block.status for block in section.blocks] == ["timeout", "not run"]
    assert ("why", WHY) in section.blocks[1].facts

    hidden = replace(ENDED, results=(ENDED.results[1], ENDED.results[3]))
    (section,) = feedback_on(Grade("tiny", "ada", (hidden,), "bubblewrap")).sections
    assert [(block.status, block.facts) for block in section.blocks][1] == ("not run", ())


def test_an_exception_shows_the_submissions_own_calls_from_the_first_down() -> None:
    calls = (
        Call("conv_x_grad", "conv.py", 40, "return pad(grad)", "out_grad (2, 3)"),
        Call("pad", "conv.py", 12, "a[5]"),
    )
    failed = CheckResult("x", "a", Status.ERROR, rationale="conv.py:12: IndexError", calls=calls)

    facts = dict(block(failed, "x · a", reveal=False).facts)
    assert facts["calls"].splitlines() == [
        "conv.py:40 in conv_x_grad(out_grad (2, 3))",
        "    return pad(grad)",
        "conv.py:12 in pad",
        "    a[5]",
    ]
