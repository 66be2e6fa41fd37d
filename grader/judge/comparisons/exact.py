"""Compares results element by element with `==`. Inputs are integers, so every sum is exact."""

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.difference import Difference
from grader.judge.differences.probe_values import answer_of
from grader.judge.reference_answer import TIMES, against_reference
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

DOCS = """\
Inputs are integers in [-8, 8], so a sum is exact in every order of summation. An answer must have the right
shape and dtype, and each element must be equal. There is no tolerance to argue about.

The grader asks each case twice in one process, the second time with different values of the same shapes. Both
answers must be right, so a function that keeps an earlier answer fails. This also holds for `bound`, `close`
and `set`. The grader asks a case once if you write its values yourself (`ask`).

```yaml
- id: flip
  title: flip reverses the order along some axes
  points: 10
  probe: flip
  help: README.md#flip
  cases:
    - {id: one-axis, shape: [3, 4], ask: {axes: [1]}}
    - {id: negative-axis, shape: [2, 3, 4], ask: {axes: [-2]}, weight: 2}
```
"""


class Exact(Comparison):
    """Every element must equal the reference's."""

    name = "exact"
    rank = 10
    docs = DOCS
    draws = TIMES
    a_case_may_choose_it = True
    is_exact = True

    def judge(self, question: Question) -> Judged:
        """The outcome, and the first difference from the reference's answer."""
        return against_reference(question)

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest of the arrays, or the class of the exception."""
        return f"error {outcome.error}" if outcome.status is Status.ERROR else answer_of(outcome.arrays)
