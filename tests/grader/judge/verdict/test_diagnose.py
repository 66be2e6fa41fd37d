"""A misconception is named only if one mutant gives every answer that can be compared."""

import ast
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader.__main__ import main
from grader.author.load import load
from grader.author.render import Views, render
from grader.judge.session import Session
from grader.judge.verdict.call_graph import calls
from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.misconceptions import Misconception, Misconceptions, end_of
from grader.model.assignment import Assignment, Visibility
from grader.model.errors import UserError
from grader.model.file_formats.zip_bytes import zipped
from grader.model.grade import BLANK, HINT, Call, CheckResult, CriterionGrade, Grade, Status
from grader.model.mutant import Mutant
from grader.model.surroundings import Sandbox
from grader.prove.read_mutants import read_mutants
from grader.prove.run_mutants import grade_texts
from grader.report.formats.json import to_json
from tests.folders import in_folder

ROOT = Path(__file__).parents[4]
NAME = "conv_backward"

MISTAKES = Misconceptions(
    ideas={
        "flipped": Misconception("conv", "You flip.", "#flip"),
        "padded": Misconception("conv", "You pad.", "#pad"),
        "turned": Misconception("grad", "You turn.", "#turn"),
        "refused": Misconception("grad", "You refuse.", "#refuse"),
    },
    exercises_by_criterion={"conv": ["conv"], "grad": ["grad"]},
    answers={
        "conv/one": {"a": [("flipped",), ("padded",)], "ab": [("flipped", "padded")]},
        "conv/two": {"b": [("flipped",)], "c": [("padded",)]},
        "conv/three": {"p": [("padded",)]},
        "grad/one": {"f": [("flipped",), ("turned",)]},
        "grad/two": {"g": [("turned",)]},
        "grad/edge": {"error ValueError in grad": [("refused",)]},
    },
)
CALLS = {"grad": frozenset({"conv"}), "conv": frozenset[str]()}


def diagnosed(*results: CheckResult) -> dict[str, CriterionGrade]:
    """The diagnosis by criterion, with ideas and facts; `grad` calls `conv`."""
    criteria = tuple(
        CriterionGrade(
            id, "", Fraction(4), Fraction(0), Status.WRONG, tuple(r for r in results if r.criterion == id)
        )
        for id in sorted({result.criterion for result in results})
    )
    grade = diagnose(Grade("tiny", "ada", criteria, "none"), MISTAKES, CALLS)
    return {criterion.id: criterion for criterion in grade.criteria}


def claimed(*results: CheckResult, criterion: str = "conv") -> list[tuple[str, int, int, bool]]:
    """Name, explained, failing and certainty of each idea of a criterion."""
    ideas = diagnosed(*results)[criterion].ideas
    return [(idea.name, idea.explained, idea.failing, idea.is_sure) for idea in ideas]


def wrong(
    case: str,
    answer: str,
    follow_through: float = 0.0,
    criterion: str = "conv",
    visibility: Visibility = Visibility.VISIBLE,
) -> CheckResult:
    return CheckResult(
        criterion, case, Status.WRONG, visibility, answer=answer, follow_through=follow_through
    )


def right(case: str, criterion: str = "conv") -> CheckResult:
    return CheckResult(criterion, case, Status.OK, answer="right")


def raised(case: str, error: str = "ValueError", function: str = "grad", line: int = 7) -> CheckResult:
    call = Call(function, "conv.py", line, "assert edge >= 0", "x (2, 3)")
    return CheckResult("grad", case, Status.ERROR, answer=f"error {error}", calls=(call,))


def test_one_mutant_that_gives_every_failing_answer_is_sure() -> None:
    assert claimed(wrong("one", "a"), wrong("two", "b")) == [("flipped", 2, 2, True)]
    result, _ = diagnosed(wrong("one", "a"), wrong("two", "b"))["conv"].results
    assert result.misconceptions == ("flipped",)
    assert result.idea == "This is it. You flip."
    assert result.help == "#flip"  # where this idea is taught, whatever the criterion's own help is


def test_two_mutants_explain_together_what_neither_does_alone() -> None:
    """One case is explained by each of them, and one by both in one solution."""
    results = wrong("one", "ab"), wrong("two", "b"), wrong("three", "p")
    assert claimed(*results) == [("flipped", 2, 3, True), ("padded", 2, 3, True)]


