"""Words a place in a student's source: what to look at, and how many failing cases pass with other code."""

import ast
from collections.abc import Sequence

from grader.judge.localization.search import Placed, Repair
from grader.model.grade import Location
from grader.model.text import clean_line, plural_noun

MOST_CHARACTERS = 60  # of an expression
CUT = "…"


def location_of(placed: Placed, repair: Repair, failing: int) -> Location:
    """The place of an edit. Its text is the student's own, on one line and without control characters."""
    node, source = placed.edit.told, placed.function.source
    text = source.text(node)
    if isinstance(node, ast.stmt):
        text = text.partition("\n")[0]
    text = clean_line(text).replace("`", "'")
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - len(CUT)] + CUT
    return Location(
        source.file,
        node.lineno,  # type: ignore[attr-defined]
        node.col_offset + 1,  # type: ignore[attr-defined]
        node.end_lineno,  # type: ignore[attr-defined]
        node.end_col_offset + 1,  # type: ignore[attr-defined]
        text,
        len(repair.mended),
        failing,
    )


def in_words(repairs: Sequence[Sequence[Location]], *, visible: str) -> str:
    """The sentences for equally good repairs, each with the places where it has other code."""
    first = repairs[0][0]
    if len(repairs) > 1:
        places = [_places(one) for one in repairs]
        where = f"Look at {first.file}: either {', '.join(places[:-1])} or {places[-1]}."
        with_other = "With other code in one of them"
    else:
        where = f"Look at {_places(repairs[0], f' of {first.file}')}."
        with_other = ("With other code there", "With other code in both", "With other code in all of them")[
            min(len(repairs[0]), 3) - 1
        ]
    return f"{where} {with_other}, {_count(first, visible)}."


def _places(together: Sequence[Location], of: str = "") -> str:
    """The lines of one repair, with their texts."""
    lines = sorted({one.line for one in together})
    texts = dict.fromkeys(f"`{one.text}`" for one in together)
    return f"{plural_noun(len(lines), 'line')} {_all(list(map(str, lines)))}{of}, {_all(list(texts))}"


def _all(texts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def _count(one: Location, visible: str) -> str:
    cases = f"{visible}failing {plural_noun(one.failing, 'case')}"
    if one.mended == one.failing == 1:
        return f"the {cases} passes, and no other case fails"
    whole = "both" if one.failing == 2 else f"all {one.failing}"
    count = whole if one.mended == one.failing else f"{one.mended} of {one.failing}"
    return f"{count} {cases} {plural_noun(one.mended, 'passes', 'pass')}, and no other case fails"
