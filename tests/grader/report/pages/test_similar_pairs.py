"""Laws of the second signal: the rarest wrong answer first, and only answers that no student could see."""

from collections.abc import Mapping
from fractions import Fraction

from grader.model.assignment import Visibility
from grader.model.class_row import ClassRow
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.results.similar_pair import Pair, Side
from grader.model.student import Student
from grader.report.pages.similar_pairs import shared_answers, similarity_pages


def row(student: str, answers: Mapping[str, str], **misconceptions: str) -> ClassRow:
    """One student's answers: "" is an error; a case with a name that begins with v is visible."""
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


def test_the_rarest_wrong_answer_comes_first_then_the_most_frequent() -> None:
    rows = [
        row("a", {"h1": "odd", "h2": "odder", "h3": "common"}),
        row("b", {"h1": "odd", "h2": "odder", "h3": "common"}),
        row("c", {"h1": "rare", "h2": "right", "h3": "common"}),
        row("d", {"h1": "rare", "h2": "right", "h3": "right"}),
    ]
    answers = [(answer.students, answer.cases, answer.ran) for answer in shared_answers(rows)]
    assert answers == [
        (("a", "b"), ("flip/h1", "flip/h2"), 4),
        (("c", "d"), ("flip/h1",), 4),
        (("a", "b", "c"), ("flip/h3",), 4),
    ]


def test_right_answers_visible_cases_and_errors_say_nothing() -> None:
    answers = {"v1": "odd", "h1": "right", "h2": ""}
    assert shared_answers([row("a", answers), row("b", answers)]) == ()


def test_a_misconception_that_explains_it_is_named() -> None:
    (answer,) = shared_answers([row(s, {"h1": "odd"}, h1="not_flipped") for s in "ab"])
    assert answer.misconceptions == ("not_flipped",)


def test_nothing_of_a_student_becomes_markup() -> None:
    hostile = "</pre><script>alert(1)</script>"
    side = Side(hostile, f"{hostile}\n\x1b[31mred\nx = 'a\u202eb\0'\n" + "y" * 10_000_000, 0.5)
    answers = shared_answers([row(s, {"h1": "odd"}) for s in (hostile, "b")])
    pages = similarity_pages(hostile, [Pair("conv.py", side, side)], answers, {})
    assert set(pages) == {"index.html", "pair-001.html"}
    for page in pages.values():
        for sign in ("<script", "\x1b", "\u202e", "\0"):
            assert sign not in page.decode()
        assert len(page) < 100_000


MINE = """def flip(a):
    n = len(a)
    return [a[n - 1 - i] for i in range(n)]


def given(a):
    return a
"""


def test_a_pair_has_line_numbers_jumps_marks_and_what_was_given_faded() -> None:
    yours = "import math\n\n\n" + MINE.replace("n - 1 - i", "n - 1 - at").replace("for i", "for at")
    pair = Pair("conv.py", Side("ada", MINE, 0.9), Side("bob", yours, 0.9))
    handout = {"conv.py": "def given(a):\n    return a\n"}
    page = similarity_pages("t", [pair], (), handout)["pair-001.html"].decode()
    assert 'id="l3"' in page and '<a href="#r6" title="line 6 on the other side">3</a>' in page
    assert page.count("tx alike") == 2 * 2
    assert page.count("tx given") == 2 * 3  # `def NAME(NAME):` is given, whatever it is called
    assert '<a href="#block1">1</a>' in page and 'id="block1"' in page


def test_three_similar_files_are_drawn_as_a_group_and_two_are_not() -> None:
    sides = {name: Side(name, MINE, 0.8) for name in ("ada", "bob", "cyd")}
    three = [Pair("conv.py", sides[a], sides[b]) for a, b in (("ada", "bob"), ("bob", "cyd"))]
    page = similarity_pages("t", three, (), {})["index.html"].decode()
    assert page.count("<circle") == 3 and page.count("<line") == 2
    assert "<svg" not in similarity_pages("t", three[:1], (), {})["index.html"].decode()


def test_students_are_called_by_their_names_and_ids() -> None:
    """Two may have one name, and an id alone means nothing to a reader."""
    pair = Pair("conv.py", Side("s1", MINE, 0.8), Side("s2", MINE, 0.8))
    pages = similarity_pages("t", [pair], (), {}, students=[Student("s1", "Ada <Lovelace>"), Student("s2")])
    for page in pages.values():
        assert "Ada &lt;Lovelace&gt; (s1) and s2" in page.decode()