def test_one_case_is_no_second_idea_while_others_are_unexplained() -> None:
    """A second idea that a single answer needs is perhaps chance, unless the two explain everything."""
    answers = {case: {"f": [("flipped",)], "p": [("padded",)]} for case in ("conv/1", "conv/2", "conv/3")}
    mistakes = replace(MISTAKES, answers={**answers, "conv/4": {"p": [("padded",)]}, "conv/5": {}})

    def misconceptions_of(*ends: str) -> list[str]:
        results = tuple(wrong(str(case), end) for case, end in enumerate(ends, 1))
        criterion = CriterionGrade("conv", "", Fraction(4), Fraction(0), Status.WRONG, results)
        (criterion,) = diagnose(Grade("tiny", "ada", (criterion,), "none"), mistakes, CALLS).criteria
        return [idea.name for idea in criterion.ideas]

    assert misconceptions_of("f", "f", "f", "p") == ["flipped", "padded"]
    assert misconceptions_of("f", "f", "f", "p", "other") == ["flipped"]
    assert misconceptions_of("f", "f", "p", "p", "other") == ["flipped", "padded"]


def test_an_idea_that_explains_some_cases_is_likely_and_counts_them() -> None:
    assert claimed(wrong("one", "x"), wrong("two", "b")) == [("flipped", 1, 2, False)]
    one, two = diagnosed(wrong("one", "x"), wrong("two", "b"))["conv"].results
    assert (one.misconceptions, one.idea) == ((), "")
    assert two.idea == "Likely: 1 of 2 failing cases is exactly what this gives: You flip."


@pytest.mark.parametrize(
    ("results", "begins"),
    [
        ([wrong("two", "b")], "Likely: one failing case is exactly what this gives: You flip."),
        ([wrong("one", "a"), wrong("two", "b")], "Likely: 2 failing cases are exactly what this gives"),
    ],
)
def test_an_idea_that_all_cases_support_has_no_count(results: list[CheckResult], begins: str) -> None:
    """Other cases were not selected, so it is not certain."""
    criterion = CriterionGrade("conv", "", Fraction(4), Fraction(0), Status.WRONG, tuple(results))
    grade = Grade("tiny", "ada", (criterion,), "none", not_selected=3)
    (criterion,) = diagnose(grade, MISTAKES, CALLS).criteria
    assert criterion.results[0].idea.startswith(begins)


def test_a_lone_case_is_no_evidence_where_only_a_case_passes_that_few_ideas_fail() -> None:
    """Many slips leave a case alone that only asks for an exception: that it passes says nothing."""
    cases = {f"grad/{n}": {"t": [("turned",)], "r": [("refused",)]} for n in range(4)}
    mistakes = replace(MISTAKES, answers={**cases, "grad/telling": {"r": [("refused",)]}, "grad/raises": {}})

    def misconceptions_of(*passing: str) -> list[str]:
        results = [wrong("0", "t", criterion="grad")]
        results += [wrong(str(n), "x", criterion="grad") for n in (1, 2, 3)]
        results += [right(case, "grad") for case in passing]
        criterion = CriterionGrade("grad", "", Fraction(9), Fraction(0), Status.WRONG, tuple(results))
        (criterion,) = diagnose(Grade("tiny", "ada", (criterion,), "none"), mistakes, CALLS).criteria
        return [idea.name for idea in criterion.ideas]

    assert misconceptions_of("raises") == []
    assert misconceptions_of("telling") == ["turned"]


@pytest.mark.parametrize(
    ("rivals", "names"), [([], ["turned"]), ([("refused",)], [])], ids=["distinct", "shared"]
)
def test_a_lone_case_that_cannot_tell_two_ideas_apart_is_evidence_for_neither(
    rivals: list[tuple[str, ...]], names: list[str]
) -> None:
    """Also if a passing case rules the rival out: a mistake without a name may give the same answer."""
    ideas = {n: [("turned",), *(rivals if n == 0 else [])] for n in range(4)}
    answers = {f"grad/{n}": {"t": ideas[n]} for n in ideas}
    results = [wrong("0", "t", criterion="grad"), *(wrong(str(n), "x", criterion="grad") for n in (1, 2, 3))]
    criterion = CriterionGrade(
        "grad", "", Fraction(9), Fraction(0), Status.WRONG, (*results, right("right", "grad"))
    )
    mistakes = replace(MISTAKES, answers={**answers, "grad/right": {"r": [("refused",)]}})
    (criterion,) = diagnose(Grade("tiny", "ada", (criterion,), "none"), mistakes, CALLS).criteria
    assert [idea.name for idea in criterion.ideas] == names


@pytest.mark.parametrize(("left_out", "names"), [(0, ["flipped"]), (5, [])], ids=["whole", "selected"])
def test_a_lone_case_of_a_selected_exercise_is_no_evidence_for_another_exercise(
    left_out: int, names: list[str]
) -> None:
    """In a whole grade the other exercise's own cases may contradict it; here they did not run."""
    answers = {f"grad/{n}": {"f": [("flipped",)], "t": [("turned",)]} for n in range(4)}
    results = [wrong("0", "f", criterion="grad"), *(wrong(str(n), "x", criterion="grad") for n in (1, 2))]
    criterion = CriterionGrade(
        "grad", "", Fraction(9), Fraction(0), Status.WRONG, (*results, right("4", "grad"))
    )
    mistakes = replace(MISTAKES, answers={**answers, "grad/4": {"t": [("turned",)]}})
    grade = Grade("tiny", "ada", (criterion,), "none", not_selected=left_out)
    (criterion,) = diagnose(grade, mistakes, CALLS).criteria
    assert [idea.name for idea in criterion.ideas] == names


