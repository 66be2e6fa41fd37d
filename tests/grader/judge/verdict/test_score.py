"""Points add up exactly, passing more never earns less, and no fault of the grader is hidden."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.verdict.score import failing_forward, refusals, score, unmet_requirement
from grader.model.assignment import OWN_TEST, Assignment, Case, Criterion, Rubric, Visibility
from grader.model.grade import CheckResult, Grade, Status
from grader.model.surroundings import Sandbox
from tests.tables import by_name

STATUSES = st.sampled_from(list(Status))


def assignment_of(*criteria: Criterion) -> Assignment:
    rubric = Rubric(sum(c.points for c in criteria), criteria, Path("rubric.yaml"))
    return Assignment("tiny", "", Path(), ("conv.py",), rubric, "reference.conv")


def criterion_of(id: str, points: int, weights: list[int], withheld: int = 0) -> Criterion:
    cases = tuple(Case(f"case-{i}", id, "probe", "array", {}, weight=w) for i, w in enumerate(weights))
    return Criterion(id, id, points, cases, withheld=withheld)


@st.composite
def assignments(draw: st.DrawFn, withheld: int = 20) -> Assignment:
    weights = st.lists(st.integers(1, 7), min_size=1, max_size=5)
    return assignment_of(
        *(
            criterion_of(
                f"criterion_{i}",
                draw(st.integers(1, 40)),
                draw(weights),
                draw(st.integers(0, withheld)),
            )
            for i in range(draw(st.integers(1, 4)))
        )
    )


@st.composite
def graded(draw: st.DrawFn) -> tuple[Assignment, dict[str, CheckResult]]:
    assignment = draw(assignments())
    some = [case for case in assignment.rubric.cases if draw(st.booleans()) or draw(st.booleans())]
    return assignment, {c.name: CheckResult(c.criterion, c.id, draw(STATUSES)) for c in some}


def total(assignment: Assignment, results: dict[str, CheckResult]) -> Grade:
    return score(
        assignment, results, submission="ada", sandbox=Sandbox.NONE, device="cpu", versions={"numpy": "2"}
    )


@given(graded())
def test_a_score_lies_between_nothing_and_everything(
    rubric_and_results: tuple[Assignment, dict[str, CheckResult]],
) -> None:
    grade = total(*rubric_and_results)

    assert 0 <= grade.score <= grade.max_score <= rubric_and_results[0].rubric.points
    for criterion in grade.criteria:
        assert 0 <= criterion.score <= criterion.points


@given(graded(), st.data())
def test_one_more_case_passed_never_lowers_the_score(
    rubric_and_results: tuple[Assignment, dict[str, CheckResult]], data: st.DataObject
) -> None:
    assignment, results = rubric_and_results
    case = data.draw(st.sampled_from(assignment.rubric.cases))
    better = results | {case.name: CheckResult(case.criterion, case.id, Status.OK)}
    before, after = total(assignment, results), total(assignment, better)

    assert after.score >= before.score
    assert after.max_score == before.max_score
    if case.name not in results or results[case.name].status is not Status.OK:
        assert after.score > before.score


@given(assignments())
def test_visible_and_withheld_points_add_up_to_the_rubrics_exactly(assignment: Assignment) -> None:
    grade = total(assignment, {})

    assert grade.max_score + grade.withheld == assignment.rubric.points
    assert isinstance(grade.max_score, Fraction)


@given(assignments(withheld=0))
def test_everything_passed_is_full_marks_exactly(assignment: Assignment) -> None:
    results = {c.name: CheckResult(c.criterion, c.id, Status.OK) for c in assignment.rubric.cases}
    grade = total(assignment, results)

    assert grade.score == grade.max_score == assignment.rubric.points
    assert grade.passed
    assert (grade.withheld, grade.not_selected) == (0, 0)


@given(assignments(), st.data())
def test_a_handout_and_the_instructor_agree_on_what_a_case_is_worth(
    assignment: Assignment, data: st.DataObject
) -> None:
    """The same criterion with some cases hidden: their weight is withheld, and no other case changes."""
    whole = assignment.rubric.criteria[0]
    cases = data.draw(st.lists(st.sampled_from(whole.cases), unique_by=id, min_size=1))
    absent_weight = sum(case.weight for case in whole.cases if case not in cases)
    cut = Criterion(whole.id, "", whole.points, tuple(cases), withheld=whole.withheld + absent_weight)
    results = {cases[0].name: CheckResult(whole.id, cases[0].id, Status.OK)}

    assert total(assignment_of(cut), results).score == total(assignment_of(whole), results).score


@given(graded())
def test_cases_without_a_result_are_counted_and_earn_nothing(
    rubric_and_results: tuple[Assignment, dict[str, CheckResult]],
) -> None:
    assignment, results = rubric_and_results
    grade = total(assignment, results)

    assert grade.not_selected == len(assignment.rubric.cases) - len(results)
    passed = sum(result.status is Status.OK for result in results.values())
    assert (grade.score > 0) == (passed > 0)


@pytest.mark.parametrize(
    "other", [status for status in Status if status is not Status.INTERNAL_ERROR], ids=str
)
@pytest.mark.parametrize("is_last", [False, True], ids=["first", "last"])
def test_a_fault_of_the_grader_outranks_every_other_status(other: Status, is_last: bool) -> None:
    criterion = criterion_of("flip", 4, [1, 1])
    statuses = [Status.INTERNAL_ERROR, other][:: -1 if is_last else 1]
    results = {
        case.name: CheckResult("flip", case.id, status)
        for case, status in zip(criterion.cases, statuses, strict=True)
    }
    grade = total(assignment_of(criterion), results)

    assert grade.criteria[0].status is Status.INTERNAL_ERROR
    assert [result.status for result in grade.needs_review] == [Status.INTERNAL_ERROR]
    assert not grade.passed


def test_a_criterion_has_the_status_of_its_first_case_that_failed() -> None:
    criterion = criterion_of("flip", 4, [1, 1, 1])
    statuses = [Status.OK, Status.TIMEOUT, Status.WRONG]
    results = {
        case.name: CheckResult("flip", case.id, status)
        for case, status in zip(criterion.cases, statuses, strict=True)
    }
    graded = total(assignment_of(criterion), results).criteria[0]

    assert graded.status is Status.TIMEOUT
    assert graded.score == Fraction(4, 3)
    assert [result.status for result in graded.results] == statuses


def test_a_criterion_that_was_not_run_says_why() -> None:
    criterion = criterion_of("dilate", 4, [1])
    results = {"dilate/case-0": CheckResult("dilate", "case-0", Status.NOT_RUN, rationale="stands on flip")}
    graded = total(assignment_of(criterion), results).criteria[0]

    assert (graded.status, graded.reason, graded.score) == (Status.NOT_RUN, "stands on flip", 0)


STANDING = Criterion("dilate", "", 4, (), requires=("flip", "pad"))


def results_of(**statuses: list[Status]) -> dict[str, CheckResult]:
    return {
        f"{criterion}/{i}": CheckResult(criterion, str(i), status)
        for criterion, criterion_statuses in statuses.items()
        for i, status in enumerate(criterion_statuses)
    }


@pytest.mark.parametrize(
    ("results", "reason"),
    by_name(
        {
            "nothing_ran": (results_of(), ""),
            "one_of_each_passed": (results_of(flip=[Status.WRONG, Status.OK], pad=[Status.OK]), ""),
            "the_first_failed": (results_of(flip=[Status.WRONG], pad=[Status.OK]), "flip"),
            "the_second_failed": (results_of(flip=[Status.OK], pad=[Status.ERROR, Status.WRONG]), "pad"),
            "the_second_was_not_run": (results_of(flip=[Status.OK], pad=[Status.NOT_RUN]), "pad"),
            "the_graders_fault": (results_of(flip=[Status.INTERNAL_ERROR], pad=[Status.OK]), "flip"),
            "a_time_limit_ended_it": (
                results_of(flip=[Status.TIMEOUT, Status.NOT_RUN], pad=[Status.OK]),
                "flip",
            ),
            "a_time_limit_ended_it_late": (
                results_of(flip=[Status.OK, Status.TIMEOUT, Status.NOT_RUN], pad=[Status.OK]),
                "",
            ),
            "every_case_timed_out": (results_of(flip=[Status.TIMEOUT], pad=[Status.OK]), "flip"),
            "an_unrelated_failed": (results_of(flip=[Status.OK], pad=[Status.OK], conv=[Status.WRONG]), ""),
        }
    ),
)
def test_a_criterion_runs_unless_no_case_of_one_that_it_requires_passed(
    results: dict[str, CheckResult], reason: str
) -> None:
    unmet = unmet_requirement(STANDING, results)

    assert bool(unmet) == bool(reason)
    assert f"needs a right result of {reason}" in unmet or not reason


def test_the_grade_records_what_judged_it() -> None:
    grade = total(assignment_of(criterion_of("flip", 4, [1])), {})

    assert (grade.submission, grade.sandbox, grade.device, grade.versions) == (
        "ada",
        "none",
        "cpu",
        {"numpy": "2"},
    )


@given(st.integers(1, 40), st.lists(st.integers(1, 7), min_size=1, max_size=5), st.integers(1, 99))
def test_a_share_is_added_up_exactly(points: int, weights: list[int], percent: int) -> None:
    """If every case is wrong and earns the same share, so does the criterion."""
    criterion = criterion_of("x_grad", points, weights)
    results = {
        case.name: CheckResult("x_grad", case.id, Status.WRONG, follow_through=percent / 100)
        for case in criterion.cases
    }
    graded = total(assignment_of(criterion), results).criteria[0]

    assert graded.score == points * Fraction(percent, 100)
    assert graded.status is Status.WRONG


def test_a_share_is_less_than_a_case_that_passes() -> None:
    criterion = criterion_of("x_grad", 9, [1, 2])
    wrong = CheckResult("x_grad", "case-0", Status.WRONG, follow_through=0.5)
    results = {"x_grad/case-0": wrong, "x_grad/case-1": CheckResult("x_grad", "case-1", Status.OK)}

    assert total(assignment_of(criterion), results).score == 9 * (Fraction(1, 2) + 2) / 3


def forward_and_gradient() -> tuple[Rubric, Criterion]:
    """A rubric of pad, conv with two cases, and x_grad with two cases."""
    cases = tuple(Case(id, "conv", "conv", "conv", {}) for id in ("one", "two"))
    own = tuple(replace(case, criterion="x_grad", probe="x_grad") for case in cases)
    gradient = Criterion("x_grad", "", 1, own, probe="x_grad", options={"adjoint_of": "conv", "wrt": "x"})
    other = Criterion("pad", "", 1, (Case("one", "pad", "pad", "array", {}),), probe="pad")
    return Rubric(3, (other, Criterion("conv", "", 1, cases, probe="conv"), gradient), Path()), gradient


PASSES = {"x_grad/one": CheckResult("x_grad", "one", Status.OK)}  # the gradient itself, in one case


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.OK], ids=str)
def test_a_forward_pass_fails_by_the_submissions_own_doing_or_not_at_all(status: Status) -> None:
    rubric, gradient = forward_and_gradient()
    results = results_of(pad=[Status.WRONG]) | {
        "conv/one": CheckResult("conv", "one", Status.OK),
        "conv/two": CheckResult("conv", "two", status),
    }
    own_doing = status not in (Status.NOT_RUN, Status.INTERNAL_ERROR)

    assert failing_forward(rubric, gradient, results | PASSES) == ("conv/two" if own_doing else "")


def test_a_forward_pass_that_did_not_run_fails_nowhere() -> None:
    rubric, gradient = forward_and_gradient()

    assert failing_forward(rubric, gradient, results_of(pad=[Status.WRONG]) | PASSES) == ""


def test_a_wrong_forward_pass_is_followed_if_known_mistakes_explain_all_its_answers() -> None:
    """Otherwise it may be any function with an easy gradient."""
    rubric, gradient = forward_and_gradient()
    wrong = {f"conv/{id}": CheckResult("conv", id, Status.WRONG, answer=id) for id in ("one", "two")}

    assert failing_forward(rubric, gradient, wrong) == ""
    assert failing_forward(rubric, gradient, wrong, lambda results: len(results) == 2) == "conv/one"
    assert failing_forward(rubric, gradient, wrong, lambda results: False) == ""


def test_an_unknown_mistake_is_followed_if_forward_pass_and_gradient_each_pass_a_case() -> None:
    """A function that is right for one known shape only may be any function elsewhere."""
    rubric, gradient = forward_and_gradient()
    half = {"conv/one": CheckResult("conv", "one", Status.OK)}
    half |= {"conv/two": CheckResult("conv", "two", Status.WRONG)}
    wrong = {name: replace(result, status=Status.WRONG) for name, result in half.items()}

    assert failing_forward(rubric, gradient, half) == ""
    assert failing_forward(rubric, gradient, half | PASSES) == "conv/two"
    assert failing_forward(rubric, gradient, wrong | PASSES) == ""


@pytest.mark.parametrize("status", [Status.OK, Status.WRONG])
def test_a_gradient_with_hidden_cases_must_pass_one_of_them(status: Status) -> None:
    """A table of answers passes the visible ones."""
    rubric, gradient = forward_and_gradient()
    results = {
        "conv/one": CheckResult("conv", "one", Status.OK),
        "conv/two": CheckResult("conv", "two", Status.WRONG, Visibility.HIDDEN),
        "x_grad/two": CheckResult("x_grad", "two", status, Visibility.HIDDEN),
    }

    assert failing_forward(rubric, gradient, results | PASSES) == ("conv/two" if status is Status.OK else "")


def test_a_share_is_nothing_to_stand_on() -> None:
    """A required criterion must have a case that passes, and a share is for one that does not."""
    wrong = CheckResult("flip", "one", Status.WRONG, follow_through=0.5)

    assert unmet_requirement(STANDING, {"flip/one": wrong})
    assert not unmet_requirement(STANDING, {"flip/one": wrong, "flip/two": replace(wrong, status=Status.OK)})


def with_a_refusal(*compares: str) -> Rubric:
    cases = tuple(Case(str(i), "conv", "conv", "conv", {}, compare=each) for i, each in enumerate(compares))
    own = (Case("one", "x_grad", "x_grad", "conv", {}),)
    gradient = Criterion("x_grad", "", 1, own, probe="x_grad", options={"adjoint_of": "conv", "wrt": "x"})
    return Rubric(2, (Criterion("conv", "", 1, cases, probe="conv"), gradient), Path())


def test_a_refusal_is_nothing_to_stand_on() -> None:
    """A function that returns zeros may refuse its arguments as well as the right one."""
    rubric = with_a_refusal("exact", "raises")
    needs_conv = Criterion("transpose", "", 1, (), requires=("conv",))
    refused = results_of(conv=[Status.WRONG, Status.OK])
    passed = results_of(conv=[Status.OK, Status.WRONG])

    assert refusals(rubric) == {"conv/1"}
    assert unmet_requirement(needs_conv, refused, refusals(rubric))
    assert not unmet_requirement(needs_conv, passed, refusals(rubric))


def test_a_forward_pass_that_only_refuses_is_not_followed() -> None:
    rubric = with_a_refusal("exact", "raises")
    gradient = rubric.criteria[1]

    assert failing_forward(rubric, gradient, results_of(conv=[Status.WRONG, Status.OK]) | PASSES) == ""
    assert failing_forward(rubric, gradient, results_of(conv=[Status.OK, Status.WRONG]) | PASSES) == ""


def test_a_criterion_of_refusals_alone_is_something_to_stand_on() -> None:
    assert refusals(with_a_refusal("raises", "raises")) == set()


def test_a_test_of_the_author_is_no_refusal() -> None:
    rubric = with_a_refusal("raises", "exact")
    own = replace(rubric.criteria[0].cases[1], kind=OWN_TEST, compare="test")
    conv = replace(rubric.criteria[0], cases=(rubric.criteria[0].cases[0], own))

    assert refusals(replace(rubric, criteria=(conv,))) == {"conv/0"}
