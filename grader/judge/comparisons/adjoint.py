"""A gradient that is the transpose of the submission's own linear forward pass, exactly, on integers."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from grader.judge.comparison import Comparison, Disagreement, Judged, Question, first_failure
from grader.judge.differences.difference import Difference
from grader.judge.differences.probe_values import Array, arrays_of, of_arrays
from grader.judge.inputs import UPSTREAM, Inputs
from grader.judge.kind import Kind
from grader.model.assignment import Case, Data
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

DOCS = """\
A linear forward pass and its gradient are each other's transpose: `<conv(x, w), out_grad> == <x, x_grad>`,
on integers, with `==`. This comparison needs no expected value. The two calls run in two processes that
share nothing. If a forward pass is zero or ignores an input, its transpose proves nothing and the grader
refuses it.

```yaml
- id: transpose
  title: conv and conv_x_grad are each other's transpose
  points: 5
  probe: x_grad
  compare: adjoint
  adjoint_of: conv
  wrt: x
  help: README.md#check-yourself
  cases:
    - {id: all-remainders, draw: 3, remainder: any}
```
"""


@cache
def adjoint_keys() -> "type[Strict]":
    """The keys of a criterion with `compare: adjoint`."""
    from grader.judge.case_model import Id, Strict

    class AdjointKeys(Strict):
        """A criterion with `compare: adjoint`."""

        adjoint_of: Id | None = None
        """The probe of the forward pass. It is linear in `wrt`, and `probe` is its transpose."""
        wrt: Id | None = None
        """The input that the gradient is with respect to."""

    return AdjointKeys


class Adjoint(Comparison):
    """<forward(x, w), out_grad> == <input, gradient>, exactly.

    Forward and gradient run in two processes, so that neither can fit itself to the other. If the forward
    pass returns zeros or ignores an input, its transpose proves nothing, so this is refused first. The
    gradient does not depend on the input, so it must also fit the forward pass of another input, which the
    gradient function never saw.
    """

    name = "adjoint"
    rank = 20
    docs = DOCS
    criterion_keys = staticmethod(adjoint_keys)
    requires_of_criterion = ("adjoint_of", "wrt")
    probe_keys = ("adjoint_of",)
    input_keys = ("wrt",)
    data = (Data.INTEGERS, "an adjoint is compared exactly")
    draws = 2
    needs_expected = False
    runs_apart = True
    must_kill = False

    def judge(self, question: Question) -> Judged:
        """The gradient's outcome, and the first sign that it is not the transpose."""
        calls: list[Callable[[], Outcome]] = [
            partial(question.submission.run_isolated, question.option("adjoint_of"), inputs)
            for inputs in _forward_inputs(question)
        ]
        calls.append(partial(question.submission.run, question.case.probe, question.inputs))
        answers, failure = first_failure(calls)
        if failure is not None:
            return failure, None
        for answer in answers:
            if difference := _not_one_finite_array(answer):
                return answer, difference
        out, *others, gradient = (arrays_of(answer)[0] for answer in answers)
        difference = (
            _wrong_shape(question, [out, *others], gradient)
            or _proves_nothing(question, out, others)
            or _no_transpose(question, out, others, gradient)
        )
        return answers[-1], difference

    def complaint(self, case: Case, kind: Kind) -> str:
        """The reason why the forward pass is not linear, and so has no transpose; "" if it is linear."""
        why = kind.why_not_linear(case.parameters)
        return (
            f"found {case.kind}, expected a linear forward pass, which has a transpose: {why}" if why else ""
        )


def may_be_transpose(question: Question, gradient: Outcome) -> bool:
    """False if a gradient's answer is no transpose: one call in its own process shows that of most."""
    forward = of_arrays(question.submission.run(question.option("adjoint_of"), question.inputs))
    if forward.status is not Status.OK or _not_one_finite_array(forward) or _not_one_finite_array(gradient):
        return False
    (value,), (answer,) = arrays_of(forward), arrays_of(gradient)
    upstream, target = question.inputs.array(UPSTREAM), question.inputs.array(question.option("wrt"))
    if (value.shape, answer.shape) != (upstream.shape, target.shape):
        return False
    return _product(value, upstream) == _product(target, answer)


def _forward_inputs(question: Question) -> list[Inputs]:
    """The inputs of the case, then the same with each array of the forward pass replaced in turn."""
    other = question.oracle.inputs(question.case, redraw=1)
    replaced = [question.inputs.replacing(name, other) for name in _inputs_of(question.inputs)]
    return [question.inputs, *replaced]


def _inputs_of(inputs: Inputs) -> list[str]:
    """The names of the arrays that the forward pass receives."""
    return [name for name in inputs.bases if name != UPSTREAM]


def _not_one_finite_array(answer: Outcome) -> Difference | None:
    if len(answer.arrays) != 1:
        return Difference("1 array", f"{len(answer.arrays)} arrays", "the number of results differs")
    if not np.isfinite(arrays_of(answer)[0]).all():
        return Difference("finite numbers", "NaN or infinity", "was every element written?")
    return None


def _wrong_shape(question: Question, forwards: Sequence[Array], gradient: Array) -> Difference | None:
    upstream, target = question.inputs.array(UPSTREAM), question.inputs.array(question.option("wrt"))
    for expected, actual in (*((upstream, forward) for forward in forwards), (target, gradient)):
        if expected.shape != actual.shape:
            why = question.explain_shape(expected.shape, actual.shape)
            return Difference(str(expected.shape), str(actual.shape), why)
    return None


def _proves_nothing(question: Question, out: Array, others: Sequence[Array]) -> Difference | None:
    """The difference for a forward pass that returns zeros or ignores an input; None otherwise."""
    if not out.any():
        return Difference(
            "a forward pass with values", "zeros only", "its transpose would be zero, too, and prove nothing"
        )
    for name, other in zip(_inputs_of(question.inputs), others, strict=True):
        if np.array_equal(out, other):
            return Difference(
                f"a forward pass that depends on {name}",
                f"the same result for another {name}",
                f"{name} is ignored",
            )
    return None


def _no_transpose(
    question: Question, out: Array, others: Sequence[Array], gradient: Array
) -> Difference | None:
    """The two inner products, if they differ for the input of the case or for another one."""
    forward, wrt, probe = question.option("adjoint_of"), question.option("wrt"), question.case.probe
    elsewhere = others[_inputs_of(question.inputs).index(wrt)]
    other = question.oracle.inputs(question.case, redraw=1)
    for value, inputs in ((out, question.inputs), (elsewhere, question.inputs.replacing(wrt, other))):
        left, right = _product(value, inputs.array(UPSTREAM)), _product(inputs.array(wrt), gradient)
        if left != right:
            return Disagreement(
                f"{left:.9g} = <{forward}, out_grad>",
                f"{right:.9g} = <{wrt}, {probe}>",
                f"your {probe} is not the transpose of your own forward pass: "
                "for a transpose the two are equal",
                inputs=inputs,
                results={forward: value, probe: gradient},
            )
    return None


def _product(one: Array, other: Array) -> float:
    """The inner product, in float64."""
    return float(np.vdot(one.astype(np.float64), other.astype(np.float64)))