@pytest.mark.parametrize(("mark", "names"), [(HINT, ["turned"]), (BLANK, [])], ids=["hints", "blanks"])
def test_two_hints_are_evidence_and_two_blank_answers_are_not(mark: str, names: list[str]) -> None:
    """A kernel that reads unwritten shared memory returns NaN everywhere, whatever the mistake."""
    answers = {f"grad/{case}": {f"{mark}{case}": [("turned",)]} for case in ("one", "two")}
    results = [wrong(case, f"{mark}{case}", criterion="grad") for case in ("one", "two")]
    results.append(wrong("three", "x", criterion="grad"))
    mistakes = replace(MISTAKES, answers={**answers, "grad/three": {"y": [("refused",)]}})
    criterion = CriterionGrade("grad", "", Fraction(9), Fraction(0), Status.WRONG, tuple(results))
    (criterion,) = diagnose(Grade("tiny", "ada", (criterion,), "none"), mistakes, CALLS).criteria
    assert [idea.name for idea in criterion.ideas] == names


OUT_OF_BOUNDS = (
    "kernels.cu:38: out_of_bounds in fill: thread (6, 0, 0) of block (2, 0, 0) writes element 262 of out"
)


@pytest.mark.parametrize(
    ("exercise", "finding", "visibility", "facts"),
    [
        (
            "fill",
            OUT_OF_BOUNDS,
            Visibility.VISIBLE,
            [f"In the same kernel, `bugs/one` finds: {OUT_OF_BOUNDS}"],
        ),
        ("add", OUT_OF_BOUNDS, Visibility.VISIBLE, []),
        ("fill", "all 3 elements differ", Visibility.VISIBLE, []),
        ("fill", OUT_OF_BOUNDS, Visibility.HIDDEN, []),
    ],
    ids=["same_kernel", "another_kernel", "no_finding", "hidden_finding"],
)
def test_wrong_values_of_a_kernel_come_with_what_a_visible_case_finds_in_it(
    exercise: str, finding: str, visibility: Visibility, facts: list[str]
) -> None:
    mistakes = replace(MISTAKES, exercises_by_criterion={exercise: [exercise], "bugs": ["fill", "add"]})
    nan = wrong("257", "~nan", criterion=exercise)
    found = replace(wrong("one", "f", criterion="bugs", visibility=visibility), rationale=finding + "\nmore")
    criteria = tuple(
        CriterionGrade(one.criterion, "", Fraction(2), Fraction(0), Status.WRONG, (one,))
        for one in (nan, found)
    )
    of_values, of_bugs = diagnose(Grade("cuda", "ada", criteria, "none"), mistakes).criteria
    assert [fact.text for fact in of_values.facts] == facts
    assert of_bugs.facts == ()


def test_kinds_of_findings_alone_make_no_idea_certain() -> None:
    """Two mistakes of a kernel may read unwritten memory, each in its own way."""
    found = replace(wrong("two", "b"), rationale=OUT_OF_BOUNDS)
    (alone,) = diagnosed(found)["conv"].results
    assert alone.idea == "Perhaps, because this gives the same kinds of findings: You flip."
    _, beside_values = diagnosed(wrong("one", "a"), found)["conv"].results
    assert beside_values.idea == "This is it. You flip."


def test_several_that_fit_equally_are_stated_together() -> None:
    """In the students' words: the names of mutants are the authors'."""
    criterion = diagnosed(wrong("one", "a"))["conv"]
    (idea,), (result,) = criterion.ideas, criterion.results
    assert (idea.name, idea.others) == ("flipped", ("padded",))
    assert result.idea == (
        "Likely: one failing case is exactly what each of these mistakes gives: (1) You flip. (2) You pad."
    )


def test_among_equal_ideas_those_of_the_exercise_itself_are_stated() -> None:
    """If only `grad` is graded, the case cannot tell a mistake in it from one in `conv`, which it calls."""
    criterion = diagnosed(wrong("one", "f", criterion="grad"))["grad"]
    (result,) = criterion.results
    assert result.misconceptions == ("turned", "flipped")
    assert result.idea == (
        "Likely: one failing case is exactly what this gives: You turn. "
        "A mistake in `conv` would give the same: the cases of that exercise tell."
    )
    assert result.help == "#turn"


