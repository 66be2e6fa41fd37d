"""Grades one case; a transpose is accepted only if the forward pass depends on its inputs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest

from grader.judge.differences.difference import Expected
from grader.judge.draw_inputs import draw
from grader.judge.inputs import Inputs
from grader.judge.verdict.grade_case import grade_case
from grader.model.assignment import Case, Criterion, Data, Visibility
from grader.model.grade import CheckResult, Outcome, Status
from grader.model.wire_format import DATA, RawArray
from tests.tables import by_name

# a convolution with a kernel of one pixel is a matrix product: small enough to be its own reference here
CASE = Case(
    "one-pixel",
    "transpose",
    "x_grad",
    "conv",
    {"x": [3, 2, 2], "w": [1, 1, 3], "stride": 1, "padding": 0, "batch": 2},
    compare="adjoint",
)
CRITERION = Criterion(
    "transpose", "", 5, (CASE,), help="README.md#here", options={"adjoint_of": "conv", "wrt": "x"}
)
Probe = Callable[[Inputs], Any]


def conv(inputs: Inputs) -> Any:
    return inputs.array("x") @ inputs.array("w")[0, 0]


def x_grad(inputs: Inputs) -> Any:
    return inputs.array("out_grad") @ inputs.array("w")[0, 0].T


def w_grad(inputs: Inputs) -> Any:
    x, out_grad = inputs.array("x"), inputs.array("out_grad")
    return (x.reshape(-1, 2).T @ out_grad.reshape(-1, 3)).reshape(1, 1, 2, 3)


def outcome_of(value: Any) -> Outcome:
    if isinstance(value, Outcome):
        return value
    values = value if isinstance(value, tuple) else (value,)
    arrays = [np.asarray(array, order="C") for array in values]
    return Outcome(Status.OK, tuple(RawArray(a.dtype.str, a.shape, a.tobytes()) for a in arrays))


@dataclass
class Answers:
    """An implementation that answers from functions, and records which process was called."""

    probes: dict[str, Probe]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def run(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        return self._ask("itself", probe, inputs)

    def run_isolated(self, probe: str, inputs: Inputs, dtype: str = "") -> Outcome:
        return self._ask("apart", probe, inputs)

    def _ask(self, process: str, probe: str, inputs: Inputs) -> Outcome:
        self.asked.append((process, probe))
        return outcome_of(self.probes[probe](inputs))


@dataclass
class ForwardPass:
    """An oracle for conv."""

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        return draw(case, "tiny", redraw=redraw)

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        return Expected((conv(inputs).astype(np.float64),))

    def close(self) -> None: ...


FORWARD: Any = ForwardPass()


def with_respect_to(criterion: Criterion, wrt: str) -> Criterion:
    return replace(criterion, options={**criterion.options, "wrt": wrt})


def adjoint(case: Case = CASE, criterion: Criterion = CRITERION, /, **probes: Probe) -> CheckResult:
    answers: Any = Answers({"conv": conv, "x_grad": x_grad, "w_grad": w_grad} | probes)
    return grade_case(case, criterion, answers, FORWARD)


def test_a_transpose_of_the_submissions_own_forward_pass_is_right() -> None:
    assert adjoint().status is Status.OK


def test_the_transpose_of_a_wrong_forward_pass_earns_follow_through() -> None:
    assert adjoint(conv=lambda i: 3 * conv(i), x_grad=lambda i: 3 * x_grad(i)).status is Status.OK
    assert adjoint(conv=lambda i: 3 * conv(i)).status is Status.WRONG


def test_the_gradient_with_respect_to_w_is_held_against_w() -> None:
    case, criterion = replace(CASE, probe="w_grad"), with_respect_to(CRITERION, "w")

    assert adjoint(case, criterion).status is Status.OK
    assert adjoint(case, criterion, w_grad=lambda i: 2 * w_grad(i)).status is Status.WRONG


def zeros(inputs: Inputs) -> Any:
    return 0 * conv(inputs)


def ignores_w(inputs: Inputs) -> Any:
    return np.repeat(inputs.array("x").sum(-1, keepdims=True), 3, -1)


def ignores_x(inputs: Inputs) -> Any:
    return np.broadcast_to(inputs.array("w")[0, 0].sum(0), inputs.array("out_grad").shape)


def constant(inputs: Inputs) -> Any:
    return np.ones_like(inputs.array("out_grad"))


@pytest.mark.parametrize(
    ("probes", "rationale"),
    by_name(
        {
            "zero": ({"conv": zeros, "x_grad": lambda i: 0 * x_grad(i)}, "its transpose would be zero"),
            "w_ignored": ({"conv": ignores_w}, "w is ignored"),
            "x_ignored": ({"conv": ignores_x}, "x is ignored"),
            "constant": ({"conv": constant}, "is ignored"),
            "another_shape_forward": ({"conv": lambda i: conv(i)[:, :-1]}, "height: you get 2 instead of 3"),
            "another_shape_back": (
                {"x_grad": lambda i: x_grad(i)[:, :, :1]},
                "axis 2 has length 1 and not 2",
            ),
            "would_broadcast": ({"x_grad": lambda i: x_grad(i)[:1]}, "axis 0 has length 1 and not 2"),
            "sign_turned": ({"x_grad": lambda i: -x_grad(i)}, "not the transpose of your own forward pass"),
            "two_results_forward": ({"conv": lambda i: (conv(i), conv(i))}, "the number of results differs"),
            "two_results_back": (
                {"x_grad": lambda i: (x_grad(i), x_grad(i))},
                "the number of results differs",
            ),
            "nan": ({"x_grad": lambda i: x_grad(i) * np.nan}, "was every element written?"),
            "infinite_on_both_sides": (
                {"conv": lambda i: conv(i) + np.inf, "x_grad": lambda i: x_grad(i) + np.inf},
                "was every element written?",
            ),
        }
    ),
)
def test_a_proof_of_nothing_is_wrong_and_says_why(probes: dict[str, Probe], rationale: str) -> None:
    result = adjoint(**probes)

    assert result.status is Status.WRONG
    assert rationale in result.rationale
    assert result.help == "README.md#here"


def test_forward_and_gradient_never_run_in_one_process() -> None:
    answers: Any = Answers({"conv": conv, "x_grad": x_grad})
    grade_case(CASE, CRITERION, answers, FORWARD)

    assert set(answers.asked) == {("apart", "conv"), ("itself", "x_grad")}


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.OK], ids=str)
@pytest.mark.parametrize("probe", ["conv", "x_grad"])
def test_the_reason_that_there_is_no_answer_becomes_the_results(probe: str, status: Status) -> None:
    result = adjoint(**{probe: lambda inputs: Outcome(status, reason="because", output="printed")})

    assert (result.status, result.rationale, result.output) == (status, "because", "printed")


def test_a_plain_case_is_compared_with_what_is_expected() -> None:
    case = Case("one-pixel", "conv", "conv", "conv", CASE.parameters)
    criterion = Criterion("conv", "", 5, (case,), help="README.md#here")
    right: Any = Answers({"conv": conv})
    wrong: Any = Answers({"conv": lambda i: conv(i) + 1})

    assert grade_case(case, criterion, right, FORWARD).status is Status.OK
    result = grade_case(case, criterion, wrong, FORWARD)
    assert (result.status, result.index, result.help) == (Status.WRONG, (0, 0, 0, 0), "README.md#here")
    assert float(result.actual) == float(result.expected) + 1
    assert result.inputs.startswith("2 images of 3×2")
    of_its_own = replace(case, help="README.md#there")
    assert grade_case(of_its_own, criterion, wrong, FORWARD).help == "README.md#there"


PLAIN = Case("one-pixel", "conv", "conv", "conv", CASE.parameters)


def first_for_ever() -> Probe:
    answers: dict[str, Any] = {}
    return lambda inputs: answers.setdefault("answer", conv(inputs))


def by_shape() -> Probe:
    answers: dict[Any, Any] = {}
    return lambda inputs: answers.setdefault(inputs.array("x").shape, conv(inputs))


def by_first_element() -> Probe:
    answers: dict[Any, Any] = {}
    return lambda inputs: answers.setdefault(float(inputs.array("w").flat[0] > 9), conv(inputs))


def only_once() -> Probe:
    calls = iter([conv])
    return lambda inputs: next(calls, zeros)(inputs)


def raises_later() -> Probe:
    calls: list[Probe] = [lambda inputs: Outcome(Status.ERROR, reason="KeyError: 1", error="KeyError"), conv]
    return lambda inputs: calls.pop()(inputs)


@pytest.mark.parametrize("visibility", list(Visibility), ids=str)
@pytest.mark.parametrize(
    ("probe", "status", "why"),
    by_name(
        {
            "first_for_ever": (
                first_for_ever,
                Status.WRONG,
                "the second call returned the first answer, so your code keeps it",
            ),
            "by_shape": (
                by_shape,
                Status.WRONG,
                "the second call returned the first answer, so your code keeps it",
            ),
            "by_first_element": (
                by_first_element,
                Status.WRONG,
                "the second call returned the first answer, so your code keeps it",
            ),
            "right_only_once": (only_once, Status.WRONG, "the result holds zeros only"),
            "raises_later": (raises_later, Status.ERROR, "KeyError: 1"),
        }
    ),
)
def test_a_function_that_is_right_only_once_fails_and_says_so(
    probe: Callable[[], Probe], status: Status, why: str, visibility: Visibility
) -> None:
    answers: Any = Answers({"conv": probe()})
    case = replace(PLAIN, visibility=visibility)
    result = grade_case(case, Criterion("conv", "", 5, (case,)), answers, FORWARD)

    assert result.status is status
    again = "right in the first call, wrong in a second call with other values of the same shape"
    assert result.rationale.startswith(f"{again}: ")
    assert result.rationale.endswith(why)
    assert answers.asked == [("itself", "conv")] * 2  # in one process, else there is nothing to remember


def test_a_wrong_answer_is_not_asked_again() -> None:
    wrong: Any = Answers({"conv": zeros})
    grade_case(PLAIN, Criterion("conv", "", 5, (PLAIN,)), wrong, FORWARD)

    assert len(wrong.asked) == 1


def test_a_case_that_draws_no_values_is_asked_once() -> None:
    case = Case("written", "conv", "conv", "literals", {}, ask={"n": 3})
    oracle = ForwardPass()
    oracle.expected = lambda case, inputs: Expected((np.zeros(1),))  # type: ignore[method-assign]
    right: Any = Answers({"conv": lambda inputs: np.zeros(1, np.float32)})

    assert grade_case(case, Criterion("conv", "", 5, (case,)), right, cast("Any", oracle)).status is Status.OK
    assert len(right.asked) == 1


def test_a_right_answer_needs_no_help() -> None:
    assert adjoint().help == ""


FOLLOWED = Criterion("x_grad", "", 5, (), help="README.md#here", options={"adjoint_of": "conv", "wrt": "x"})
THREE_TIMES: dict[str, Any] = {"conv": lambda i: 3 * conv(i), "x_grad": lambda i: 3 * x_grad(i)}


@dataclass
class Reference(ForwardPass):
    """An oracle for every probe."""

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        right = {"conv": conv, "x_grad": x_grad, "w_grad": w_grad}
        return Expected((right[case.probe](inputs).astype(np.float64),))


REFERENCE: Any = Reference()


def followed(may_follow: bool = True, wrt: str = "x", **probes: Any) -> CheckResult:
    case = replace(CASE, criterion="x_grad", probe=f"{wrt}_grad", compare="exact", follow_through=0.5)
    answers: Any = Answers({"conv": conv, "x_grad": x_grad, "w_grad": w_grad} | probes)
    return grade_case(case, with_respect_to(FOLLOWED, wrt), answers, REFERENCE, may_follow)


def test_a_gradient_that_follows_its_forward_pass_has_a_share() -> None:
    result = followed(**THREE_TIMES)

    assert (result.status, result.follow_through) == (Status.WRONG, 0.5)
    assert result.expected and result.actual and result.help


def test_each_gradient_is_held_against_its_own_input() -> None:
    probes: dict[str, Any] = {"conv": lambda i: 3 * conv(i), "w_grad": lambda i: 3 * w_grad(i)}

    assert followed(wrt="w", **probes).follow_through == 0.5
    assert followed(wrt="x", **probes).status is Status.OK  # it is the reference's, and earns everything


def test_a_right_gradient_needs_no_share() -> None:
    result = followed()

    assert (result.status, result.follow_through) == (Status.OK, 0.0)


def test_without_a_failing_forward_pass_a_wrong_gradient_is_wrong() -> None:
    assert followed(may_follow=False, **THREE_TIMES).follow_through == 0.0


def doubled_dtype(inputs: Inputs) -> Any:
    return (3 * x_grad(inputs)).astype(np.float64)


def of_this_input_only(inputs: Inputs) -> Any:
    """Not the gradient, but one with the same product with x."""
    x, right = inputs.array("x"), 3 * x_grad(inputs)
    other = np.zeros_like(right)
    other[tuple(np.argwhere(x == 1)[0])] = np.vdot(x, right)
    return other


@pytest.mark.parametrize(
    "probes",
    by_name(
        {
            "zero": {"conv": zeros, "x_grad": lambda i: 0 * x_grad(i)},
            "constant": {"conv": constant, "x_grad": lambda i: 0 * x_grad(i)},
            "w_ignored": {"conv": ignores_w, "x_grad": lambda i: inputs_of_sums(i)},
            "x_ignored": {"conv": ignores_x, "x_grad": lambda i: 0 * x_grad(i)},
            "another_forward_pass": {"conv": lambda i: 2 * conv(i), "x_grad": lambda i: 3 * x_grad(i)},
            "a_constant_added": {"conv": lambda i: 3 * conv(i) + 1, "x_grad": lambda i: 3 * x_grad(i)},
            "another_shape": {"conv": lambda i: 3 * conv(i), "x_grad": lambda i: 3 * x_grad(i)[:1]},
            "another_dtype": {"conv": lambda i: 3 * conv(i), "x_grad": doubled_dtype},
            "fitted_to_the_input": {"conv": lambda i: 3 * conv(i), "x_grad": of_this_input_only},
            "not_finite": {"conv": lambda i: conv(i) * np.nan, "x_grad": lambda i: 3 * x_grad(i)},
            "no_forward_pass": {
                "conv": lambda i: Outcome(Status.ERROR, reason="because"),
                "x_grad": lambda i: 3 * x_grad(i),
            },
        }
    ),
)
def test_a_gradient_that_is_not_the_transpose_earns_nothing(probes: dict[str, Any]) -> None:
    result = followed(**probes)

    assert (result.status, result.follow_through) == (Status.WRONG, 0.0)


def inputs_of_sums(inputs: Inputs) -> Any:
    """The transpose of `ignores_w`: right, and it proves nothing about w."""
    return np.repeat(inputs.array("out_grad").sum(-1, keepdims=True), 2, -1)


def test_a_shape_that_depends_on_the_numbers_is_the_submissions_mistake() -> None:
    def fickle(inputs: Inputs) -> Any:
        whole = conv(inputs)
        return whole if np.array_equal(inputs.array("x"), draw(CASE, "tiny").array("x")) else whole[:1]

    result = adjoint(conv=fickle)

    assert (result.status, result.actual) == (Status.WRONG, "(1, 3, 2, 3)")


NO_ARRAYS = {
    "nothing": (b"null", "TypeError: the function returned None: is a return missing?"),
    "nothing_in_a_tuple": (
        b'{"tuple":[1.5,null]}',
        "TypeError: the function returned None: is a return missing?",
    ),
    "a_list": (b"[1.5]", "TypeError: the function returned a list; an array is expected"),
    "a_float": (b"1.5", "TypeError: the function returned a float; an array is expected"),
}


@pytest.mark.parametrize(("text", "reason"), by_name(NO_ARRAYS))
@pytest.mark.parametrize("compare", ["exact", "adjoint", "finite_difference", "findings", "budget"])
def test_another_value_where_arrays_are_expected_is_the_submissions_error(
    compare: str, text: bytes, reason: str
) -> None:
    answer = Outcome(Status.OK, (RawArray(DATA, (len(text),), text),))
    options = {"adjoint_of": "conv", "gradient_of": "conv", "wrt": "x"}
    case = replace(CASE, compare=compare, options={"budget": {"reads": 1}} if compare == "budget" else {})
    answers: Any = Answers({"conv": lambda inputs: answer, "x_grad": lambda inputs: answer})
    result = grade_case(case, replace(CRITERION, options=options), answers, REFERENCE)

    assert (result.status, result.rationale) == (Status.ERROR, reason)


SLOPE = replace(CASE, compare="finite_difference", data=Data.NORMAL)
OF_CONV = replace(CRITERION, options={"gradient_of": "conv", "wrt": "x"})


def in_float32(inputs: Inputs) -> Any:
    x, w = inputs.array("x").astype(np.float32), inputs.array("w").astype(np.float32)
    return (x @ w[0, 0] + np.float32(1000)).astype(np.float64)


def in_float64(probe: Probe) -> Probe:
    return lambda inputs: probe(inputs).astype(np.float64)


def slope(**probes: Probe) -> CheckResult:
    answers: Any = Answers({"conv": in_float64(conv), "x_grad": in_float64(x_grad)} | probes)
    return grade_case(SLOPE, OF_CONV, answers, FORWARD)


def test_a_forward_pass_that_computes_in_float32_is_not_blamed_on_the_gradient() -> None:
    assert slope().status is Status.OK
    result = slope(conv=in_float32)

    assert result.status is Status.WRONG
    assert "your conv computes in float32" in result.rationale
    assert "is not the gradient" in slope(x_grad=lambda inputs: 2.0 * in_float64(x_grad)(inputs)).rationale
