"""Every idea that the diagnosis names is true, and code without such an idea gets none."""

import pytest

from tests.diagnosis.measure import Count, measure

SHARES = {"single slips": 0.95, "pairs": 0.8, "triples": 0.6}
# A flip that drops the first of its axes leaves a lone axis as it is, as one that exchanges axes does.
ALIKE = ": exchanged_for_flipped"


def false_claims(counts: list[Count]) -> list[tuple[str, list[str]]]:
    """By sort: what is claimed and is not so, but for two mistakes that look alike in most cases."""
    wrong = {one.sort: [claim for claim in one.wrong if claim != ALIKE] for one in counts}
    return [(sort, claims) for sort, claims in wrong.items() if claims]


def test_nothing_is_claimed_of_right_rewrites_and_of_what_only_raises() -> None:
    assert false_claims([one for one in measure(2, 4) if not one.has_ideas]) == []


@pytest.mark.slow
def test_a_true_idea_is_claimed_for_most_and_none_is_false() -> None:
    all_counts = measure(2)
    shares = {one.sort: one.true / one.submissions for one in all_counts if one.has_ideas}
    assert {sort: share for sort, share in shares.items() if share < SHARES[sort]} == {}
    assert false_claims(all_counts) == []
