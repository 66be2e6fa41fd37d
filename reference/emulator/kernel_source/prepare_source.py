"""Turns CUDA C++ into C++ for the headers of the emulator."""

from __future__ import annotations

import re

from .cuda_text import DIRECTIVE, CompileError, closing_bracket, inside_a_function, split, without_comments
from .headers import judge_directive
from .refusals import refusals


def prepare(source: str, file: str, is_program: bool = False) -> str:
    """The source as C++ for the emulator's header, line by line. CompileError if it is refused.

    In a program, host code may use what only device code may not, and any header in <>.
    """
    text = without_comments(source)
    mistakes: list[tuple[int, str]] = []

    def refuse(at: int, what: str) -> None:
        mistakes.append((1 + text.count("\n", 0, at), what))

    for match, why in refusals(text, is_program):
        refuse(match.start(), f"`{match.group()}`: {why}")
    edits: list[tuple[int, int, str]] = []  # start, end, replacement
    for match in DIRECTIVE.finditer(text):
        complaint, is_removed = judge_directive(source[match.start() : match.end()], match[0], is_program)
        if complaint:
            refuse(match.start(), complaint)
        elif is_removed:
            edits.append((match.start(), match.end(), ""))
    bare = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for match in re.finditer(r"\b__shared__\b", bare):
        start = 1 + max(bare.rfind(mark, 0, match.start()) for mark in ";{}")
        own_type = re.compile(r"[^;{]*\{").match(bare, match.start())
        end = bare.find(";", closing_bracket(bare, own_type.end() - 1) if own_type else match.start())
        variable = bare[start:end]
        line = 1 + text.count("\n", 0, match.start())
        try:
            if not inside_a_function(bare[:start]):
                raise ValueError("declare shared memory inside the kernel")
            declared = declaration(variable, line)
        except ValueError as error:
            refuse(match.start(), f"`{' '.join(variable.split())}`: {error}")
            continue
        # The macros and line breaks in front of it stay.
        edits.append((end - len(variable.lstrip()), end + 1, declared + "\n" * variable.lstrip().count("\n")))
    if mistakes:
        raise CompileError("\n".join(f"{file}:{line}: {what}" for line, what in sorted(set(mistakes))))
    for start, end, instead in sorted(edits, reverse=True):
        source = source[:start] + instead + source[end:]
    return source


def declaration(text: str, line: int) -> str:
    """`__shared__ float a[8][8], b` as memory from the runtime; ValueError if it is not a declaration."""
    head, *own_type = re.split(r"(?=\b(?:struct|union)\b[^{]*\{)", text, maxsplit=1)  # union { ... } t
    words = re.sub(r"\b(?:__align__|alignas)\s*\([^()]*\)", " ", head) + "".join(own_type)
    words = " ".join(re.sub(r"\b(?:__shared__|extern|static)\b", " ", words).split())
    first, *others = split(words)
    match = re.fullmatch(r"([^=]*?)([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)", first)
    if match is None or not (base := match.group(1).strip()):
        raise ValueError("a declaration of shared memory is `__shared__ type name[size];`, without a value")
    declarators = [(match.group(2), match.group(3).replace(" ", ""))]
    for other in others:
        match = re.fullmatch(r"\s*(\w+)\s*((?:\[[^\]]*\]\s*)*)", other)
        if match is None:
            raise ValueError("shared memory has no value to start with")
        declarators.append((match.group(1), match.group(2)))
    name_of_type = f"emulator_type_of_{declarators[0][0]}" if own_type else base
    parts, base = [f"typedef {base} {name_of_type};"] if own_type else [], name_of_type
    for name, sizes in declarators:
        if re.search(r"\bextern\b", head):
            if sizes != "[]":
                raise ValueError("dynamic shared memory is `extern __shared__ type name[];`")
            parts.append(f"{base} *const {name} = ({base} *)emulator_dynamic_shared();")
            continue
        if sizes.startswith("[]"):
            raise ValueError("it has no size; dynamic shared memory is declared with `extern`")
        slot = f"emulator_shared_{name}"
        axes = re.findall(r"\[([^\]]*)\]", sizes)
        shape = ", ".join(f"unsigned({one})" for one in (f"sizeof({base})", *(axes if len(axes) < 4 else [])))
        reference = f"{base} (&{name}){sizes}" if sizes else f"{base} &{name}"
        pointer = f"{base} (*){sizes}" if sizes else f"{base} *"
        parts.append(
            f'static emulator_shared {slot} = {{"{name}", sizeof({base}{sizes}), {line}, {{{shape}}}, 0, 0}};'
            f" {reference} = *({pointer}){slot}.get();"
        )
    return " ".join(parts)
