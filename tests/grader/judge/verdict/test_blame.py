"""If a criterion fails because of another exercise, that exercise is named, and no right one is."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.misconceptions import Misconception, Misconceptions
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

MISTAKES = Misconceptions(
    ideas={
        "flipped": Misconception("flip", "You flip."),
        "kept": Misconception("dilate", "You keep."),
        "turned": Misconception("grad", "You turn."),
    },
    exercises_by_criterion={
        "flip": ["flip"],
        "dilate": ["dilate"],
        "grad": ["grad"],
        "views": ["flip", "dilate"],
    },
    answers={"grad/one": {"f": [("flipped",)]}},
)
# A graph of bare names has cycles: `flip` calls x.reshape, and x is NumPy's.
CALLS = {"flip": frozenset({"grad"}), "dilate": frozenset({"flip"}), "grad": frozenset({"dilate", "flip"})}
CALLS["tiles"] = frozenset({"pad"})


def graded(mistakes: Misconceptions, answers: Mapping[str, str]) -> Grade:
    """A grade of one case for each criterion; an answer of "ok" passes."""
    criteria = [
        CriterionGrade(
            id,
            "",
            Fraction(4),
            Fraction(0),
            Status.WRONG,
            (CheckResult(id, "one", Status.OK if answers[id] == "ok" else Status.WRONG, answer=answers[id]),),
        )
        for id in answers
    ]
    return diagnose(Grade("tiny", "ada", tuple(criteria), "none"), mistakes, CALLS)


def messages_of(mistakes: Misconceptions = MISTAKES, **answers: str) -> dict[str, list[str]]:
    """For each criterion, what the student must fix first."""
    grade = graded(mistakes, answers)
    texts = {c.id: [fact.text for fact in c.facts if fact.kind == "inner"] for c in grade.criteria}
    return {id: facts for id, facts in texts.items() if facts}


def test_a_criterion_that_calls_a_wrong_exercise_says_so() -> None:
    assert messages_of(flip="x", grad="y") == {
        "grad": ["Your flip is wrong, and this calls it. Fix flip first."]
    }


def test_a_criterion_that_needs_a_wrong_exercise_and_others_says_so() -> None:
    """`views` calls flip and dilate, and it helps the student to know that flip fails elsewhere."""
    assert messages_of(flip="x", views="y") == {
        "views": ["Your flip is wrong, and this needs it. Fix flip first."]
    }


def test_a_criterion_is_not_blamed_on_its_own_exercise_by_itself() -> None:
    """`pair` asks flip alone as well, and fails because of what it compares flip with."""
    mistakes = replace(MISTAKES, exercises_by_criterion={**MISTAKES.exercises_by_criterion, "pair": ["flip"]})
    assert messages_of(mistakes, flip="ok", pair="y") == {}
    assert "pair" in messages_of(mistakes, flip="x", pair="y")


def ideas(mistakes: Misconceptions, **answers: str) -> dict[str, list[str]]:
    """For each criterion, the ideas that its feedback names."""
    return {c.id: [idea.name for idea in c.ideas] for c in graded(mistakes, answers).criteria if c.ideas}


def test_an_idea_about_an_exercise_must_explain_a_failure_of_its_own() -> None:
    """One answer of `grad` is what "flipped" gives. If flip itself fails, it must fail in that way."""
    in_flip = {"flip/one": {"a": [("flipped",)]}}
    mistakes = replace(MISTAKES, answers={**MISTAKES.answers, **in_flip})
    assert ideas(mistakes, flip="a", grad="f")["grad"] == ["flipped"]
    assert "grad" not in ideas(mistakes, flip="b", grad="f")


def test_an_exercise_is_not_blamed_on_one_that_comes_later() -> None:
    assert messages_of(flip="x", dilate="ok", grad="ok") == {}
    assert list(messages_of(flip="x", dilate="ok", grad="y")) == ["grad"]


def test_if_exercises_need_each_other_only_the_first_is_named() -> None:
    assert messages_of(flip="x", dilate="y", views="z")["views"] == [
        "Your flip is wrong, and this needs it. Fix flip first."
    ]


def test_an_exercise_that_fails_by_anothers_mistake_is_not_called_wrong() -> None:
    """`grad` gives exactly the result of a wrong flip."""
    known_by_grad = messages_of(flip="x", grad="f", views="ok")
    assert all("grad" not in text for texts in known_by_grad.values() for text in texts)


def test_an_exercise_is_not_blamed_for_the_mistake_of_another() -> None:
    """pad writes `out[...] = a`, which calls dilate here; the call graph cannot know that."""
    misconceptions = Misconceptions(
        ideas={"kept": Misconception("dilate", "You keep.")},
        exercises_by_criterion={"dilate": ["dilate"], "pad": ["pad"], "tiles": ["tiles"]},
        answers={"dilate/one": {"k": [("kept",)]}, "pad/one": {"p": [("kept",)]}},
    )
    assert messages_of(misconceptions, dilate="k", pad="p", tiles="z") == {}
    assert list(messages_of(misconceptions, dilate="k", pad="other", tiles="z")) == ["tiles"]


def test_a_passing_exercise_needs_no_fix() -> None:
    assert messages_of(flip="ok", dilate="ok", grad="x") == {}


def test_a_criterion_with_an_idea_is_not_sent_to_its_own_exercise() -> None:
    """Each of several criteria may be about another part of `flip`; an idea says what is wrong here."""
    mistakes = replace(
        MISTAKES,
        exercises_by_criterion={**MISTAKES.exercises_by_criterion, "pair": ["flip"]},
        answers={"pair/one": {"f": [("flipped",)]}},
    )
    assert ideas(mistakes, flip="x", pair="f") == {"pair": ["flipped"]}
    assert messages_of(mistakes, flip="x", pair="f") == {}
    assert "pair" in messages_of(mistakes, flip="x", pair="y")


def test_a_case_that_does_not_need_a_wrong_exercise_is_not_blamed_on_it() -> None:
    """A chain of views may call flip or not. A case that no mutant of flip makes fail does not call it."""
    mistakes = replace(
        MISTAKES, answers={"views/one": {"a": [("flipped",)]}, "views/two": {"b": [("kept",)]}}
    )
    flip = CriterionGrade("flip", "", Fraction(4), Fraction(0), Status.WRONG, (wrong("flip", "one"),))

    def message(*results: CheckResult) -> list[str]:
        views = CriterionGrade("views", "", Fraction(4), Fraction(0), Status.WRONG, results)
        grade = diagnose(Grade("tiny", "ada", (flip, views), "none"), mistakes, CALLS)
        return [fact.text for fact in grade.criteria[1].facts if fact.kind == "inner"]

    first, second, right = (wrong("views", "one"), wrong("views", "two"), passing("views", "one"))
    assert message(first, second) == ["Your flip is wrong, and one needs it. Fix flip first."]
    assert message(first) == ["Your flip is wrong, and this needs it. Fix flip first."]
    assert message(right, second) == []
    hidden = replace(first, visibility=Visibility.HIDDEN)
    assert message(right, hidden, second) == message(right, second)


def wrong(criterion: str, case: str) -> CheckResult:
    """A case with a wrong answer that no mutant gives."""
    return CheckResult(criterion, case, Status.WRONG, answer="x")


def passing(criterion: str, case: str) -> CheckResult:
    """A case that passes."""
    return CheckResult(criterion, case, Status.OK, answer="ok")
