"""Holds two students' files that are alike, with the pieces that both have."""

from dataclasses import dataclass

Span = tuple[int, int]  # from which character to which


@dataclass(frozen=True)
class Side:
    """One of two files: whose it is, its text, the spans that the other has too, their share of what is own.

    What comes from the handout is in no span and no share.
    """

    student: str
    text: str
    spans: tuple[Span, ...]
    share: float

    @property
    def pieces(self) -> tuple[tuple[bool, str], ...]:
        """The text cut up: (whether the other has it too, piece)."""
        pieces, at = [], 0
        for start, end in self.spans:
            pieces += [(False, self.text[at:start]), (True, self.text[start:end])]
            at = end
        return tuple((same, piece) for same, piece in (*pieces, (False, self.text[at:])) if piece)


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
