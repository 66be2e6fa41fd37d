"""Matches the lines of two files within a limit on the work, which a file may be written to exceed."""

from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate

LONG = 800  # lines; in longer files the comparison skips repeated lines, to save time
MOST_STEPS = 2_000_000  # about half a second; two versions of 4,000 honest lines take a tenth of this


class TooDifferent(Exception):
    """Two files whose lines match in too many ways: matching them would take more than MOST_STEPS."""


class LineMatcher(SequenceMatcher[str]):
    """Difflib's matcher, which raises TooDifferent beyond MOST_STEPS.

    The number of steps depends on the lines alone, so that a page is the same on a fast and a slow machine.
    """

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        super().__init__(None, before, after, autojunk=len(after) > LONG)
        partners: dict[str, list[int]] = vars(self)["b2j"]
        self._steps_up_to = list(accumulate((1 + len(partners.get(line, ())) for line in before), initial=0))
        self._left = MOST_STEPS

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """The longest run of equal lines between these, as in the base class."""
        end = len(self._steps_up_to) - 1 if ahi is None else ahi
        self._left -= self._steps_up_to[end] - self._steps_up_to[alo]
        if self._left < 0:
            raise TooDifferent
        return super().find_longest_match(alo, ahi, blo, bhi)
