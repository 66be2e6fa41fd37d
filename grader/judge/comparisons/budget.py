"""Requires right values and counts, such as accesses to memory, within a case's budget."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Difference
from grader.judge.differences.probe_values import Array, answer_of, arrays_of, of_arrays
from grader.judge.formula import LONGEST, work_out
from grader.judge.kind import Kind
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

COUNTED = "counted"  # the value of a case with the names of the budget
DOCS = """\
The case's `budget` limits counts, such as accesses to memory. The values of the same run must be right. The
probe returns the values and, as its last array, a whole number for each name in `case.counted`. These are the
names of the budget. The reference answers the same probe, and the grader ignores its counts.

A budget is a number or a formula of whole numbers, `+ - * /`, `ceil`, `min`, `max`, and the case's lengths.
The lengths have the names in `lengths`, or `n, h, w, c_in, kh, kw, c_out, out_h, out_w` for convolutions. So
lengths may be hidden and drawn. If the budget is a formula and a count is too high, the student also sees the
smallest inputs with too high a count. Allow more than the reference needs: the budget should test an idea,
not a trick.

```yaml
- id: lookups
  title: no more lookups than it takes
  points: 6
  probe: lookups
  compare: budget
  help: README.md#lookups
  cases:
    - {id: short, weight: 3, shape: [10], budget: {lookups: 5}}
    - {id: of-any-length, weight: 3, shape: [n], lengths: {n: [50, 90]}, budget: {lookups: "ceil(n / 8) + 1"},
       visibility: hidden}
```
"""


@cache
def budget_keys() -> "type[Strict]":
    """The keys of a case with a budget."""
    from pydantic import Field

    from grader.judge.case_model import Amount, Id, Strict

    Formula = Amount | Annotated[str, Field(min_length=1, max_length=LONGEST)]

    class BudgetKeys(Strict):
        """A case with a budget for counts."""

        budget: Annotated[dict[Id, Formula], Field(min_length=1)] | None = None
        """With `compare: budget` or `findings`: the largest allowed number for each count, by its name."""

    return BudgetKeys


@dataclass(frozen=True)
class Excess(Difference):
    """A count that exceeds its budget: its name, and the doublings that take the budget past the count."""

    name: str = ""
    doublings: int = 0


class Budget(Comparison):
    """The values must be right, and no count may exceed its budget."""

    name = "budget"
    rank = 70
    docs = DOCS
    case_keys = staticmethod(budget_keys)
    requires_of_case = ("budget",)
    extra_names = (COUNTED,)
    watches_the_run = True

    def extra_values(self, case: Case, rng: "np.random.Generator") -> Mapping[str, Any]:
        """The names of the budget."""
        return {COUNTED: list(case.options["budget"])}

    def judge(self, question: Question) -> Judged:
        """Calls the probe, which returns the values, then a count for each name of the budget, in order."""
        outcome = of_arrays(question.submission.run(question.case.probe, question.inputs))
        if outcome.status is not Status.OK:
            return outcome, None
        *values, counts = arrays_of(outcome) or (np.zeros(0),)
        return outcome, values_difference(question, values, 1) or excess(question, counts)

    def result_and_finding(self, answer: Sequence[Array]) -> tuple[Sequence[Array], str]:
        """The values. The counts may be any within the budget."""
        return answer[:-1], ""

    def complaint(self, case: Case, kind: Kind) -> str:
        """The problem with a formula, such as a length that the kind does not have; "" if there is none."""
        return complaint_about_budget(case, kind)

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest of the values, or of a count over budget, by its doublings: counts vary with style."""
        return run_digest(outcome, 1, difference)


def complaint_about_budget(case: Case, kind: Kind) -> str:
    """The problem with the formulas of a budget; "" if there is none."""
    names = dict.fromkeys(kind.formula_names(case.parameters), 1)
    for name, formula in case.options.get("budget", {}).items():
        try:
            work_out(formula, names)
        except ValueError as problem:
            return f"budget {name}: {problem}"
    return ""


def run_digest(outcome: Outcome, detail_arrays: int, difference: Difference | None) -> str:
    """A digest that is equal for two counted runs with the same wrong idea."""
    if outcome.status is Status.ERROR:
        return f"error {outcome.error}"
    if isinstance(difference, Excess):
        idea = f"{difference.expected}, {difference.doublings} doublings"
        return hashlib.sha256(idea.encode()).hexdigest()
    return answer_of(outcome.arrays[: len(outcome.arrays) - detail_arrays])


def values_difference(question: Question, values: Sequence[Array], details: int) -> Difference | None:
    """The first difference of a run's values from the reference's; those of every device must be right.

    The last `details` arrays of the reference's answer are not values.
    """
    expected = question.oracle.expected(question.case, question.inputs)
    expected_values = replace(expected, arrays=expected.arrays[: len(expected.arrays) - details])
    count = len(expected_values.arrays)
    if not values or len(values) % count:
        return first_difference(expected_values, values, question.dtype, question.explain_shape)
    runs = (values[start : start + count] for start in range(0, len(values), count))
    differences = (
        first_difference(expected_values, run, question.dtype, question.explain_shape) for run in runs
    )
    return next(filter(None, differences), None)


def excess(question: Question, counts: Array) -> Difference | None:
    """The first count of a run that exceeds the case's budget."""
    names = question.kind.names_of_lengths(question.case, question.inputs)
    budget = question.case.options.get("budget", {})
    return first_excess(counts, {name: int(work_out(most, names)) for name, most in budget.items()})


def first_excess(counts: Array, budget: Mapping[str, int]) -> Difference | None:
    """The first count that exceeds its budget."""
    if counts.dtype != np.int64 or counts.shape != (len(budget),):
        why = "this is not what the probe returns"
        return Difference(f"{len(budget)} whole numbers", f"an array of shape {counts.shape}", why)
    for (name, most), count in zip(budget.items(), counts.tolist(), strict=True):
        if count > most:
            words = name.replace("_", " ")
            times = f"{count / most:.1f} times as many as allowed" if most else "none is needed"
            doublings = (count // max(most, 1)).bit_length()
            return Excess(
                f"at most {most} {words}", str(count), f"{words}: {times}", name=name, doublings=doublings
            )
    return None
