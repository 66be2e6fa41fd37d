"""The feedback on a criterion that a time limit ended says so."""

from dataclasses import replace
from fractions import Fraction

from grader.model.assignment import Visibility
from grader.model.grade import (
    Call,
    CheckResult,
    CriterionGrade,
    Fact,
    FactKind,
    Grade,
    Idea,
    Status,
    Variable,
)
from grader.report.feedback_content import Label, block, feedback_on, remark
from grader.report.formats.json import to_json

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


def test_a_case_that_was_not_run_fails_nothing_in_any_view() -> None:
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
    assert facts[Label.CALLS].splitlines() == [
        "conv.py:40 in conv_x_grad(out_grad (2, 3))",
        "    return pad(grad)",
        "conv.py:12 in pad",
        "    a[5]",
    ]


def test_a_source_line_is_shown_once() -> None:
    """The reason ends with the line that raised, and the last of the calls is that line."""
    call = Call("flip", "conv.py", 9, "return b", "a (2, 3)")
    failed = CheckResult("x", "a", Status.ERROR, rationale="conv.py:9: NameError\nreturn b", calls=(call,))
    assert dict(block(failed, "x · a", reveal=False).facts)[Label.CALLS] == "conv.py:9 in flip(a (2, 3))"
    cut = replace(failed, calls=(replace(call, source="retur…"),))
    assert dict(block(cut, "x · a", reveal=False).facts)[Label.CALLS] == "conv.py:9 in flip(a (2, 3))"


W = Variable("w", (3, 4), "float32")
ADD = Call("conv", "conv.py", 9, "out += w", variables=(Variable("out", (2, 5), "float32"), W))
MISFIT = CheckResult("grad", "a", Status.ERROR, rationale="conv.py:9: ValueError: no\nout += w", calls=(ADD,))


def why_of(grade: Grade) -> str:
    feedback = feedback_on(grade)
    blocks = [feedback.whole] if feedback.whole else [one for s in feedback.sections for one in s.blocks]
    return dict(blocks[0].facts)[Label.WHY] if blocks[0] else ""


def test_the_line_that_raised_shows_its_shapes() -> None:
    right = CheckResult("grad", "right", Status.OK)
    assert why_of(criterion_of(right, MISFIT)).splitlines() == [
        "conv.py:9: ValueError: no",
        "out += w",
        "There, out has shape (2, 5) and w has shape (3, 4).",
    ]


def test_cases_with_one_exception_and_other_shapes_show_those_of_the_first_and_name_it() -> None:
    other = replace(MISFIT, case="b", calls=(replace(ADD, variables=(W,)),))
    grade = criterion_of(MISFIT, other)
    assert why_of(grade).endswith("\nThere, in grad/a, out has shape (2, 5) and w has shape (3, 4).")
    passing = replace(grade.criteria[0], id="flip", results=(CheckResult("flip", "one", Status.OK),))
    two = replace(grade, criteria=(passing, *grade.criteria))
    assert "There, in a, out has" in why_of(two)
    alike = replace(MISFIT, case="b")
    assert "There, out has" in why_of(criterion_of(MISFIT, alike))


def test_shapes_of_a_hidden_case_are_never_shown() -> None:
    """Neither its own, nor through a visible case with the same exception, nor by a difference from them."""
    secret = replace(ADD, variables=(Variable("secret", (7, 77), "float32"),))
    hidden = replace(MISFIT, case="b", visibility=Visibility.HIDDEN, calls=(secret,))
    both = criterion_of(MISFIT, hidden)
    assert "There, out has" in why_of(both)
    for grade in (criterion_of(hidden), criterion_of(hidden, replace(hidden, case="c")), both):
        feedback = feedback_on(grade)
        shown = [feedback.whole, *(section.blocks for section in feedback.sections)]
        assert "secret" not in repr(shown)
        assert "77" not in to_json(grade)
    assert "77" in to_json(both, reveal=True)


