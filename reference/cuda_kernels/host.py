"""Launches the kernels of kernels.cu: how many blocks of how many threads, and which arguments each gets.

    import numpy as np, kernels
    kernels.add(np.ones(5, "f"), np.ones(5, "f"))                        # runs your kernel
    for finding in kernels.add.trace(np.ones(5, "f"), np.ones(5, "f")).findings:
        print(finding)                                                   # what a GPU would have hidden

Arrays are NumPy's, of float32. kernels.cu is read from the working folder when it is first needed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reference.emulator import Counters, Finding, Fresh, LineCost, Module
from reference.emulator.compile import HEADERS, compile_library, preprocess, refuse_state
from reference.emulator.nvrtc import diagnose, function_at, self_contained

FILE = Path("kernels.cu")
# The grader brings these; elsewhere kernels.cu is compiled when it is needed.
COMPILED = Path("compiled/runtime.library"), Path("compiled/kernels.library")
THREADS, TILE, PARTS = 128, 16, 4
UNWRITTEN = np.uint32(0x7FC0DEAD).view(
    np.float32
)  # a NaN that no calculation makes: this element is not written
VIEW = np.dtype([("ndim", "i4"), ("shape", "i4", 4), ("strides", "i4", 4), ("offset", "i4")])
CONV = np.dtype(
    [(name, "i4") for name in ("batch", "height", "width", "c_in", "kernel_height", "kernel_width", "c_out")]
    + [(name, "i4") for name in ("out_height", "out_width", "stride_height", "stride_width")]
    + [(name, "i4") for name in ("padding_height", "padding_width")]
)
# Your blocks_for runs where your kernels run, so a kernel has to ask it.
ASK = """
extern "C" __global__ void ask_blocks_for(int size, int threads, int *blocks)
{ *blocks = blocks_for(size, threads); }
"""


def compile_into(source: str, folder: Path) -> tuple[Path, Path]:
    """(runtime, kernels): the two libraries of kernels.cu, compiled into `folder`.

    CompileError with file and line for code that does not compile, and for a variable in which a kernel could
    leave something behind for the next launch; NoCompiler if there is no C++ compiler.
    """
    runtime, kernels, _ = compile_library(source + ASK, FILE.name, {}, (), True, folder)
    refuse_state(kernels, source, FILE.name)
    return runtime, kernels


def preprocessed(source: str, most: int) -> str:
    """kernels.cu with its macros expanded, cut off after `most` characters.

    CompileError, NoCompiler.
    """
    bare = re.sub(r"^[ \t]*#[ \t]*include[^\n]*", "", source, flags=re.MULTILINE)
    header = (HEADERS / "cuda_emulator.h").read_text(encoding="utf-8")
    macros = re.findall(r"^#define ([A-Za-z]\w*) ([^\n]*)", header, flags=re.MULTILINE)
    internal = re.compile(r"__builtin|emulator")  # such a body stays a name
    definitions = "".join(
        f"#define {name} {name if internal.search(body) else body}\n" for name, body in macros
    )
    return preprocess(f'{definitions}#line 1 "{FILE.name}"\n{bare}', most)


def runtime_into(folder: Path) -> Path:
    """The library of the emulator itself, compiled into `folder`."""
    return compile_library('extern "C" __global__ void nothing() {}', "nothing.cu", {}, (), True, folder)[0]


def refused_by_nvidia(source: str) -> list[str]:
    """The errors of NVIDIA's own compiler in kernels.cu, one per line; [] also if it is not installed."""
    diagnosis = diagnose(source + ASK, FILE.name)
    lines = []
    for line, message in diagnosis.errors if diagnosis else ():
        place = f"{FILE.name}:{line}" if 0 < line <= source.count("\n") + 1 else FILE.name
        where = f", in {name}" if (name := function_at(source + ASK, line)) else ""
        lines.append(f"{place}{where}: {message}")
    return lines