def test_mistakes_in_other_exercises_do_not_make_an_idea_too_weak() -> None:
    answers = {"grad/one": {"f": [(name,) for name in ("flipped", "padded", "cut", "shifted", "turned")]}}
    more = {name: Misconception("conv", f"You {name}.", "") for name in ("cut", "shifted")}
    mistakes = replace(MISTAKES, ideas={**MISTAKES.ideas, **more}, answers=answers)
    criterion = CriterionGrade(
        "grad", "", Fraction(4), Fraction(0), Status.WRONG, (wrong("one", "f", criterion="grad"),)
    )
    (criterion,) = diagnose(
        Grade("tiny", "ada", (criterion,), "none", not_selected=3), mistakes, CALLS
    ).criteria
    assert criterion.results[0].idea.startswith(
        "Likely: one failing case is exactly what this gives: You turn."
    )


def test_a_case_that_passes_speaks_against_a_mutant_that_fails_it() -> None:
    assert claimed(wrong("one", "a"), right("two")) == []
    assert claimed(wrong("one", "a"), wrong("two", "b"), right("three")) == [("flipped", 2, 2, True)]


CONDITIONAL = Misconceptions(
    ideas={"dilated": Misconception("grad", "You dilate."), "inner": Misconception("conv", "You pad.")},
    exercises_by_criterion={"conv": ["conv"], "grad": ["grad"]},
    answers={
        "conv/one": {"x": [("inner",)]},
        "grad/one": {"a": [("dilated",)]},
        "grad/two": {"b": [("dilated",)]},
        "grad/plain": {"c": [("dilated",)]},
    },
)


def test_an_idea_that_gives_all_wrong_answers_is_likely_even_if_other_cases_pass() -> None:
    """The submission may make the mistake under a condition only, such as `if stride > 1`."""
    both = [wrong("one", "a", criterion="grad"), wrong("two", "b", criterion="grad")]
    plain = right("plain", criterion="grad")
    assert conditional(*both, plain) == [("dilated", False)]
    assert conditional(both[0], plain) == []
    assert conditional(both[0], wrong("two", "?", criterion="grad"), plain) == []
    assert conditional(wrong("one", "x"), *both, plain) == []


def conditional(*results: CheckResult) -> list[tuple[str, bool]]:
    """Name and certainty of each idea of `grad`, which calls `conv`."""
    criteria = [
        CriterionGrade(
            id, "", Fraction(4), Fraction(0), Status.WRONG, tuple(r for r in results if r.criterion == id)
        )
        for id in ("conv", "grad")
    ]
    grade = diagnose(Grade("tiny", "ada", tuple(criteria), "none"), CONDITIONAL, CALLS)
    return [(idea.name, idea.is_sure) for idea in grade.criteria[1].ideas]


def test_without_a_failure_nothing_is_named() -> None:
    assert claimed(right("one"), right("two")) == []


@pytest.mark.parametrize("other", ["", "x"], ids=["no_answer", "another_answer"])
def test_a_case_without_known_answers_says_nothing(other: str) -> None:
    """For example, a hidden case on per-student numbers."""
    assert claimed(wrong("one", "a"), wrong("two", "b"), wrong("own", other)) == [("flipped", 2, 2, True)]
    assert claimed(wrong("own", other)) == []


def test_a_gradient_of_the_own_forward_pass_is_no_misconception() -> None:
    """A gradient without the flip is right for a forward pass that flips."""
    assert claimed(wrong("one", "a", 0.5), wrong("two", "b", 0.5)) == []


def test_a_mistake_in_a_function_is_not_taken_for_one_in_its_caller() -> None:
    """Both mutants answer `f` for the gradient; conv's answer shows which of them it can be."""
    gradient = wrong("one", "f", criterion="grad")
    alone = claimed(right("two"), gradient, criterion="grad")
    assert [name for name, *_ in alone] == ["turned"]
    both = claimed(wrong("one", "a"), wrong("two", "b"), gradient, criterion="grad")
    assert [name for name, *_ in both] == ["flipped"]


def test_an_exercise_has_ideas_of_its_own_if_what_is_wrong_with_an_inner_one_is_known() -> None:
    """With `flipped` in conv alone, grad/two would pass: so grad has a mistake of its own."""
    own = wrong("one", "f", criterion="grad"), wrong("two", "g", criterion="grad")
    assert claimed(wrong("one", "a"), wrong("two", "b"), *own, criterion="grad") == [("turned", 2, 2, True)]
    unknown = claimed(wrong("one", "x"), *own, criterion="grad")
    assert "turned" not in {name for name, *_ in unknown}


