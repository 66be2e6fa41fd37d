"""One case's way to a verdict; a transpose is believed only where the forward pass depends on its inputs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from grader.judge.cases import Inputs, draw
from grader.judge.oracles import Expected
from grader.judge.pipeline import check
from grader.model.assignment import Case, Criterion
from grader.model.frame import RawArray
from grader.model.grade import CheckResult, Outcome, Status

# a convolution with a kernel of one pixel is a matrix product: small enough to be its own reference here
CASE = Case(
    "one-pixel",
    "transpose",
    "x_grad",
    "conv",
    {"x": [3, 2, 2], "w": [1, 1, 3], "stride": 1, "padding": 0, "batch": 2},
    compare="adjoint",
)
CRITERION = Criterion("transpose", "", 5, (CASE,), help="README.md#here", adjoint_of="conv", wrt="x")
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
    """An implementation that answers from functions, and notes whether it or its twin was asked."""

    probes: dict[str, Probe]
    asked: list[tuple[str, str]] = field(default_factory=list)
    who: str = "itself"

    @property
    def twin(self) -> "Answers":
        return Answers(self.probes, self.asked, "its twin")

    def run(self, probe: str, inputs: Inputs) -> Outcome:
        self.asked.append((self.who, probe))
        return outcome_of(self.probes[probe](inputs))


@dataclass
class Oracle:
    answer: Probe = conv

    def inputs(self, case: Case, redraw: int = 0) -> Inputs:
        return draw(case, "tiny", redraw=redraw)

    def expected(self, case: Case, inputs: Inputs) -> Expected:
        return Expected((self.answer(inputs).astype(np.float64),))

    def close(self) -> None: ...


def adjoint(case: Case = CASE, criterion: Criterion = CRITERION, **probes: Probe) -> CheckResult:
    answers: Any = Answers({"conv": conv, "x_grad": x_grad, "w_grad": w_grad} | probes)
    return check(case, criterion, answers, Oracle())


def test_a_transpose_of_the_submissions_own_forward_pass_is_right() -> None:
    assert adjoint().status is Status.OK


def test_a_right_transpose_of_a_wrong_forward_pass_earns_follow_through_credit() -> None:
    assert adjoint(conv=lambda i: 3 * conv(i), x_grad=lambda i: 3 * x_grad(i)).status is Status.OK
    assert adjoint(conv=lambda i: 3 * conv(i)).status is Status.WRONG


def test_the_gradient_with_respect_to_w_is_held_against_w() -> None:
    case, criterion = replace(CASE, probe="w_grad"), replace(CRITERION, wrt="w")

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
    {
        "zero": ({"conv": zeros, "x_grad": lambda i: 0 * x_grad(i)}, "zero has no transpose"),
        "w_ignored": ({"conv": ignores_w}, "w is ignored"),
        "x_ignored": ({"conv": ignores_x}, "x is ignored"),
        "constant": ({"conv": constant}, "is ignored"),
        "another_shape_forward": ({"conv": lambda i: conv(i)[:, :-1]}, "axis 1 has length 2 and not 3"),
        "another_shape_back": ({"x_grad": lambda i: x_grad(i)[:, :, :1]}, "axis 2 has length 1 and not 2"),
        "would_broadcast": ({"x_grad": lambda i: x_grad(i)[:1]}, "axis 0 has length 1 and not 2"),
        "sign_turned": ({"x_grad": lambda i: -x_grad(i)}, "not the transpose of your own forward pass"),
        "two_results_forward": ({"conv": lambda i: (conv(i), conv(i))}, "the number of results differs"),
        "two_results_back": ({"x_grad": lambda i: (x_grad(i), x_grad(i))}, "the number of results differs"),
        "nan": ({"x_grad": lambda i: x_grad(i) * np.nan}, "was every element written?"),
        "infinite_on_both_sides": (
            {"conv": lambda i: conv(i) + np.inf, "x_grad": lambda i: x_grad(i) + np.inf},
            "was every element written?",
        ),
    }.values(),
    ids=lambda value: "",
)
def test_what_proves_nothing_is_wrong_and_says_why(probes: dict[str, Probe], rationale: str) -> None:
    result = adjoint(**probes)

    assert result.status is Status.WRONG
    assert rationale in result.rationale
    assert result.help == "README.md#here"


def test_forward_and_gradient_never_run_in_one_process() -> None:
    answers = Answers({"conv": conv, "x_grad": x_grad})
    check(CASE, CRITERION, answers, Oracle())  # type: ignore[arg-type]

    assert set(answers.asked) == {("its twin", "conv"), ("itself", "x_grad")}


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

    assert check(case, criterion, right, Oracle()).status is Status.OK
    result = check(case, criterion, wrong, Oracle())
    assert (result.status, result.index, result.help) == (Status.WRONG, (0, 0, 0, 0), "README.md#here")
    assert float(result.actual) == float(result.expected) + 1
    assert result.inputs.startswith("2 images of 3×2")


def test_a_right_answer_needs_no_help() -> None:
    assert adjoint().help == ""
