"""Reads what a C++ compiler writes beside a program: its messages, and GCC's own view of the program.

GCC's sanitizer sees the loads that are statements of their own. If a function is not inlined, GCC passes a
struct by value without such a statement, as in `get (*_3)`. With the option COPIED each such argument is
copied first, by a statement that the sanitizer sees. The option also copies each named result of a function.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .findings import Finding
from .kernel_source import CompileError, kernel_at

MOST = 10
MOST_TEXT = 800
LEFT_OUT = "is left out, as it does not compile: "  # the message for a launch of such a kernel
MOST_WARNINGS = 5
HEAD = re.compile(r"(?P<file>[^\n:]+):(?P<line>\d+):(?:\d+:)? (?P<kind>fatal error|error|warning|note): ")


UNINITIALIZED = re.compile(
    r"(?P<file>[^\n:]+):(?P<line>\d+):(?:\d+:)? warning: (?:variable )?\W(?P<name>\w+(?:(?:\.|::)\w+)*)\W "
    r"(?P<sure>is|may be) (?:used )?uninitialized\b"
)
# A C++ compiler accepts both, and guards their first use with a function that no kernel is linked with.
FIRST_USE = re.compile(
    r"(?P<file>[^\n/:]+):(?P<line>\d+): undefined reference to .__(?:tsan_atomic|cxa_guard)"
)
NO_STATE = (
    "{file}:{line}: the length of a shared array must be a constant, such as 256, and no variable of a "
    "kernel may be `static`: it would outlive the launch"
)
# Names of CUDA that the emulator's headers do not have, as GCC and Clang complain of them.
WITHOUT_A_DECLARATION = re.compile(
    r"error: (?:use of undeclared identifier |unknown type name |no member named )?[‘'](?P<name>[\w:]+)[’']"
    r"(?: was not declared| has not been declared| does not name a| is not a member of (?P<of>[‘'][\w:]+[’'])"
    r"| in (?:namespace )?(?P<in>[‘'][\w:]+[’'])|;|$)"
)
OF_CUDA = re.compile(
    r"(?:::)?(?:cuda|thrust|cub|nvcuda|cooperative_groups|cg|wmma)\b.*|(?:cuda|cublas|curand|nvtx|tex|surf)[A-Z1-3]\w*"
    r"|__\w+|atomic[A-Z]\w*"
)
NOT_EMULATED = "the emulator has no `{name}`: docs/cuda.md lists what it has"
FROM_HERE = re.compile(
    r"(?P<file>[^\n:]+):(?P<line>\d+):\d+: (?:  required from here|note: in instantiation .* requested here)$"
)
CONTEXT = re.compile(r"^[^\n:]+: In |^ +inlined from ")
COPIED = "-fno-elide-constructors"
UNSEEN = (
    "a call reads its argument from memory, where no check can see it: copy the argument to a variable first"
)
QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
LOCATION = re.compile(r"\[(?P<file>[^\[\]\n]*):(?P<line>\d+):\d+(?: discrim \d+)?\] ")
REMARK = re.compile(r" \[[a-z ]+\]$")  # as in "[tail call]"
TEMPLATE_ARGUMENTS = re.compile(r"<[\w\s,:]*>")
IN_MEMORY = re.compile(r"[*\[]")


@dataclass(frozen=True)
class WithoutValue:
    """A variable that a compiler saw used without a value; `is_sure` if that holds on every path."""

    line: int
    name: str
    is_sure: bool
    kernels: tuple[str, ...]  # that contain it; () if the compiler does not say

    def to_line(self) -> str:
        """The record as a line of text that `read_without_value` reads."""
        return f"{self.line} {self.name} {int(self.is_sure)} {','.join(self.kernels)}"

    def finding(self, kernel: str, file: str) -> Finding:
        """The finding about it in a kernel of `file`, or a note if the compiler is not sure."""
        kind = "uninitialized_read" if self.is_sure else "maybe_uninitialized"
        text = f"`{self.name}` {'is' if self.is_sure else 'may be'} used before it has a value"
        return Finding(kind, kernel, file, self.line, text, array=self.name)


def uninitialized_in(messages: str, file: str, kernels: Collection[str]) -> list[WithoutValue]:
    """The variables of `file` that a compiler warns about, by kernel."""
    warnings: list[WithoutValue] = []
    context = ""
    for line in messages.splitlines():
        if CONTEXT.match(line):
            context = line if ": In " in line else f"{context} {line}"
        elif (warned := UNINITIALIZED.match(line)) and warned["file"] == file:
            words = set(re.findall(r"\w+", context))
            names = tuple(name for name in kernels if name in words)
            name = re.sub(r"\w+::", "", warned["name"])  # p.Pair::x is p.x
            warnings.append(WithoutValue(int(warned["line"]), name, warned["sure"] == "is", names))
        elif HEAD.match(line):
            context = ""
    return warnings


def read_without_value(text: str) -> list[WithoutValue]:
    """Reads what `WithoutValue.to_line` wrote, one line each."""
    warnings = []
    for line in text.splitlines():
        number, name, sure, kernels = line.split(" ")
        warnings.append(WithoutValue(int(number), name, sure == "1", tuple(filter(None, kernels.split(",")))))
    return warnings


def errors_by_line(messages: str, file: str) -> list[tuple[int, str]]:
    """The errors of `errors_in`, or of refusals, as (line, text); line 0 if there is none."""
    errors: list[tuple[int, str]] = []
    for line in messages.splitlines():
        at = re.match(rf"{re.escape(file)}:(\d+):", line)
        if at or not errors:
            errors.append((int(at[1]) if at else 0, line))
        else:
            errors[-1] = errors[-1][0], f"{errors[-1][1]}\n{line}"
    return errors


def errors_by_kernel(source: str, file: str, messages: str) -> dict[str, str]:
    """The errors of each kernel; empty if any error is outside all kernels."""
    errors: dict[str, str] = {}
    for line, text in errors_by_line(messages, file.replace("\\", "/").replace('"', "'")):
        name = kernel_at(source, line)
        if not name:
            return {}
        errors[name] = f"{errors[name]}\n{text}" if name in errors else text
    return errors


def errors_in(messages: str, file: str, source: str) -> str:
    """The first errors, each with its line of `file` as in `source`; no warnings, no notes.

    If every error is elsewhere, such as in the linker, it is the compiler's whole output, but for the lines
    that the linker refuses because of a `static` variable or a shared array of a variable length.
    """
    if uses := list(dict.fromkeys((use["file"], use["line"]) for use in FIRST_USE.finditer(messages))):
        return "\n".join(NO_STATE.format(file=name, line=line) for name, line in uses[:MOST])
    lines = source.splitlines()
    errors = []
    for number, text in _errors(messages, file):
        shown = lines[number - 1].strip() if number <= len(lines) else ""
        errors.append(f"{text}\n    {shown}" if shown else text)
    more = [f"and {len(errors) - MOST} more errors"] if len(errors) > MOST else []
    return "\n".join([*errors[:MOST], *more]) or messages


def _errors(messages: str, file: str) -> Iterator[tuple[int, str]]:
    """The errors of a compiler, each as (line of `file`, text).

    An error in a template of the emulator's headers is at the line that uses the template.
    """
    caller = 0
    for line in messages.splitlines():
        head = HEAD.match(line)
        if (use := FROM_HERE.match(line)) and use["file"] == file:
            caller = int(use["line"])
        elif head and "error" in head["kind"]:
            if head["file"] == file:
                yield int(head["line"]), in_plain_words(line)
            elif caller:
                text = line[head.end() :]
                yield (
                    caller,
                    f"{file}:{caller}: error: this use of a library's function does not fit it: {text}",
                )
            caller = 0


def in_plain_words(error: str) -> str:
    """A compiler's error; if a name of CUDA is not declared, that the emulator does not have it."""
    missing = WITHOUT_A_DECLARATION.search(error)
    if missing is None:
        return error
    scope = (missing["of"] or missing["in"] or "").strip("‘’'")
    name = f"{scope}::{missing['name'].rpartition('::')[2]}" if scope else missing["name"]
    if not OF_CUDA.fullmatch(name):
        return error
    return f"{error[: missing.start()]}error: {NOT_EMULATED.format(name=name)}"