def test_many_numbers_may_be_of_an_exercise_that_perhaps_calls_no_wrong_one() -> None:
    """A method of the name `conv` may be another array's, so only its mention counts as a call."""
    own = wrong("one", "f", criterion="grad"), wrong("two", "g", criterion="grad")
    criteria = [
        CriterionGrade(id, "", Fraction(4), Fraction(0), Status.WRONG, results)
        for id, results in (("conv", (wrong("one", "x"),)), ("grad", own))
    ]
    grade = Grade("tiny", "ada", tuple(criteria), "none")
    for certain, expected in (({"grad": frozenset[str]()}, ["turned"]), (CALLS, [])):
        *_, of_grad = diagnose(grade, MISTAKES, CALLS, certain=certain).criteria
        assert [idea.name for idea in of_grad.ideas] == expected


def test_an_exercise_may_make_one_mistake_in_each_criterion_that_asks_it_alone() -> None:
    mistakes = replace(
        MISTAKES,
        ideas={**MISTAKES.ideas, "shared": Misconception("conv", "You share.")},
        exercises_by_criterion={**MISTAKES.exercises_by_criterion, "memory": ["conv"]},
        answers={**MISTAKES.answers, "memory/one": {"m": [("shared",)]}},
    )
    by_criterion = {
        "conv": (wrong("one", "a"), wrong("two", "b")),
        "memory": (wrong("one", "m", criterion="memory"),),
    }
    criteria = tuple(
        CriterionGrade(id, "", Fraction(4), Fraction(0), Status.WRONG, results)
        for id, results in by_criterion.items()
    )
    grade = diagnose(Grade("tiny", "ada", criteria, "none"), mistakes, CALLS)
    assert [[idea.name for idea in one.ideas] for one in grade.criteria] == [["flipped"], ["shared"]]


def test_a_hidden_case_that_ends_differently_makes_an_idea_uncertain() -> None:
    hidden = Visibility.HIDDEN
    results = wrong("one", "a"), wrong("two", "b"), wrong("three", "x", visibility=hidden)
    assert claimed(*results) == [("flipped", 2, 3, False)]
    passes = CheckResult("conv", "three", Status.OK, hidden, answer="right")
    assert claimed(wrong("two", "c"), passes) == [("padded", 1, 1, False)]


def test_a_hidden_case_adds_an_idea_to_that_of_the_visible_ones() -> None:
    results = wrong("two", "b"), wrong("three", "p", visibility=Visibility.HIDDEN)
    assert {name for name, *_ in claimed(*results)} == {"flipped", "padded"}


def test_an_exception_is_evidence_if_the_mutant_raises_in_the_same_cases() -> None:
    value = wrong("two", "g", criterion="grad")
    assert claimed(raised("edge"), value, criterion="grad") == [
        ("refused", 1, 2, True),
        ("turned", 1, 2, True),
    ]


@pytest.mark.parametrize(
    "results",
    [
        [raised("edge")],
        [raised("edge"), raised("one"), raised("two")],
        [raised("edge", "TypeError"), right("one", "grad")],
        [raised("edge", function="pad"), right("one", "grad")],
        [raised("edge"), raised("one"), right("two", "grad")],
    ],
    ids=["all_there_is", "every_case", "another_class", "another_place", "another_case_too"],
)
def test_an_exception_alone_names_no_misconception(results: list[CheckResult]) -> None:
    assert claimed(*results, criterion="grad") == []


UNREFUSED = replace(
    MISTAKES,
    ideas={**MISTAKES.ideas, "any_shape": Misconception("conv", "You accept any shape.", "#shape")},
    answers={
        **MISTAKES.answers,
        "conv/four": {"y": [("padded",)]},
        "conv/refusal": {"no error": [("flipped",), ("any_shape",)]},
    },
)


def names_of(mistakes: Misconceptions, *results: CheckResult) -> list[str]:
    """The ideas of `conv`, whose cases these are."""
    criterion = CriterionGrade("conv", "", Fraction(4), Fraction(0), Status.WRONG, results)
    (criterion,) = diagnose(Grade("tiny", "ada", (criterion,), "none"), mistakes, CALLS).criteria
    return [idea.name for idea in criterion.ideas]


def test_an_exception_that_a_student_raises_contradicts_no_idea_about_values() -> None:
    """The mutant may have left out the check together with the rest; the student made only its mistake."""
    assert names_of(UNREFUSED, wrong("one", "a"), wrong("two", "b"), right("refusal")) == ["flipped"]


def test_a_missing_exception_is_named_even_if_other_mistakes_have_no_name() -> None:
    unknown = [wrong(case, "x") for case in ("one", "two", "three", "four")]
    assert names_of(UNREFUSED, *unknown, wrong("refusal", "no error")) == ["any_shape"]
    assert names_of(UNREFUSED, *unknown, right("refusal")) == []


def test_a_missing_exception_does_not_show_what_the_call_does_instead() -> None:
    ideas = {**UNREFUSED.ideas, "any_shape": Misconception("conv", "You drop the sign.")}
    unknown = [wrong(case, "x") for case in ("one", "two", "three", "four")]
    assert names_of(replace(UNREFUSED, ideas=ideas), *unknown, wrong("refusal", "no error")) == []


