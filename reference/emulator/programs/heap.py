"""Rewrites `malloc`, `free`, `new` and `delete` in device code as the emulator's own."""

from __future__ import annotations

import re

from ..kernel_source import device_code, without_comments

# Placement new names its memory itself, and `operator new` and `= delete` allocate nothing.
NO_OPERATOR = r"(?<!operator )(?<!operator)"
USES = re.compile(
    rf"{NO_OPERATOR}\bnew\b(?!\s*\()|{NO_OPERATOR}(?<!= )(?<!=)\bdelete\b(?:\s*\[\s*\])?"
    r"|\b(?:malloc|free)\b(?=\s*\()"
)
HEADER = "emulator_heap.h"


def with_heap(source: str) -> str:
    """The source with the emulator's heap in its device functions; its lines stay."""
    code = device_code(without_comments(source))
    for match in reversed(list(USES.finditer(code))):
        start, end = match.span()
        source = source[:start] + instead_of(match.group(), source[start:end]) + source[end:]
    return source


def uses_heap(source: str) -> bool:
    """True if a device function asks for memory."""
    return USES.search(device_code(without_comments(source))) is not None


def instead_of(use: str, text: str) -> str:
    """The emulator's form of a use, with the line ends of what was written."""
    lines = "\n" * text.count("\n")
    if use == "new":
        return "new (emulator_heap_here(__LINE__))"
    if use.startswith("delete"):
        name = "emulator_delete_array" if "[" in use else "emulator_delete"
        return f"{name}(__LINE__)->*{lines}"
    return f"emulator_heap_{use}"
