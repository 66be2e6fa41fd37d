"""Suggests the name that an unknown name was probably meant to be, in the same words everywhere."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LEAST_SIMILARITY = 0.6  # the least similarity of two names
LONGEST = 200  # characters; a longer word gets no suggestion


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The text `; did you mean 'x'?`, or "" if no known name is near."""
    names = {name.casefold(): name for name in words}
    if not word or len(word) > LONGEST or word in names.values():
        return ""
    if word.isdecimal():  # a spreadsheet removes the zeros that an id begins with
        bare = word.lstrip("0")
        for name in sorted(names.values()):
            if name.lstrip("0") == bare:
                return f"; did you mean {name!r}?"
    from difflib import get_close_matches  # only a wrong name needs it

    matches = get_close_matches(word.casefold(), sorted(names), 1, LEAST_SIMILARITY)
    return f"; did you mean {names[matches[0]]!r}?" if matches else ""


def one_of(word: str, words: Iterable[str]) -> str:
    """The text `one of a, b, c`, with the one probably meant; `none` if there are none to choose from."""
    names = list(words)
    return f"one of {', '.join(names)}{did_you_mean(word, names)}" if names else "none: there are none yet"


def near_columns(header: Iterable[str], expected: Iterable[str]) -> str:
    """The text `; found 'x'; did you mean 'y'?` for the first unknown column that is near a missing one."""
    expected_names, names = list(expected), [name for name in header if name]
    missing = [name for name in expected_names if name not in names]
    near = ((name, did_you_mean(name, missing)) for name in names if name not in expected_names)
    return next((f"; found {name[:LONGEST]!r}{hint}" for name, hint in near if hint), "")


def near_file(path: Path) -> str:
    """The same for a missing path: a near name in the same folder, or in a folder with a near name."""
    parent = path.parent
    with suppress(OSError):
        if not parent.is_dir():
            return near_file(parent) if parent != path else ""
        return did_you_mean(path.name, (each.name for each in parent.iterdir()))
    return ""
