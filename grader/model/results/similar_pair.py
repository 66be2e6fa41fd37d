"""Holds two students' similar files, and how much of each is similar."""

from dataclasses import dataclass

LEAST_SHARE = 0.5  # the smallest share that joins two students to a group


@dataclass(frozen=True)
class Side:
    """One of two files: its student, its text, and the share of its own code that is in the other too.

    Code from the handout does not count.
    """

    student: str
    text: str
    share: float


@dataclass(frozen=True)
class Pair:
    """Two students with a similar `file`."""

    file: str
    left: Side
    right: Side

    @property
    def share(self) -> float:
        """The harmonic mean of both shares: the common code, relative to the average length (Dice)."""
        both = self.left.share + self.right.share
        return 2 * self.left.share * self.right.share / both if both else 0.0
