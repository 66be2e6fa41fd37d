"""Compares collections by their elements, in any order."""

from collections import Counter
from itertools import islice
from typing import Any

import numpy as np

from grader.judge.comparison import Comparison, Judged, Question
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import NO_VALUE, answer_of
from grader.judge.differences.python_words import in_python
from grader.judge.reference_answer import TIMES, answer_in, judge_twice
from grader.model.assignment import Case
from grader.model.grade import Outcome, Status

DOCS = """\
The answer must contain the same elements as the expected value, each as often, in any order. It may be a
list, a tuple, a set or an array with one axis. Two elements are equal if their types and values are equal.

```yaml
- id: neighbors
  title: every word at distance one
  points: 3
  probe: neighbors
  compare: set
  help: README.md#neighbors
  cases:
    - {id: short-word, ask: {word: ab, letters: abc}}
```
"""


class SameElements(Comparison):
    """Both collections must have the same elements."""

    name = "set"
    rank = 45
    docs = DOCS
    draws = TIMES
    a_case_may_choose_it = True

    def judge(self, question: Question) -> Judged:
        """The first element that is missing or superfluous."""
        return judge_twice(question, _judge_elements)

    def digest(self, case: Case, outcome: Outcome, difference: Difference | None = None) -> str:
        """A digest of the elements in their order: a mutant with the same elements in another order does not
        match.
        """
        return f"error {outcome.error}" if outcome.status is Status.ERROR else answer_of(outcome.arrays)


def _judge_elements(question: Question, expected: Expected, outcome: Outcome) -> Judged:
    if outcome.status is not Status.OK:
        return outcome, None
    expected_value = expected.value
    if expected_value is NO_VALUE:
        expected_value = expected.arrays[0] if len(expected.arrays) == 1 else expected.arrays
    return outcome, elements_difference(expected_value, answer_in(outcome))


def elements_difference(expected: Any, actual: Any) -> Difference | None:
    """The difference for an element that is missing or occurs too often; None if there is none."""
    if not _is_collection(actual):
        return Difference(
            in_python(expected), in_python(actual), "a list, a tuple, a set or an array is expected"
        )
    # Of a longer answer, one element more than expected is enough: at least one occurs too often in these.
    most = len(expected) + 1
    elements = {_key(one): one for each in (expected, actual) for one in _first(each, most)}
    expected_counts, actual_counts = (Counter(map(_key, _first(each, most))) for each in (expected, actual))
    missing, more = (
        (Counter() if len(actual) >= most else expected_counts - actual_counts),
        actual_counts - expected_counts,
    )
    if not missing and not more:
        return None
    element = in_python(elements[next(iter(missing or more))])
    why = f"{element} is missing" if missing else f"{element} is not expected, or not this often"
    return Difference(in_python(expected), in_python(actual), why)


def _is_collection(value: Any) -> bool:
    is_row = isinstance(value, np.ndarray) and value.ndim == 1
    return is_row or isinstance(value, list | tuple | frozenset)


def _key(element: Any) -> str:
    """A text that is equal for elements of equal types and values, including NaN.

    Python salts the hash of a text, so no answer can hold elements that are slow to count because their
    hashes are equal.
    """
    kind = type(element).__name__
    if isinstance(element, np.ndarray):
        return (
            f"{kind} {element.dtype.name} {element.shape} [{','.join(map(_key, element.ravel().tolist()))}]"
        )
    if isinstance(element, dict):
        return (
            f"{kind} {{{','.join(sorted(f'{_key(key)}:{_key(value)}' for key, value in element.items()))}}}"
        )
    if isinstance(element, frozenset):
        return f"{kind} {{{','.join(sorted(map(_key, element)))}}}"
    if isinstance(element, list | tuple):
        return f"{kind} [{','.join(map(_key, element))}]"
    if isinstance(element, float | complex):
        element = element + type(element)(0)  # 0.0 for -0.0, which equals it
    return f"{kind} {element!r}"


def _first(value: Any, most: int) -> list[Any]:
    """The first elements of a collection, so that the judge's time and memory do not grow with an answer."""
    return value[:most].tolist() if isinstance(value, np.ndarray) else list(islice(value, most))
