"""Asks NVIDIA's own compiler, NVRTC, if it accepts a source for a real GPU; needs no GPU and no driver.

It comes with the packages nvidia-cuda-nvrtc-cu12 (CUDA 12) and nvidia-cuda-nvrtc (13).
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .compile import ARCHITECTURE, HEADERS
from .kernel_source import INCLUDES, extensions_of, kernels_of, without_comments
from .kernel_source.cuda_text import closing_bracket

OF_THE_TOOLKIT = {
    "cuda_fp16.h", "cuda_bf16.h", "cooperative_groups.h", "cooperative_groups/reduce.h", "mma.h",
    "curand_kernel.h",
    *(name for name in INCLUDES if name.startswith("cub/")),
    "cooperative_groups/memcpy_async.h", "cooperative_groups/scan.h",
    "cuda/atomic", "cuda/std/atomic", "cuda/barrier", "cuda/pipeline", "cuda_pipeline.h",
}  # fmt: skip
NOT_THERE = sorted(map(re.escape, INCLUDES - OF_THE_TOOLKIT))
# Unlike nvcc, NVRTC has no standard headers. Kernels use these parts of them; NVRTC knows the rest.
INTEGERS = "".join(
    f"typedef {sign}{kind} {letter}int{bits}_t;\n"
    for bits, kind in ((8, "char"), (16, "short"), (32, "int"), (64, "long long"))
    for sign, letter in (("signed ", ""), ("unsigned ", "u"))
)
INTEGERS += "typedef unsigned int uint;\ntypedef unsigned short ushort;\ntypedef unsigned long ulong;\n"
INTEGERS += "typedef long ssize_t;\n"
NUMBERS = "".join(
    f"#define {name} {value}\n"
    for name, value in {
        "NULL": "0",
        "INFINITY": "__int_as_float(0x7f800000)",
        "NAN": "__int_as_float(0x7fc00000)",
        "HUGE_VALF": "INFINITY",
        "HUGE_VAL": "__longlong_as_double(0x7ff0000000000000ll)",
        "M_PI": "3.14159265358979323846",
        "CUDART_INF_F": "INFINITY",
        "CUDART_INF": "HUGE_VAL",
        "CUDART_NAN_F": "NAN",
        "CUDART_PI_F": "3.141592654f",
        "FLT_MAX": "3.402823466e38f",
        "FLT_MIN": "1.175494351e-38f",
        "FLT_EPSILON": "1.192092896e-07f",
        "DBL_MAX": "1.7976931348623157e308",
        "DBL_MIN": "2.2250738585072014e-308",
        "DBL_EPSILON": "2.2204460492503131e-16",
        "SHRT_MAX": "32767",
        "SHRT_MIN": "(-32768)",
        "INT_MAX": "2147483647",
        "INT_MIN": "(-2147483647 - 1)",
        "UINT_MAX": "4294967295u",
        "LONG_MAX": "9223372036854775807l",
        "LONG_MIN": "(-9223372036854775807l - 1)",
        "LLONG_MAX": "9223372036854775807ll",
        "LLONG_MIN": "(-9223372036854775807ll - 1)",
        "ULLONG_MAX": "18446744073709551615ull",
    }.items()
)
INCLUDED = re.compile(rf"^[ \t]*#[ \t]*include[ \t]*[<\"](?:{'|'.join(NOT_THERE)})[>\"].*", re.MULTILINE)
ERROR = re.compile(r"^(?:[^\n]*?\((\d+)\): )?(?:catastrophic )?error(?: #[\w-]+)?: ([^\n]*)", re.MULTILINE)
# The assembler's line for each kernel, as `nvcc -Xptxas -v` prints it.
OF_PTXAS = re.compile(r"^ptxas (?:info|    ).*\n?", re.MULTILINE)
USED = re.compile(
    r"Compiling entry function '(\w+)'.*(?:\n(?!ptxas info +: (?:Compiling|Used)).*)*\n.*Used (\d+) registers"
)
OF_THE_HOST = (
    "A function without execution space annotations"  # which NVRTC refuses, and nvcc leaves to the host
)
TAKE_THEM = "--device-as-default-execution-space"
FLAG = " Consider using -default-device"  # no flag is a student's to set
FUNCTION = re.compile(r"\b(\w+)\s*\([^(){};]*\)\s*\{")


@dataclass(frozen=True)
class Diagnosis:
    """NVRTC's verdict: whether it compiles the source, its messages, the PTX, and registers by entry."""

    accepted: bool
    messages: str
    ptx: str = ""
    registers: Mapping[str, int] = field(default_factory=dict)

    def registers_of(self, kernel: str) -> int | None:
        """The registers of a thread of a kernel, such as "tiled<16>"; None if they are unknown."""
        name = kernel.partition("<")[0].strip().rpartition("::")[2]
        pattern = re.compile(rf"{name}$|_Z(?:N\w*?)?(?<!\d){len(name)}{name}")  # plain, or C++'s mangled name
        counts = {count for entry, count in self.registers.items() if pattern.match(entry)}
        return counts.pop() if len(counts) == 1 else None

    @property
    def errors(self) -> tuple[tuple[int, str], ...]:
        """The errors, as line and message; line 0 if there is none. Empty if the source is accepted."""
        if self.accepted:
            return ()
        lines = (
            (int(line or 0), message.partition(FLAG)[0].strip())
            for line, message in ERROR.findall(self.messages)
        )
        return tuple(lines) or ((0, self.messages or "it does not compile"),)


