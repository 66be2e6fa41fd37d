"""Finds the Python version that a source is written for, and why another version cannot read it.

This module needs only the standard library, so any Python from 3.11 on can run it by itself. `needs` is for
a Python that can read a source: it finds what an older version could not. `why_not_read` is for one that
cannot: it names a version only if this Python can read the source without its new constructs.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import decode_source

REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)  # errors of a parser
MOST_NESTED = 40  # f-strings within each other; Python stops at 150
QUOTES = "use the other quotes inside"
T_STRING = "a t-string", "use an f-string"
OUTSIDE = "put it into a name before the f-string"


@dataclass(frozen=True, order=True)
class Need:
    """A place that needs Python 3.`minor`: its line (from 1), the construct, and an alternative to it."""

    line: int
    minor: int
    construct: str
    instead: str = ""

    def __str__(self) -> str:
        instead = f"; {self.instead}" if self.instead else ""
        return f"line {self.line}: {self.construct} needs Python 3.{self.minor}{instead}"


BRACKETS = r"\[(?:[^\[\]]|\[[^\[\]]*\])*+\]"
# In code without strings and comments: construct, its replacement for older Pythons, the minor version.
NEW_STATEMENTS = (
    (
        re.compile(rf"^([ \t]*)type[ \t]+([^\W\d]\w*)[ \t]*(?:{BRACKETS})?[ \t]*=(?!=)", re.MULTILINE),
        r"\1\2 =",
        12,
        "a `type` statement",
        "assign to a plain name",
    ),
    (
        re.compile(rf"\b(def|class)([ \t]+[^\W\d]\w*)[ \t]*{BRACKETS}(?=[ \t]*[(:])"),
        r"\1\2",
        12,
        "a type parameter in square brackets",
        "use typing.TypeVar",
    ),
    (
        re.compile(r"^([ \t]*except\*?)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE),
        r"\1 (\2):",
        14,
        "`except` with several exceptions and no parentheses",
        "put them in parentheses",
    ),
)
TEXT = re.compile(r"(?P<prefix>(?<!\w)[A-Za-z]{0,2})(?P<quote>\"\"\"|'''|\"|')")
NEXT = re.compile(rf"#[^\n]*|{TEXT.pattern}")
PREFIXES = frozenset(("", "r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt"))
CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def needs(content: bytes, minor: int) -> list[Need]:
    """The constructs in a source, readable here, that Python 3.`minor` lacks, in the order of lines.

    Raises SyntaxError or ValueError, as `ast.parse` does, if this Python cannot read it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(content)
    text = _decoded(content)
    lines = text.split("\n")
    every = {need for need in (*_in_texts(text)[1], *_in_tree(tree, lines)) if need.minor > minor}
    if not every:  # nothing recognized by its name
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text, feature_version=(3, minor))
        except SyntaxError as error:
            every = {Need(error.lineno or 1, sys.version_info[1], f"something ({error.msg})")}
    return sorted(every)


def why_not_read(content: bytes) -> str:
    """The reason that this Python cannot read a source, unless its own error says so, and a remedy; or ""."""
    if _is_read(content):
        return ""
    if problem := _problem_of_encoding(content):
        return problem
    try:
        text = _decoded(content)
        code, needs = _in_texts(text)
        for pattern, _, minor, construct, instead in NEW_STATEMENTS:
            places = (match.start(1) for match in pattern.finditer(code))
            needs += [Need(_line(text, place), minor, construct, instead) for place in places]
        new = [need for need in needs if need.minor > sys.version_info[1]]
        if not new:
            return ""
        for pattern, older, *_ in NEW_STATEMENTS:
            code = pattern.sub(older, code)
        if not _is_read(code):
            return ""
    except REFUSALS:
        return ""
    newest = max(need.minor for need in new)
    first = min(need for need in new if need.minor == newest)
    return f"{first}. This is Python 3.{sys.version_info[1]}"


def _decoded(content: bytes) -> str:
    """A source as text with plain line ends; bytes outside its encoding can only be in a comment."""
    try:
        return decode_source(content)
    except (SyntaxError, ValueError):
        text = content.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_read(source: bytes | str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except REFUSALS:
        return False
    return True


def _in_tree(tree: ast.AST, lines: list[str]) -> Iterator[Need]:
    """The new constructs in a parsed source, found by name, because no single Python knows them all."""
    for node in ast.walk(tree):
        kind = type(node).__name__
        line = getattr(node, "lineno", 1)
        if kind == "TypeAlias":
            yield Need(line, 12, *NEW_STATEMENTS[0][3:])
        elif getattr(node, "type_params", ()):
            yield Need(line, 12, *NEW_STATEMENTS[1][3:])
        elif getattr(node, "default_value", None) is not None:
            yield Need(line, 13, "a type parameter with a default", "use typing.TypeVar")
        elif isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple):
            inside = lines[node.type.lineno - 1].encode()[node.type.col_offset :]
            if not inside.startswith(b"("):
                yield Need(line, 14, *NEW_STATEMENTS[2][3:])


