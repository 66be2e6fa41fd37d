"""The command `python -m reference.emulator`, or `grader emulate`: runs one kernel on arrays."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import math
import os
import re
import signal
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from . import CompileError, Fresh, Module, NoCompiler, Run
from .kernel_source import Kernel, kernels_of, with_bodies
from .messages import shorten
from .nvrtc import Diagnosis, diagnose
from .occupancy import DEFAULT_GPU, GPUS, MOST_REGISTERS, in_words
from .programs import is_program, with_own_headers

CLEAN, FINDINGS, MISTAKE = 0, 1, 2
SCHEMA = "backflip/emulate/1"  # of the report with --json; docs/commands.schema.json describes it
MOST_LINES = 8
EXAMPLE = """\
A file with `main` is a whole program. Everything after -- goes to it:

  %(prog)s saxpy.cu -- 1000

The command compiles the program, runs it in the sandbox, and checks its
launches, copies and memory.

To run one kernel on arrays, name it. Give each parameter of the kernel a
value by its name: arrays from the .npz file, numbers with --set, and memory
that the kernel writes with --result. For
`__global__ void add(int n, const float *a, const float *b, float *out)`:

  %(prog)s add.cu --kernel add --grid 4 --block 256 \\
      --arrays in.npz --set n=1000 --result out=float32:1000 --check

