"""Compares a gradient with slopes of the submission's own forward pass along random directions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from grader.judge.comparison import Comparison, Disagreement, Judged, Question, first_failure
from grader.judge.differences.difference import Difference
from grader.judge.differences.probe_values import Array, arrays_of
from grader.judge.differences.shapes import explain_shape
from grader.judge.inputs import UPSTREAM
from grader.model.assignment import Data
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

# Rounding costs a central difference u/h and curvature h^2: in float64 both are small near h = u^(1/3). A
# power of two, so that dividing by it rounds nothing. The error that remains is about 1e-9 of the slope's
# scale.
STEP = 2.0**-17
SLOPE_TOLERANCE = 1e-4
SMOOTH_POINTS, POINTS = 3, 6  # the number of smooth points required, and the number of points drawn
DOCS = """\
This comparison tests the gradient of a function that is not linear. It compares the gradient with central
differences of the submission's own forward pass along random directions, in float64. If the function bends at
a point, the grader notices and draws another point. A forward pass may compute in float32 although its inputs
are of float64. If no slope can then be measured, the case fails for that reason.

Each of the two probes returns one array. If a function returns a number, let its probe return
`np.asarray(number)`. If a function returns several gradients, let the probe return the one with respect to
`wrt`. Unless the forward pass returns a single number, the case needs an `out_grad` of the result's shape.

```yaml
- id: relu_slope
  title: relu_grad is the slope of relu
  points: 5
  probe: relu_grad
  compare: finite_difference
  gradient_of: relu
  wrt: a
  help: README.md#check-any-function
  cases:
    - {id: random-directions, shape: [6, 8], upstream: true, data: normal}
```
"""


@cache
def finite_difference_keys() -> "type[Strict]":
    """The keys of a criterion with `compare: finite_difference`."""
    from grader.judge.case_model import Id, Strict

    class FiniteDifferenceKeys(Strict):
        """A criterion with `compare: finite_difference`."""

        gradient_of: Id | None = None
        """The probe of the forward pass. `probe` is its gradient."""
        wrt: Id | None = None
        """The input that the gradient is with respect to."""

    return FiniteDifferenceKeys


@dataclass(frozen=True)
class Slope:
    """A slope as measured and as the gradient gives it, their allowed difference, and the bend here."""

    measured: float
    claimed: float
    tolerance: float
    bend: float

    @property
    def is_finite(self) -> bool:
        """Whether all four numbers are finite."""
        return bool(np.isfinite([self.measured, self.claimed, self.tolerance, self.bend]).all())

    @property
    def is_smooth(self) -> bool:
        """Whether the forward pass is smooth here, so that its slope is a derivative."""
        return self.bend <= max(self.tolerance, SLOPE_TOLERANCE * abs(self.measured))

    @property
    def is_right(self) -> bool:
        """Whether the gradient agrees with the measured slope."""
        return abs(self.measured - self.claimed) <= self.tolerance


class FiniteDifference(Comparison):
    """<gradient, v> is the slope of <forward, out_grad> in random directions v.

    Forward and gradient run in two processes, so that neither can fit itself to the other. If the forward
    pass bends between x - hv and x + hv (ReLU at 0), its slope is not a derivative, and another point is
    drawn. A forward pass without axes is a loss; its upstream gradient is 1.
    """

    name = "finite_difference"
    rank = 50
    docs = DOCS
    criterion_keys = staticmethod(finite_difference_keys)
    requires_of_criterion = ("gradient_of", "wrt")
    probe_keys = ("gradient_of",)
    input_keys = ("wrt",)
    data = (Data.NORMAL, "integers lie on ReLU's kink")
    draws = 2 * POINTS
    needs_expected = False
    runs_apart = True
    must_kill = False

    def judge(self, question: Question) -> Judged:
        """The gradient's outcome, and the first point where the gradient is not the slope."""
        outcome, smooth = Outcome(Status.OK), 0
        for number in range(POINTS):
            answers, failure = first_failure(_calls(question, number))
            if failure is not None:
                return failure, None
            for answer in answers:
                if len(answer.arrays) != 1:
                    return answer, Difference("1 array", f"{len(answer.arrays)} arrays", "return one array")
            outcome, arrays = answers[-1], [arrays_of(answer)[0] for answer in answers]
            if flaw := _malformed(question, number, arrays):
                return outcome, flaw
            slope = _slope(question, number, arrays)
            if not slope.is_finite:
                why = "they cannot be added up in float64"
                return outcome, Difference("numbers of moderate size", "numbers too large", why)
            if not (slope.is_smooth and slope.is_right) and _is_of_float32(arrays[:3]):
                return outcome, _computed_in_float32(question)
            if slope.is_smooth and not slope.is_right:
                return outcome, _not_the_gradient(question, number, arrays, slope)
            smooth += slope.is_smooth
            if smooth == SMOOTH_POINTS:
                return outcome, None
        return outcome, _not_smooth(question, POINTS - smooth)


