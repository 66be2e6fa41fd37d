"""Requires a call to raise an exception of the class that the case names."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.difference import Difference
from grader.judge.differences.python_words import in_python
from grader.judge.reference_answer import answer_in
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

if TYPE_CHECKING:
    from grader.judge.case_model import Strict

DOCS = """\
The call must raise the exception that the case's `raises` names, or one whose class derives from it, as
NumPy's `AxisError` derives from `IndexError`. Classes count by their names. An exception of the probe does
not count: it may only show that the probe cannot unpack what the submission returned. The handout raises
`NotImplementedError`, so that exception counts only if the case names it. If the criterion has other cases,
such a case counts once one of them passes: a function that only raises earns nothing. This comparison needs
no expected value.

```yaml
- id: refuses
  title: a distance to a value that is no text is refused
  points: 2
  probe: distance
  compare: raises
  help: README.md#the-distance
  cases:
    - {id: a-number, ask: {a: kitten, b: 7}, raises: TypeError}
```
"""
MOST_NUMBERS = 20  # of an array that is shown in full
NOT_YOURS = (
    "the grader's question or one of its functions raised this; if your code does raise the exception, tell "
    "your instructor"
)


@cache
def raises_keys() -> "type[Strict]":
    """The keys of a case with `compare: raises`."""
    from pydantic import Field

    from grader.judge.case_model import Strict

    class RaisesKeys(Strict):
        """A case with `compare: raises`."""

        raises: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9_]{0,99}$")] | None = None
        """With `compare: raises`: the class of the exception, such as ValueError."""

    return RaisesKeys


class Raises(Comparison):
    """The call must raise the exception that the case names."""

    name = "raises"
    rank = 55
    docs = DOCS
    case_keys = staticmethod(raises_keys)
    requires_of_case = ("raises",)
    a_case_may_choose_it = True
    needs_expected = False
    shows_work = False
    expects_exception = True

    def judge(self, question: Question) -> Judged:
        """The outcome, which is right if the call raised the exception."""
        outcome = question.submission.run(question.case.probe, question.inputs)
        expected = question.case.options["raises"]
        if outcome.status is Status.OK:
            why = f"a call with such arguments must raise {expected}"
            return outcome, Difference(
                f"{expected} is raised", f"{_in_words(answer_in(outcome))} is returned", why
            )
        if outcome.status is not Status.ERROR or question.submission.cannot_start:
            return outcome, None  # a file that cannot be imported refuses nothing
        actual = f"{outcome.error} is raised"
        if derives_from(expected, (outcome.error, *outcome.error_bases)):
            if outcome.is_error_of_submission:
                return replace(outcome, status=Status.OK, reason=""), None
            actual += ", but not by your code"
            outcome = replace(outcome, reason=f"{outcome.reason} ({NOT_YOURS})")
        return outcome, Difference(f"{expected} is raised", actual, outcome.reason)

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """The class of the exception, or a text that says that there was none."""
        return f"error {outcome.error}" if outcome.is_error_of_submission else "no error"


def _in_words(answer: Any) -> str:
    """The answer of a call that should have raised; of many numbers only the shape, as all are wrong."""
    if isinstance(answer, np.ndarray) and answer.size > MOST_NUMBERS:
        return f"an array of shape {answer.shape}"
    return in_python(answer)


def derives_from(expected: str, names: Sequence[str]) -> bool:
    """Whether a class of `names`, its own name and then those of its bases, is the class `expected`.

    NotImplementedError and what derives from it count under their own names alone.
    """
    return expected in (names[:1] if "NotImplementedError" in names else names)