exit status: 0 no bug found; 1 bugs found, NVIDIA's compiler refuses the
kernel, or a whole program ended with a status other than 0 or left an
incomplete record; 2 a mistake in your command or files: one line says which
"""

Compiled = tuple[str, str, dict[str, str], tuple[str, ...]]  # what `diagnose` takes


class Mistake(Exception):
    """A mistake that the user has to correct."""


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


def parser_of(prog: str) -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Run a CUDA kernel, or a whole program, on this machine's CPU.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE.cu")
    parser.add_argument("--define", action="append", default=[], metavar="NAME=TEXT", help="define a macro")
    parser.add_argument(
        "--seconds",
        type=int,
        default=60,
        metavar="N",
        help="end the kernel, or the program, after N seconds of CPU time; default: 60",
    )
    parser.add_argument(
        "--schedules",
        type=int,
        default=8,
        metavar="N",
        help="how many orders of threads to try; default: %(default)s",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the seed of the random orders; default: 0"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="print only errors; the exit status shows the result"
    )
    parser.add_argument("--json", action="store_true", help="print findings and counts as JSON for a program")
    _add_launch(parser.add_argument_group("one kernel"))
    _add_check(parser.add_argument_group("checks of that kernel"))
    parser.add_argument_group("a whole program").add_argument(
        "--sandbox",
        choices=("bubblewrap", "none"),
        default="bubblewrap",
        help="use none for your own code only: the program then has your rights; default: %(default)s",
    )
    return parser


def _add_launch(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--kernel", metavar="NAME", help="the kernel to run; for a template such as 'tiled<16>'"
    )
    group.add_argument("--grid", type=size, metavar="X[,Y[,Z]]", help="the grid's size, in blocks")
    group.add_argument("--block", type=size, metavar="X[,Y[,Z]]", help="a block's size, in threads")
    group.add_argument("--shared", type=int, default=0, metavar="BYTES", help="dynamic shared memory")
    group.add_argument("--arrays", type=Path, metavar="FILE.npz", help="arrays, named like the parameters")
    group.add_argument(
        "--set", action="append", default=[], metavar="NAME=NUMBER", help="the number for a parameter"
    )
    group.add_argument(
        "--result",
        action="append",
        default=[],
        metavar="NAME=DTYPE:SHAPE",
        help="memory for the kernel to write",
    )
    group.add_argument("--out", type=Path, metavar="FILE.npz", help="the file for all arrays after the run")


def _add_check(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--check", action="store_true", help="find bugs in these orders, and count accesses")
    group.add_argument(
        "--gpu",
        choices=sorted(GPUS),
        default=DEFAULT_GPU,
        help="show the occupancy of a GPU of this compute capability; default: %(default)s",
    )
    group.add_argument(
        "--registers",
        type=int,
        choices=range(1, MOST_REGISTERS + 1),
        metavar="N",
        help="registers of a thread, as `nvcc -Xptxas -v` prints them, for the occupancy",
    )


def whole_program(options: argparse.Namespace, run_program: Callable[..., int] | None) -> int:
    """Run a file that has `main`. Mistake if it has none, or if there is no sandbox for it."""
    whole = with_own_headers(options.file)
    if not is_program(whole.text):
        names = ", ".join(kernel.name for kernel in kernels_of(whole.text)) or "none"
        raise Mistake(f"{options.file} has no main, so name a kernel with --kernel; it has {names}")
    if run_program is None:
        raise Mistake(f"{options.file} is a whole program: run it with `grader emulate`, which has a sandbox")
    defines = dict(pair(text, "--define") for text in options.define)
    return run_program(importlib.import_module(__package__ or ""), options, whole, defines)


def size(text: str) -> tuple[int, ...]:
    """A grid or block as it is written."""
    return tuple(int(n) for n in text.split(","))


def emulate(options: argparse.Namespace) -> int:
    """Compile, run, and print the results."""
    whole = with_own_headers(options.file)
    source = whole.text
    kernel = kernel_to_run(options, source)
    defines = dict(pair(text, "--define") for text in options.define)
    instances = (options.kernel,) if kernel.is_template else ()
    settings = options.check, None, None, None, options.seconds
    try:
        module = Module(source, str(options.file), defines, instances, *settings)
    except CompileError as error:
        raise CompileError(whole.in_words(str(error))) from error
    if module.warnings:
        print(whole.in_words(shorten(module.warnings)), file=sys.stderr)
    values = named_values(options)
    parameters = given_parameters(kernel, values)
    arguments = [values[parameter] for parameter in parameters]
    if not options.check:
        arguments = [a.array if isinstance(a, Fresh) else a for a in arguments]
    launch = (options.kernel, options.grid, options.block, arguments, options.shared)
    start = time.perf_counter()
    if options.check:
        run = module.check(*launch, schedules=options.schedules, seed=options.seed, count_transactions=True)
    else:
        run = module.launch(*launch)
    seconds = time.perf_counter() - start
    run = whole.located_run(run)
    if options.out:
        arrays: dict[str, Any] = {name: array_of(value) for name, value in values.items()}
        np.savez(options.out, **arrays)
    left_out = re.findall(r"^left out, as it does not compile: (\w+)$", module.warnings, re.MULTILINE)
    source = with_bodies(source, dict.fromkeys(left_out, ""))
    on_a_gpu = diagnose(source, str(options.file), defines, instances)
    if on_a_gpu is not None:
        on_a_gpu = replace(on_a_gpu, messages=whole.in_words(on_a_gpu.messages))
    occupancy = occupancy_of(run, options, on_a_gpu, (source, str(options.file), defines, instances))
    if options.json:
        print(as_json(options, run, seconds, occupancy, on_a_gpu))
    else:
        show(run, parameters, arguments)
        if occupancy:
            print(occupancy)
        if on_a_gpu is not None and on_a_gpu.messages:
            print(f"\nNVIDIA's compiler, for {'a warning' if on_a_gpu.accepted else 'an error'}:")
            print(on_a_gpu.messages)
    return FINDINGS if run.findings or (on_a_gpu is not None and not on_a_gpu.accepted) else CLEAN


def kernel_to_run(options: argparse.Namespace, source: str) -> Kernel:
    """The kernel that the options name. Mistake if there is none, or if they name no size for its launch."""
    for option in ("grid", "block"):
        if getattr(options, option) is None:
            raise Mistake(f"--{option} is needed to launch {options.kernel}")
    kernels = kernels_of(source)
    name = options.kernel.partition("<")[0].strip()
    for kernel in kernels:
        if kernel.name == name:
            return kernel
    names = [kernel.name for kernel in kernels]
    raise Mistake(
        f"{options.file} has no kernel {name!r}; it has {', '.join(names) or 'none'}{near(name, names)}"
    )


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


def near(word: str, words: Sequence[str]) -> str:
    """The word that was probably meant, as the end of a message; "" if none is near."""
    closest = get_close_matches(word, words, 1)
    return f"; did you mean {closest[0]!r}?" if closest else ""


def given_parameters(kernel: Kernel, values: dict[str, Any]) -> tuple[str, ...]:
    """The parameters that get a value: all except trailing ones with a default and no value."""
    parameters = kernel.parameters
    least = len(parameters) - kernel.defaults
    while len(parameters) > least and parameters[-1] not in values:
        parameters = parameters[:-1]
    if missing := [parameter for parameter in parameters if parameter not in values]:
        message = f"{kernel.name} takes {missing[0]}, which is in none of --arrays, --set and --result"
        unused = get_close_matches(missing[0], [name for name in values if name not in parameters], 1)
        raise Mistake(message + (f"; found {unused[0]!r}, which it does not take" if unused else ""))
    return parameters


def pair(text: str, option: str) -> tuple[str, str]:
    """NAME=VALUE in two."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Mistake(f"{option} {text}: expected NAME=VALUE")
    return name, value


