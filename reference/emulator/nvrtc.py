"""NVIDIA's own compiler, NVRTC: whether it takes a source for a real GPU. It needs no GPU and no driver.

It comes with the packages nvidia-cuda-nvrtc-cu12 (CUDA 12) and nvidia-cuda-nvrtc (13).
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .source import INCLUDES, closing, kernels_of, without_comments

ARCHITECTURE = "sm_80"
# NVRTC has no standard headers. What kernels use of these it knows by itself, but for the names of integers.
INTEGERS = "".join(
    f"typedef {sign}{kind} {letter}int{bits}_t;\n"
    for bits, kind in ((8, "char"), (16, "short"), (32, "int"), (64, "long long"))
    for sign, letter in (("signed ", ""), ("unsigned ", "u"))
)
HEADERS = {name: "" for name in INCLUDES - {"cuda_fp16.h"}} | {"stdint.h": INTEGERS, "cstdint": INTEGERS}

ERROR = re.compile(r"^(?:[^\n]*?\((\d+)\): )?(?:catastrophic )?error(?: #[\w-]+)?: ([^\n]*)", re.MULTILINE)
FLAG = " Consider using -default-device"  # no flag is a student's to set
FUNCTION = re.compile(r"\b(\w+)\s*\([^(){};]*\)\s*\{")


@dataclass(frozen=True)
class Diagnosis:
    """What NVRTC says: whether it compiles the source, its messages, and the PTX it makes."""

    accepted: bool
    messages: str
    ptx: str = ""

    @property
    def errors(self) -> tuple[tuple[int, str], ...]:
        """What it refuses, as line and message; line 0 for what has none. Empty where it is accepted."""
        if self.accepted:
            return ()
        found = (
            (int(line or 0), said.partition(FLAG)[0].strip()) for line, said in ERROR.findall(self.messages)
        )
        return tuple(found) or ((0, self.messages or "it does not compile"),)


def diagnose(
    source: str,
    file: str = "kernels.cu",
    defines: Mapping[str, str] | None = None,
    instances: Sequence[str] = (),
    architecture: str = ARCHITECTURE,
) -> Diagnosis | None:
    """Compile for a GPU; None where NVRTC is not installed.

    `instances` are kernels by expressions, as for `Module`. A source with cuda_fp16.h, which comes with the
    CUDA toolkit, is taken as it is where the toolkit is not found.
    """
    library = nvrtc()
    if library is None:
        return None
    if "cuda_fp16.h" in source:
        return Diagnosis(True, "not compiled for a GPU: cuda_fp16.h comes with the CUDA toolkit")
    program = ctypes.c_void_p()
    names = sorted(HEADERS)
    texts = (ctypes.c_char_p * len(names))(*(f"#pragma once\n{HEADERS[name]}".encode() for name in names))
    call(
        library,
        "nvrtcCreateProgram",
        *(ctypes.byref(program), source.encode(), file.encode(), len(names), texts),
        (ctypes.c_char_p * len(names))(*(name.encode() for name in names)),
    )
    try:
        known = {kernel.name for kernel in kernels_of(source) if not kernel.is_template}
        for name in instances:
            if name not in known:
                call(library, "nvrtcAddNameExpression", program, name.encode())
        options = [f"--gpu-architecture={architecture}", "--std=c++17"]
        options += [f"-D{name}={value}" for name, value in (defines or {}).items()]
        given = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        accepted = library.nvrtcCompileProgram(program, len(options), given) == 0
        messages = text(library, program, "ProgramLog").strip()
        return Diagnosis(accepted, messages, text(library, program, "PTX") if accepted else "")
    finally:
        call(library, "nvrtcDestroyProgram", ctypes.byref(program))


def function_at(source: str, line: int) -> str:
    """The name of the function in which a line (from 1) of a source stands; "" outside of all."""
    text = without_comments(source)
    for found in FUNCTION.finditer(text):
        end = closing(text, found.end() - 1)
        if text.count("\n", 0, found.start()) < line <= 1 + text.count("\n", 0, end):
            return found[1]
    return ""


@functools.cache
def nvrtc() -> ctypes.CDLL | None:
    """The library, from whichever package has it."""
    for package in ("nvidia.cuda_nvrtc", "nvidia.cu13"):
        try:
            found = importlib.util.find_spec(package)
        except ModuleNotFoundError:
            continue
        for folder in (found.submodule_search_locations or []) if found else []:
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
    """Call a function of NVRTC; RuntimeError where it fails."""
    status = getattr(library, name)(*arguments)
    if status != 0:
        raise RuntimeError(f"{name}: status {status}")
