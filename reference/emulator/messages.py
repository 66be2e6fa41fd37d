"""Reads what a C++ compiler says, and keeps the errors in the kernels' own file."""

from __future__ import annotations

import re

MOST = 10
HEAD = re.compile(r"(?P<file>[^\n:]+):(?P<line>\d+):(?:\d+:)? (?P<kind>fatal error|error|warning|note): ")


def errors_by_line(messages: str, file: str) -> list[tuple[int, str]]:
    """The errors of `errors_in`, or of refusals, as (line, text); a line of 0 for what has none."""
    found: list[tuple[int, str]] = []
    for line in messages.splitlines():
        at = re.match(rf"{re.escape(file)}:(\d+):", line)
        if at or not found:
            found.append((int(at[1]) if at else 0, line))
        else:
            found[-1] = found[-1][0], f"{found[-1][1]}\n{line}"
    return found


def errors_in(messages: str, file: str, program: str) -> str:
    """The first errors at lines of `file`, each with its line of the program; no warnings, no notes.

    Where every error is elsewhere, as in the linker's, it is all that the compiler said.
    """
    source = program.partition(f'#line 1 "{file}"\n')[2].splitlines()
    errors = []
    for line in messages.splitlines():
        head = HEAD.match(line)
        if head and "error" in head["kind"] and head["file"] == file:
            number = int(head["line"])
            shown = source[number - 1].strip() if number <= len(source) else ""
            errors.append(f"{line}\n    {shown}" if shown else line)
    more = [f"and {len(errors) - MOST} more errors"] if len(errors) > MOST else []
    return "\n".join([*errors[:MOST], *more]) or messages
