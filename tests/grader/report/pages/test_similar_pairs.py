"""Laws of the second signal: the rarest wrong answer first, and only what nobody could see."""

from collections.abc import Mapping
from fractions import Fraction

from grader.model.assignment import Visibility
from grader.model.class_row import ClassRow
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.results.similar_pair import Pair, Side
from grader.report.pages.similar_pairs import shared_answers, similarity_pages


def row(student: str, answers: Mapping[str, str], **misconceptions: str) -> ClassRow:
    """Who gives which answers: "" is an error; a case whose name begins with v is visible."""
    results = tuple(
        CheckResult(
            "flip",
            case,
            Status.OK if answer == "right" else Status.WRONG if answer else Status.ERROR,
            Visibility.VISIBLE if case.startswith("v") else Visibility.HIDDEN,
            answer=answer,
            misconceptions=(misconceptions[case],) if case in misconceptions else (),
        )
        for case, answer in answers.items()
    )
    criterion = CriterionGrade("flip", "flip", Fraction(1), Fraction(0), Status.WRONG, results)
    return ClassRow(student, "conv", Grade("conv", student, (criterion,), "none"))


def test_the_rarest_wrong_answer_comes_first_and_among_equals_the_one_on_most_cases() -> None:
    rows = [
        row("a", {"h1": "odd", "h2": "odder", "h3": "common"}),
        row("b", {"h1": "odd", "h2": "odder", "h3": "common"}),
        row("c", {"h1": "rare", "h2": "right", "h3": "common"}),
        row("d", {"h1": "rare", "h2": "right", "h3": "right"}),
    ]
    found = [(answer.students, answer.cases, answer.ran) for answer in shared_answers(rows)]
    assert found == [
        (("a", "b"), ("flip/h1", "flip/h2"), 4),
        (("c", "d"), ("flip/h1",), 4),
        (("a", "b", "c"), ("flip/h3",), 4),
    ]


def test_right_answers_visible_cases_and_errors_say_nothing() -> None:
    answers = {"v1": "odd", "h1": "right", "h2": ""}
    assert shared_answers([row("a", answers), row("b", answers)]) == ()


def test_a_misconception_that_explains_it_is_named() -> None:
    (found,) = shared_answers([row(s, {"h1": "odd"}, h1="not_flipped") for s in "ab"])
    assert found.misconceptions == ("not_flipped",)


def test_nothing_of_a_student_becomes_markup() -> None:
    hostile = "</pre><script>alert(1)</script>"
    side = Side(hostile, f"{hostile}\n\x1b[31mred", ((0, 5), (10, 20)), 0.5)
    answers = shared_answers([row(s, {"h1": "odd"}) for s in (hostile, "b")])
    pages = similarity_pages(hostile, [Pair("conv.py", side, side)], answers)
    assert set(pages) == {"index.html", "pair-001.html"}
    for page in pages.values():
        assert b"<script" not in page and b"\x1b" not in page
    assert pages["pair-001.html"].count(b"<mark>") == 4