def _calls(question: Question, number: int) -> list[Callable[[], Outcome]]:
    """The forward pass before, at and after a point, and the gradient at it."""
    point, direction = (question.oracle.inputs(question.case, 2 * number + k) for k in range(2))
    points = [point.moved(question.option("wrt"), direction, k * STEP) for k in (-1, 0, 1)]
    run_isolated, forward = question.submission.run_isolated, question.option("gradient_of")
    return [
        *(partial(run_isolated, forward, each, "float64") for each in points),
        partial(question.submission.run, question.case.probe, points[1], "float64"),
    ]


def _upstream(question: Question, number: int) -> Array:
    point = question.oracle.inputs(question.case, 2 * number)
    return point.array(UPSTREAM).astype(np.float64) if UPSTREAM in point.bases else np.array(1, np.float64)


def _direction(question: Question, number: int) -> Array:
    direction = question.oracle.inputs(question.case, 2 * number + 1)
    return direction.array(question.option("wrt")).astype(np.float64)


def _malformed(question: Question, number: int, arrays: Sequence[Array]) -> Difference | None:
    """The first array with a wrong shape or dtype, or with a number that is not finite."""
    upstream, direction = _upstream(question, number), _direction(question, number)
    for expected, actual in zip((upstream, upstream, upstream, direction), arrays, strict=True):
        if expected.shape != actual.shape:
            why = explain_shape(expected.shape, actual.shape)
            return Difference(str(expected.shape), str(actual.shape), why)
        if actual.dtype != np.float64:
            why = "the dtype differs: a result has the dtype of its inputs"
            return Difference("float64", actual.dtype.name, why)
        if not np.isfinite(actual).all():
            return Difference("finite numbers", "inf or nan", "the result is not finite")
    if np.array_equal(arrays[0], arrays[2]):
        wrt = question.option("wrt")
        return Difference(
            f"a forward pass that depends on {wrt}", f"the same result for another {wrt}", f"{wrt} is ignored"
        )
    return None


def _slope(question: Question, number: int, arrays: Sequence[Array]) -> Slope:
    """The slope of the forward pass along the direction, as measured and as the gradient gives it."""
    low, middle, high, gradient = arrays
    upstream, direction = _upstream(question, number), _direction(question, number)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that overflow are refused later
        return Slope(
            measured=float(np.vdot(high - low, upstream)) / (2 * STEP),
            claimed=float(np.vdot(gradient, direction)),
            tolerance=SLOPE_TOLERANCE * float(np.linalg.norm(gradient) * np.linalg.norm(direction)),
            bend=float(np.vdot(abs(high - 2 * middle + low), abs(upstream))) / (2 * STEP),
        )


def _is_of_float32(forwards: Sequence[Array]) -> bool:
    """True if every number of a forward pass in float64 is one of float32, and some need its precision."""
    with np.errstate(over="ignore"):
        fits = [np.array_equal(out, out.astype(np.float32)) for out in forwards]
        fits_half = [np.array_equal(out, out.astype(np.float16)) for out in forwards]
    return all(fits) and not all(fits_half)


def _computed_in_float32(question: Question) -> Difference:
    return Difference(
        "numbers computed in float64, the dtype of the inputs",
        "numbers of float32 in an array of float64",
        f"your {question.option('gradient_of')} computes in float32, which is too coarse to measure a slope",
    )


def _not_the_gradient(question: Question, number: int, arrays: Sequence[Array], slope: Slope) -> Disagreement:
    forward, probe = question.option("gradient_of"), question.case.probe
    _, middle, _, gradient = arrays
    return Disagreement(
        f"{slope.measured:.9g} = the slope of your {forward} in a random direction v",
        f"{slope.claimed:.9g} = <{probe}, v>",
        f"your {probe} is not the gradient of your own {forward}",
        inputs=question.oracle.inputs(question.case, 2 * number),
        results={forward: middle, probe: gradient, "v": _direction(question, number)},
    )


def _not_smooth(question: Question, bent: int) -> Difference:
    return Difference(
        f"a {question.option('gradient_of')} that is smooth almost everywhere",
        f"it bends or jumps at {bent} of {POINTS} random points",
        "a slope can be measured only where there is one",
    )
