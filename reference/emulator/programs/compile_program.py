"""Compiles a whole program, host code and kernels together, to an executable of this machine."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..arithmetic import with_text
from ..cache import contents, digest
from ..compile import (
    CHECKED,
    COVERAGE,
    HEADERS,
    KERNELS,
    MOST_UNKNOWN,
    NO_VALUE,
    PLAIN_LINES,
    RUNTIME,
    NoCompiler,
    compiler,
    link,
    poison_options,
    run,
    run_and_look,
    start_runtime,
)
from ..kernel_programs import LOCALS
from ..kernel_source import (
    DIRECTIVE,
    OF_CUDA,
    CompileError,
    device_code,
    extensions_of,
    kernels_of,
    prepare,
    with_wrong_values,
    without_comments,
)
from ..messages import COPIED, uninitialized_in
from .heap import HEADER, uses_heap, with_heap
from .launches import with_calls

HOST = Path(__file__).parent / "host"
MAIN = re.compile(r"\bmain\s*\(")
INCLUDE = re.compile(r"[ \t]*#[ \t]*include[ \t]*<([^>\n]+)>")
# Exceptions and run-time types are for the host: a program may have them, a kernel's file may not.
LEFT_OUT = ("-fno-exceptions", "-fno-rtti", "-fvisibility=hidden", "-Wall", "-Wextra")
PROGRAM = ("-DEMULATOR_PROGRAM", "-U_FORTIFY_SOURCE", "-fno-builtin-printf", "-Wuninitialized")
UNSEEN_ARGUMENTS = "emulator_unseen"  # a text in the executable: lines with an argument that no check sees
DESTRUCTOR = re.compile(r"~(\w+)\s*\(\s*\)(?!\s*(?:noexcept\s*)?=)")
MAYBE = {"gcc": ("-Wmaybe-uninitialized",), "clang": ("-Wconditional-uninitialized",)}


@dataclass(frozen=True)
class Program:
    """A CUDA C++ source with a `main`; `file` is its name in messages, `defines` are macros."""

    source: str
    file: str = "program.cu"
    defines: Mapping[str, str] = field(default_factory=dict)

    def text(self, has_wrong_values: bool = False) -> str:
        """The source for the compiler. CompileError for what is not emulated.

        `has_wrong_values`: local arrays of device code that have no value begin with a wrong one.
        """
        prepared = prepare(self.source, self.file, is_program=True)
        if has_wrong_values:
            prepared, _ = with_wrong_values(prepared, is_program=True)
        prepared = with_calls(with_heap(prepared), self.file)
        shown = self.file.replace("\\", "/").replace('"', "'")
        headers = [name for name in headers_of(self.source) if not OF_CUDA.fullmatch(name)]
        needed = [name for name in extensions_of(self.source) if name != "emulator_std.h"]
        needed += [HEADER] if uses_heap(self.source) else []
        return "\n".join(
            [
                # the C++20 of <math.h> takes a name that many programs of C++17 give a function of their own
                "#include <cmath>\nnamespace std { void emulator_lerp(); }\n#define lerp emulator_lerp",
                "#include <math.h>\n#undef lerp",
                # before the emulator's headers, so that its macros do not change them
                *(f"#if __has_include(<{name}>)\n#include <{name}>\n#endif" for name in headers),
                *(f"#include <{name}>" for name in ("cstdio", "cstdlib", "cstring", "cmath", "climits")),
                *(f"#include <{name}>" for name in ("cfloat", "cstdint", "cassert", "ctime", "utility")),
                *(f'#include "{name}"' for name in ("cuda_emulator.h", "emulator_host.h", *needed)),
                *(f"#define {name} {value}" for name, value in self.defines.items()),
                f'#line 1 "{shown}"',
                prepared,
                "",
            ]
        )

    def local_arrays(self) -> list[tuple[int, str]]:
        """The local arrays that `text(True)` gives a wrong value, each as (line, name)."""
        return with_wrong_values(prepare(self.source, self.file, is_program=True), is_program=True)[1]


def is_program(source: str) -> bool:
    """True if a source defines `main`."""
    return MAIN.search(DIRECTIVE.sub("", without_comments(source))) is not None


def headers_of(source: str) -> list[str]:
    """The headers in <> that a source includes, in source order, each once."""
    text = without_comments(source)
    matches = (INCLUDE.match(source, line.start()) for line in DIRECTIVE.finditer(text))
    return list(dict.fromkeys(match[1].strip() for match in matches if match))


def runtime_into(folder: Path) -> Path:
    """The library that programs run on, in `folder`; it depends on no program. NoCompiler."""
    command, _, version = compiler()
    library = folder / f"program_runtime_{digest(version, contents(RUNTIME), contents(HOST))}.so"
    if library.exists():
        return library
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        units = start_runtime(command, Path(scratch), HOST)
        for name, unit in units.items():
            _, messages = unit.communicate()
            if unit.returncode != 0:
                raise NoCompiler(f"{command[0]} cannot compile the emulator's own {name}: {messages}")
        link(command, [f"{scratch}/{name}.o" for name in units], library, Path(scratch))
    return library


def program_into(program: Program, runtime: Path, target: Path) -> str:
    """Compiles a program to the executable `target`; returns the compiler's warnings.

    The program loads `runtime` by name from its own folder. CompileError with the compiler's messages;
    NoCompiler.
    """
    command, family, _ = compiler()
    flags = [
        flag for flag in (*KERNELS, *PLAIN_LINES[family], *CHECKED, *COVERAGE[family]) if flag not in LEFT_OUT
    ]
    flags = [flag for flag in flags if not flag.startswith("-fsanitize-coverage")]
    shown = program.file.replace("\\", "/").replace('"', "'")
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        compiled = str(Path(scratch, "program.o"))
        flags += [*poison_options(), *PROGRAM, *MAYBE[family], f"-I{HEADERS}"]
        words = [*command, *flags, "-x", "c++", "-c", "-", "-o", compiled]
        arrays = program.local_arrays() if poison_options() else []
        dump = Path(scratch, "program.dump")
        try:
            warnings, unseen = _compile(words, program, program.text(bool(arrays)), shown, dump)
        except CompileError:
            if not arrays:
                raise
            arrays = []  # where the values do not compile, the source without them decides
            warnings, unseen = _compile(words, program, program.text(), shown, dump)
        kernels = [kernel.name for kernel in kernels_of(program.source)]
        unknown = [one.to_line() for one in uninitialized_in(warnings, shown, kernels)][:MOST_UNKNOWN]
        named = Path(scratch, "no_value.s")
        texts = {NO_VALUE: unknown, LOCALS: [f"{line} {name}" for line, name in arrays]}
        texts |= {UNSEEN_ARGUMENTS: list(map(str, unseen))}
        named.write_text(
            "".join(with_text(name, ";".join(text)) for name, text in texts.items() if text), encoding="utf-8"
        )
        # All names are looked up at the start: a kernel has no stack for the loader.
        options = ["-pie", "-Wl,-z,now", "-Wl,-rpath,$ORIGIN", "-pthread"]
        run([*command, *options, compiled, str(named), str(runtime), "-o", str(target)])
    return warnings


def _compile(
    command: Sequence[str], program: Program, text: str, shown: str, dump: Path
) -> tuple[str, list[int]]:
    """Compiles a program; the warnings, and the lines of device code with an argument that no check sees."""
    code = device_code(without_comments(program.source))
    lines = {number for number, line in enumerate(code.split("\n"), 1) if line.strip()}
    for copied in ((), (COPIED,)) if may_copy_results(program.source) else ((),):
        warnings, unseen = run_and_look([*command, *copied], text, shown, "", dump)
        unseen = sorted(lines.intersection(unseen))
        if not unseen:
            break
    return warnings, unseen


def may_copy_results(source: str) -> bool:
    """False if a class has a destructor, but no constructor that copies: a copy would be freed twice."""
    text = without_comments(source)
    return all(
        re.search(rf"\b{name}\s*\(\s*(?:const\s+)?{name}\b[^()]*&", text) for name in DESTRUCTOR.findall(text)
    )
