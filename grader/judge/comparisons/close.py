"""Compares real-valued results of a nonlinear function; each element may be off by some roundings."""

import hashlib
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated

import numpy as np

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.difference import Difference
from grader.judge.differences.probe_values import FEW, Array, value_of
from grader.judge.inputs import Inputs
from grader.judge.reference_answer import ROUNDING, TIMES, against_reference, rounding
from grader.model.assignment import Case
from grader.model.grade import HINT, Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

ROUNDINGS = 16  # that a number may be off by
DIGITS = 6  # of a real number that every order of its operations gives
DOCS = """\
Use this comparison for real-valued data and a function that is not linear (softmax). Each element may be off
by a few roundings of itself. If a case or its criterion states a `tolerance`, each element may instead be off
by that share of max(1, |expected|). A whole number must be equal, anywhere in the answer. Only a float that
rounds to it may take its place, within the stated tolerance.

The few roundings are proved for softmax, the cross-entropy loss and its gradient, in cases with `logits`.
For other functions, state a `tolerance`: `grader verify` asks for it.

```yaml
- id: softmax
  title: softmax, for logits of any size
  points: 10
  probe: softmax
  help: README.md#softmax
  cases:
    - {id: far-apart, logits: [4, 6], spread: 1000} # zeros and ones: exact, by whatever formula
    - {id: real-valued, logits: [8, 6], data: normal, compare: close}
    - {id: my-own-bound, logits: [8, 6], data: normal, compare: close, tolerance: 1.0e-5}
```
"""


def close_bound(exact: Array, unit: float = ROUNDING) -> Array:
    """The allowed error of softmax and similar functions, which are not multilinear: 16 u of max(1, |value|).

    `unit` is u, the share of a number that one rounding may change.

    This is three times the largest error in 2,000 draws of normal logits, over 12 legitimate ways to compute
    the result. `grader.prove.tolerance_proof` checks it again.
    """
    return ROUNDINGS * unit * np.maximum(1, np.abs(exact))


@cache
def close_keys() -> "type[Strict]":
    """The keys that it adds to a case, and to a criterion for all its cases."""
    from pydantic import Field

    from grader.judge.case_model import Strict

    class CloseKeys(Strict):
        """A case with `compare: close`, or a criterion that applies it to all its cases."""

        tolerance: Annotated[float, Field(gt=0, le=1)] | None = None
        """With `compare: close`: how far off a number may be, as a share of max(1, |expected|)."""

    return CloseKeys


class Close(Comparison):
    """Every element must be within some roundings of the reference's."""

    name = "close"
    rank = 40
    docs = DOCS
    case_keys = staticmethod(close_keys)
    criterion_keys = staticmethod(close_keys)
    draws = TIMES
    a_case_may_choose_it = True
    has_bounds = True

    def judge(self, question: Question) -> Judged:
        """The outcome, and the first difference from the reference's answer beyond the bound."""
        return against_reference(question)

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest of the first digits of a result that is one real number; "" for any other result.

        Rounding changes the later digits. Among many numbers, it would change an early digit of some. A
        number with few digits is a hint, as other mistakes may give it, too.
        """
        value = value_of(outcome.arrays) if outcome.status is Status.OK else None
        if not isinstance(value, float) or not math.isfinite(value):
            return ""
        text = f"{value + 0.0:.{DIGITS - 1}e}"
        digits = text.partition("e")[0].lstrip("-").replace(".", "").rstrip("0")
        return f"{HINT * (len(digits) < FEW)}{hashlib.sha256(text.encode()).hexdigest()}"

    def bounds(
        self, case: Case, inputs: Inputs, answer: Sequence[Array], ask: Callable[[Inputs], Sequence[Array]]
    ) -> tuple[Array, ...]:
        """The bounds, from the reference's answer or from the tolerance that the case states."""
        if "tolerance" in case.options:
            return tuple(self.tolerance(case) * np.maximum(1, np.abs(array)) for array in answer)
        return tuple(close_bound(array, rounding(array, inputs)) for array in answer)

    def tolerance(self, case: Case) -> float:
        """The tolerance that the case states, else one that covers rounding in float32."""
        return float(case.options.get("tolerance", ROUNDINGS * ROUNDING))

    def must_prove_bounds(self, case: Case) -> bool:
        """True unless the case states a tolerance, for which the author is responsible."""
        return "tolerance" not in case.options
