"""Groups edits that correct one slip made at up to four places of a function."""

import re
from collections.abc import Sequence
from itertools import pairwise

from grader.judge.localization.source_text import Edit
from grader.judge.localization.student_functions import Function

MOST_PLACES = 4  # of one slip: more would say nothing
MOST_COST = 2  # of an edit that is made at several places
NAME = re.compile(r"\w+")

Change = tuple[str, str]


def repeated(function: Function, edits: Sequence[Edit]) -> list[tuple[Edit, ...]]:
    """Edits that make one change at every place where it fits, by cost.

    A change is one name in place of another, a text around another, as in `pair(stride)`, or some characters
    in place of others, such as one more argument.
    """
    places: dict[Change, dict[tuple[int, int], Edit]] = {}
    for edit in edits:
        if edit.cost <= MOST_COST:
            before = function.source.content[edit.start : edit.end].decode()
            places.setdefault(_change(before, edit.text), {}).setdefault((edit.start, edit.end), edit)
    groups = []
    for at in places.values():
        alike = tuple(at[place] for place in sorted(at))
        is_apart = all(one.end <= other.start for one, other in pairwise(alike))
        if 2 <= len(alike) <= MOST_PLACES and is_apart:
            groups.append(alike)
    return sorted(groups, key=lambda alike: (max(edit.cost for edit in alike), alike[0].start))


def _change(before: str, after: str) -> Change:
    """What is removed and what is put there."""
    if after.startswith("(") and after.endswith(")"):  # each expression gets parentheses
        after = after[1:-1]
    if NAME.fullmatch(before) and NAME.fullmatch(after):
        return before, after
    if before in after:
        return "\N{HORIZONTAL ELLIPSIS}", after.replace(before, "\N{HORIZONTAL ELLIPSIS}", 1)
    start = _shared(before, after)
    before, after = before[start:], after[start:]
    end = _shared(before[::-1], after[::-1])
    return before[: len(before) - end], after[: len(after) - end]


def _shared(one: str, other: str) -> int:
    """How many characters at the start of two texts are equal."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count
