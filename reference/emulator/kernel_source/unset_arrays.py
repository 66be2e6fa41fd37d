"""Gives wrong values to local arrays that are declared without one."""

from __future__ import annotations

import re

from .cuda_text import DIRECTIVE, SCOPE, device_code, split, without_comments

# A declaration of local arrays without values: `float a[4], b[N][2];`
DECLARATOR = r"\w+(?:\s*\[[^\[\];{}]*\])*"
LOCAL_ARRAYS = re.compile(
    r"(?<=[;{}])\s*(?:(?:volatile|unsigned|signed|long|short|struct)\s+)*"
    r"(?!(?:return|delete|new|goto|else|case|throw|typedef|using|extern|static|const|constexpr|thread_local"
    r"|public|private|protected|friend|operator|do|union|template|not|compl|sizeof|co_\w+|__\w+__)\b)"
    r"[A-Za-z_]\w*(?:\s*::\s*\w+)*(?:\s*<[^;{}()]*>)?\s+"
    rf"({DECLARATOR}(?:\s*,\s*{DECLARATOR})*)\s*;"
)
# What precedes the members of a class, without what stands in parentheses: `struct ALIGN() V<T> : Base`
OF_A_CLASS = re.compile(
    r"\b(?:struct|class|union|enum)\b(?:\s*\w+\s*\(\))*(?:\s+[\w:]+(?:\s*<[^=;{}]*>)?)?(?:\s+final)?\s*(?::[^=]*)?$"
)
LONGEST_HEAD = 1000


def local_arrays(source: str, is_program: bool = False) -> list[tuple[int, int, tuple[str, ...]]]:
    """Local arrays without values, in a program those of device code: (end of declaration, line, names)."""
    text = device_code(without_comments(source)) if is_program else without_comments(source)
    bare = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    marks = re.finditer(r"[;{}]", bare)
    open_braces: list[str] = []
    functions = last = line = counted = 0  # functions: open braces of neither a namespace nor a class
    declared = []
    for match in LOCAL_ARRAYS.finditer(bare):
        while last < match.start():
            mark = next(marks)
            if mark.group() == "{":
                open_braces.append(
                    kind_of_braces(bare[max(last, mark.start() - LONGEST_HEAD) : mark.start()])
                )
                functions += open_braces[-1] == ""
            elif mark.group() == "}" and open_braces:
                functions -= open_braces.pop() == ""
            last = mark.end()
        names = tuple(part.split("[")[0].strip() for part in split(match[1]) if "[" in part)
        if names and functions and open_braces[-1] == "":
            line += bare.count("\n", counted, match.start(1))
            counted = match.start(1)
            declared.append((match.end(), 1 + line, names))
    return declared


def kind_of_braces(head: str) -> str:
    """What the braces behind this text (since the last `;`, `{` or `}`) hold: a namespace, a class, or ""."""
    if SCOPE.search(head):
        return "namespace"
    depth, outside = 0, []
    for character in head:
        if character == ")" and depth:
            depth -= 1
        if depth == 0:
            outside.append(character)
        if character == "(":
            depth += 1
    return "class" if OF_A_CLASS.search("".join(outside)) else ""


def with_wrong_values(prepared: str, is_program: bool = False) -> tuple[str, list[tuple[int, str]]]:
    """A prepared source in which local arrays without values begin with wrong ones; its lines stay.

    Also the arrays, each as (line, name); their numbers in the calls begin with 1.
    """
    arrays: list[tuple[int, str]] = []
    parts, start = [], 0
    for end, line, names in local_arrays(prepared, is_program):
        parts.append(prepared[start:end])
        for name in names:
            arrays.append((line, name))
            parts.append(f" emulator_unset({name}, {len(arrays)});")
        start = end
    return "".join([*parts, prepared[start:]]), arrays
