"""The command `python -m reference.emulator`, or `grader emulate`: runs one kernel on arrays."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import math
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from . import CompileError, Fresh, Module, NoCompiler, Run
from .command_line.kernel_arguments import (
    Mistake,
    array_of,
    given_parameters,
    kernel_to_run,
    named_values,
    near,
    pair,
)
from .command_line.occupancy import DEFAULT_GPU, in_words
from .command_line.options import parser_of
from .command_line.show_run import as_json, show, show_gpu
from .kernel_source import kernels_of, with_bodies
from .messages import shorten
from .nvrtc import Diagnosis, diagnose
from .programs import WholeText, is_program, with_own_headers

CLEAN, FINDINGS, MISTAKE = 0, 1, 2

Compiled = tuple[str, str, dict[str, str], tuple[str, ...]]  # what `diagnose` takes


def main(
    arguments: Sequence[str] | None = None,
    prog: str = "python -m reference.emulator",
    run_program: Callable[..., int] | None = None,
) -> int:
    """Run the command; returns its exit status.

    A whole program is native code and can do everything that C++ can. `run_program(emulator, options,
    whole, defines)` must compile and run it where it does no harm, and return the exit status.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    behind = words.index("--") if "--" in words else len(words)
    parser = parser_of(prog)
    options = parser.parse_args(words[:behind])
    options.arguments = words[behind + 1 :]
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a kernel that never ends
    try:
        with contextlib.ExitStack() as stack:
            if options.quiet:
                nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
                stack.enter_context(contextlib.redirect_stdout(nowhere))
            if options.kernel is None:
                return whole_program(options, run_program)
            return emulate(options)
    except FileNotFoundError as error:
        path = Path(str(error.filename))
        neighbors = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        print(f"{prog}: {path}: no such file{near(path.name, neighbors)}", file=sys.stderr)
        return MISTAKE
    except (Mistake, CompileError, NoCompiler, ValueError, OSError) as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return MISTAKE


def whole_program(options: argparse.Namespace, run_program: Callable[..., int] | None) -> int:
    """Run a file that has `main`. Mistake if it has none, or if there is no sandbox for it."""
    whole = with_own_headers(options.file)
    if not is_program(whole.text):
        names = ", ".join(kernel.name for kernel in kernels_of(whole.text))
        if not names:
            raise Mistake(f"{options.file}: found neither `main` nor a kernel, expected CUDA C++")
        raise Mistake(f"{options.file} has no `main`: choose a kernel with --kernel; it has {names}")
    if run_program is None:
        raise Mistake(f"{options.file} is a whole program: run it with `grader emulate`, which has a sandbox")
    defines = dict(pair(text, "--define") for text in options.define)
    return run_program(importlib.import_module(__package__ or ""), options, whole, defines)


def emulate(options: argparse.Namespace) -> int:
    """Compile, run, and print the results."""
    whole = with_own_headers(options.file)
    kernel = kernel_to_run(options, whole.text)
    defines = dict(pair(text, "--define") for text in options.define)
    instances = (options.kernel,) if kernel.is_template else ()
    module = compiled(whole, options, defines, instances)
    values = named_values(options)
    parameters = given_parameters(kernel, values)
    arguments = [values[parameter] for parameter in parameters]
    if not options.check:
        arguments = [a.array if isinstance(a, Fresh) else a for a in arguments]
    start = time.perf_counter()
    run = run_once_or_check(module, options, arguments)
    seconds = time.perf_counter() - start
    run = whole.located_run(run)
    if options.out:
        arrays: dict[str, Any] = {name: array_of(value) for name, value in values.items()}
        np.savez(options.out, **arrays)
    left_out = re.findall(r"^left out, as it does not compile: (\w+)$", module.warnings, re.MULTILINE)
    source = with_bodies(whole.text, dict.fromkeys(left_out, ""))
    compiled_from = source, str(options.file), defines, instances
    on_a_gpu = diagnose(*compiled_from)
    if on_a_gpu is not None:
        on_a_gpu = replace(on_a_gpu, messages=whole.in_words(on_a_gpu.messages))
    occupancy = occupancy_of(run, options, on_a_gpu, compiled_from)
    if options.json:
        print(as_json(options, run, seconds, occupancy, on_a_gpu))
    else:
        show(run, parameters, arguments)
        show_gpu(occupancy, on_a_gpu)
    return FINDINGS if run.findings or (on_a_gpu is not None and not on_a_gpu.accepted) else CLEAN


def compiled(
    whole: WholeText, options: argparse.Namespace, defines: dict[str, str], instances: tuple[str, ...]
) -> Module:
    """The kernels of a file. Prints the compiler's warnings; its errors name the file's own lines."""
    settings = options.check, None, None, None, options.seconds
    try:
        module = Module(whole.text, str(options.file), defines, instances, *settings)
    except CompileError as error:
        raise CompileError(whole.in_words(str(error))) from error
    if module.warnings:
        print(whole.in_words(shorten(module.warnings)), file=sys.stderr)
    return module


def run_once_or_check(module: Module, options: argparse.Namespace, arguments: Sequence[Any]) -> Run:
    """The run of the kernel that the options name; with --check, in several orders."""
    launch = (options.kernel, options.grid, options.block, arguments, options.shared)
    if options.check:
        return module.check(*launch, schedules=options.schedules, seed=options.seed, count_transactions=True)
    return module.launch(*launch)


def occupancy_of(
    run: Run, options: argparse.Namespace, on_a_gpu: Diagnosis | None, compiled_from: Compiled
) -> str:
    """A checked launch's occupancy in a sentence; "" for another run. `compiled_from` is for `diagnose`."""
    if run.counters is None or any(finding.kind == "bad_launch" for finding in run.findings):
        return ""
    registers = options.registers
    if registers is None and on_a_gpu is not None:
        of_this_gpu: Diagnosis | None = on_a_gpu
        if options.gpu != DEFAULT_GPU:
            of_this_gpu = diagnose(*compiled_from, f"sm_{options.gpu.replace('.', '')}")
        registers = of_this_gpu.registers_of(options.kernel) if of_this_gpu else None
    return in_words(options.gpu, math.prod(options.block), run.counters.shared_memory, registers)


if __name__ == "__main__":
    sys.exit(main())