def _problem_of_encoding(content: bytes) -> str:
    """The problem with a file's bytes as Python reads them, and a remedy; "" if there is none."""
    if b"\0" in content:
        return "the file is not plain text (UTF-16?): save it as UTF-8"
    if any(map(CODING.match, content.split(b"\n", 2)[:2])):
        return ""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        return f"line {line} holds the byte 0x{byte:02x}, which is not UTF-8: save the file as UTF-8"
    return ""


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _in_texts(text: str) -> tuple[str, list[Need]]:
    """The source with strings and comments blanked to the same length, and the new syntax in its f-strings.

    Raises ValueError if a string does not end.
    """
    pieces, needs, position = [], list[Need](), 0
    while match := NEXT.search(text, position):
        if match.group().startswith("#"):
            end, blank = match.end(), " " * len(match.group())
        else:
            prefix, quote = match["prefix"], match["quote"]
            end = _end_of_text(text, match, needs)
            inner = re.sub(r"[^\n]", " ", text[match.end() : end - len(quote)])
            if len(quote) == 1:
                inner = " " * len(inner)  # an f-string's field may have lines of its own
            letters = re.sub(r"[fFtT]", "", prefix)
            blank = f"{letters}{quote}{inner}{quote}".replace(
                quote, quote + " " * (len(prefix) - len(letters)), 1
            )
        pieces += [text[position : match.start()], blank]
        position = end
    return "".join([*pieces, text[position:]]), needs


def _end_of_text(text: str, match: "re.Match[str]", needs: list[Need]) -> int:
    """The position where a string ends; adds new syntax in it to `needs`."""
    prefix, quote = match["prefix"].lower(), match["quote"]
    if prefix not in PREFIXES:
        raise ValueError("not the prefix of a text")
    old_end = _end_of_plain(text, match.end(), quote)
    if not set(prefix) & {"f", "t"}:
        if old_end is None:
            raise ValueError("a text without an end")
        return old_end
    if "t" in prefix:
        line = _line(text, match.start())
        needs.append(Need(line, 14, *T_STRING))
    reader = _Field(text, needs, quote)
    end = reader.literal(match.end(), quote, 0)
    if not reader.has_news and old_end != end:
        line = _line(text, reader.first_quote if reader.first_quote is not None else match.start())
        needs.append(Need(line, 12, "an f-string with its own quotes inside", QUOTES))
    return end


def _end_of_plain(text: str, start: int, quote: str) -> int | None:
    """The position after the closing quote of a string as Python 3.11 reads it; None if there is none."""
    any_line = r"[\s\S]" if len(quote) == 3 else r"[^\n]"
    closed = re.compile(rf"(?:(?!{quote}|\\){any_line}|\\[\s\S])*+{quote}").match(text, start)
    return closed.end() if closed else None


class _Field:
    """Reads an f-string as Python 3.12 does, and notes syntax in a field that earlier versions refuse."""

    def __init__(self, text: str, needs: list[Need], outer: str) -> None:
        self._text, self._needs, self._outer = text, needs, outer
        self.has_news = False
        self.first_quote: int | None = None  # the first string in a field with the outer quotes

    def literal(self, position: int, quote: str, depth: int) -> int:
        """The position after the f-string text that begins at `position`."""
        while not self._text.startswith(quote, position):
            position = self._step(position, quote, depth)
        return position + len(quote)

    def _step(self, position: int, quote: str, depth: int) -> int:
        text = self._text
        character = text[position : position + 1]
        if not character or (character == "\n" and len(quote) == 1) or depth > MOST_NESTED:
            raise ValueError("an f-string without an end")
        if text.startswith(("{{", "}}"), position):
            return position + 2
        if text.startswith("\\N{", position):
            return position + 3
        if character == "{":
            return self._field(position + 1, quote, depth + 1)
        return position + (2 if character == "\\" and text[position + 1 : position + 2] not in "{}" else 1)

    def _field(self, position: int, quote: str, depth: int) -> int:
        """The position after a field's closing brace; a field may hold strings, brackets and a format."""
        text, brackets = self._text, 0
        while True:
            character = text[position : position + 1]
            if not character:
                raise ValueError("a field without an end")
            if match := TEXT.match(text, position):
                position = self._nested(match, depth)
                continue
            if character == "\\":
                self._note(position, "an f-string with a backslash inside of {}", OUTSIDE)
            elif character == "#":
                self._note(position, "an f-string with a comment inside of {}", "move the comment")
                position = text.find("\n", position)
                continue
            elif character == "\n" and len(self._outer) == 1:
                self._note(position, "an f-string with several lines inside of {}", "write it in one line")
            elif character in "([{":
                brackets += 1
            elif character in ")]}" and brackets:
                brackets -= 1
            elif character == "}":
                return position + 1
            elif character == ":" and not brackets:
                return self._format(position + 1, quote, depth)
            position += 1

    def _format(self, position: int, quote: str, depth: int) -> int:
        while not self._text.startswith("}", position):
            if self._text.startswith("{", position) and depth > 1:
                self._note(position, "an f-string with a format inside of a format", OUTSIDE)
            position = self._step(position, quote, depth)
        return position + 1

    def _nested(self, match: "re.Match[str]", depth: int) -> int:
        """The position after a string in a field."""
        prefix, quote = match["prefix"].lower(), match["quote"]
        if prefix not in PREFIXES:
            raise ValueError("not the prefix of a text")
        if quote[0] == self._outer[0] and self.first_quote is None:
            self.first_quote = match.start()
        if "t" in prefix:
            self._needs.append(Need(_line(self._text, match.start()), 14, *T_STRING))
        if set(prefix) & {"f", "t"}:
            return self.literal(match.end(), quote, depth + 1)
        end = _end_of_plain(self._text, match.end(), quote)
        if end is None:
            raise ValueError("a text without an end")
        if "\\" in self._text[match.end() : end]:
            self._note(match.start(), "an f-string with a backslash inside of {}", OUTSIDE)
        return end

    def _note(self, position: int, construct: str, instead: str) -> None:
        if not self.has_news:
            self._needs.append(Need(_line(self._text, position), 12, construct, instead))
        self.has_news = True
