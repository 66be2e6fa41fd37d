"""Reads CUDA C++ text as the preprocessor does, in one pass: continued lines joined, strings blanked.

No regular expression here reads a character twice, so the time is proportional to the length of the source,
whatever it contains.
"""

import codecs
import re

# As in g++ and clang, an unterminated comment takes the rest of the source, and an unterminated string the
# rest of its line. A number may hold quotes that begin no string: 1'000.
COMMENT_OR_TEXT = re.compile(
    r"//[^\n]*+"
    r"|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
    r"|(?<!\w)(?:u8|[uUL])?R\""
    r"|\"(?:\\[^\n]|[^\"\\\n])*+\"?"
    r"|'(?:\\[^\n]|[^'\\\n])*+'?"
    r"|(?<!\w)[0-9](?:[eEpP][+-]|'?\w|\.)*+"
)
NOT_A_LINE_END = re.compile(r"[^\n]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # some are blanks to compilers; editors show none
DIRECTIVE = re.compile(r"^[ \t]*+#[ \t]*+(\w*+)([^\n]*+)", re.MULTILINE)
DEFINED = re.compile(r"\bdefined ?\(? ?(\w+)")
NAME = re.compile(r"\b[A-Za-z_]\w*+")
NUMBER = re.compile(r"\b\d[\w.']*+")
NUMBER_ALONE = re.compile(r"\(? ?-?\.?\d[\w.']*+ ?\)?")
MACRO = re.compile(r"\s*+(\w+)(.*)", re.DOTALL)
LONGEST_QUOTE = 60


def text_of(content: bytes) -> str:
    """The source to read and then compile, from a file as an editor saved it.

    It has no byte order mark, plain line ends, and U+FFFD for each byte that is not UTF-8: harmless in a
    comment, and refused elsewhere like any other non-ASCII character.
    """
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def as_compiled(content: bytes) -> bytes:
    """The same as bytes for the compiler, which sees exactly the text that was checked."""
    return text_of(content).encode("utf-8", errors="replace")


def join_lines(text: str) -> tuple[str, list[int]]:
    """The text with continued lines joined, and the position in it where each line of the source begins."""
    out, starts, length = [], [0], 0
    for line in text.split("\n"):
        is_continued = line.rstrip(" \t").endswith("\\")  # g++ allows blanks after it
        piece = line.rstrip(" \t")[:-1] if is_continued else f"{line}\n"
        out.append(piece)
        length += len(piece)
        starts.append(length)
    return "".join(out), starts[:-1]


def code_of(text: str) -> str:
    """The text with spaces in place of comments and quoted text; everything else keeps its place.

    An unterminated comment keeps its beginning, and the contents of a raw string are not blanked.
    """
    return COMMENT_OR_TEXT.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    text = match.group()
    if text[0].isalnum():  # a number, or the beginning of a raw string
        return text
    if text[0] == "/":
        is_open = text[1] == "*" and (len(text) < 4 or not text.endswith("*/"))
        opening = "/*" if is_open else ""
        return opening + NOT_A_LINE_END.sub(" ", text[len(opening) :])
    closing = text[0] if len(text) > 1 and text[-1] == text[0] and not _is_escaped(text) else ""
    return text[0] + " " * (len(text) - 1 - len(closing)) + closing


def _is_escaped(text: str) -> bool:
    """True if an odd number of backslashes precedes the last character, so that it ends nothing."""
    before = text[1:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def quote(text: str) -> str:
    """A piece of a source for a message: on one line, and short."""
    line = " ".join(text[: 4 * LONGEST_QUOTE].split())
    return f"`{line}`" if len(line) <= LONGEST_QUOTE else f"`{line[:LONGEST_QUOTE]}...`"


def macros_for_numbers(code: str) -> frozenset[str]:
    """The macros of a source that stand for a number in each of their definitions."""
    defined: set[str] = set()
    others: set[str] = set()
    for directive in DIRECTIVE.finditer(code):
        if directive[1] == "define" and (macro := MACRO.match(directive[2])):
            defined.add(macro[1])
            if not NUMBER_ALONE.fullmatch(" ".join(macro[2].split())):
                others.add(macro[1])
    return frozenset(defined - others)


def names_in_condition(code: str) -> tuple[list[str], frozenset[str]]:
    """The names that follow `#if`, in order, and those after `defined`."""
    return NAME.findall(NUMBER.sub("", code)), frozenset(DEFINED.findall(" ".join(code.split())))