def named_values(options: argparse.Namespace) -> dict[str, Any]:
    """Every argument by parameter name; an array of no axes is a number."""
    values: dict[str, Any] = {}
    if options.arrays:
        values |= arrays_of(options.arrays)
    for text in options.set:
        name, value = pair(text, "--set")
        try:
            values[name] = float(value) if re.search(r"[.eEn]", value) else int(value, 0)
        except ValueError:
            raise Mistake(f"--set {text}: {value!r} is no number") from None
    for text in options.result:
        name, value = pair(text, "--result")
        dtype, _, shape = value.partition(":")
        try:
            values[name] = Fresh(np.zeros(size(shape), np.dtype(dtype)))
        except (TypeError, ValueError):
            raise Mistake(f"--result {text}: expected NAME=DTYPE:SHAPE, as in out=float32:33,41") from None
    return values


def arrays_of(path: Path) -> dict[str, Any]:
    """The arrays of an .npz file, one without axes as a number. Mistake if it is not such a file."""
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, NpzFile):
            raise Mistake(f"--arrays {path}: it holds one array without a name; write it with np.savez")
        with file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Mistake(f"--arrays {path}: it is no .npz file of numbers, as np.savez writes it") from error
    return {name: np.ascontiguousarray(a) if a.ndim else a[()] for name, a in arrays.items()}


def array_of(value: Any) -> np.ndarray[Any, Any]:
    """A value as it is saved."""
    return value.array if isinstance(value, Fresh) else np.asarray(value)


def show(run: Run, names: Sequence[str], values: Sequence[Any]) -> None:
    """Print printf's output, the arrays, the counts and the findings."""
    if run.output:
        print(run.output, end="" if run.output.endswith("\n") else "\n")
    for name, value in zip(names, values, strict=True):
        array = array_of(value)
        if array.ndim:
            text = np.array2string(array.reshape(-1), threshold=8, edgeitems=4)
            print(f"{name}: {array.dtype} {array.shape} {text}")
    counted = run.counters
    if counted is not None:
        each = counted.arithmetic / counted.threads
        print(
            f"\n{counted.threads} threads. On average a thread: "
            f"{counted.global_per_thread:.2f} accesses to global memory, "
            f"{counted.shared_per_thread:.2f} to shared memory, {each:.2f} floating-point operations"
        )
        print(
            f"{counted.transactions_per_request:.2f} transactions of 32 bytes for a warp's request of global "
            f"memory; {counted.arithmetic_per_byte:.2f} floating-point operations for each byte"
        )
        conflicts, requests = counted.bank_conflicts, counted.shared_requests
        print(f"{conflicts} bank conflicts in {requests} requests of shared memory by warps")
    show_lines(run)
    print()
    for finding in run.findings:
        print(finding)
    for note in run.notes:
        print(f"note: {note}")
    if counted is not None and not run.findings:
        print("nothing found")


def as_json(options: argparse.Namespace, run: Run, seconds: float, occupancy: str, nvidia: Any) -> str:
    """The report on a run that took `seconds`; the arrays are not in it. `nvidia` is a Diagnosis or None."""
    report = {
        "schema": SCHEMA,
        "file": str(options.file),
        "kernel": options.kernel,
        "seconds": seconds,
        "output": run.output,
        "counts": asdict(run.counters) if run.counters else None,
        "lines": [asdict(line) | {"complaints": line.complaints} for line in run.lines],
        "occupancy": occupancy,
        "nvidias_compiler": nvidia and {"accepts": nvidia.accepted, "messages": nvidia.messages},
        "findings": [asdict(finding) for finding in run.findings],
        "notes": [asdict(note) for note in run.notes],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def show_lines(run: Run) -> None:
    """Print the source lines that cost more than they need to, most requests first."""
    lines = [line for line in run.lines if line.complaints]
    lines.sort(key=lambda line: line.global_requests + line.shared_requests, reverse=True)
    for line in lines[:MOST_LINES]:
        print(f"line {line.line}{line.file and f' of {line.file}'}: {'; '.join(line.complaints)}")


if __name__ == "__main__":
    sys.exit(main())