@functools.cache
def module() -> Module:
    """kernels.cu, compiled for the emulator."""
    ready = COMPILED if all(path.is_file() for path in COMPILED) else None
    return Module(FILE.read_text(encoding="utf-8") + ASK, FILE.name, libraries=ready)


class EmulatedDevice:
    """Launches kernels on the emulator, each in several orders of threads; keeps what they found and counted.

    The orders of a launch follow from `seed` and all its arguments: other numbers give other orders, and a
    repeated launch has the same orders. `results` has the results of each device that ran: first the
    emulator's, then a GPU's.
    """

    def __init__(self, seed: int = 0) -> None:
        self.findings: list[Finding] = []
        self.counters: list[Counters] = []
        self.lines: list[LineCost] = []
        self.results: list[Any] = []
        self._seed = seed

    def fresh(self, *shape: int) -> Fresh:
        """Memory that no thread has written yet: the kernel must write all of it."""
        return Fresh(np.empty(shape, np.float32))

    def zeros(self, *shape: int) -> Any:
        """Memory that holds zeros."""
        return np.zeros(shape, np.float32)

    def blocks(self, size: int, threads: int) -> int:
        """The result of your blocks_for."""
        count = np.zeros(1, np.int32)
        self.findings += (
            module().launch("ask_blocks_for", 1, 1, [np.int32(size), np.int32(threads), count]).findings
        )
        return int(count[0])

    def launch(self, kernel: str, grid: Any, block: Any, *arguments: Any) -> None:
        """kernel<<<grid, block>>>(arguments...); RuntimeError with the last line of a kernel that crashes."""
        seed = seed_of(self._seed, kernel, arguments)
        run = module().check(kernel, grid, block, arguments, seed=seed, count_transactions=True)
        for finding in run.findings:
            if finding.kind == "crashed":
                raise RuntimeError(str(finding))
        self.findings += run.findings
        self.counters += [run.counters] if run.counters else []
        self.lines += run.lines

    def result(self, out: Any) -> Any:
        """The current contents of memory, as a NumPy array that a further kernel may also use."""
        if not isinstance(out, Fresh):
            return out
        out.array[~out.is_written] = UNWRITTEN
        return out.array


def seed_of(seed: int, kernel: str, arguments: Sequence[Any]) -> int:
    """A seed for the orders of one launch. It depends on all arguments of the launch."""
    digest = hashlib.sha256(f"{seed} {kernel}".encode())
    for argument in arguments:
        if not isinstance(argument, Fresh):
            digest.update(np.ascontiguousarray(argument).tobytes())
    return int.from_bytes(digest.digest()[:7], "little")


class CudaDevice:
    """Starts kernels on an NVIDIA GPU, through CuPy."""

    def __init__(self) -> None:
        self.cupy, self.kernels = loaded_on_a_gpu()

    def fresh(self, *shape: int) -> Any:
        """Memory that holds no number yet."""
        return self.cupy.asarray(np.full(shape, UNWRITTEN))

    def zeros(self, *shape: int) -> Any:
        """Memory that holds zeros."""
        return self.cupy.zeros(shape, np.float32)

    def blocks(self, size: int, threads: int) -> int:
        """The result of your blocks_for."""
        count = self.cupy.zeros(1, np.int32)
        self.launch("ask_blocks_for", 1, 1, np.int32(size), np.int32(threads), count)
        return int(count[0])

    def launch(self, kernel: str, grid: Any, block: Any, *arguments: Any) -> None:
        """kernel<<<grid, block>>>(arguments...)"""
        sizes = [(n,) if isinstance(n, int) else tuple(n) for n in (grid, block)]
        self.kernels.get_function(kernel)(*sizes, tuple(self._as_argument(a) for a in arguments))

    def result(self, out: Any) -> Any:
        """The current contents of memory, as a NumPy array."""
        return self.cupy.asnumpy(out)

    def _as_argument(self, argument: Any) -> Any:
        """An argument as a launch takes it: arrays move to the GPU, structs and numbers stay as they are."""
        is_array = isinstance(argument, np.ndarray) and argument.dtype.names is None
        return self.cupy.asarray(argument) if is_array else argument


