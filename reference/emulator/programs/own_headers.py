"""Puts a program's own header files into its text, and finds the lines of that text in their files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from ..findings import Finding, Run
from ..kernel_source import DIRECTIVE, CompileError, without_comments

INCLUDE = re.compile(r'[ \t]*#[ \t]*include[ \t]*"([^"\n]*)"')
ONCE = re.compile(r"[ \t]*#[ \t]*pragma[ \t]+once\b")
CONDITION = re.compile(r"[ \t]*#[ \t]*(if|el|endif)")
GUARD = re.compile(
    r"\s*#[ \t]*if(?:ndef[ \t]+|[ \t]*![ \t]*defined[ \t]*\(?[ \t]*)(\w+)[ \t)]*\n\s*#[ \t]*define[ \t]+\1\b"
)
UNDEF = re.compile(r"^[ \t]*#[ \t]*undef[ \t]+(\w+)", re.MULTILINE)
SUFFIX = re.compile(
    r"\.(?:h|hh|hpp|hxx|h\+\+|cuh|inc|inl|ipp|tpp|tcc|txx|def|impl|cu|c|cc|cpp|cxx)", re.IGNORECASE
)
# Headers of C, C++ and POSIX, which quotes may name too: they are looked for in the system's folders last.
OF_THE_SYSTEM = re.compile(
    r"c?(?:assert|complex|ctype|errno|fenv|float|inttypes|limits|locale|math|setjmp|signal|stdarg|stddef|stdint"
    r"|stdio|stdlib|string|time|wchar|wctype)(?:\.h)?|(?:memory|pthread|stdbool|strings|unistd)\.h|sys/\w+\.h"
    r"|algorithm|any|array|atomic|bitset|chrono|condition_variable|deque|exception|filesystem|forward_list|fstream"
    r"|functional|future|initializer_list|iomanip|ios|iostream|istream|iterator|list|map|memory|mutex|new|numeric"
    r"|optional|ostream|queue|random|ratio|regex|set|sstream|stack|stdexcept|string_view|system_error|thread|tuple"
    r"|type_traits|typeinfo|unordered_map|unordered_set|utility|valarray|variant|vector"
)
# Text in quotes is a program's own: an assertion may speak of a line, too.
LINE = re.compile(r'"(?:\\.|[^"\\\n])*"|\bline (\d+)\b')
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
            if match[1] is None:
                return match[0]
            file, line = self.place(int(match[1]))
            return f"line {line}" if file == self.file else f"line {line} of {file}"

        return LINE.sub(in_file, re.sub(rf"{re.escape(self.file)}:(\d+)", with_file, words))


def with_own_headers(path: Path) -> WholeText:
    """The text of a file, with each header that it includes in quotes and that its folder holds.

    The preprocessor decides which of them counts: a header comes wherever it is included, unless its guard
    is sure to leave it out there. Only files below the folder of `path` are read, and only those with a
    header's or a source's suffix. OSError and UnicodeDecodeError from reading `path`; CompileError, with file
    and line, for a header that cannot be read, and if the headers include each other without end.
    """
    assembly = Assembly(path)
    assembly.put(path, 0, {})
    return WholeText(str(path), "\n".join([*assembly.lines, ""]), assembly.places)


class Assembly:
    """Puts a file and its headers together, line by line."""

    def __init__(self, path: Path) -> None:
        self.lines: list[str] = []
        self.places: list[tuple[str, int]] = []  # the file and the line of each
        self._folder, self._root = path.parent, path.parent.resolve()
        self._macros: dict[Path, str] = {}  # in place of each `#pragma once`
        self._undefined: set[str] = set()  # macros that any file undefines
        self._size = 0

    def put(self, file: Path, depth: int, included: dict[Path, str]) -> None:
        """Appends a file; `included` has the headers that came before, each with its guard."""
        shown = self._shown(file) if depth else str(file)
        text = file.read_text(encoding="utf-8-sig")
        self._size += len(text)
        if depth > DEEPEST or self._size > MOST_BYTES:
            raise CompileError(f"{shown}:1: its headers include each other without end")
        bare = without_comments(text)
        self._undefined.update(UNDEF.findall(bare))
        guard = guard_of(bare)
        directives = {one.line: one for one in directives_of(text, bare, bool(guard))}
        once = [one for one in directives.values() if one.is_once and depth]
        macro = self._macros.setdefault(file, f"EMULATOR_HEADER_{len(self._macros)}") if once else ""
        if depth and (guard or any(one.is_unconditional for one in once)):
            included[file] = guard or macro
        if macro:
            self._add(f"#ifndef {macro}", shown, 1)
        lines = text.removesuffix("\n").split("\n")
        for number, line in enumerate(lines, 1):
            one = directives.get(number)
            if one and not one.is_once:
                self._include(one, line, file, shown, depth, included)
            else:
                self._add(f"#define {macro}" if one and macro else line, shown, number)
        if macro:
            self._add("#endif", shown, len(lines))

    def _add(self, line: str, shown: str, number: int) -> None:
        self.lines.append(line)
        self.places.append((shown, number))

    def _shown(self, header: Path) -> str:
        """A header's name in messages."""
        return str(self._folder / header.relative_to(self._root))

    def _include(
        self, one: Directive, line: str, file: Path, shown: str, depth: int, included: dict[Path, str]
    ) -> None:
        """Appends the header that a line includes, or the line if the header is not the program's own."""
        where = f'{shown}:{one.line}: `#include "{one.name}"`'
        header = _header(one.name, file.parent, self._root, where)
        if header is None:
            self._add(one.of_the_system or line, shown, one.line)
            return
        if one.before.strip():
            self._add(one.before, shown, one.line)
        if header not in included or included[header] in self._undefined:
            try:
                self.put(header, depth + 1, included if one.is_unconditional else dict(included))
            except OSError as error:
                raise CompileError(f"{where}: {error.strerror}") from error
            except UnicodeDecodeError as error:
                raise CompileError(f"{where}: the header is not UTF-8 text") from error
        if one.behind.strip():
            self._add(one.behind, shown, one.line)


