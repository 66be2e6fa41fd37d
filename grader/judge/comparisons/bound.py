"""Compares real-valued results of a multilinear function, with a bound for any order of summation."""

from collections.abc import Callable, Sequence

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.probe_values import Array
from grader.judge.inputs import Inputs
from grader.judge.reference_answer import ROUNDING, TIMES, against_reference, rounding
from grader.model.assignment import Case

DOCS = """\
Use this comparison for real-valued data and a function that is linear in each input. Each element may be off
by 8 · 2⁻²⁴ times the same sum of absolute values. Every order of summation stays within this bound. For other
dtypes than float32 the bound is 16 roundings of that dtype, and 0 for whole numbers.

The share of the bound that rounding uses depends on the number of draws. In one draw of our cases (45 to 240
terms in a sum) it is mostly 0.1 to 0.4, in any order of summation. The largest share is 0.65 in 200 draws and
0.69 in 1,000 draws. Both occur for few, long sums that add one term after the other, as BLAS does for small
matrices. The share grows with the number of elements: it is 0.74 in 20 draws of 61,440 elements of 120 terms.
So keep real-valued cases small. `grader verify` prints the share of each one.

```yaml
- id: x_grad
  title: the gradient that reaches the input
  points: 10
  probe: x_grad
  help: README.md#the-gradient
  cases:
    - {id: real-valued, x: [16, 15, 8], w: [5, 3, 16], stride: 2, padding: 1, data: normal, compare: bound}
```
"""


def linear_bound(absolute: Array, unit: float = ROUNDING) -> Array:
    """The allowed error of a sum of products, by the same sum of absolute values ("Error bound").

    `unit` is u, the share of a number that one rounding may change.
    """
    return 8 * unit * absolute


class Bound(Comparison):
    """Every element must be within the error bound of its own sum."""

    name = "bound"
    rank = 30
    docs = DOCS
    draws = TIMES
    a_case_may_choose_it = True
    has_bounds = True

    def judge(self, question: Question) -> Judged:
        """The outcome, and the first difference from the reference's answer beyond the bound."""
        return against_reference(question)

    def bounds(
        self, case: Case, inputs: Inputs, answer: Sequence[Array], ask: Callable[[Inputs], Sequence[Array]]
    ) -> tuple[Array, ...]:
        """The bounds, from the reference's answer to the absolute values of the inputs."""
        sums = ask(inputs.absolute())
        return tuple(linear_bound(s, rounding(a, inputs)) for s, a in zip(sums, answer, strict=True))
