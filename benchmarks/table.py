"""A titled table of measurements, written in Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """The results of one benchmark: `about` says what was compared and how; rows are as long as `header`."""

    title: str
    about: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The table as a section of a Markdown document; every column but the first is numbers."""
        rule = ("---", *("---:" for _ in self.header[1:]))
        lines = ["| " + " | ".join(row) + " |" for row in (self.header, rule, *self.rows)]
        return "\n".join([f"## {self.title}", "", self.about, "", *lines, ""])


def geometric_mean(ratios: Sequence[float]) -> float:
    """The mean for ratios: that of 2 and 1/2 is 1."""
    return math.exp(math.fsum(map(math.log, ratios)) / len(ratios))
