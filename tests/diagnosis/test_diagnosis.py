"""What is claimed of slips that are no mutants is true, and nothing is claimed of what has no idea in it."""

import pytest

from grader.prove.misconceptions import misconceptions
from tests.diagnosis.measure import ROOT, Count, assignment, measure

SHARES = {"single slips": 0.95, "pairs": 0.8, "triples": 0.6}


def counts(sample: int) -> list[Count]:
    of = assignment()
    return measure(of, misconceptions(ROOT, of, ""), 2, sample)


@pytest.mark.parametrize("sample", [6, pytest.param(0, marks=pytest.mark.slow)], ids=["sample", "all"])
def test_no_claim_is_false(sample: int) -> None:
    assert [(one.sort, one.wrong) for one in counts(sample) if one.false] == []


@pytest.mark.slow
def test_a_true_idea_is_claimed_for_most() -> None:
    shares = {one.sort: one.true / one.submissions for one in counts(0) if one.has_ideas}
    assert {sort: share for sort, share in shares.items() if share < SHARES[sort]} == {}