def test_a_pair_that_is_named_as_one_is_not_named_again() -> None:
    pair = Variable("stride", value=(1, 2))
    call = Call("conv", "conv.py", 3, "s = stride + n", "stride (1, 2)", (pair, Variable("n", value=3)))
    reason = 'conv.py:3: TypeError: can only concatenate tuple (not "int") to tuple\ns = stride + n'
    result = CheckResult("conv", "one", Status.ERROR, rationale=reason, calls=(call,))
    assert dict(block(result, "", False).facts)[Label.WHY].splitlines()[2:] == [
        "stride is a pair here, (1, 2), and not one number",
        "There, n is 3.",
    ]


def test_an_exception_without_a_place_is_shown_once_too() -> None:
    """A missing `return` raises in no line of the submission."""
    why = "TypeError: the function returned None: is a return missing?"
    cases = [CheckResult("grad", case, Status.ERROR, rationale=why) for case in "abc"]
    right = CheckResult("grad", "right", Status.OK)
    assert texts_of(criterion_of(right, *cases)) == (["grad/a"], ["b", "c"])
    hidden = [replace(case, visibility=Visibility.HIDDEN) for case in cases[1:]]
    assert texts_of(criterion_of(right, cases[0], *hidden)) == (["grad/a", ""], ["c"])


def failing(case: str, visibility: Visibility = Visibility.VISIBLE, idea: str = "") -> CheckResult:
    return CheckResult("grad", case, Status.WRONG, visibility, rationale=f"{case} differs", idea=idea)


def criterion_of(*results: CheckResult, facts: tuple[Fact, ...] = ()) -> Grade:
    points = Fraction(len(results))
    one = CriterionGrade("grad", "", points, Fraction(0), Status.WRONG, results, facts=facts)
    return Grade("tiny", "ada", (one,), "none")


def texts_of(grade: Grade) -> tuple[list[str], list[str]]:
    """The cases that are shown in full, and those that are only named."""
    (section,) = feedback_on(grade).sections
    return [one.case for one in section.blocks], list(section.more)


def test_an_idea_is_shown_once_and_the_next_case_adds_something() -> None:
    grade = criterion_of(
        failing("a", idea="You flip."), failing("b", idea="You flip."), failing("c", idea="You pad.")
    )
    assert texts_of(grade) == (["grad/a", "grad/c"], ["b"])
    assert texts_of(criterion_of(*(failing(case, idea="You flip.") for case in "abc"))) == (
        ["grad/a"],
        ["b", "c"],
    )


def test_a_case_that_was_not_run_comes_after_failing_ones() -> None:
    waits = CheckResult("grad", "b", Status.NOT_RUN, rationale="b counts once another case of grad passes")
    a, c = failing("a", idea="You flip."), failing("c", idea="You flip.")
    assert texts_of(criterion_of(a, waits, c)) == (["grad/a"], ["c", "b"])


def test_an_idea_that_two_cases_share_is_stated_in_full_once() -> None:
    """With exactly two failing cases both are shown, and the second one names the first."""
    both = (replace(failing(case, idea="You flip."), help="README.md#flip") for case in "ab")
    (section,) = feedback_on(criterion_of(*both)).sections
    ideas = [dict(one.facts)[Label.IDEA] for one in section.blocks]
    assert ideas == ["You flip.", "The same as in a."]
    assert [("read" in dict(one.facts)) for one in section.blocks] == [True, False]


def test_only_a_new_idea_is_stated_in_full_with_its_link() -> None:
    """The first case shows one idea, the second shows both; a third one with the first again adds nothing."""
    flip, pad = (
        Idea(name, name, f"You {name}.", f"README.md#{name}", explained=3, failing=3, is_sure=True)
        for name in ("flip", "pad")
    )
    sentences = {one.name: f"This is it. {one.message}" for one in (flip, pad)}
    both = failing("b", idea=f"{sentences['flip']}\n{sentences['pad']}")
    grade = criterion_of(failing("a", idea=sentences["flip"]), both, failing("c", idea=sentences["flip"]))
    (criterion,) = grade.criteria
    grade = replace(grade, criteria=(replace(criterion, ideas=(flip, pad)),))
    (section,) = feedback_on(grade).sections

    assert [dict(one.facts)[Label.IDEA] for one in section.blocks] == [
        "This is it. You flip.",
        "This is it. You pad.\nAnd the same as in a.",
    ]
    assert dict(section.blocks[1].facts)[Label.READ] == "README.md#pad"
    assert section.more == ("c",)


