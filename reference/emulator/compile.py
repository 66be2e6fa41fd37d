"""Compiles CUDA C++ with the machine's C++ compiler, and caches the results by content."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .arithmetic import call_by_a_pointer, with_counts, with_text
from .cache import contents, digest, make_room, mark_used
from .elf import IN_LINE, lasting_variables, runs_on_loading, unknown_names
from .kernel_programs import KernelPrograms, kernel_programs
from .kernel_source import CompileError, kernels_of, without_comments
from .messages import (
    COPIED,
    UNSEEN,
    dump_to,
    errors_by_kernel,
    errors_in,
    lines_of_unseen_arguments,
    uninitialized_in,
)

HERE = Path(__file__).parent
HEADERS = HERE / "include"
RUNTIME = HERE / "runtime"
WARNINGS = ("-Wall", "-Wextra", "-Wno-unknown-pragmas", "-Wno-sign-compare")
ARCHITECTURE = 800  # what __CUDA_ARCH__ is: compute capability 8.0
ALWAYS = ("-fPIC", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden")
KERNELS = (
    "-std=c++20", "-g1", "-gdwarf-4", *ALWAYS, *WARNINGS,
    # As on a GPU, every operation rounds to its type, even where the machine could fuse several.
    "-ffp-contract=off", "-fno-math-errno", "-fno-strict-aliasing",
    # The runtime finds stack overwrites and overflows.
    "-fno-stack-protector", "-fstack-clash-protection",
    f"-D__CUDA_ARCH__={ARCHITECTURE}", "-D__CUDACC__=1",
)  # fmt: skip
CHECKED = ("-O1", "-fsanitize=thread,alignment,bounds,object-size", "-fno-jump-tables", "-DEMULATOR_CHECKED")
COVERAGE = {  # which calls the compiler inserts: for all accesses and basic blocks, and for nothing else
    "gcc": ("--param=tsan-instrument-func-entry-exit=0", "-fsanitize-coverage=trace-pc"),
    "clang": (
        "-mllvm", "-tsan-instrument-func-entry-exit=0",
        "-mllvm", "-tsan-instrument-read-before-write=1",
        "-fsanitize-coverage=bb,no-prune,trace-pc", "-fno-vectorize", "-fno-slp-vectorize",
        "-Wno-unused-command-line-argument",  # which zig adds
    ),
}  # fmt: skip

# Debug information has lines and no places of variables, which would take a seventh of the compiler's time.
PLAIN_LINES = {"gcc": ("-fno-var-tracking",), "clang": ()}
# A kernel's library needs none of C++'s own: to look through those takes longer than to link all the rest.
LIBRARIES = {"gcc": ("-nostdlib", "-lm", "-lc", "-lgcc"), "clang": ()}
# A vector such as float4 is read as a whole, as on a GPU, and not member by member.
WHOLE_VECTORS = {"gcc": ("-fno-tree-sra",), "clang": ()}
POISON = "-ftrivial-auto-var-init=pattern"  # never zero, which may be right by luck
NO_VALUE = "emulator_no_value"  # a text in the library: variables used without a value
MOST_UNKNOWN = 20
READERS = ("arithmetic.py", "messages.py")  # of what the compiler writes


class NoCompiler(RuntimeError):
    """There is no C++ compiler on this machine."""


@functools.cache
def compiler() -> tuple[tuple[str, ...], str, str]:
    """(command, "gcc" or "clang", its version output). NoCompiler if there is none.

    The environment variable BACKFLIP_CXX can name one; else g++, clang++, or the one in package ziglang.
    """
    override = os.environ.get("BACKFLIP_CXX")
    candidates: list[tuple[str, ...]] = [tuple(override.split())] if override else [("g++",), ("clang++",)]
    if not override and importlib.util.find_spec("ziglang"):
        # For any processor of this kind, like the others: the result may run elsewhere.
        candidates.append((sys.executable, "-m", "ziglang", "c++", "-mcpu=baseline"))
    for command in candidates:
        if shutil.which(command[0]) is None:
            continue
        version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
        if version.returncode == 0:
            return command, "clang" if "clang" in version.stdout else "gcc", version.stdout
    raise NoCompiler(
        "found no C++ compiler, which the emulator needs: install g++ (Debian, Ubuntu: apt-get install "
        "g++) or clang++, or, without any rights on this machine: pip install ziglang"
    )


def flags(family: str, with_checks: bool) -> tuple[str, ...]:
    """The options to compile kernels with a compiler of the family "gcc" or "clang"."""
    return (
        *KERNELS,
        *(f"-fno-builtin-{name}" for name in IN_LINE),
        *PLAIN_LINES[family],
        *(
            (*CHECKED, *COVERAGE[family], *WHOLE_VECTORS[family], *poison_options())
            if with_checks
            else ("-O2",)
        ),
    )


@functools.cache
def poison_options() -> tuple[str, ...]:
    """An option that fills variables without a value with a wrong one, if the compiler has it."""
    command, family, version = compiler()
    if family == "gcc" and (number := re.match(r"[^\n]*\) (\d+)\.", version)):
        return (POISON,) if int(number[1]) >= 12 else ()
    words = [*command, POISON, "-x", "c++", "-fsyntax-only", "-"]
    process = subprocess.run(words, input="", capture_output=True, text=True, check=False)
    return (POISON,) if process.returncode == 0 else ()


def preprocess(program: str, most: int) -> str:
    """A program with its macros expanded, as compiled for checking; cut off after `most` bytes.

    CompileError with the compiler's messages; NoCompiler.
    """
    command, family, _ = compiler()
    words = [*command, *flags(family, True), "-E", "-P", "-x", "c++", "-"]
    with tempfile.TemporaryFile() as source_file, tempfile.TemporaryFile() as messages:
        source_file.write(program.encode())
        source_file.seek(0)
        with subprocess.Popen(words, stdin=source_file, stdout=subprocess.PIPE, stderr=messages) as running:
            assert running.stdout is not None
            expanded = running.stdout.read(most)
            if len(expanded) == most:
                running.kill()  # a macro may expand to more than memory holds
        if running.returncode != 0 and len(expanded) < most:
            messages.seek(0)
            raise CompileError(messages.read().decode(errors="replace").strip())
    return expanded.decode(errors="replace")


def compile_library(
    source: str,
    file: str,
    defines: Mapping[str, str],
    instances: Sequence[str],
    with_checks: bool,
    folder: Path,
) -> tuple[Path, Path, str]:
    """The result of `compile_kernels`, without the kernels that have errors if others are left.

    Such a kernel is still present; launching it raises its CompileError. Its errors precede the warnings.
    """
    broken: dict[str, str] = {}
    names = {kernel.name for kernel in kernels_of(source)}
    while True:
        try:
            *libraries, warnings = compile_kernels(
                source, file, defines, instances, with_checks, folder, broken=broken
            )
        except CompileError as error:
            more = errors_by_kernel(source, file, str(error))
            if not more or more.keys() <= broken.keys():
                raise
            broken |= more
            if names <= broken.keys():
                raise CompileError("\n".join(broken.values())) from None
            continue
        left_out = [f"{text}\nleft out, as it does not compile: {name}" for name, text in broken.items()]
        return libraries[0], libraries[1], "\n".join([*left_out, *([warnings] if warnings else [])])


def compile_kernels(
    source: str,
    file: str,
    defines: Mapping[str, str],
    instances: Sequence[str],
    with_checks: bool,
    folder: Path,
    broken: Mapping[str, str],
) -> tuple[Path, Path, str]:
    """(runtime's library, kernels' library, the compiler's warnings); both libraries are files in `folder`.

    `file` is the name in messages. `instances` names kernels as expressions, as in "tiled<16>", in addition
    to those that are not templates. CompileError with the compiler's messages; NoCompiler.
    """
    command, family, version = compiler()
    can_poison = with_checks and bool(poison_options())
    programs = kernel_programs(source, file, defines, instances, with_checks, can_poison, broken)
    unused = ("-Wno-unused-parameter",) if broken else ()  # which a kernel that is left out has
    options = [*flags(family, with_checks), *unused, *no_assertions(source), f"-I{HEADERS}"]
    folder.mkdir(parents=True, exist_ok=True)
    runtime = folder / f"runtime_{digest(version, contents(RUNTIME))}.so"
    stem = re.sub(r"\W", "_", Path(file).stem)
    readers = [(HERE / name).read_text(encoding="utf-8") for name in READERS]
    parts = [version, contents(HEADERS), runtime.name, *programs.texts, *options[:-1], *readers]
    library = folder / f"{stem}_{digest(*parts)}.so"
    log = library.with_suffix(".log")
    with contextlib.suppress(FileNotFoundError):
        mark_used(runtime, library, log)
        return runtime, library, log.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        units = {} if runtime.exists() else start_runtime(command, Path(scratch))
        try:
            compiled, warnings = compile_programs(command, options, programs, with_checks, Path(scratch))
        except CompileError:
            for unit in units.values():  # they work in a folder that goes away now
                unit.kill()
                unit.communicate()
            raise
        _link_runtime(command, units, runtime, Path(scratch))
        # The sanitizer's own library is not linked: the runtime provides its functions.
        link(command, [str(compiled), str(runtime)], library, Path(scratch), file)
        log.write_text(warnings, encoding="utf-8")
    make_room(folder)
    return runtime, library, warnings


def compile_programs(
    command: Sequence[str], options: Sequence[str], programs: KernelPrograms, with_checks: bool, scratch: Path
) -> tuple[Path, str]:
    """The compiled kernels, a file in `scratch`, and the warnings of the first program without errors.

    To check, the file is assembly that counts arithmetic and names variables used without a value.
    """
    if with_checks:
        target = scratch / "kernels.s"
        return target, compile_counted(command, options, programs, target)
    target = scratch / "kernels.o"
    words = [*command, *options, "-x", "c++", "-c", "-", "-o", str(target)]
    return target, first_that_compiles(
        lambda text: run(words, text, programs.file, programs.source), programs.texts
    )


def _link_runtime(
    command: Sequence[str], units: Mapping[str, subprocess.Popen[str]], runtime: Path, scratch: Path
) -> None:
    """Waits for the runtime's units, if it was not compiled before, and links them."""
    for name, unit in units.items():
        _, messages = unit.communicate()
        if unit.returncode != 0:
            raise NoCompiler(f"{command[0]} cannot compile the emulator's own {name}: {messages}")
    if units:
        link(command, [f"{scratch}/{name}.o" for name in units], runtime, scratch)


def no_assertions(source: str) -> list[str]:
    """The compiler option for a source that turns its assertions off."""
    return ["-DEMULATOR_NO_ASSERT"] if re.search(r"(?m)^[ \t]*#[ \t]*define[ \t]+NDEBUG\b", source) else []


def start_runtime(command: Sequence[str], scratch: Path, *more: Path) -> dict[str, subprocess.Popen[str]]:
    """Starts compiling the runtime and the folders `more`, in parallel, to NAME.o in `scratch`.

    The files of a folder are one unit, so the compiler reads their headers once. C++14: its standard headers
    are the shortest.
    """
    folders = [path for path in RUNTIME.iterdir() if path.is_dir()]
    units = {path.stem: [path] for path in RUNTIME.glob("*.cpp")}
    units |= {folder.name: sorted(folder.glob("*.cpp")) for folder in (*folders, *more)}
    options = ("-std=c++14", "-O2", *ALWAYS, f"-I{RUNTIME}", "-c")
    started = {}
    for name, files in units.items():
        unit, target = scratch / f"{name}.cpp", str(scratch / f"{name}.o")
        unit.write_text("".join(f'#include "{file}"\n' for file in files), encoding="utf-8")
        words = [*command, *options, str(unit), "-o", target]
        started[name] = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    return started


def first_that_compiles(compile_it: Callable[[str], str], programs: Sequence[str]) -> str:
    """The result of the first program without errors. CompileError is that of the last."""
    for program in programs[:-1]:
        with contextlib.suppress(CompileError):
            return compile_it(program)
    return compile_it(programs[-1])


def compile_counted(
    command: Sequence[str],
    options: Sequence[str],
    programs: KernelPrograms,
    target: Path,
) -> str:
    """Compile the first program that has no errors to assembly that counts arithmetic; the warnings.

    The assembly also names variables used without a value. The errors are those of the last program.
    """
    file, dump = programs.file, target.with_suffix(".dump")
    words = [*command, *options, "-x", "c++", "-S", "-", "-o", str(target)]
    warnings = first_that_compiles(
        lambda program: run_checked(words, program, file, programs.source, dump), programs.texts
    )
    if sys.platform != "darwin":  # its assembly looks different; arithmetic is not counted there
        text = target.read_text(encoding="utf-8")
        if line := call_by_a_pointer(text):
            raise CompileError(
                f"{file}:{line}: a function is called by a pointer, which is not emulated: call it by its "
                "name, or make it a parameter of a template"
            )
        kernels = [name.partition("<")[0].strip() for name in programs.entries]
        unknown = [one.to_line() for one in uninitialized_in(warnings, file, kernels)][:MOST_UNKNOWN]
        target.write_text(with_counts(text) + with_text(NO_VALUE, "\n".join(unknown)), encoding="utf-8")
    return warnings


def run_checked(command: Sequence[str], program: str, file: str, source: str, dump: Path) -> str:
    """As `run`, but no call reads an argument where the sanitizer cannot see it. `dump` is a new file."""
    for copied in ((), (COPIED,)):
        warnings, unseen = run_and_look([*command, *copied], program, file, source, dump)
        if not unseen:
            return warnings
    raise CompileError(f"{file}:{unseen[0]}: {UNSEEN}")


def run_and_look(
    command: Sequence[str], program: str, file: str, source: str, dump: Path
) -> tuple[str, list[int]]:
    """As `run`; also the lines where a call reads an argument from memory itself, which no check can see."""
    if compiler()[1] != "gcc":  # another compiler copies every argument
        return run(command, program, file, source), []
    warnings = run([*command, dump_to(dump)], program, file, source)
    text = dump.read_text(encoding="utf-8", errors="replace")
    return warnings, list(lines_of_unseen_arguments(text, file))


def run(command: Sequence[str], program: str = "", file: str = "", source: str = "") -> str:
    """Run the compiler and return its output. CompileError with the errors in `file` if it fails.

    The errors show lines of `source`, the file as its author wrote it, and not as it was prepared.
    """
    process = subprocess.run(command, input=program, capture_output=True, text=True, check=False)
    if process.returncode != 0:
        raise CompileError(errors_in(process.stderr.strip(), file, source))
    return process.stderr.strip()


def link(
    command: Sequence[str], parts: Sequence[str], target: Path, scratch: Path, kernels: str = ""
) -> None:
    """Links a shared library, of objects or assembly, atomically: another process never finds half of it.

    The library of the file `kernels` imports only what a device has; the C library is not available to it.
    None of its code runs when it is loaded.
    """
    # A function that is declared but not defined is an error here, and not when it is called.
    # All names are looked up at the start, and their table is read-only from then on.
    name = "-install_name" if sys.platform == "darwin" else "-z,defs,-z,relro,-z,now,-soname"
    output = scratch / target.name
    libraries = LIBRARIES[compiler()[1]] if kernels and sys.platform != "darwin" else ()
    # The loader finds the loaded runtime by name alone, even after the files have moved.
    run([*command, "-shared", f"-Wl,{name},{target.name}", *parts, *libraries, "-o", str(output)])
    if kernels and runs_on_loading(output.read_bytes()):
        raise CompileError(
            f"{kernels}: a variable outside of the kernels gets its value from code, which would run before "
            "any kernel: give it a constant"
        )
    foreign = unknown_names(output.read_bytes()) if kernels else []
    if foreign:
        raise CompileError(f"{kernels}: `{foreign[0]}` is not a function or variable of device code")
    os.replace(output, target)


def refuse_state(library: Path, source: str, file: str) -> None:
    """Raises CompileError if kernels can leave something in a variable for a later launch."""
    for name in lasting_variables(library.read_bytes()):
        place = re.search(rf"\b{re.escape(name)}\b", without_comments(source))
        line = f":{1 + source.count(chr(10), 0, place.start())}" if place else ""
        raise CompileError(
            f"{file}{line}: the variable `{name}` would outlive the launch of a kernel: make it `const`, or "
            "use shared memory or a parameter of the kernel"
        )
