"""Holds two students' files that are alike, and how much of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """One of two files: whose it is, its text, and the share of what is own that the other has too.

    What comes from the handout does not count.
    """

    student: str
    text: str
    share: float


@dataclass(frozen=True)
class Pair:
    """Two students whose `file` is alike."""

    file: str
    left: Side
    right: Side

    @property
    def share(self) -> float:
        """The harmonic mean of both shares: what both have, of what they have on average (Dice)."""
        both = self.left.share + self.right.share
        return 2 * self.left.share * self.right.share / both if both else 0.0
