"""The way of one case: inputs, expected, the submission's answer, the comparison."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from grader.judge import emulated
from grader.judge.cases import describe
from grader.judge.compare import Difference, compare
from grader.judge.inputs import Inputs
from grader.judge.process.implementation import Implementation
from grader.judge.timing import race
from grader.judge.verdict.explain import explain_shape
from grader.judge.verdict.misconceptions import answer_of
from grader.judge.verdict.oracles import DIFFERENCE_DRAWS, SMOOTH_DRAWS, Oracle, arrays_of
from grader.model.assignment import Case, Criterion
from grader.model.grade import CheckResult, Outcome, Status

DTYPE = "float32"  # what submissions are asked in; the reference answers in float64
UPSTREAM = "out_grad"
# Rounding costs a central difference u/h and curvature h^2: in float64 both are small near h = u^(1/3). A
# power of two, so that dividing by it rounds nothing. What is left is some 1e-9 of the slope's scale.
STEP = 2.0**-17
SLOPE_TOLERANCE = 1e-4


def check(
    case: Case, criterion: Criterion, submission: Implementation, oracle: Oracle, forward_fails: str = ""
) -> CheckResult:
    """The verdict on one case; raises GraderFault where the grader cannot reach one.

    `forward_fails` names a case that the forward pass of this criterion's gradient fails, if there is one.
    """
    inputs = oracle.inputs(case)
    if case.compare == "adjoint":
        outcome, difference = _adjoint(case, criterion, inputs, submission, oracle)
    elif case.compare == "finite_difference":
        outcome, difference = _finite_difference(case, criterion, submission, oracle)
    elif case.compare in emulated.COMPARES:
        outcome = submission.run(case.probe, inputs)
        difference = None
        if outcome.status is Status.OK:
            difference = emulated.judge(case.compare, arrays_of(outcome), inputs.values)
    elif case.at_most:
        outcome, difference = race(case, submission, oracle, DTYPE)
    else:
        expected = oracle.expected(case, inputs)
        outcome = submission.run(case.probe, inputs)
        difference = None
        if outcome.status is Status.OK:
            difference = compare(expected, arrays_of(outcome), DTYPE, inputs)
    result = _result(case, criterion, describe(case, inputs), outcome, difference)
    # a wrong shape or dtype is the gradient's own mistake, whatever the forward pass does
    if case.follow_through and forward_fails and difference is not None and difference.index is not None:
        judged, against_itself = _adjoint(case, criterion, inputs, submission, oracle)
        if judged.status is Status.OK and against_itself is None:
            why = f"right for your forward pass, which is wrong at {forward_fails}: mend that first"
            return replace(result, rationale=why, follow_through=case.follow_through)
    return result


def _adjoint(
    case: Case, criterion: Criterion, inputs: Inputs, submission: Implementation, oracle: Oracle
) -> tuple[Outcome, Difference | None]:
    """Whether <forward(x, w), out_grad> == <input, gradient>, exactly, on integers.

    Forward and gradient run in two processes, so that neither can fit itself to the other. A forward that
    is zero or ignores one of its inputs has a transpose that proves nothing, so it is refused first. The
    gradient does not depend on its input, so it must hold for another one too, which it was never given.
    """
    other = oracle.inputs(case, redraw=1)
    names = [name for name in inputs.bases if name != UPSTREAM]
    answers = _until_one_fails(
        *(partial(submission.run_apart, *asked) for asked in forward_questions(case, criterion, oracle)),
        partial(submission.run, case.probe, inputs),
    )
    *forwards, gradient = answers
    if gradient.status is not Status.OK:
        return gradient, None
    for outcome in (*forwards, gradient):
        if len(outcome.arrays) != 1:
            return outcome, Difference(
                "1 array", f"{len(outcome.arrays)} arrays", "the number of results differs"
            )
        if not np.isfinite(arrays_of(outcome)[0]).all():
            return outcome, Difference("finite numbers", "NaN or infinity", "was every element written?")
    (out,), *others = [arrays_of(outcome) for outcome in forwards]
    (grad,), target, upstream = arrays_of(gradient), inputs.array(criterion.wrt), inputs.array(UPSTREAM)
    shapes = [(upstream, out), *((upstream, changed) for (changed,) in others), (target, grad)]
    for wanted, found in shapes:
        if wanted.shape != found.shape:
            why = explain_shape(wanted.shape, found.shape, inputs)
            return gradient, Difference(str(wanted.shape), str(found.shape), why)
    if not out.any():
        return gradient, Difference(
            "a forward pass with values", "zeros only", "zero has no transpose to speak of"
        )
    for name, (changed,) in zip(names, others, strict=True):
        if np.array_equal(out, changed):
            return gradient, Difference(
                f"a forward pass that depends on {name}",
                f"the same result for another {name}",
                f"{name} is ignored",
            )
    elsewhere = others[names.index(criterion.wrt)][0]
    for value, point in ((out, target), (elsewhere, other.array(criterion.wrt))):
        left = float(np.vdot(value.astype(np.float64), upstream.astype(np.float64)))
        right = float(np.vdot(point.astype(np.float64), grad.astype(np.float64)))
        if left != right:
            return gradient, Difference(
                f"{left:.9g} = <{criterion.adjoint_of}, out_grad>",
                f"{right:.9g} = <{criterion.wrt}, {case.probe}>",
                f"your {case.probe} is not the transpose of your own forward pass: "
                "for a transpose the two are equal",
            )
    return gradient, None


def _until_one_fails(*questions: Callable[[], Outcome]) -> list[Outcome]:
    """The answers in turn, to the first that failed: the others would cost time and change nothing."""
    answers: list[Outcome] = []
    for ask in questions:
        answers.append(ask())
        if answers[-1].status is not Status.OK:
            break
    return answers


def forward_questions(case: Case, criterion: Criterion, oracle: Oracle) -> list[tuple[str, Inputs]]:
    """The forward passes of an adjoint identity: of its inputs, and with each of them replaced in turn."""
    inputs, other = oracle.inputs(case), oracle.inputs(case, redraw=1)
    replaced = [inputs.replacing(name, other) for name in inputs.bases if name != UPSTREAM]
    return [(criterion.adjoint_of, each) for each in (inputs, *replaced)]


def _finite_difference(
    case: Case, criterion: Criterion, submission: Implementation, oracle: Oracle
) -> tuple[Outcome, Difference | None]:
    """Whether <gradient, v> is the slope of <forward, out_grad> in random directions v, in float64.

    Forward and gradient run in two processes, so that neither can fit itself to the other. Where the forward
    bends between x - hv and x + hv (ReLU at 0) its slope is no derivative: such a point is drawn again. A
    forward without axes is a loss: its upstream gradient is 1.
    """
    outcome, smooth = Outcome(Status.OK), 0
    for draw in range(DIFFERENCE_DRAWS):
        point, direction = (oracle.inputs(case, 2 * draw + k) for k in range(2))
        moved = [point.moved(criterion.wrt, direction, k * STEP) for k in (-1, 0, 1)]
        answers = _until_one_fails(
            *(partial(submission.run_apart, criterion.gradient_of, each, "float64") for each in moved),
            partial(submission.run, case.probe, moved[1], "float64"),
        )
        for answer in answers:
            if answer.status is not Status.OK:
                return answer, None
            if len(answer.arrays) != 1:
                return answer, Difference("1 array", f"{len(answer.arrays)} arrays", "return one array")
        outcome = answers[-1]
        low, middle, high, grad = (arrays_of(answer)[0] for answer in answers)
        v = direction.array(criterion.wrt).astype(np.float64)
        upstream = (
            point.array(UPSTREAM).astype(np.float64) if UPSTREAM in point.bases else np.array(1, np.float64)
        )
        for wanted, found in ((upstream, low), (upstream, middle), (upstream, high), (v, grad)):
            if wanted.shape != found.shape:
                why = explain_shape(wanted.shape, found.shape)
                return outcome, Difference(str(wanted.shape), str(found.shape), why)
            if found.dtype != np.float64:
                why = "the dtype differs: a result has the dtype of its inputs"
                return outcome, Difference("float64", found.dtype.name, why)
            if not np.isfinite(found).all():
                return outcome, Difference("finite numbers", "inf or nan", "the result is not finite")
        if np.array_equal(low, high):
            return outcome, Difference(
                f"a forward pass that depends on {criterion.wrt}",
                f"the same result for another {criterion.wrt}",
                f"{criterion.wrt} is ignored",
            )
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below, by name
            slope, claimed = float(np.vdot(high - low, upstream)) / (2 * STEP), float(np.vdot(grad, v))
            tolerance = SLOPE_TOLERANCE * float(np.linalg.norm(grad) * np.linalg.norm(v))
            bend = float(np.vdot(abs(high - 2 * middle + low), abs(upstream))) / (2 * STEP)
        if not np.isfinite([slope, claimed, tolerance, bend]).all():
            why = "they cannot be added up in float64"
            return outcome, Difference("numbers of moderate size", "numbers too large", why)
        if bend > max(tolerance, SLOPE_TOLERANCE * abs(slope)):
            continue
        if not abs(slope - claimed) <= tolerance:
            return outcome, Difference(
                f"{slope:.9g} = the slope of your {criterion.gradient_of} in a random direction v",
                f"{claimed:.9g} = <{case.probe}, v>",
                f"your {case.probe} is not the gradient of your own {criterion.gradient_of}",
            )
        smooth += 1
        if smooth == SMOOTH_DRAWS:
            return outcome, None
    return outcome, Difference(
        f"a {criterion.gradient_of} that is smooth almost everywhere",
        f"it bends or jumps at {DIFFERENCE_DRAWS - smooth} of {DIFFERENCE_DRAWS} random points",
        "a slope can be measured only where there is one",
    )


def _result(
    case: Case, criterion: Criterion, inputs: str, outcome: Outcome, difference: Difference | None
) -> CheckResult:
    if outcome.status is Status.OK and difference is not None:
        status, rationale = Status.WRONG, difference.rationale
    else:
        status, rationale = outcome.status, outcome.reason
    return CheckResult(
        criterion=criterion.id,
        case=case.id,
        status=status,
        visibility=case.visibility,
        inputs=inputs,
        index=difference.index if difference else None,
        expected=difference.expected if difference else "",
        actual=difference.actual if difference else "",
        rationale=rationale,
        help="" if status is Status.OK else criterion.help,
        output=outcome.output,
        answer=_answer(case, outcome),
        calls=outcome.calls,
    )


def _answer(case: Case, outcome: Outcome) -> str:
    """A digest by which two answers are known to be the same; "" where there is none, as of real values."""
    told = case.compare in emulated.COMPARES
    if not (told or case.compare == "exact") or outcome.status not in (Status.OK, Status.ERROR):
        return ""
    if outcome.status is Status.ERROR:
        return f"error {outcome.error}"
    if told:
        return emulated.digest(case.compare, arrays_of(outcome), case.parameters)
    return answer_of(outcome.arrays)
