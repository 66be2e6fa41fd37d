"""A kernel gives as loops over the threads of a block the bits and the findings that it gives as fibers."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.emulator import SOURCE as TILED
from reference.backends.emulator import EmulatedOperations
from reference.cuda_kernels import host
from reference.emulator import Module, Run
from reference.emulator import module as module_file
from reference.emulator.kernel_source import kernels_of
from reference.emulator.thread_orders import ends_without_fibers
from tests.reference.test_kernels import use_every_kernel

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOLUTIONS = (ROOT / "reference/cuda_kernels/solutions.cu").read_text(encoding="utf-8")
REWRITES = (ROOT / "assignments/cuda_kernels/rewrites.cu").read_text(encoding="utf-8")
REWRITE = re.compile(r"^// rewrite of (\w+)$.*?__global__ void (\w+)\(", re.MULTILINE | re.DOTALL)
LOOPS = (HERE / "thread_loops.cu").read_text(encoding="utf-8")
FIBERS = {  # each alone: one that does not compile as loops keeps the others of its file as fibers
    kernels_of(source)[0].name: source
    for source in re.split(r"\n(?=__global__)", (HERE / "fibers.cu").read_text(encoding="utf-8"))[1:]
}
THREADS, BLOCKS = 48, 3


@pytest.fixture(scope="module")
def folder(request):
    return request.config.cache.mkdir("kernels")


@pytest.fixture(scope="module")
def loops(folder):
    return Module(LOOPS, with_checks=False, folder=folder, cores=1)


def copies_of(arguments):
    return [np.copy(one) if np.ndim(one) else one for one in arguments]


def both_ways(module, kernel, grid, block, arguments, **more):
    """Launches a kernel with fibers and, if it can, without; True if it ran without.

    The arrays and the findings must be equal, in both orders of the threads. The arguments keep the results.
    """
    for order in ("reverse", "forward"):
        with_fibers, with_loops = copies_of(arguments), copies_of(arguments)
        module._is_free = False
        expected = module.launch(kernel, grid, block, with_fibers, order=order, **more)
        module._is_free = True
        with pytest.MonkeyPatch.context() as patch:
            ended: list[bool] = []

            def watch(*given, ended=ended):
                ended.append(ends_without_fibers(*given))
                return ended[-1]

            patch.setattr(module_file, "ends_without_fibers", watch)
            actual = module.launch(kernel, grid, block, with_loops, order=order, **more)
        for one, other in zip(with_fibers, with_loops, strict=True):
            assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
        assert (expected.findings, expected.output) == (actual.findings, actual.output)
    for argument, result in zip(arguments, with_loops, strict=True):
        if np.ndim(argument):
            argument[...] = result
    return ended == [True]


def launched(module, name):
    size = THREADS * BLOCKS
    a = np.random.default_rng(1).integers(-9, 10, size + 2).astype("float32") / 8
    arguments = [np.int32(size - 5), a, np.full(size, 7, "float32")]
    return both_ways(module, name, BLOCKS, THREADS, arguments, shared_bytes=4 * THREADS)


@pytest.mark.parametrize("name", [kernel.name for kernel in kernels_of(LOOPS)])
def test_loops_give_the_bits_of_fibers(loops, name):
    assert launched(loops, name)


def test_the_compiler_says_nothing_about_loops(loops):
    assert "emulator" not in loops.warnings


@pytest.mark.parametrize("name", FIBERS)
def test_what_loops_cannot_do_runs_as_fibers_from_the_arrays_as_they_were(folder, name):
    assert not launched(Module(FIBERS[name], with_checks=False, folder=folder, cores=1), name)


@pytest.mark.parametrize(
    "text", ["atomicAdd(out, 1.f);", 'printf("x");', "volatile float *v = out; v[0] = 1;"]
)
def test_threads_that_more_than_arrays_connect_are_fibers(folder, text):
    source = FIBERS["a_barrier_in_a_branch"].replace("s[0] = 1;", text)
    assert not Module(source, with_checks=False, folder=folder)._is_free


@pytest.mark.parametrize("text", ["void meet() { __syncthreads(); }", "int me() { return threadIdx.x; }"])
def test_a_file_with_a_function_that_asks_for_its_thread_has_no_loops(folder, text):
    module = Module(f"__device__ {text}\n{LOOPS}", with_checks=False, folder=folder)
    assert not hasattr(module._library, "emulator_split_0")


def test_an_instance_of_a_template_runs_as_loops(folder):
    source = """template <int N, typename T> __global__ void turn(const T *a, T *out)
    {
        __shared__ T s[N];
        T mine = a[threadIdx.x];
        s[threadIdx.x] = mine;
        __syncthreads();
        out[threadIdx.x] = s[N - 1 - threadIdx.x] + mine;
    }"""
    module = Module(
        source, with_checks=False, folder=folder, instances=("turn<32, float>", "turn<16, double>")
    )
    assert both_ways(module, "turn<32, float>", 1, 32, [np.arange(32, dtype="f"), np.zeros(32, "f")])
    assert both_ways(module, "turn<16, double>", 1, 16, [np.arange(16.0), np.zeros(16)])


class BothWays:
    """Stands for a device in the plans of host.py: launches a kernel, and all its rewrites, both ways."""

    def __init__(self, module):
        self.module, self.in_loops = module, set()

    def fresh(self, *shape):
        return np.zeros(shape, "float32")

    zeros = fresh

    def blocks(self, size, threads):
        return -(-size // threads)

    def launch(self, kernel, grid, block, *arguments):
        for name in (*(name for of, name in REWRITE.findall(REWRITES) if of == kernel), kernel):
            given = arguments if name == kernel else copies_of(arguments)
            if both_ways(self.module, name, grid, block, given):
                self.in_loops.add(name)

    def result(self, out):
        return out


def test_the_kernels_of_the_course_and_their_rewrites_give_the_same_bits(folder):
    on = BothWays(Module(SOLUTIONS + REWRITES, with_checks=False, folder=folder, cores=1))
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape).astype("float32") for shape in ((45, 37), (37, 50)))
    x, w = (rng.standard_normal(shape).astype("float32") for shape in ((2, 9, 7, 3), (3, 2, 3, 5)))
    host.matmul._plan(on, a, b)
    for name in ("sum_naive", "sum_shared", "sum_warp"):
        getattr(host, name)._plan(on, a)
    for name in ("conv_direct", "conv_implicit"):
        out = getattr(host, name)._plan(on, x, w, (2, 1), (1, 0))
    for name in ("w_grad_atomic", "w_grad_split"):
        getattr(host, name)._plan(on, x, out, w.shape, (2, 1), (1, 0))
    assert {"matmul", "sum_shared", "conv_implicit"} <= on.in_loops
    assert "sum_warp" not in on.in_loops  # which shuffles


def test_the_kernels_of_the_backend_and_the_benchmark_give_the_same_bits(folder, monkeypatch):
    in_loops = set()
    launch_once = Module.launch

    def launch(module, kernel, grid, block, arguments):
        monkeypatch.setattr(Module, "launch", launch_once)
        if both_ways(module, kernel, grid, block, arguments):
            in_loops.add(kernel)
        monkeypatch.setattr(Module, "launch", launch)
        return Run()

    monkeypatch.setattr(Module, "launch", launch)
    a, b = (np.random.default_rng(2).standard_normal((40, 40)).astype("float32") for _ in range(2))
    tiled = Module(TILED, with_checks=False, folder=folder, cores=1)
    tiled.launch("tiled", (3, 3), (16, 16), [a, b, np.zeros((40, 40), "float32"), 40, 40, 40])
    use_every_kernel(EmulatedOperations(with_checks=False, folder=folder), 1800)
    assert in_loops == {"tiled", "sum_rows", "max_rows"}