def graded(*criteria: tuple[tuple[CheckResult, ...], tuple[Idea, ...]]) -> Grade:
    """A grade of criteria that are wrong, each with its results and its ideas."""
    wrong = (
        CriterionGrade(results[0].criterion, "", Fraction(2), Fraction(0), Status.WRONG, results, ideas=ideas)
        for results, ideas in criteria
    )
    return Grade("tiny", "ada", tuple(wrong), "none")


def test_an_idea_of_an_earlier_criterion_is_stated_by_its_case_with_its_own_evidence() -> None:
    flip = Idea("flip", "flip", "You flip.", "README.md#flip", explained=2, failing=5, is_sure=False)
    likely = "Likely: 2 of 5 failing cases are exactly what this gives: You flip."
    first = failing("a", idea="This is it. You flip.")
    others = [
        replace(failing("b", idea=idea), criterion=name) for name, idea in (("x", likely), ("y", first.idea))
    ]
    grade = graded(*(((one,), (flip,)) for one in (first, *others)))
    grade_blocks = [dict(section.blocks[0].facts) for section in feedback_on(grade).sections]
    assert [facts[Label.IDEA] for facts in grade_blocks] == [
        "This is it. You flip.",
        "Likely: 2 of 5 failing cases are exactly what this gives: the same as in grad/a.",
        "This is it. The same as in grad/a.",
    ]


def test_no_case_refers_to_an_idea_that_a_hidden_case_keeps_to_itself() -> None:
    hidden = failing("secret", Visibility.HIDDEN, idea="You flip.")
    visible = replace(failing("b", idea="You flip."), criterion="x")
    _, section = feedback_on(graded(((hidden,), ()), ((visible,), ()))).sections
    assert dict(section.blocks[0].facts)[Label.IDEA] == "You flip."


def test_a_file_that_cannot_be_read_fails_every_case_for_one_reason() -> None:
    """Also where some cases expect an exception: to them it is another one than the expected."""
    why = "conv.py:3: SyntaxError: '(' was never closed"
    some = CheckResult("grad", "a", Status.ERROR, rationale=why)
    refusing = replace(some, case="b", expected="ValueError is raised", actual="SyntaxError is raised")
    whole = feedback_on(criterion_of(some, refusing)).whole
    assert whole is not None
    assert (whole.heading, whole.facts) == ("every case fails (2)", (("why", why),))
    whole = feedback_on(criterion_of(refusing, replace(refusing, case="c"))).whole
    assert whole is not None and ("expected", "ValueError is raised") in whole.facts


def test_an_exception_of_several_cases_is_shown_once_with_its_line() -> None:
    """If no case in full shows the line, it stands above them with the values of its shapes."""
    why = "conv.py:9: ValueError: shapes (2, 3) and (4, 3)\nreturn a @ b"
    raised = [CheckResult("grad", case, Status.ERROR, rationale=why + case) for case in "abc"]
    fact = Fact(FactKind.ERROR, "3 cases end in ValueError at conv.py:9, with a (2, 3) in a", ("a", "b", "c"))
    (section,) = feedback_on(criterion_of(*raised, facts=(fact,))).sections
    assert section.facts == ()
    assert section.blocks[0].facts[-1] == ("also", "2 more cases end at this line")
    (section,) = feedback_on(criterion_of(failing("x"), failing("y"), *raised, facts=(fact,))).sections
    assert section.facts == (fact.text,)


def test_a_hidden_case_keeps_its_place_whatever_its_idea_is() -> None:
    """Its place among the others would reveal its outcome."""
    hidden = [failing(case, Visibility.HIDDEN, idea=f"idea {case == 'x'}") for case in "wxyz"]
    assert texts_of(criterion_of(failing("a", idea="idea False"), *hidden)) == (
        ["grad/a", ""],  # a hidden one has no name that a page could look up
        ["x", "y", "z"],
    )


