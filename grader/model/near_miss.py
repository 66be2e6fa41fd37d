"""Suggests the name that a wrong one may stand for: the same words wherever a name is not known."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

ALIKE = 0.6  # how much of two names must agree
LONGEST = 200  # of a longer word no name is looked for


def near_miss(word: str, words: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or "" where no known name is near."""
    names = {name.casefold(): name for name in words}
    if not word or len(word) > LONGEST or word in names.values():
        return ""
    from difflib import get_close_matches  # only a wrong name needs it

    matches = get_close_matches(word.casefold(), sorted(names), 1, ALIKE)
    return f"; did you mean {names[matches[0]]!r}?" if matches else ""


def one_of(word: str, words: Iterable[str]) -> str:
    """`one of a, b, c`, and which of them was meant; `none` where there is none to choose from."""
    names = list(words)
    return f"one of {', '.join(names)}{near_miss(word, names)}" if names else "none: there is none yet"


def near_file(path: Path) -> str:
    """The same for a path where nothing is: a near name in the same folder, or in a folder of a near name."""
    parent = path.parent
    with suppress(OSError):
        if not parent.is_dir():
            return near_file(parent) if parent != path else ""
        return near_miss(path.name, (each.name for each in parent.iterdir()))
    return ""
