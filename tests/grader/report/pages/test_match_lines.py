"""Lines are matched within a limit on the work, which honest files stay far below."""

import random

import pytest

from grader.batch.gradebook.submission_files import KeptFile
from grader.desk.source_view import changes
from grader.report.pages.match_lines import MOST_STEPS, LineMatcher, TooDifferent
from grader.report.pages.side_by_side import MOST_LINES, side_by_side

COMMON = 101  # different lines: none of 4,000 is so common that the matcher skips it
BEFORE = [f"x{number % COMMON} = 0" for number in range(MOST_LINES)]
AFTER = [f"x{37 * number % COMMON} = 0" for number in range(MOST_LINES)]


def kept(name: str, lines: list[str]) -> KeptFile:
    content = "\n".join(lines).encode()
    return KeptFile(name, content, len(content))


def test_two_versions_of_a_long_file_take_a_tenth_of_the_steps() -> None:
    draw = random.Random(0)
    before = [f"name_{draw.randrange(3000)} = 0" if draw.random() < 0.8 else "" for _ in range(MOST_LINES)]
    after = [line for line in before if draw.random() < 0.9]
    matcher = LineMatcher(before, after)

    assert matcher.ratio() > 0.7
    assert vars(matcher)["_left"] > 0.9 * MOST_STEPS


def test_files_whose_lines_match_in_too_many_ways_are_not_matched() -> None:
    with pytest.raises(TooDifferent):
        LineMatcher(BEFORE, AFTER).get_opcodes()


def test_the_desk_names_a_file_whose_versions_cannot_be_compared_and_draws_no_line_of_it() -> None:
    old = [kept("conv.py", BEFORE), kept("more.py", ["a"])]
    new = [kept("conv.py", AFTER), kept("more.py", ["b"])]
    blocks = dict(changes(old, new))

    assert blocks["conv.py"] == []
    assert [(line.mark, line.text) for line in blocks["more.py"]][1:] == [("-", "a"), ("+", "b")]


def test_files_that_cannot_be_aligned_stand_side_by_side_with_every_line() -> None:
    rows = side_by_side("\n".join(BEFORE), "\n".join(AFTER), "")

    assert [row.left.text for row in rows] == BEFORE and [row.right.text for row in rows] == AFTER
