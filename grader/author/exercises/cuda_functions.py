"""Finds functions in CUDA C by their braces, so that one can be cut out or replaced."""

import re
from collections.abc import Iterator

from grader.author.exercises.exercise import Function

MISSING = "// yours to write"
# text with brackets and names that do not count: comments, strings, characters, preprocessor lines
NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^[ \t]*\#(?:\\\n|[^\n])*',
    re.DOTALL | re.MULTILINE,
)


def cut_kernel(text: str, name: str) -> Function | None:
    """The function `name` of a source in CUDA C, with the comment right above it; None if there is none.

    The function is outside any braces. Its comment, lines of `//`, describes it as a docstring would.
    """
    return next((kernel for _, kernel in kernels(text) if kernel.name == name), None)


def kernels(text: str) -> Iterator[tuple[int, Function]]:
    """Every function that a source in CUDA C defines, with the line (from 1) at which its comment begins."""
    code = code_of(text)
    for match in re.finditer(r"\b(\w+)\s*\(", code):
        before = code[: match.start()]
        if before.count("{") != before.count("}"):
            continue  # a call
        parameters_end = _closing(code, match.end() - 1)
        if code[parameters_end:].lstrip()[:1] != "{":
            continue  # a declaration
        opening = code.index("{", parameters_end)
        boundary = max(before.rfind(";"), before.rfind("}")) + 1
        start = boundary + len(code[boundary:]) - len(code[boundary:].lstrip())
        yield _cut(text, match[1], start, opening, _closing(code, opening))


def comment_length(kernel: Function) -> int:
    """The number of lines of the comment above a function."""
    return next(number for number, line in enumerate(kernel.lines) if not line.startswith("//"))


def without_comment(kernel: Function) -> str:
    """The source of a function below its comment."""
    return "\n".join(kernel.lines[comment_length(kernel) :])


def code_of(text: str) -> str:
    """The source with blanks in place of comments, strings and preprocessor lines."""
    return NO_CODE.sub(lambda match: re.sub(r"\S", " ", match.group()), text)


def _closing(code: str, opening: int) -> int:
    """The position after the bracket that closes the one at `opening`, or the end if none closes it."""
    open_, depth = code[opening], 0
    close = {"(": ")", "{": "}"}[open_]
    for position in range(opening, len(code)):
        depth += (code[position] == open_) - (code[position] == close)
        if depth == 0:
            return position + 1
    return len(code)


def _cut(text: str, name: str, start: int, opening: int, end: int) -> tuple[int, Function]:
    lines = text.split("\n")
    first, brace, last = (text.count("\n", 0, position) for position in (start, opening, end - 1))
    documented = first
    while documented and lines[documented - 1].startswith("//"):
        documented -= 1
    head = brace - documented + 1 if documented < first else 0
    body = tuple(lines[documented : last + 1])
    return documented + 1, Function(name, body, head, " " * 4, tail=1, missing=MISSING, comment="//")