def test_a_shared_failure_comes_before_its_cases_unless_all_are_hidden() -> None:
    inner = Fact(FactKind.INNER, "Your flip is wrong, and this calls it. Fix flip first.", ("a", "b"))
    (section,) = feedback_on(criterion_of(failing("a"), failing("b"), facts=(inner,))).sections
    assert section.facts == (inner.text,)
    hidden = failing("a", Visibility.HIDDEN), failing("b", Visibility.HIDDEN)
    (section,) = feedback_on(criterion_of(*hidden, facts=(Fact(FactKind.INNER, inner.text),))).sections
    assert section.facts == ()


def test_a_type_error_about_a_tuple_says_which_argument_is_a_pair() -> None:
    call = Call("conv", "conv.py", 3, "s = stride + 1", "x (2, 5, 5, 3), stride (1, 2), padding (2, 0)")
    reason = 'conv.py:3: TypeError: can only concatenate tuple (not "int") to tuple'
    result = CheckResult("conv", "one", Status.ERROR, rationale=reason, calls=(call,))
    assert dict(block(result, "", False).facts)[Label.WHY].endswith(
        "\nstride is a pair here, (1, 2), and not one number"
    )
    other = replace(result, rationale="conv.py:3: ValueError: tuple")
    assert "pair" not in dict(block(other, "", False).facts)[Label.WHY]


def test_a_pair_is_named_even_if_the_failing_line_gives_it_another_name() -> None:
    call = Call("x_grad", "conv.py", 4, "rest = (n + 2 * p) % s", "x_shape (2, 5, 7, 2), padding (1, 2)")
    reason = "conv.py:4: TypeError: unsupported operand type(s) for +: 'int' and 'tuple'"
    result = CheckResult("x_grad", "one", Status.ERROR, rationale=reason, calls=(call,))
    assert dict(block(result, "", False).facts)[Label.WHY].endswith(
        "\npadding is a pair here, (1, 2), and not one number"
    )


def test_an_endless_recursion_shows_two_of_its_calls() -> None:
    calls = [Call("flip", "conv.py", 3, "return flip(a, n + 1)", f"n {n}") for n in range(6)]
    failed = CheckResult("x", "a", Status.ERROR, rationale="RecursionError", calls=tuple(calls))
    line = "    return flip(a, n + 1)"
    shown = dict(block(failed, "x · a", reveal=False).facts)[Label.CALLS].splitlines()
    assert shown == ["conv.py:3 in flip(n 0)", line, "...", "conv.py:3 in flip(n 5)", line]
    short = replace(failed, calls=(*calls[:2], Call("flip", "conv.py", 5, "a[9]", "n 2")))
    assert "..." not in dict(block(short, "x · a", reveal=False).facts)[Label.CALLS]


def test_a_single_number_that_differs_has_no_place_in_an_array() -> None:
    result = CheckResult("compact", "one", Status.WRONG, index=(), expected="0", actual="1")
    assert [label for label, _ in block(result, "", False).facts] == ["expected", "actual"]


def test_if_all_cases_of_a_criterion_fail_alike_the_first_says_what_to_read() -> None:
    """A case may have a heading of its own; of several criteria, no heading is about all."""
    one, two = (
        CheckResult(
            "x_grad",
            case,
            Status.ERROR,
            rationale="TypeError: the function returned None",
            help=f"README.md#{case}",
        )
        for case in ("one", "two")
    )
    alike = replace(ENDED, id="x_grad", status=Status.ERROR, results=(one, two))
    passing = replace(ENDED, id="flip", status=Status.OK, results=(CheckResult("flip", "one", Status.OK),))
    (section,) = feedback_on(Grade("tiny", "ada", (passing, alike), "bubblewrap")).sections
    assert ("read", "README.md#one") in section.blocks[0].facts
    other = replace(alike, id="w_grad", results=(replace(two, criterion="w_grad"),))
    whole = feedback_on(Grade("tiny", "ada", (replace(alike, results=(one,)), other), "bubblewrap")).whole
    assert whole is not None and "read" not in dict(whole.facts)
