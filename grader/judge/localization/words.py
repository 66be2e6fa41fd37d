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


def in_words(locations: Sequence[Location], *, is_next: bool, visible: str) -> str:
    """The sentences for equally good places; with `is_next`, for two that mend the cases together."""
    first, *others = locations
    where = f"Look at line {first.line} of {first.file}, `{first.text}`."
    if is_next:
        where = f"{where} Line {others[0].line} is the next: `{others[0].text}`."
        with_other = "With other code in both"
    elif others:
        listed = [f"line {one.line}, `{one.text}`" for one in locations]
        where = f"Look at {first.file}: either {', '.join(listed[:-1])} or {listed[-1]}."
        with_other = "With other code in one of them"
    else:
        with_other = "With other code there"
    return f"{where} {with_other}, {_count(first, visible)}."


def _count(one: Location, visible: str) -> str:
    cases = f"{visible}failing {plural_noun(one.failing, 'case')}"
    if one.mended == one.failing == 1:
        return f"the {cases} passes, and no other case fails"
    whole = "both" if one.failing == 2 else f"all {one.failing}"
    count = whole if one.mended == one.failing else f"{one.mended} of {one.failing}"
    return f"{count} {cases} {plural_noun(one.mended, 'passes', 'pass')}, and no other case fails"
