"""Finds launches, `kernel<<<grid, block>>>(arguments)`, and rewrites them as plain C++ calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..kernel_source import CompileError, split, without_comments

TOKEN = re.compile(r"<<<|>>>|::|->|##|[A-Za-z_]\w*|\.?[0-9](?:[eEpP][+-]|'?\w|\.)*|\\\n|\s+|.", re.DOTALL)
OPENING, CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
MACRO = re.compile(r"[ \t]*#[ \t]*define[ \t]+\w+\(([^()]*)\)")
QUALIFIERS = ("::", ".", "->")
# The kernel keeps its type, which says what the addresses of its arguments point to.
API_CALL = re.compile(r"(\bcudaLaunch(?:Cooperative)?Kernel\s*\(\s*)(\(\s*(?:const\s+)?void\s*\*\s*\)\s*)")
IN_ONE_PLACE = "write a launch in one place: kernel<<<grid, block>>>(arguments)"


@dataclass(frozen=True)
class Token:
    """A word or a mark of a source, and its start."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The position just after the token."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Launch:
    """The positions of a launch's parts: the kernel's expression, and the marks around the sizes."""

    kernel: tuple[int, int]
    opening: int  # of <<<
    closing: int  # of >>>
    arguments: tuple[int, int]  # without their brackets


def tokens_of(text: str) -> list[Token]:
    """The tokens of a source without comments; no white space, no continued line ends."""
    return [
        Token(match.group(), match.start())
        for match in TOKEN.finditer(text)
        if not match.group().isspace() and match.group() != "\\\n"
    ]


def launches_of(source: str, file: str) -> list[Launch]:
    """The launches of a source, in source order, including those in macros. CompileError for half of one."""
    text = without_comments(source)
    tokens = tokens_of(text)
    launches, mistakes = [], []
    for at, token in enumerate(tokens):
        if token.text != "<<<" or (at and tokens[at - 1].text == "operator"):
            continue
        launch = _launch_at(tokens, at)
        if launch is None:
            mistakes.append(f"{file}:{1 + text.count(chr(10), 0, token.start)}: `<<<`: {IN_ONE_PLACE}")
        else:
            launches.append(launch)
    if mistakes:
        raise CompileError("\n".join(mistakes))
    return launches


def _launch_at(tokens: list[Token], at: int) -> Launch | None:
    first = _start_of_callee(tokens, at)
    closing = _end_of_sizes(tokens, at + 1)
    if first is None or closing is None or closing + 1 >= len(tokens) or tokens[closing + 1].text != "(":
        return None
    last = _end_of_brackets(tokens, closing + 1)
    if last is None:
        return None
    return Launch(
        (tokens[first].start, tokens[at - 1].end),
        tokens[at].start,
        tokens[closing].start,
        (tokens[closing + 1].end, tokens[last].start),
    )


def _start_of_callee(tokens: list[Token], end: int) -> int | None:
    """The first token of the expression that ends before `end`: a name, a template's instance, brackets."""
    at = end - 1
    while True:
        if at >= 0 and tokens[at].text in (">", ">>>"):
            at = _start_of_angles(tokens, at) - 1
        elif at >= 0 and tokens[at].text == ")":
            at = _start_of_brackets(tokens, at)
            if at < 0:
                return None
            if at and _is_name(tokens[at - 1]):  # a call, or a macro's
                at -= 1
            return at
        while at >= 2 and tokens[at - 1].text == "##":  # a name that a macro puts together
            at -= 2
        if at < 0 or not _is_name(tokens[at]):
            return None
        if at == 0 or tokens[at - 1].text not in QUALIFIERS:
            return at
        if at >= 2 and (_is_name(tokens[at - 2]) or tokens[at - 2].text in (">", ")")):
            at -= 2
        elif tokens[at - 1].text == "::":
            return at - 1
        else:
            return None


def _is_name(token: Token) -> bool:
    return token.text[0].isalpha() or token.text[0] == "_"


def _start_of_angles(tokens: list[Token], at: int) -> int:
    depth = 0
    while at >= 0:
        text = tokens[at].text
        if text == ")":
            at = _start_of_brackets(tokens, at)
        elif text in (">", ">>>"):
            depth += len(text)
        elif text == "<":
            depth -= 1
            if depth == 0:
                return at
        elif text in (";", "{", "}"):
            return -1
        at -= 1
    return -1


def _start_of_brackets(tokens: list[Token], at: int) -> int:
    depth = 0
    while at >= 0:
        depth += (tokens[at].text in CLOSING) - (tokens[at].text in OPENING)
        if depth == 0:
            return at
        at -= 1
    return -1


def _end_of_brackets(tokens: list[Token], at: int) -> int | None:
    depth = 0
    for number in range(at, len(tokens)):
        depth += (tokens[number].text in OPENING) - (tokens[number].text in CLOSING)
        if depth == 0:
            return number
    return None


def _end_of_sizes(tokens: list[Token], at: int) -> int | None:
    depth = 0
    for number in range(at, len(tokens)):
        text = tokens[number].text
        if depth == 0 and text == ">>>":
            return number
        depth += (text in OPENING) - (text in CLOSING)
        if depth < 0 or (depth == 0 and text == ";"):
            return None
    return None


def with_calls(source: str, file: str) -> str:
    """The source with its launches as calls; its lines stay. CompileError for half of a launch."""
    edits: list[tuple[int, int, str]] = []
    text = without_comments(source)
    for launch in launches_of(source, file):
        start, end = launch.kernel
        call = f"emulator_launch(__LINE__, {_name(source, launch)}, "
        edits.append((start, start, f"{call}[&](const auto &...emulator_given) EMULATOR_QUIET {{ "))
        passed = "(emulator_passed(emulator_given)...), emulator_done(emulator_given...)"
        edits.append((end, launch.opening + 3, f"{passed}; }}, emulator_configure("))
        edits.append((launch.closing, launch.closing + 3, "))"))
        # a null pointer that is a number would be passed on as a number
        for null in re.finditer(r"\bNULL\b", text[slice(*launch.arguments)]):
            at = launch.arguments[0] + null.start()
            edits.append((at, at + 4, "nullptr"))
        edits += _types_of_braces(source[start:end], text, launch.arguments[0], launch.arguments[1])
    edits += [(match.start(2), match.end(2), "") for match in API_CALL.finditer(text)]
    for start, end, instead in sorted(edits, reverse=True):
        source = source[:start] + instead + source[end:]
    return source


def _types_of_braces(kernel: str, text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Edits that put the type of the kernel's parameter before an argument that is only braces."""
    edits = []
    for number, argument in enumerate(split(text[start:end])):
        if argument.lstrip().startswith("{"):
            at = start + len(argument) - len(argument.lstrip())
            edits.append((at, at, f"typename emulator_parameter_of<{number}, decltype(&{kernel})>::type"))
        start += len(argument) + 1
    return edits


def _name(source: str, launch: Launch) -> str:
    """The kernel's name as a C++ string; if it is a macro's parameter, the name of the argument."""
    start, end = launch.kernel
    kernel = " ".join(source[start:end].replace("\\\n", " ").split())
    line = start
    while (line := source.rfind("\n", 0, line)) > 0 and source[line - 1] == "\\":
        pass
    macro = MACRO.match(source, line + 1)
    parameters = [parameter.strip() for parameter in macro[1].split(",")] if macro else []
    if {*(pieces := re.split(r"\s*##\s*", kernel))} & {*parameters}:
        return " ".join(f"#{piece}" if piece in parameters else f'"{piece}"' for piece in pieces)
    quoted = kernel.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
