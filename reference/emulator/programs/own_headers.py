"""Puts a program's own header files into its text, and finds the lines of that text in their files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..findings import Finding, Run
from ..kernel_source import DIRECTIVE, INCLUDES, LIBRARY, OF_CUDA, CompileError, without_comments

OWN = re.compile(r'[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"[ \t]*(?://[^\n]*)?$', re.MULTILINE)
ONCE = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+once\b[^\n]*", re.MULTILINE)
GUARD = re.compile(r"\s*#[ \t]*ifndef[ \t]+(\w+)\s*\n\s*#[ \t]*define[ \t]+\1\b")
LINE = re.compile(r"\bline (\d+)\b")
MOST_BYTES, DEEPEST = 4 << 20, 50


@dataclass(frozen=True)
class WholeText:
    """A file's text with its own headers in it, and for each line of it the (file, line) that it comes from.

    What compiles the text counts its lines; `located` and `in_words` turn those into lines of files.
    """

    file: str
    text: str
    places: Sequence[tuple[str, int]]

    def place(self, line: int) -> tuple[str, int]:
        """The file and the line in it of a line of the text; an unknown line is the file's."""
        return self.places[line - 1] if 0 < line <= len(self.places) else (self.file, line)

    def located(self, finding: Finding) -> Finding:
        """A finding about the text as one about its file."""
        file, line = self.place(finding.line)
        message, array = self.in_words(finding.message), self.in_words(finding.array)
        return replace(finding, file=file, line=line, message=message, array=array)

    def located_run(self, run: Run) -> Run:
        """A run of a kernel of the text, with findings and costs about its files."""
        lines = []
        for cost in run.lines:
            file, line = self.place(cost.line)
            lines.append(replace(cost, file="" if file == self.file else file, line=line))
        findings, notes = (tuple(map(self.located, each)) for each in (run.findings, run.notes))
        return replace(run, findings=findings, notes=notes, lines=tuple(lines))

    def in_words(self, words: str) -> str:
        """Words about lines of the text, such as a compiler's, as words about lines of its files."""
        if all(file == self.file for file, _ in self.places):
            return words

        def with_file(match: re.Match[str]) -> str:
            return ":".join(map(str, self.place(int(match[1]))))

        def in_file(match: re.Match[str]) -> str:
            file, line = self.place(int(match[1]))
            return f"line {line}" if file == self.file else f"line {line} of {file}"

        return LINE.sub(in_file, re.sub(rf"{re.escape(self.file)}:(\d+)", with_file, words))


def with_own_headers(path: Path) -> WholeText:
    """The text of a file, with each header that it includes in quotes and that its folder holds.

    A header with `#pragma once` or a guard comes once. Only files below the folder of `path` are read.
    OSError and UnicodeDecodeError from reading; CompileError if the headers include each other without end.
    """
    root = path.parent.resolve()
    lines: list[str] = []
    places: list[tuple[str, int]] = []
    once: set[Path] = set()
    size = 0

    def put(file: Path, shown: str, depth: int) -> None:
        nonlocal size
        text = file.read_text(encoding="utf-8")
        size += len(text)
        if depth > DEEPEST or size > MOST_BYTES:
            raise CompileError(f"{shown}:1: its headers include each other without end")
        if depth and (ONCE.search(text) or GUARD.match(without_comments(text))):
            once.add(file)
            text = ONCE.sub("", text)
        included = includes_of(text)
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            header = _header(included.get(number, ""), file.parent, root)
            if header is None:
                lines.append(line)
                places.append((shown, number))
            elif header not in once:
                put(header, str(path.parent / header.relative_to(root)), depth + 1)

    put(path, str(path), 0)
    return WholeText(str(path), "\n".join([*lines, ""]), places)


def includes_of(text: str) -> dict[int, str]:
    """The names that a text includes in quotes, by line."""
    bare = without_comments(text)
    found = ((match.start(), OWN.match(text, match.start())) for match in DIRECTIVE.finditer(bare))
    return {1 + text.count("\n", 0, start): include[1] for start, include in found if include}


def _header(name: str, folder: Path, root: Path) -> Path | None:
    """The file that an include in `folder` names, or in `root`; None if none below `root` is meant."""
    if not name or name in INCLUDES or OF_CUDA.fullmatch(name) or LIBRARY.fullmatch(name):
        return None
    candidates = ((place / name).resolve() for place in (folder, root))
    return next((path for path in candidates if path.is_relative_to(root) and path.is_file()), None)