class Directive(NamedTuple):
    """A `#pragma once`, or an `#include` of a name in quotes with the comments before and behind it."""

    line: int
    is_unconditional: bool
    is_once: bool
    name: str = ""
    before: str = ""
    behind: str = ""

    @property
    def of_the_system(self) -> str:
        """The line with the name in <>, where a compiler looks for it last; "" if it cannot be there."""
        named = OF_THE_SYSTEM.fullmatch(self.name)
        return f"{self.before}#include <{self.name}>{self.behind}" if named else ""


def directives_of(text: str, bare: str, has_guard: bool) -> Iterator[Directive]:
    """The directives about headers of a text; `bare` is the text without comments."""
    depth = -int(has_guard)
    for match in DIRECTIVE.finditer(bare):
        if condition := CONDITION.match(match[0]):
            depth += {"if": 1, "endif": -1}.get(condition[1], 0)
        include = INCLUDE.match(bare, match.start())
        if ONCE.match(match[0]):
            yield Directive(1 + bare.count("\n", 0, match.start()), depth <= 0, True)
        elif include:
            end = text.find("\n", include.end())
            behind = text[include.end() : end if end >= 0 else len(text)]
            is_comment = not bare[include.end() : include.end() + len(behind)].strip()
            hash_at = bare.index("#", match.start())
            line, name = 1 + bare.count("\n", 0, match.start()), text[slice(*include.span(1))]
            before = text[match.start() : hash_at]
            yield Directive(line, depth <= 0, False, name, before, behind if is_comment else "")


def guard_of(bare: str) -> str:
    """The macro that leaves out a header after the first time, around all of its text; "" for none."""
    guard = GUARD.match(bare)
    if guard is None:
        return ""
    depth = 0
    for match in DIRECTIVE.finditer(bare):
        condition = CONDITION.match(match[0])
        depth += {"if": 1, "endif": -1}.get(condition[1], 0) if condition else 0
        if depth == 0:
            return "" if bare[match.end() :].strip() else guard[1]
        if condition and condition[1] == "el" and depth == 1:
            return ""
    return ""


def _header(name: str, folder: Path, root: Path, where: str) -> Path | None:
    """The file that an include in `folder` names, or in `root`; None if none below `root` is meant."""
    try:
        candidates = [(place / name).resolve() for place in (folder, root)]
        header = next((path for path in candidates if path.is_relative_to(root) and path.is_file()), None)
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle; a name that is too long
        raise CompileError(f"{where}: the name leads to no file") from error
    if header and not SUFFIX.fullmatch(header.suffix):
        raise CompileError(f"{where}: the name of a header ends in .h, .cuh, .inc or another suffix of C++")
    return header
