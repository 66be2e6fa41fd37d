"""Laws of the kinds of doubts: each says what ends it."""

import re
from pathlib import Path

import pytest

from grader.report.terminal.doubt_kinds import KINDS, OTHER, Kind

PAGE = Path(__file__).parents[4] / "docs" / "instructor.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.headline)
def test_every_remedy_names_the_command_or_the_page_that_ends_the_review(kind: Kind) -> None:
    assert re.search(r"`grader [a-z]+|on the desk", kind.remedy)


@pytest.mark.parametrize("kind", [*KINDS, OTHER], ids=lambda kind: kind.headline)
def test_the_page_for_instructors_explains_every_kind_by_the_words_that_are_printed(kind: Kind) -> None:
    assert f"\n| {kind.headline} | " in PAGE.read_text(encoding="utf-8")
