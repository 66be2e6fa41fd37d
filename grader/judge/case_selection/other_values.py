"""Asks a visible case again with values that no student has seen, so that a table of answers fails it."""

from dataclasses import replace

from grader.judge.comparison import Oracle
from grader.judge.comparisons import comparison_of
from grader.model.assignment import Case, Visibility

SUFFIX = " (other values)"  # no id in a rubric can end like this


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
    """True if a visible case has random values, so that it can be asked again with other ones.

    Also if drawing them fails: the author's fault then shows when the case is asked again.
    """
    other = with_other_values(case)
    if other is None:
        return False
    try:
        return oracle.inputs(other).digest != oracle.inputs(case).digest
    except (Exception, SystemExit):  # whatever an author's own kind raises
        return True


def a_table_answers(case: Case, oracle: Oracle) -> bool:
    """True if a visible case has the same values in every handout and every grading."""
    if case.visibility is not Visibility.VISIBLE or case.is_own_test:
        return False
    return comparison_of(case).is_in_handout and not draws_other_values(case, oracle)