def diagnose(
    source: str,
    file: str = "kernels.cu",
    defines: Mapping[str, str] | None = None,
    instances: Sequence[str] = (),
    architecture: str = f"sm_{ARCHITECTURE // 10}",
) -> Diagnosis | None:
    """Compile for a GPU; None if NVRTC is not installed.

    `instances` are kernels by expressions, as for `Module`. A source that includes a header of the CUDA
    toolkit, such as cuda_fp16.h, is accepted unseen. So are host functions that nothing on the GPU calls.
    """
    library = nvrtc()
    if library is None:
        return None
    if headers := sorted(name for name in OF_THE_TOOLKIT if name in source):
        return Diagnosis(True, f"not compiled for a GPU: {headers[0]} comes with the CUDA toolkit")
    options = [f"--gpu-architecture={architecture}", "--std=c++17", "--ptxas-options=-v"]
    options += [f"-D{name}={value}" for name, value in (defines or {}).items()]
    diagnosis = compile_with(library, source, file, instances, options)
    errors = diagnosis.errors
    if not errors or not all(message.startswith(OF_THE_HOST) for _, message in errors):
        return diagnosis
    without_host = compile_with(library, source, file, instances, [*options, TAKE_THEM])
    is_called = any(calls(source, line) for line, _ in errors)
    return without_host if without_host.accepted and not is_called else diagnosis


def compile_with(
    library: ctypes.CDLL, source: str, file: str, instances: Sequence[str], options: Sequence[str]
) -> Diagnosis:
    """NVRTC's verdict with these options."""
    program = ctypes.c_void_p()
    text_of_it = self_contained(source, file).encode()
    call(library, "nvrtcCreateProgram", ctypes.byref(program), text_of_it, file.encode(), 0, None, None)
    try:
        names = {kernel.name for kernel in kernels_of(source) if not kernel.is_template}
        for name in instances:
            if name not in names:
                call(library, "nvrtcAddNameExpression", program, name.encode())
        option_array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        accepted = library.nvrtcCompileProgram(program, len(options), option_array) == 0
        log = text(library, program, "ProgramLog")
        registers = {entry: int(count) for entry, count in USED.findall(log)}
        messages = OF_PTXAS.sub("", log).strip()
        return Diagnosis(accepted, messages, text(library, program, "PTX") if accepted else "", registers)
    finally:
        call(library, "nvrtcDestroyProgram", ctypes.byref(program))


def self_contained(source: str, file: str) -> str:
    """The source with the standard headers' definitions inlined; line numbers are those of `file`."""
    shown = file.replace("\\", "/").replace('"', "'")
    headers = [name for name in extensions_of(source) if name != "emulator_simd.h"]  # which NVRTC has
    needed = "".join((HEADERS / name).read_text(encoding="utf-8") for name in headers)
    return f'{INTEGERS}{NUMBERS}{needed}#line 1 "{shown}"\n{INCLUDED.sub("", source)}'


def calls(source: str, line: int) -> bool:
    """True if a kernel or device function names the function that begins at a line (from 1)."""
    text = without_comments(source)
    name = re.search(r"(\w+)\s*\(", text.split("\n")[line - 1])
    if name is None:
        return True
    for match in FUNCTION.finditer(text):
        start = 1 + max(text.rfind(mark, 0, match.start()) for mark in ";{}")
        if re.search(r"__(?:global|device)__", text[start : match.end()]):
            body = text[match.end() : closing_bracket(text, match.end() - 1)]
            if re.search(rf"\b{name[1]}\b", body):
                return True
    return False


def function_at(source: str, line: int) -> str:
    """The name of the function that contains a line (from 1) of a source; "" outside functions."""
    text = without_comments(source)
    for match in FUNCTION.finditer(text):
        end = closing_bracket(text, match.end() - 1)
        if text.count("\n", 0, match.start()) < line <= 1 + text.count("\n", 0, end):
            return match[1]
    return ""


@functools.cache
def nvrtc() -> ctypes.CDLL | None:
    """The library, from whichever package has it."""
    for package in ("nvidia.cuda_nvrtc", "nvidia.cu13"):
        try:
            spec = importlib.util.find_spec(package)
        except ModuleNotFoundError:
            continue
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in sorted(Path(folder).glob("lib/libnvrtc.so.*")):
                return ctypes.CDLL(str(path))
    return None


def text(library: ctypes.CDLL, program: ctypes.c_void_p, what: str) -> str:
    """The program's log or its PTX."""
    size = ctypes.c_size_t()
    call(library, f"nvrtcGet{what}Size", program, ctypes.byref(size))
    memory = ctypes.create_string_buffer(size.value)
    call(library, f"nvrtcGet{what}", program, memory)
    return memory.value.decode(errors="replace")


def call(library: ctypes.CDLL, name: str, *arguments: object) -> None:
    """Call a function of NVRTC; RuntimeError if it fails."""
    status = getattr(library, name)(*arguments)
    if status != 0:
        raise RuntimeError(f"{name}: status {status}")