@functools.cache
def loaded_on_a_gpu() -> tuple[Any, Any]:
    """(CuPy, kernels.cu as compiled for this machine's GPU); None for kernels that NVIDIA refuses."""
    cupy = importlib.import_module("cupy")
    code = self_contained(FILE.read_text(encoding="utf-8") + ASK, FILE.name)
    kernels = cupy.RawModule(code=code, options=("-std=c++17",))
    try:
        kernels.compile()
    except cupy.cuda.compiler.CompileException as error:
        print(error)
        return cupy, None
    return cupy, kernels


class Host:
    """A function that launches kernels: a call returns their result; `trace` the findings and counters.

    A kernel with a finding has no single result on a GPU and may do harm there. A kernel that NVIDIA's
    compiler refuses has no result there at all. Both have the emulator's results on every device.
    """

    def __init__(self, plan: Callable[..., Any]) -> None:
        self._plan = plan
        functools.update_wrapper(self, plan)

    def __call__(self, *arguments: Any, device: str = "emulated") -> Any:
        """The result, as a NumPy array. `device` is "emulated" or "cuda"."""
        return self.trace(*arguments, device=device).results[-1]

    def trace(self, *arguments: Any, device: str = "emulated", seed: int = 0) -> EmulatedDevice:
        """The emulator's findings and counts, and the results of the same run; on "cuda" also the GPU's."""
        emulated = EmulatedDevice(seed)
        emulated.results = [self._plan(emulated, *arguments)]
        if device == "cuda" and not emulated.findings and loaded_on_a_gpu()[1] is not None:
            emulated.results.append(self._plan(CudaDevice(), *arguments))
        return emulated


@Host
def blocks_for(device: Any, size: int, threads: int) -> int:
    """The number of blocks that your blocks_for returns."""
    return int(device.blocks(size, threads))


@Host
def fill(device: Any, size: int, value: float) -> Any:
    """`size` elements, each of them `value`."""
    out = device.fresh(size)
    device.launch("fill", device.blocks(size, THREADS), THREADS, np.int32(size), np.float32(value), out)
    return device.result(out)


@Host
def add(device: Any, a: Any, b: Any) -> Any:
    """a + b, of one shape."""
    out = device.fresh(*a.shape)
    device.launch("add", device.blocks(a.size, THREADS), THREADS, np.int32(a.size), a, b, out)
    return device.result(out)


@Host
def compact(device: Any, a: Any, shape: Sequence[int], strides: Sequence[int], offset: int) -> Any:
    """The view of `a` with that shape, strides and offset, as a new array."""
    view = np.zeros(1, VIEW)
    view["ndim"], view["offset"] = len(shape), offset
    view["shape"][0, : len(shape)], view["strides"][0, : len(shape)] = shape, strides
    out = device.fresh(*shape)
    size = int(np.prod(shape))
    device.launch("compact", device.blocks(size, THREADS), THREADS, np.int32(size), view, a, out)
    return device.result(out)


@Host
def sum_naive(device: Any, a: Any) -> Any:
    """The sum of each row, by one thread."""
    rows, length = a.shape
    out = device.fresh(rows)
    device.launch(
        "sum_naive", device.blocks(rows, THREADS), THREADS, np.int32(rows), np.int32(length), a, out
    )
    return device.result(out)


@Host
def sum_shared(device: Any, a: Any) -> Any:
    """The sum of each row, by a block that meets in shared memory."""
    rows, length = a.shape
    out = device.fresh(rows)
    device.launch("sum_shared", rows, THREADS, np.int32(length), a, out)
    return device.result(out)