def test_two_ideas_about_a_missing_exception_name_neither() -> None:
    ideas = {**UNREFUSED.ideas, "any_size": Misconception("conv", "You accept any size.")}
    ends = {"no error": [("any_shape",), ("any_size",)]}
    mistakes = replace(UNREFUSED, ideas=ideas, answers={**UNREFUSED.answers, "conv/refusal": ends})
    unknown = [wrong(case, "x") for case in ("one", "two", "three", "four")]
    assert names_of(mistakes, *unknown, wrong("refusal", "no error")) == []


def test_the_same_exception_in_many_cases_is_one_fact_with_its_line() -> None:
    (fact,) = diagnosed(raised("edge"), raised("one"), raised("two", line=9))["grad"].facts
    assert fact.cases == ("edge", "one")
    assert fact.text == "2 cases end in ValueError at conv.py:7, with x (2, 3) in edge\nassert edge >= 0"


def test_an_exception_in_a_provided_file_shows_the_exercises_line() -> None:
    provided = Call("pad", "conv.py", 30, "raise ValueError(shape)", "x (2, 3)")
    results = [replace(one, calls=(*one.calls, provided)) for one in (raised("edge"), raised("one"))]
    (fact,) = diagnosed(*results)["grad"].facts
    assert "conv.py:7" in fact.text
    assert "conv.py:30" not in fact.text


def test_two_ideas_that_together_give_another_answer_are_not_claimed() -> None:
    """The answer of both in one solution is known for case `one`, and this is a different one."""
    results = wrong("one", "a"), wrong("three", "p")
    assert "flipped" not in {name for name, *_ in claimed(*results)}


def test_one_failing_case_is_no_evidence_if_the_others_pass_with_the_idea() -> None:
    """With `turned` grad/edge passes, so what is wrong there is something else."""
    failing = wrong("two", "g", criterion="grad"), wrong("edge", "x", criterion="grad")
    assert [name for name, *_ in claimed(*failing, criterion="grad")] == ["turned"]
    assert claimed(*failing, wrong("one", "x", criterion="grad"), criterion="grad") == []


def test_an_exception_with_another_text_is_another_one() -> None:
    """A call with wrong numbers names them."""
    texts = ["conv.py:7: ValueError: offset 3", "conv.py:7: ValueError: offset 4"]
    call = Call("grad", "conv.py", 7, "return a.as_strided(shape, strides, offset)")
    one, other = (
        end_of(
            CheckResult(
                "grad", "edge", Status.ERROR, answer="error ValueError", rationale=text, calls=(call,)
            ),
            {"grad": "grad"},
        )
        for text in texts
    )
    assert one != other
    own_call = replace(call, source="raise ValueError(offset)")
    ends = {
        end_of(
            CheckResult(
                "grad", "edge", Status.ERROR, answer="error ValueError", rationale=text, calls=(own_call,)
            ),
            {"grad": "grad"},
        )
        for text in texts
    }
    assert ends == {"error ValueError in grad"}


@pytest.mark.parametrize(
    ("error", "message", "other"),
    [
        (
            "AttributeError",
            "'NDArray' object has no attribute 'transpose'",
            "'NDArray' object has no attribute 'T'",
        ),
        ("TypeError", "operand 'NDArray' does not support ufuncs", "unsupported operand"),
        (
            "TypeError",
            "NDArray.permute() takes 2 positional arguments but 5 were given",
            "unsupported operand",
        ),
        ("TypeError", "'int' object is not iterable", "'NoneType' object is not iterable"),
    ],
    ids=["method", "function", "arguments", "loop"],
)
def test_what_an_exception_says_of_a_call_is_one_mistake_whatever_the_numbers_are(
    error: str, message: str, other: str
) -> None:
    """Another method is another mistake, and so is another message of the same class."""

    def end(case: str, text: str) -> str:
        call = Call("grad", "conv.py", 7, "return w.transpose(axes)", f"w {case}")
        rationale = f"conv.py:7: {error}: {text}"
        result = CheckResult("grad", case, Status.ERROR, answer=f"error {error}", calls=(call,))
        return end_of(replace(result, rationale=rationale), {"grad": "grad"})

    assert end("one", message) == end("two", message)
    assert end("one", message) != end("one", other)


def test_a_wrong_exercise_that_another_one_calls_is_to_be_mended_first() -> None:
    (fact,) = diagnosed(wrong("one", "x"), wrong("one", "y", criterion="grad"))["grad"].facts
    assert fact.text == "Your conv is wrong, and this calls it. Fix conv first."
    assert diagnosed(right("one"), wrong("one", "y", criterion="grad"))["grad"].facts == ()


