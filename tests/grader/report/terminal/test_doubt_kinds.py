"""Laws of the kinds of doubts: each says what ends it."""

import re

import pytest

from grader.report.terminal.doubt_kinds import KINDS, Kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.headline)
def test_every_remedy_names_the_command_or_the_page_that_ends_the_review(kind: Kind) -> None:
    assert re.search(r"`grader [a-z]+|on the desk", kind.remedy)
