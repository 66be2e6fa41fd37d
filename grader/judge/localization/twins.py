"""Pairs edits that correct one slip made twice, often once for the height and once for the width."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile

from grader.judge.localization.source_text import Edit
from grader.judge.localization.student_functions import Function

TOKEN = re.compile(r"\[-?\d+|[^\W\d]\w*|\d+|\S")  # an index with its bracket is one
AXES = (
    ("h", "w"),
    ("H", "W"),
    ("height", "width"),
    ("HEIGHT", "WIDTH"),
    ("Height", "Width"),
    ("row", "col"),
    ("row", "column"),
    ("r", "c"),
    ("i", "j"),
    ("y", "x"),
    ("a", "b"),
    ("0", "1"),
    ("1", "2"),
    ("2", "3"),
)
MOST_COST = 3  # of an edit that is tried twice
MOST_COST_OF_EQUAL = 1  # if the texts of the two places are equal

NEAR = 40  # places of one form: how far apart twins may be

Place = tuple[int, int]
Axis = tuple[str, ...]
Names = Mapping[str, str]  # for each name of an axis the one of the other axis


def twins_of(function: Function, edits: Sequence[Edit]) -> list[tuple[Edit, Edit]]:
    """Two edits at two places of a function that are equal but for the names of an axis, by cost.

    So are the texts of the places, such as `kh - p[0]` and `kw - p[1]`; they may also be equal. A place is
    paired with the next one of an equal text, and with the next one for the other axis.
    """

    @cache
    def of_axes(name: str, axes: frozenset[Axis]) -> str:
        """The variable that differs from a name in one of these axes; else the name itself."""
        return next((one for one in function.names.variables if _axis(name, one) in axes), name)

    at: dict[Place, dict[str, Edit]] = {}
    for edit in edits:
        if edit.cost <= MOST_COST:
            at.setdefault((edit.start, edit.end), {})[edit.text] = edit
    twins = []
    for first, second, names in _pairs(function, sorted(at)):
        axes = frozenset(axis for one, other in names.items() if (axis := _axis(one, other)))

        def turned(match: re.Match[str], names: Names = names, axes: frozenset[Axis] = axes) -> str:
            return names.get(match[0]) or of_axes(match[0], axes)

        for text, edit in at[first].items():
            twin = at[second].get(TOKEN.sub(turned, text))
            if twin is not None and twin.cost == edit.cost and _is_likely(edit, twin, names):
                twins.append((edit, twin))
    return sorted(twins, key=lambda twin: (twin[0].cost, twin[0].start, twin[1].start))


def _is_likely(edit: Edit, twin: Edit, names: Names) -> bool:
    """False for most of the many edits that put one name in the place of two."""
    if not names:
        return edit.cost <= MOST_COST_OF_EQUAL
    return edit.text != twin.text or not re.fullmatch(r"\(\w+\)", edit.text)


def _pairs(function: Function, places: Sequence[Place]) -> Iterator[tuple[Place, Place, Names]]:
    """Two places of one form that do not overlap, and the names of the second for those of the first."""
    content = function.source.content
    forms: dict[str, list[tuple[Place, list[str]]]] = {}
    for start, end in places:
        before = "[" if content[start - 1 : start] == b"[" else ""
        tokens = TOKEN.findall(before + content[start:end].decode())
        form = " ".join("a" if _has_axis(token) else token for token in tokens)
        if re.search(r"\w", form):
            forms.setdefault(form, []).append(((start, end), tokens))
    lines = {place: _around(content, place[0]) for place in places}
    for alike in forms.values():
        for number, (first, tokens) in enumerate(alike):
            later = [(second, _names(tokens, others)) for second, others in alike[number + 1 : number + NEAR]]
            apart = [
                (second, names) for second, names in later if first[1] <= second[0] and names is not None
            ]
            for has_names in (False, True):
                partners = [one for one in apart if bool(one[1]) is has_names]
                # of two places in twin lines, the names around them tell which belong together
                partners.sort(key=lambda one: not _names(lines[first], lines[one[0]]))
                yield from ((first, second, names) for second, names in partners[:1])


def _around(content: bytes, place: int) -> list[str]:
    """The tokens of a place's line, without numbers and comments; a mark shows where the place starts."""
    start, end = content.rfind(b"\n", 0, place) + 1, content.find(b"\n", place)
    line = content[start:place] + b"\0" + (content[place:end] if end >= 0 else content[place:])
    return [token for token in TOKEN.findall(line.decode().partition("#")[0]) if not token.isdigit()]


def _names(first: Sequence[str], second: Sequence[str]) -> dict[str, str] | None:
    """The names of an axis in which two texts differ; None if they differ in more."""
    names: dict[str, str] = {}
    if len(first) != len(second):
        return None
    for one, other in zip(first, second, strict=True):
        if one == other:
            continue
        if not _axis(one, other) or names.get(one, other) != other or names.get(other, one) != one:
            return None
        names |= {one: other, other: one}
    if first[0].startswith("[") and names:  # what is edited is the index itself
        names |= {one.lstrip("["): other.lstrip("[") for one, other in names.items()}
    return names


def _has_axis(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_" or (token[0] == "[" and len(token) > 1)


def _axis(one: str, other: str) -> Axis:
    """In what two names of different axes differ, such as `h` and `w`; () if they differ in more."""
    if not _has_axis(one) or not _has_axis(other):
        return ()
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    pair = one[: len(one) - end], other[: len(other) - end]
    return tuple(sorted(pair)) if pair in AXES or pair[::-1] in AXES else ()


def _shared(one: str, other: str) -> int:
    """How many characters at the start of two texts are equal."""
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))
