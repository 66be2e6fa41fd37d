"""Counts that must not be larger than a case's budget, such as accesses to memory."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from grader.judge.case_model import Amount, Id, Strict
from grader.judge.comparison import Comparison, Difference, Judged, Question
from grader.judge.differences.answers import Array, arrays_of, of_arrays
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

DOCS = """\
Counts that must not be larger than the case's `budget` says, such as accesses to memory. The probe returns
a whole number for each name of the budget, in its order. Take what the reference needs, and some more: the
measure is an idea, not a trick.

```yaml
- id: traffic
  title: no more traffic than it takes
  points: 7
  probe: traffic
  compare: budget
  help: README.md#traffic
  cases:
    - {id: matmul, shape: [32, 48], other: [48, 32], kernel: matmul, budget: {global_reads: 7680}}
```
"""


class BudgetKeys(Strict):
    """What a case says with `compare: budget`."""

    budget: Annotated[dict[Id, Amount], Field(min_length=1)] | None = None
    """With `compare: budget`: how much there may be at most of what is counted, by its name."""


class Budget(Comparison):
    """No count is over its budget."""

    name = "budget"
    rank = 70
    docs = DOCS
    case_keys = BudgetKeys
    requires_of_case = ("budget",)
    values = ("budget",)
    needs_expected = False

    def judge(self, question: Question) -> Judged:
        """The probe returns one number for each name of the budget, in its order."""
        outcome = of_arrays(question.submission.run(question.case.probe, question.inputs))
        budget = question.case.options["budget"]
        return outcome, first_excess(arrays_of(outcome), budget) if outcome.status is Status.OK else None

    def digest(self, case: Case, outcome: Outcome) -> str:
        """Of what is over budget: counts differ with the way of writing."""
        if outcome.status is Status.ERROR:
            return f"error {outcome.error}"
        return excess_digest(arrays_of(outcome), case.options["budget"])


def first_excess(arrays: Sequence[Array], budget: Mapping[str, int]) -> Difference | None:
    """The first count that is over its budget."""
    counts = _counts(arrays)
    if len(counts) != len(budget):
        why = "this is not what the probe returns"
        return Difference(f"{len(budget)} numbers", f"{len(counts)} numbers", why)
    for (name, most), count in zip(budget.items(), counts, strict=True):
        if count > most:
            words = name.replace("_", " ")
            times = f"{count / most:.1f} times as many as allowed" if most else "none is needed"
            return Difference(f"at most {most} {words}", str(count), f"{words}: {times}")
    return None


def excess_digest(arrays: Sequence[Array], budget: Mapping[str, int]) -> str:
    """What two submissions with one idea have in common."""
    counts = _counts(arrays)
    over = [count > most for count, most in zip(counts, budget.values(), strict=False)]
    return hashlib.sha256(f"budget {len(counts)} {over}".encode()).hexdigest()


def _counts(arrays: Sequence[Array]) -> list[int]:
    return [int(n) for array in arrays if array.dtype == np.int64 for n in array.reshape(-1)]