@Host
def sum_warp(device: Any, a: Any) -> Any:
    """The sum of each row, by a block with warps that add up in registers."""
    rows, length = a.shape
    out = device.fresh(rows)
    device.launch("sum_warp", rows, THREADS, np.int32(length), a, out)
    return device.result(out)


@Host
def matmul(device: Any, a: Any, b: Any) -> Any:
    """a b, by a block for each tile of the result."""
    (m, k), n = a.shape, b.shape[1]
    out = device.fresh(m, n)
    grid = device.blocks(n, TILE), device.blocks(m, TILE)
    device.launch("matmul", grid, (TILE, TILE), np.int32(m), np.int32(k), np.int32(n), a, b, out)
    return device.result(out)


@Host
def conv_direct(device: Any, x: Any, w: Any, stride: Any, padding: Any) -> Any:
    """conv(x, w), by a thread for each element of the result."""
    s = _conv(x.shape, w.shape, stride, padding)
    out = device.fresh(*_out_shape(s))
    device.launch("conv_direct", device.blocks(int(np.prod(_out_shape(s))), THREADS), THREADS, s, x, w, out)
    return device.result(out)


@Host
def conv_implicit(device: Any, x: Any, w: Any, stride: Any, padding: Any) -> Any:
    """conv(x, w), by a block for each tile of the matrix that the result is."""
    s = _conv(x.shape, w.shape, stride, padding)
    out = device.fresh(*_out_shape(s))
    positions, filters = int(np.prod(_out_shape(s)[:3])), w.shape[3]
    grid = device.blocks(filters, TILE), device.blocks(positions, TILE)
    device.launch("conv_implicit", grid, (TILE, TILE), s, x, w, out)
    return device.result(out)


@Host
def w_grad_atomic(
    device: Any, x: Any, out_grad: Any, w_shape: Sequence[int], stride: Any, padding: Any
) -> Any:
    """conv's gradient in w, by a thread for each position of the result."""
    s = _conv(x.shape, w_shape, stride, padding)
    out = device.zeros(*w_shape)
    device.launch(
        "w_grad_atomic",
        device.blocks(int(np.prod(out_grad.shape[:3])), THREADS),
        THREADS,
        s,
        x,
        out_grad,
        out,
    )
    return device.result(out)


@Host
def w_grad_split(
    device: Any, x: Any, out_grad: Any, w_shape: Sequence[int], stride: Any, padding: Any
) -> Any:
    """The same by a thread for each element of w and each part of the positions, and a second kernel."""
    s = _conv(x.shape, w_shape, stride, padding)
    size = int(np.prod(w_shape))
    partial, out = device.fresh(PARTS, *w_shape), device.fresh(*w_shape)
    grid = device.blocks(size, THREADS), PARTS
    device.launch("w_grad_split", grid, THREADS, s, np.int32(PARTS), x, out_grad, partial)
    blocks = device.blocks(size, THREADS)
    device.launch("sum_parts", blocks, THREADS, np.int32(size), np.int32(PARTS), device.result(partial), out)
    return device.result(out)


def _conv(x_shape: Sequence[int], w_shape: Sequence[int], stride: Any, padding: Any) -> Any:
    """A convolution as kernels.cu's struct Conv: an array of one element."""
    strides, paddings = ((n, n) if isinstance(n, int) else tuple(n) for n in (stride, padding))
    sizes = zip(x_shape[1:3], w_shape[:2], strides, paddings, strict=True)
    out = tuple((n + 2 * p - k) // s + 1 for n, k, s, p in sizes)
    return np.array([(*x_shape, w_shape[0], w_shape[1], w_shape[3], *out, *strides, *paddings)], CONV)


def _out_shape(s: Any) -> tuple[int, int, int, int]:
    fields = ("batch", "out_height", "out_width", "c_out")
    batch, height, width, filters = (int(s[name][0]) for name in fields)
    return batch, height, width, filters