# The sample class


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return Views(load(ROOT / "assignments" / NAME)).assignment


@pytest.fixture(scope="module")
def mistakes(
    assignment: Assignment, misconceptions_of: Callable[[Assignment], Misconceptions]
) -> Misconceptions:
    return misconceptions_of(assignment)


@pytest.fixture(scope="module")
def session(assignment: Assignment, mistakes: Misconceptions) -> Iterator[Session]:
    with Session(assignment, sandbox=Sandbox.BUBBLEWRAP, misconceptions=mistakes) as session:
        yield session


def ideas(grade: Grade) -> dict[str, set[tuple[str, ...]]]:
    """The explanations of the failing cases, by criterion."""
    misconceptions = {c.id: {r.misconceptions for r in c.results if r.misconceptions} for c in grade.criteria}
    return {id: names for id, names in misconceptions.items() if names}


# A wrong gradient fails `gradient_inputs` as well, by every idea that explains one of the two gradients, and
# the criterion on its transpose, to which its idea is carried over.
SAMPLE_CLASS: dict[str, dict[str, tuple[str, ...]]] = {
    "kernel_not_flipped": {
        "x_grad": ("kernel_not_flipped",),
        "transpose_x": ("kernel_not_flipped",),
        "gradient_inputs": ("kernel_not_flipped",),
    },
    "no_dilation": {
        "x_grad": ("no_dilation",),
        "transpose_x": ("no_dilation",),
        "w_grad": ("gaps_left_out",),
        "transpose_w": ("gaps_left_out",),
        "gradient_inputs": ("gaps_left_out", "no_dilation"),
    },
    "cut_forgotten": {
        "x_grad": ("cut_forgotten",),
        "transpose_x": ("cut_forgotten",),
        "w_grad": ("last_zeros_kept",),
        "transpose_w": ("last_zeros_kept",),
        "gradient_inputs": ("cut_forgotten", "last_zeros_kept"),
    },
    "remainder_ignored": {
        "x_grad": ("remainder_ignored",),
        "transpose_x": ("remainder_ignored",),
        "w_grad": ("left_over_not_cut",),
        "transpose_w": ("left_over_not_cut",),
        "gradient_inputs": ("left_over_not_cut", "remainder_ignored"),
    },
    "height_for_width": {
        "x_grad": ("padding_of_the_height_for_both",),
        "transpose_x": ("padding_of_the_height_for_both",),
        "gradient_inputs": ("padding_of_the_height_for_both",),
    },
    "wrong_shape": {"w_grad": ("not_permuted_back",)},
    "forward_wrong_gradient_right": {"conv": ("kernel_turned_around",)},  # both gradients follow it
    "perfect": {},
    "untouched_handout": {},
    "wrong_dtype": {},
}


@pytest.mark.parametrize("name", SAMPLE_CLASS)
def test_the_misconceptions_of_the_sample_class_are_named_and_no_others(
    session: Session, sample_class: Path, name: str
) -> None:
    expected = {criterion: {names} for criterion, names in SAMPLE_CLASS[name].items()}
    assert ideas(session.grade(in_folder(sample_class / name), name)) == expected


