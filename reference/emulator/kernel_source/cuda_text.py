"""Finds kernels and other device code in the text of a source, and what belongs to brackets and commas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace


class CompileError(ValueError):
    """A source that does not compile: one line for each mistake, with file and line."""


@dataclass(frozen=True)
class Kernel:
    """A `__global__` function as written in the source."""

    name: str
    parameters: tuple[str, ...]  # their names
    is_template: bool
    defaults: int = 0  # how many of the last parameters may be left out
    start: int = 0  # of its `__global__`, in the source
    body: tuple[int, int] = (0, 0)  # from { to behind }; empty where it is only declared


# A comment or text without an end takes the rest, so no character is read twice. Quotes in a number, 1'000,
# begin no text. In a raw text, nothing is special but its end.
COMMENT_OR_TEXT = re.compile(
    r"//(?:\\\n|[^\n])*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
    r"|(?<![\w'\"$])(?:u8|[uUL])?R\"([^()\\\s]{0,16})\([\s\S]*?(?:\)\1\"|\Z)"
    r"|\"(?:\\[\s\S]|[^\"\\\n])*+\"?|'(?:\\[\s\S]|[^'\\\n])*+'?"
    r"|(?<!\w)[0-9](?:[eEpP][+-]|'?\w|\.)*+"
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
OBJECT_LIKE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]((?:\\\n|[^\n])*)", re.MULTILINE)
FUNCTION_LIKE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(([^()\n]*)\)((?:\\\n|[^\n])*)", re.MULTILINE)
CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
MOST_CALLS = 1000  # of macros that a source expands to: a list of lists may have no end
LONGEST = 10_000  # characters that a macro stands for
BOUNDS = r"__launch_bounds__\s*\((?:[^()]|\([^()]*\))*\)"
KERNEL = re.compile(rf"__global__((?:[^(){{}};]|{BOUNDS})*?)\b(?!__launch_bounds__)(\w+)\s*\(")
DEVICE_FUNCTION = re.compile(  # or a lambda
    rf"__(?:global|device)__(?:[^(){{}};=]|{BOUNDS})*?\b(?!__launch_bounds__)\w+\s*\("
    r"|\]\s*(?:__host__\s*)?__device__\s*(?:__host__\s*)?\("
)
SCOPE = re.compile(r"(?:\bnamespace\b[^;{}()]*|\bextern\s*\"\s*\"\s*)$")


def without_comments(source: str) -> str:
    """The source with spaces in place of comments and quoted text; everything else keeps its position."""

    def blank(match: re.Match[str]) -> str:
        text = match.group()
        if text[0].isdigit():
            return text
        quote = text[0] if text[0] in "\"'" else ""
        end_quote = quote if len(text) > 1 and text.endswith(quote) else ""
        inner = re.sub(r"[^\n]", " ", text[len(quote) : len(text) - len(end_quote)])
        return f"{quote}{inner}{end_quote}"

    return COMMENT_OR_TEXT.sub(blank, source)


def kernels_of(source: str) -> tuple[Kernel, ...]:
    """The kernels of a source, in source order, with those that macros define.

    A kernel that a macro defines starts at the macro's call, and its body has no place of its own.
    """
    text = without_comments(source)
    bare = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    names = [name for name, value in OBJECT_LIKE.findall(text) if "__global__" in value]
    pattern = re.compile(
        KERNEL.pattern.replace("__global__", "|".join(["(?:__global__", *names]) + r")\b", 1)
    )
    kernels = [_kernel(bare, match) for match in pattern.finditer(bare)]
    for at, written in kernels_by_macros(text, bare):
        for match in pattern.finditer(written):
            kernels.append(replace(_kernel(written, match), start=at, body=(at, at)))
    return tuple(sorted(kernels, key=lambda kernel: kernel.start))


def _kernel(text: str, match: re.Match[str]) -> Kernel:
    start = 1 + max(text.rfind(mark, 0, match.start()) for mark in ";}{")
    end = closing_bracket(text, match.end() - 1)
    parameters = [p for p in split(text[match.end() : end]) if p.strip() not in ("", "void")]
    return Kernel(
        match.group(2),
        tuple(map(parameter_name, parameters)),
        re.search(r"\btemplate\b", text[start : match.start()]) is not None,
        sum("=" in parameter for parameter in parameters),
        match.start(),
        body_of(text, end),
    )


def kernels_by_macros(text: str, bare: str) -> Iterator[tuple[int, str]]:
    """The calls of macros that define kernels, with their places, as `KERNEL(add, a + b)`.

    `text` is a source without comments, and `bare` the same without directives. A macro may call another one
    that it is given, as `FOR_TYPES(KERNEL)` does.
    """
    macros = {
        name: (tuple(one.strip() for one in parameters.split(",")), value.replace("\\\n", " "))
        for name, parameters, value in FUNCTION_LIKE.findall(text)
    }
    defining = {name for name, (_, value) in macros.items() if "__global__" in value}
    while (
        more := {
            name
            for name, (parameters, value) in macros.items()
            if defining and {*CALL.findall(value)} & {*defining, *parameters}
        }
        - defining
    ):
        defining |= more
    left = MOST_CALLS
    for match in CALL.finditer(bare):
        if match[1] not in defining:
            continue
        written = bare[match.start() : closing_bracket(bare, match.end() - 1) + 1]
        while left > 0 and (call := next((c for c in CALL.finditer(written) if c[1] in defining), None)):
            end = closing_bracket(written, call.end() - 1)
            inside = expand_macro(*macros[call[1]], split(written[call.end() : end]))
            written = written[: call.start()] + inside + written[end + 1 :]
            left -= 1 + len(written) // LONGEST
        yield match.start(), written


def expand_macro(parameters: tuple[str, ...], text: str, arguments: list[str]) -> str:
    """A macro's text with its arguments."""
    given = [argument.strip() for argument in arguments]
    if parameters[-1] == "...":
        last = len(parameters) - 1
        parameters, given = (*parameters[:-1], "__VA_ARGS__"), [*given[:last], ", ".join(given[last:])]
    values = dict(zip(parameters, given, strict=False))
    text = re.sub(r"\b[A-Za-z_]\w*\b", lambda match: values.get(match[0], match[0]), text)
    return re.sub(r"\s*##\s*", "", text)[:LONGEST]


