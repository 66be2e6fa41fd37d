"""What is claimed of slips that are no mutants is true, and nothing is claimed of what has no idea in it."""

import pytest

from tests.diagnosis.measure import measure

SHARES = {"single slips": 0.95, "pairs": 0.8, "triples": 0.6}


def test_nothing_is_claimed_of_right_rewrites_and_of_what_only_raises() -> None:
    assert [(one.sort, one.wrong) for one in measure(2, 4) if one.false and not one.has_ideas] == []


@pytest.mark.slow
def test_a_true_idea_is_claimed_for_most_and_none_is_false() -> None:
    all_counts = measure(2)
    shares = {one.sort: one.true / one.submissions for one in all_counts if one.has_ideas}
    assert {sort: share for sort, share in shares.items() if share < SHARES[sort]} == {}
    assert [(one.sort, one.wrong) for one in all_counts if one.false] == []