def shorten(warnings: str) -> str:
    """The errors of omitted kernels, and the first warnings, one per line."""
    lines = warnings.splitlines()
    last = max((n for n, line in enumerate(lines) if line.startswith("left out")), default=-1)
    errors = lines[: last + 1]
    heads = [line for line in lines[last + 1 :] if re.search(r": warning: ", line)]
    more = [f"and {len(heads) - MOST_WARNINGS} more warnings"] if len(heads) > MOST_WARNINGS else []
    return "\n".join([*errors, *heads[:MOST_WARNINGS], *more])


def body_with_error(error: str) -> str:
    """A body for a kernel that does not compile: it reports the error when launched."""
    text = error[:MOST_TEXT].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'emulator_trap("{LEFT_OUT}{text}", 0);'


def refuse_broken(findings: Sequence[Finding]) -> None:
    """Raises CompileError if the launched kernel does not compile."""
    for finding in findings:
        _, left_out, error = finding.message.partition(LEFT_OUT)
        if finding.kind == "trap" and left_out:
            raise CompileError(error)


def dump_to(path: Path) -> str:
    """The option that makes GCC write its program to `path` as the sanitizer leaves it, with lines."""
    return f"-fdump-tree-tsan1-lineno={path}"


def lines_of_unseen_arguments(dump: str, file: str) -> Iterator[int]:
    """The lines of `file`, or 0, with a call that reads an argument from memory itself."""
    for line in dump.split("\n"):
        if not line.startswith("  ") or ");" not in line:
            continue
        statement = REMARK.sub("", QUOTED.sub("0", LOCATION.sub("", line)))
        if statement.endswith(");") and any(
            IN_MEMORY.search(one) and not one.startswith("&") for one in _arguments(statement[:-2])
        ):
            place = LOCATION.search(line)
            if place is None or place["file"] == file:
                yield int(place["line"]) if place else 0


def _arguments(call: str) -> Iterator[str]:
    """The arguments of a call, the last first. `call` lacks its last bracket."""
    call = call.replace("->", "*")
    while (shorter := TEMPLATE_ARGUMENTS.sub("", call)) != call:
        call = shorter
    depth, end = 0, len(call)
    for at in range(len(call) - 1, -1, -1):
        depth += (call[at] in ")]}") - (call[at] in "([{")
        if depth < 0 or (depth == 0 and call[at] == ","):
            yield call[at + 1 : end].strip()
            end = at
        if depth < 0:
            return
    yield call[:end]  # it has no first bracket, so all of it is doubtful