def test_hidden_cases_tell_mutants_apart_without_showing_their_values(
    session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    """This mutant passes every visible case, as ten others do."""
    name = "out_grad_read_in_memory_order"
    (mutant,) = (mutant for mutant in read_mutants(Views(assignment))[0] if mutant.name == name)
    (tmp_path / mutant.file).write_text(mutant.source)
    cases = [
        case
        for criterion in json.loads(to_json(session.grade(in_folder(tmp_path), "ada")))["criteria"]
        for case in criterion["cases"]
        if case["misconceptions"]
    ]
    assert cases
    for case in cases:
        assert case["misconceptions"] == [name]
        assert case["visibility"] != Visibility.VISIBLE
        assert not {"inputs", "index", "expected", "actual", "rationale", "output"} & set(case)


# A handout


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated handout, away from the repository; without small cases, which take long."""
    build = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr("grader.author.handout.freeze_ladders", lambda assignment, oracle: zipped({}))
        assert main(["generate", NAME, "--out", str(build)]) == 0
    return build / "release" / NAME


def test_in_a_handout_the_frozen_digests_name_the_misconception(
    handout: Path,
    mistakes: Misconceptions,
    sample_class: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submission = shutil.copytree(handout, tmp_path / "own")
    shutil.copy(sample_class / "remainder_ignored" / "conv.py", submission / "conv.py")
    monkeypatch.chdir(submission)
    assert main(["grade", ".", "--json", "grade.json"]) == 1
    criteria = {c["id"]: c["cases"] for c in json.loads((submission / "grade.json").read_text())["criteria"]}
    failing = [case for case in criteria["x_grad"] if case["status"] != "ok"]
    assert failing
    assert all(case["misconceptions"] == ["remainder_ignored"] for case in failing)
    assert all(
        case["idea"] == f"This is it. {mistakes.ideas['remainder_ignored'].message}" for case in failing
    )


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"ideas": [], "answers": {}, "exercises": {}}', '{"ideas": [{}], "answers": {}}'],
    ids=["empty", "a_list", "of_another_version", "without_names"],
)
def test_misconceptions_that_cannot_be_read_are_no_fault_of_the_grader(content: str, tmp_path: Path) -> None:
    (tmp_path / "misconceptions.json").write_text(content)
    with pytest.raises(UserError, match="unpack the handout again"):
        Misconceptions.read(tmp_path / "misconceptions.json")


def test_a_handout_knows_the_answers_of_visible_cases_and_of_no_others(
    handout: Path, assignment: Assignment
) -> None:
    cases = list(assignment.rubric.cases)
    hidden = {case.name for case in cases if case.visibility is not Visibility.VISIBLE}
    frozen = Misconceptions.read(handout / "grading" / "misconceptions.json")
    answered = set(frozen.answers)
    assert answered and not answered & hidden
    arrays = np.load(handout / "grading" / "frozen.npz").files
    assert arrays and not [name for name in arrays if name.startswith(tuple(f"{case}:" for case in hidden))]


def test_a_handout_holds_no_mutant(handout: Path, assignment: Assignment) -> None:
    """Neither a mutant's code nor a helper of it, in any file of the handout or of its wheel."""
    tree = ast.parse((assignment.folder / "mutants.py").read_text())
    bodies = {
        node.name: flat("\n".join(map(ast.unparse, node.body[ast.get_docstring(node) is not None :])))
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    files = {path: path.read_bytes() for path in handout.rglob("*") if path.is_file()}
    (wheel,) = handout.glob("wheels/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files |= {wheel / name: archive.read(name) for name in archive.namelist()}
    assert len(bodies) > 90
    for path, data in files.items():
        text = data.decode(errors="replace")
        text = flat(ast.unparse(ast.parse(text)) if path.suffix == ".py" else text)
        assert [name for name, body in bodies.items() if body and body in text] == [], path


def flat(code: str) -> str:
    """A source without its indentation."""
    return "\n".join(line.strip() for line in code.splitlines())


# Two mutants in one submission


def together(solution: str, pair: Sequence[Mutant]) -> str:
    """The solution with two mutants appended, each with an `original` of its own."""
    parts = [
        re.sub(r"\boriginal\b", f"original_{number}", mutant.source.removeprefix(solution.rstrip()))
        for number, mutant in enumerate(pair)
    ]
    return solution.rstrip() + "\n\n\n" + "".join(parts)


def pairs_of(mutants: Sequence[Mutant], count: int) -> list[tuple[Mutant, Mutant]]:
    """The given number of pairs of mutants of two exercises."""
    rng = random.Random(4)
    pairs: list[tuple[Mutant, Mutant]] = []
    while len(pairs) < count:
        one, other = rng.sample(mutants, 2)
        if one.exercise != other.exercise:
            pairs.append((one, other))
    return pairs


def names_in(grade: Grade, mistakes: Misconceptions, files: Mapping[str, str]) -> set[str]:
    """The misconceptions that a session names for a submission, not those it only lists with others."""
    encoded = {name: text.encode() for name, text in files.items()}
    reached = calls(encoded, {idea.exercise for idea in mistakes.ideas.values()})
    criteria = diagnose(grade, mistakes, reached).criteria
    results = (result for criterion in criteria for result in criterion.results)
    return {result.misconceptions[0] for result in results if len(result.misconceptions) == 1}


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_no_absent_mutant_is_named_in_a_submission_with_two(
    assignment: Assignment, mistakes: Misconceptions, count: int
) -> None:
    """With all cases, as in an instructor's grade, and with the visible ones, as in a handout."""
    solution = render(assignment, "solution").files["conv.py"]
    pairs = {f"pair-{n}": pair for n, pair in enumerate(pairs_of(read_mutants(Views(assignment))[0], count))}
    files = {name: {"conv.py": together(solution, pair)} for name, pair in pairs.items()}
    grades = grade_texts(assignment, "", files, 2)
    cases = list(assignment.rubric.cases)
    visible = mistakes.only(case.name for case in cases if case.visibility is Visibility.VISIBLE)
    for evidence in (mistakes, visible):
        names = {name: names_in(grade, evidence, files[name]) for name, grade in grades.items()}
        there = {name: {mutant.name for mutant in pair} for name, pair in pairs.items()}
        assert {name: names[name] for name in pairs if not names[name] <= there[name]} == {}
        assert sum(map(bool, names.values())) > count / 2, "nearly nothing is named"
