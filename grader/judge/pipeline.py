"""The way of one case: inputs, expected, the submission's answer, the comparison."""

import numpy as np

from grader.judge.cases import Inputs, describe
from grader.judge.compare import Difference, compare, explain_shape
from grader.judge.implementation import Implementation
from grader.judge.oracles import Oracle, arrays_of
from grader.model.assignment import Case, Criterion
from grader.model.grade import CheckResult, Outcome, Status

DTYPE = "float32"  # what submissions are asked in; the reference answers in float64
UPSTREAM = "out_grad"


def check(case: Case, criterion: Criterion, submission: Implementation, oracle: Oracle) -> CheckResult:
    """The verdict on one case; raises GraderFault where the grader cannot reach one."""
    inputs = oracle.inputs(case)
    if case.compare == "adjoint":
        outcome, difference = _adjoint(case, criterion, inputs, submission, oracle)
    else:
        expected = oracle.expected(case, inputs)
        outcome = submission.run(case.probe, inputs)
        difference = None
        if outcome.status is Status.OK:
            difference = compare(expected, arrays_of(outcome), DTYPE)
    return _result(case, criterion, describe(case, inputs), outcome, difference)


def _adjoint(
    case: Case, criterion: Criterion, inputs: Inputs, submission: Implementation, oracle: Oracle
) -> tuple[Outcome, Difference | None]:
    """Whether <forward(x, w), out_grad> == <input, gradient>, exactly, on integers.

    Forward and gradient run in two processes, so that neither can fit itself to the other. A forward that
    is zero or ignores one of its inputs has a transpose that proves nothing, so it is refused first.
    """
    other = oracle.inputs(case, redraw=1)
    names = [name for name in inputs.bases if name != UPSTREAM]
    asked = [inputs, *(inputs.replacing(name, other) for name in names)]
    forwards = [submission.twin.run(criterion.adjoint_of, each) for each in asked]
    gradient = submission.run(case.probe, inputs)
    for outcome in (*forwards, gradient):
        if outcome.status is not Status.OK:
            return outcome, None
    for outcome in (*forwards, gradient):
        if len(outcome.arrays) != 1:
            return outcome, Difference(
                "1 array", f"{len(outcome.arrays)} arrays", "the number of results differs"
            )
        if not np.isfinite(arrays_of(outcome)[0]).all():
            return outcome, Difference("finite numbers", "NaN or infinity", "was every element written?")
    (out,), *others = [arrays_of(outcome) for outcome in forwards]
    (grad,), target, upstream = arrays_of(gradient), inputs.array(criterion.wrt), inputs.array(UPSTREAM)
    if out.shape != upstream.shape or grad.shape != target.shape:
        wanted, found = (upstream, out) if out.shape != upstream.shape else (target, grad)
        return gradient, Difference(
            str(wanted.shape), str(found.shape), explain_shape(wanted.shape, found.shape)
        )
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
    left = float(np.vdot(out.astype(np.float64), upstream.astype(np.float64)))
    right = float(np.vdot(target.astype(np.float64), grad.astype(np.float64)))
    if left == right:
        return gradient, None
    return gradient, Difference(
        f"{left:.9g} = <{criterion.adjoint_of}, out_grad>",
        f"{right:.9g} = <{criterion.wrt}, {case.probe}>",
        f"your {case.probe} is not the transpose of your own forward pass: for a transpose the two are equal",
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
    )
