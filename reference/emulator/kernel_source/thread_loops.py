"""Splits kernels at their barriers into loops over the threads of a block, which need no fibers.

The kernel itself stays as it is. Its split is one more function, which may fail: where it does not compile,
or a launch comes to something that loops cannot do, the kernel runs as fibers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .cuda_text import DIRECTIVE, Kernel, closing_bracket, kernels_of, without_comments
from .headers import extensions_of

# In a function, or a header of the emulator, these would be about one thread, and a split runs many.
OF_A_THREAD = ("threadIdx", "__syncthreads")
ASK_FOR_THE_THREAD = {f"emulator_{name}.h" for name in ("groups", "cuda", "cub", "wmma", "curand")}
# What would mean something else in a copy of the text.
NEVER = re.compile(r"\b(?:__(?:LINE|COUNTER|func|FUNCTION|PRETTY_FUNCTION)__|goto)\b")
PRAGMA = re.compile(r"[ \t]*#[ \t]*pragma\b")
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)]*\))?((?:\\\n|[^\n])*)", re.MULTILINE)
NO_VALUE = re.compile(r"[;{}#]|\b(?:return|break|continue|for|while|do|if|else|switch|case)\b")

WORD = re.compile(r"(?<![\w.])(?<!->)(?<!::)[A-Za-z_]\w*")
BARRIER = re.compile(r"__syncthreads\s*\(\s*\)\s*;")
LOOP = re.compile(r"(for|while)\s*(?=\()")
COMPOUND = re.compile(r"(for|while|if|switch|do)\b")
CHANGE = r"\b{0}\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|\b{0}\s*(?:\+\+|--)|(?:\+\+|--)\s*{0}\b"

# Declarations whose name means the same to all threads of a block: shared memory (as `prepare` writes it),
# types and constants. One of the groups is the name.
COMMON = re.compile(
    r"static emulator_shared (\w+)\b.*|[^=&]*&(\w+)[^=]*=[^=]*\bemulator_shared_\w+\.get\(\);"
    r"|[^=]*\*const (\w+) =[^=]*\bemulator_dynamic_shared\(\);|typedef\b.*?(\w+)\s*;|using\s+(\w+).*"
    r"|constexpr\b[^=]*?(\w+)\s*(?:\[[^=]*)?[={].*",
    re.DOTALL,
)
DECLARATION = re.compile(
    r"(?!(?:return|delete|new|else|case|throw|do|break|continue|sizeof)\b)"
    r"((?:(?:const|volatile|unsigned|signed|long|short|struct|static|typename)\s+)*"
    r"[A-Za-z_]\w*(?:\s*::\s*\w+)*(?:\s*<[^;{}()]*>)?(?:\s+(?:const|int|long|double))*)"
    r"([\s*&]+[A-Za-z_]\w*\s*[\[=,;({].*);",
    re.DOTALL,
)
DECLARATOR = re.compile(  # stars, name, axes, value
    r"\s*(\*[\s*]*)?(?:(?:const|__restrict(?:__)?)\s+)?([A-Za-z_]\w*)\s*((?:\[[^\]]+\]\s*)*)([={].*)?",
    re.DOTALL,
)
OTHER_DECLARATION = re.compile(
    r"(?:struct|class|union|enum|template|static_assert)\b|(?:const\s+)?auto\s*&*\s*\["
    r"|[\w:<>\s]+\(\s*[*&]\s*\w+\s*\)\s*[\[(]"
)

Span: TypeAlias = tuple[int, int]


class Unsplit(Exception):
    """A kernel that keeps its fibers, with the reason."""


@dataclass
class Phase:
    """Statements between two barriers."""

    statements: list[Span] = field(default_factory=list)


@dataclass
class Loop:
    """A loop with barriers in it: the three parts of its head, all of it, and its body."""

    start: Span
    condition: Span
    step: Span
    scope: Span
    body: list[Phase | Loop]


def split_kernels(prepared: str, entries: Sequence[str], defines: Mapping[str, str]) -> str:
    """Lines to compile behind a source: a function for each kernel that can be split, and its entry.

    `entries` are the kernels that can be launched, in the order of their numbers. "" if no kernel can be
    split. If the source has errors with these lines, it must be compiled without them.
    """
    whole = without_comments(prepared)
    text = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), whole)
    kernels = {kernel.name: kernel for kernel in kernels_of(prepared)}
    everywhere = " ".join((whole, *defines.values()))
    inside = [text[slice(*kernel.body)] for kernel in kernels.values()]
    asks = any(everywhere.count(name) != sum(body.count(name) for body in inside) for name in OF_A_THREAD)
    if asks or ASK_FOR_THE_THREAD & {*extensions_of(prepared)}:
        return ""
    macros = {name: ("", value) for name, value in defines.items()}
    macros |= {name: (parameters, value) for name, parameters, value in MACRO.findall(whole)}
    functions: dict[str, str] = {}
    lines = []
    for number, entry in enumerate(entries):
        name = entry.partition("<")[0].strip()
        try:
            if name not in functions and name in kernels:
                functions[name] = Split(prepared, text, kernels[name], macros).function()
        except (Unsplit, ValueError, IndexError):  # also of brackets that are not closed
            continue
        if name in functions:
            lines.append(f"EMULATOR_SPLIT_ENTRY({number}, emulator_split_{entry})")
    head = '\n# 1 "emulator" 3\n#include "emulator_split.h"'  # 3: no warnings
    return "\n".join([head, *functions.values(), *lines, ""]) if lines else ""


class Split:
    """A kernel as loops over its threads. Unsplit if it cannot be one."""

    def __init__(self, source: str, text: str, kernel: Kernel, macros: Mapping[str, tuple[str, str]]) -> None:
        self._source, self._text, self._kernel = source, text, kernel
        self._start, self._end = kernel.body
        self._common: list[str] = []  # declarations of the block
        self._kept: dict[str, str] = {}  # declarations of what each thread keeps over a barrier
        self._instead: dict[Span, str] = {}  # text in place of statements
        self._scopes: dict[str, list[Span]] = {}  # where each name that is declared between barriers is known
        body = text[self._start : self._end]
        lines = DIRECTIVE.findall(source[self._start : self._end])
        if "__syncthreads" not in body or NEVER.search(body) or not all(map(PRAGMA.match, lines)):
            raise Unsplit("no barrier, or a text that cannot be copied")
        self._nodes = self._parts(self._start + 1, self._end - 1)
        self._phases = [
            {word for span in spans for word in WORD.findall(text[slice(*span)])}
            for spans in self._spans(self._nodes)
        ]
        self._look_at(self._nodes, self._end)
        self._refuse_names_with_two_meanings()
        for name, (parameters, value) in macros.items():
            names = {*WORD.findall(value)} - {*WORD.findall(parameters)}
            if re.search(rf"\b{name}\b", body) and (NO_VALUE.search(value) or names & self._scopes.keys()):
                raise Unsplit(f"the macro {name}")

    # Reads the body.

    def _parts(self, at: int, end: int) -> list[Phase | Loop]:
        """The statements from `at` on as phases and loops."""
        phase = Phase()
        nodes: list[Phase | Loop] = [phase]
        while (at := self._skip(at)) < end:
            stop = self._end_of(at)
            written = self._text[at:stop]
            if "__syncthreads" not in written:
                phase.statements.append((at, stop))
            else:
                if loop := LOOP.match(written):
                    nodes.append(self._loop(loop[1], at + loop.end(), stop))
                elif not BARRIER.fullmatch(written):
                    raise Unsplit("a barrier in another place")
                nodes.append(phase := Phase())
            at = stop
        return nodes

    def _loop(self, word: str, opening: int, stop: int) -> Loop:
        """The loop whose head opens and whose body ends there."""
        ending = closing_bracket(self._text, opening)
        start = step = (opening, opening)
        condition = (opening + 1, ending)
        if word == "for":
            first = self._text.index(";", opening)
            second = self._text.index(";", first + 1, ending)
            start, condition, step = (opening + 1, first), (first + 1, second), (second + 1, ending)
        body = self._skip(ending + 1)
        inside = (body + 1, stop - 1) if self._text[body] == "{" else (body, stop)
        return Loop(start, condition, step, (opening, stop), self._parts(*inside))

    def _skip(self, at: int) -> int:
        """The next place that holds no blank."""
        while self._text[at].isspace():
            at += 1
        return at

    def _end_of(self, at: int) -> int:
        """The end of the statement at `at`."""
        at = self._skip(at)
        if self._text[at] == "{":
            return closing_bracket(self._text, at) + 1
        if word := COMPOUND.match(self._text, at):
            if word[1] == "do":
                head = self._text.index("(", self._end_of(word.end()))
                return self._text.index(";", closing_bracket(self._text, head)) + 1
            end = self._end_of(closing_bracket(self._text, self._text.index("(", word.end())) + 1)
            other = re.compile(r"\s*else\b").match(self._text, end)
            return self._end_of(other.end()) if word[1] == "if" and other else end
        depth = 0
        while self._text[at] != ";" or depth:
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self._text[at], 0)
            at += 1
        return at + 1

    def _spans(self, nodes: Sequence[Phase | Loop]) -> Iterator[list[Span]]:
        """The text of each loop over the threads."""
        for node in nodes:
            if isinstance(node, Phase):
                yield node.statements
            else:
                yield from ([node.start], [node.condition], [node.step])
                yield from self._spans(node.body)

    # Finds the variables.

    def _look_at(self, nodes: Sequence[Phase | Loop], end: int) -> None:
        """Looks for declarations in statements whose scope is up to `end`."""
        for node in nodes:
            if isinstance(node, Phase):
                for span in node.statements:
                    self._look_at_statement(span, end)
            else:
                self._look_at_statement(node.start, node.scope[1])
                self._look_at(node.body, node.scope[1])

    def _look_at_statement(self, span: Span, end: int) -> None:
        start = self._skip(span[0])
        written = self._text[start : span[1]].rstrip().rstrip(";") + ";"
        if end == self._end and (common := COMMON.fullmatch(written)):
            self._common.append(self._source[slice(*span)])
            self._instead[span] = ""
            names = [name for name in common.groups() if name]
        elif OTHER_DECLARATION.match(written):
            raise Unsplit("a declaration of another form")
        elif declaration := DECLARATION.fullmatch(written):
            found = [DECLARATOR.fullmatch(one) for one in between_commas(declaration[2])]
            names = [one[2] for one in found if one]
            if None in found or any(sum(name in phase for phase in self._phases) > 1 for name in names):
                self._keep(span, declaration[1], found)
        else:
            return
        for name in names:
            self._scopes.setdefault(name, []).append((start, end))

    def _keep(self, span: Span, kind: str, found: Sequence[re.Match[str] | None]) -> None:
        """Makes a declaration's variables members of what a thread keeps, and its values assignments."""
        if re.search(r"\b(?:static|volatile|auto)\b", kind):
            raise Unsplit("a variable of another kind")
        lines = []
        for one in found:
            if one is None:
                raise Unsplit("a declarator of another form")
            stars, name, axes, value = (group or "" for group in one.groups())
            of_one = f"{kind} {stars}" if stars else re.sub(r"\bconst\b", "", kind)
            if self._kept.setdefault(name, f"{of_one} {name}{axes};") != f"{of_one} {name}{axes};":
                raise Unsplit(f"{name} has two types")
            if value and axes:
                copy = f"__builtin_memcpy({name}, emulator_start, sizeof(emulator_start));"
                lines.append(f"{{ {of_one} emulator_start{axes} {value}; {copy} }}")
            elif value:
                lines.append(f"{name} = {value.removeprefix('=')};")
        self._instead[span] = " ".join(lines)

    def _refuse_names_with_two_meanings(self) -> None:
        """A name must mean one thing in all of the kernel, because each phase knows all kept variables."""
        for name, scopes in self._scopes.items():
            places = [
                word.start() for word in WORD.finditer(self._text, *self._kernel.body) if word[0] == name
            ]
            if any(not any(start <= place < end for start, end in scopes) for place in places):
                raise Unsplit(f"{name} is something else outside of its scope")
            if any(start < other[0] < end for start, end in scopes for other in scopes):
                raise Unsplit(f"{name} is declared twice in one scope")

    # Writes the function.

    def function(self) -> str:
        """The function that runs a block."""
        name, text = self._kernel.name, self._text
        opening = text.index("(", re.compile(rf"\b{name}\s*(?=\()").search(text, self._kernel.start).end())  # type: ignore[union-attr]
        given = between_commas(text[opening + 1 : closing_bracket(text, opening)])
        parameters = [self._parameter(one) for one in given if one.strip() not in ("", "void")]
        before = 1 + max(text.rfind(mark, 0, self._kernel.start) for mark in ";}{")
        template = re.search(r"\btemplate\s*<.*>", text[before : self._kernel.start], re.DOTALL)
        lines = [
            template[0] if template else "",
            f"static void emulator_split_{name}({', '.join(one for one, _ in parameters)}) {{",
            *self._common,
            f"struct emulator_kept {{ {' '.join(self._kept.values()) or 'char emulator_nothing;'} }};",
            "EMULATOR_SPLIT(emulator_kept)",
            *self._each_thread("".join(copy for _, copy in parameters)),
            *self._written(self._nodes, True),
            "}",
        ]
        return "\n".join(lines)

    def _parameter(self, text: str) -> tuple[str, str]:
        """A parameter as the function has it, and the statement that makes it a variable of each thread.

        It is constant, as a thread would change it for the others.
        """
        match = re.fullmatch(r"\s*(.*\S.*?)\b(\w+)\s*", text.partition("=")[0], re.DOTALL)
        if match is None:
            raise Unsplit("a parameter of another form")
        kind, name = match.groups()
        if not re.search(CHANGE.format(name), self._text[self._start : self._end]):
            return f"{kind} const {name}", ""
        self._kept[name] = f"{re.sub(r'__restrict(?:__)?', '', kind)} {name};"
        return f"{kind} const emulator_given_{name}", f"{name} = emulator_given_{name};"

    def _written(self, nodes: Sequence[Phase | Loop], is_whole: bool) -> Iterator[str]:
        """The lines of phases and loops; of a whole kernel, the last phase ends the threads."""
        for number, node in enumerate(nodes, 1):
            if isinstance(node, Phase):
                yield from self._each_thread("\n".join(map(self._statement, node.statements)))
                yield "" if is_whole and number == len(nodes) else "EMULATOR_BARRIER"
                continue
            yield from self._each_thread(self._statement(node.start) + ";")
            condition = self._statement(node.condition).strip() or "true"
            yield f"for (;;) {{\nEMULATOR_WHILE(({self._names()}), {condition})"
            yield from self._written(node.body, False)
            yield from self._each_thread(self._statement(node.step) + ";")
            yield "}"

    def _each_thread(self, statements: str) -> list[str]:
        has_any = statements.strip(" \n;")
        return [f"EMULATOR_EACH_THREAD({self._names()})", statements, "EMULATOR_END"] if has_any else []

    def _names(self) -> str:
        return ", ".join(self._kept) or "emulator_nothing"

    def _statement(self, span: Span) -> str:
        return self._instead.get(span, self._source[slice(*span)])


def between_commas(text: str) -> list[str]:
    """The parts between commas outside of brackets; `<` is an operator here."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