def parameter_name(text: str) -> str:
    """The name in `const float *a = nullptr` or `int n[3]`; "" if there is none."""
    words = re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", text.partition("=")[0]))
    return words[-1] if words else ""


def body_of(text: str, end: int) -> tuple[int, int]:
    """The span of the body of the function with parameters that end at `end`; empty if it has none."""
    body = re.compile(r"[^;{]*\{").match(text, end)
    return (body.end() - 1, closing_bracket(text, body.end() - 1) + 1) if body else (end, end)


def with_bodies(source: str, bodies: Mapping[str, str]) -> str:
    """The source with new bodies for the kernels of these names, each with as many lines as before."""
    for kernel in reversed(kernels_of(source)):
        start, end = kernel.body
        if kernel.name in bodies and end > start:
            lines = "\n" * source.count("\n", start, end)
            source = f"{source[:start]}{{ {bodies[kernel.name]}{lines} }}{source[end:]}"
    return source


def kernel_at(source: str, line: int) -> str:
    """The kernel (not a template) that has this line (from 1) in its body; "" if there is none."""
    for kernel in kernels_of(source):
        first, last = (1 + source.count("\n", 0, at) for at in kernel.body)
        if first <= line <= last and not kernel.is_template:
            return kernel.name
    return ""


def device_code(text: str, functions: re.Pattern[str] = DEVICE_FUNCTION) -> str:
    """A source without comments, with spaces for everything but the bodies of `functions`.

    A constructor's initializers belong to its body.
    """
    characters = [" " if character != "\n" else character for character in text]
    for match in functions.finditer(text):
        parameters_end = closing_bracket(text, match.end() - 1)
        start, end = body_of(text, parameters_end)
        if start < end:
            characters[parameters_end:end] = text[parameters_end:end]
    return "".join(characters)


def closing_bracket(text: str, start: int) -> int:
    """The position where the bracket at `start`, ( or {, is closed; the end of the text if it is not."""
    change = {"(": 1, ")": -1} if text[start] == "(" else {"{": 1, "}": -1}
    depth = 0
    for at in range(start, len(text)):
        depth += change.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def split(text: str) -> list[str]:
    """The parts between commas that are not inside brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += {"(": 1, "[": 1, "<": 1, "{": 1, ")": -1, "]": -1, ">": -1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def inside_a_function(before: str) -> bool:
    """True if what follows this text is inside braces other than a namespace's."""
    open_braces: list[bool] = []
    for brace in re.finditer(r"[{}]", before):
        if brace.group() == "{":
            open_braces.append(SCOPE.search(before, 0, brace.start()) is None)
        elif open_braces:
            open_braces.pop()
    return any(open_braces)
