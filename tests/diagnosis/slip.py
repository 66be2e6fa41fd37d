"""A slip: an edit of a right function's text, and the mutants that say what is wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """`old` becomes `new` in a function; `ideas` are the mutants that name it."""

    old: str
    new: str
    ideas: frozenset[str]


def slip(old: str, new: str, *ideas: str) -> Slip:
    """A slip and the mutants that name it."""
    return Slip(old, new, frozenset(ideas))
