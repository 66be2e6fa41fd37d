"""Real-valued results of a function that is not linear: each element within some roundings of itself."""

from collections.abc import Callable, Sequence

import numpy as np

from grader.judge.answers import Array
from grader.judge.array_difference import against_reference
from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.inputs import Inputs

ROUNDING = 2.0**-24  # u of float32
DOCS = """\
Real-valued data, and a function that is not linear (softmax): each element may be off by some roundings of
itself.

```yaml
- id: softmax
  title: softmax, of logits of any size
  points: 10
  probe: softmax
  help: README.md#softmax
  cases:
    - {id: far-apart, logits: [4, 6], spread: 1000} # zeros and ones: exact, by whatever formula
    - {id: real-valued, logits: [8, 6], data: normal, compare: close}
```
"""


def close_bound(exact: Array) -> Array:
    """How far off softmax and the like may be, which are not multilinear: 16 u of max(1, |value|).

    That is three times what was the most in 2,000 draws of normal logits, over 12 legitimate ways to compute
    them; `grader.prove.tolerance` looks again.
    """
    return 16 * ROUNDING * np.maximum(1, np.abs(exact))


class Close(Comparison):
    """Every element is within some roundings of the reference's."""

    name = "close"
    rank = 40
    docs = DOCS
    a_case_may_choose_it = True
    has_bounds = True

    def judge(self, question: Question) -> Judged:
        """See `array_difference`."""
        return against_reference(question)

    def bounds(
        self, inputs: Inputs, answer: Sequence[Array], ask: Callable[[Inputs], Sequence[Array]]
    ) -> tuple[Array, ...]:
        """By the reference's answer itself."""
        return tuple(close_bound(array) for array in answer)
