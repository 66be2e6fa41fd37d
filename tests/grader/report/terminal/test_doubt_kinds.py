"""Laws of the kinds of doubts: each says what ends it."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from grader.model.class_input.inventory import Doubt
from grader.model.decision import EARLIER_FILES
from grader.report.terminal.doubt_kinds import KINDS, OTHER, SHOWN_WAITING, Kind, print_doubts

PAGE = Path(__file__).parents[4] / "docs" / "doubts.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.headline)
def test_every_remedy_names_the_command_or_the_page_that_ends_the_review(kind: Kind) -> None:
    assert re.search(r"`grader [a-z]+|on the desk", kind.remedy)


@pytest.mark.parametrize("kind", [*KINDS, OTHER], ids=lambda kind: kind.headline)
def test_the_page_for_instructors_explains_every_kind_by_the_words_that_are_printed(kind: Kind) -> None:
    assert f"\n| {kind.headline} | " in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("reason", "headline"),
    [("not graded by hand yet: style", "an instructor"), ("not graded yet", "not graded yet")],
)
def test_a_class_that_waits_does_not_hide_the_other_doubts(reason: str, headline: str) -> None:
    """Its first students are named, and the others counted; of every other kind each student is named."""
    waiting = [Doubt(f"s{number}", reason) for number in range(800)]
    missing = [Doubt(f"t{number}", "conv.py is missing") for number in range(30)]
    earlier = [Doubt(f"u{number}", f"{EARLIER_FILES}: style") for number in range(30)]
    console = Console(file=io.StringIO())
    print_doubts([*waiting, *missing, *earlier], console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert f"800 × {headline}" in text and f"and {800 - SHOWN_WAITING} more: `grader serve`" in text
    assert [len(re.findall(rf"^    {letter}\d+\b", text, re.MULTILINE)) for letter in "stu"] == [
        SHOWN_WAITING,
        30,
        30,
    ]
