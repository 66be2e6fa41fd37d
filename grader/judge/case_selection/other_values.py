"""Asks a visible case again with values that no student has seen, so that a table of answers fails it."""

from dataclasses import replace

import numpy as np

from grader.judge.comparison import Oracle
from grader.judge.comparisons import comparison_of
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE, text_of
from grader.model.assignment import Case, Visibility

SUFFIX = " (other values)"  # no id in a rubric can end like this
ROUNDING = 1e-6  # two answers that differ by less are one


def with_other_values(case: Case) -> Case | None:
    """A hidden case with the shapes of a visible one, and with values from the course's secret seed.

    None for a case that is not in a handout: its values are secret already. None for a case that a function
    passes without any work, and for one of the author's tests.
    """
    if case.visibility is not Visibility.VISIBLE or case.is_own_test:
        return None
    comparison = comparison_of(case)
    if not comparison.is_in_handout or not comparison.shows_work:
        return None
    return replace(case, id=f"{case.id}{SUFFIX}", visibility=Visibility.HIDDEN, shapes_of=case.name)


def draws_other_values(case: Case, oracle: Oracle) -> bool:
    """True if a visible case has random values, and its answer depends on them: asking again says more.

    Also if drawing them fails: the author's fault then shows when the case is asked again.
    """
    other = with_other_values(case)
    if other is None:
        return False
    try:
        inputs, other_inputs = oracle.inputs(case), oracle.inputs(other)
        if inputs.digest == other_inputs.digest:
            return False
        if not comparison_of(case).needs_expected:
            return True
        return not _are_alike(oracle.expected(case, inputs), oracle.expected(other, other_inputs))
    except (Exception, SystemExit):  # whatever an author's own kind raises
        return True


def _are_alike(one: Expected, other: Expected) -> bool:
    """True if one answer passes for both, as for the softmax of equal numbers."""
    (text, arrays), (other_text, other_arrays) = (
        ("", expected.arrays) if expected.value is NO_VALUE else text_of(expected.value)
        for expected in (one, other)
    )
    return text == other_text and all(
        first.shape == second.shape
        and np.allclose(first, second, rtol=ROUNDING, atol=ROUNDING, equal_nan=True)
        for first, second in zip(arrays, other_arrays, strict=True)
    )


def a_table_answers(case: Case, oracle: Oracle) -> bool:
    """True if a visible case has the same values, or the same answer, in every handout and every grading."""
    if case.visibility is not Visibility.VISIBLE or case.is_own_test:
        return False
    return comparison_of(case).is_in_handout and not draws_other_values(case, oracle)
