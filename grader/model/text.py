"""Formats text for every report: makes untrusted text harmless, and writes each score the same way."""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

MAX_CHARACTERS = 2000
CODE = re.compile(r"`([^`\n]+)`")  # in a message

# CSI, OSC and the like (ECMA-48), taken out whole so that no "[31m" stays behind
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, direction marks, lone surrogates, separators

ALLOWED = "\n\t\u200c\u200d"


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """`text` without terminal controls and marks that reorder a line, cut and marked after `limit`."""
    if len(text) <= limit and text.isprintable():  # true of nearly every text on a page: nothing to remove
        return text
    shown = _ESCAPE_SEQUENCE.sub("", text[:limit]).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    plain = "".join(c for c in shown if c == "\n" or unicodedata.category(c) not in UNSEEN)
    return plain if len(text) <= limit else f"{plain} … {cut_mark(text)}"


def visible(text: str) -> str:
    """`text` with invisible and terminal control characters written out, as in `\\x1b`; nothing is lost.

    Line ends and tabs stay, and so do the joiners that some languages need.
    """
    if text.isprintable():
        return text
    return "".join(c if c in ALLOWED or unicodedata.category(c) not in UNSEEN else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def clean_line(text: str) -> str:
    """`clean`, on one line and short: for names."""
    return " ".join(clean(text, limit=200).split())


def one_line(text: str) -> str:
    """`clean`, on one line of any length, as for a path."""
    return " ".join(clean(text).split())


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them: a form feed or a Unicode separator does not end a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []


def cut_mark(text: str) -> str:
    """The mark in place of the rest of `text`."""
    return f"(cut: {len(text)} characters in all)"


def as_number(score: Fraction) -> float:
    """A score for display and export: rounded half up to two decimals, the same everywhere."""
    return (200 * score.numerator + score.denominator) // (2 * score.denominator) / 100


def score_text(score: Fraction) -> str:
    """A score as `12`, `12.5` or `12.33`: at most two decimals, rounded half up."""
    return f"{as_number(score):.2f}".rstrip("0").rstrip(".")


def exact_text(points: Fraction) -> str:
    """Points in a form that can be read back exactly: `2.5`, or `1/3`."""
    decimal = f"{float(points):.10f}".rstrip("0").rstrip(".")
    return decimal if Fraction(decimal) == points else str(points)


def review_count(count: int, aside: int = 0) -> str:
    """How many students need review, and how many entries belong to no student: the same everywhere."""
    return f"{count} {plural_noun(count, 'needs', 'need')} review" + (f", {aside} not used" if aside else "")


def plural(count: int | Fraction, noun: str, several: str = "") -> str:
    """`1 case`, `2 cases`, `2.5 points`; `several` is a plural that does not just end in an s."""
    return f"{score_text(Fraction(count))} {plural_noun(count, noun, several)}"


def plural_noun(count: int | Fraction, noun: str, several: str = "") -> str:
    """The noun or verb for that many, without the number: `point` for 1 and -1, else `points`."""
    return noun if abs(count) == 1 else several or f"{noun}s"


def listing(names: Sequence[str], limit: int = 3) -> str:
    """The first names, and the number of others."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
