"""An unchecked launch that takes long runs its blocks on several cores, with the results of one core."""

import os
import resource
import subprocess
import sys

import numpy as np
import pytest

from reference.emulator import Module

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="blocks run in processes of their own on Linux"
)
BLOCKS, THREADS, STEPS = 32, 64, 40_000
SIZE = BLOCKS * THREADS
SOURCE = """
__device__ float walked(float x, int steps)
{
    for (int i = 0; i < steps; ++i)
        x = x * 0.5f + 1;
    return x;
}
__global__ void walk(int steps, const float *a, float *out)
{
    __shared__ float row[64];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    row[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = walked(row[63 - threadIdx.x], steps) + out[i];
}
__global__ void walk_or_stop(int steps, int stop, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = walked(out[i], steps);
    assert(i != stop);
}
"""
COUNTED = (
    "__global__ void counts(int steps, int *out) { for (int i = 0; i < steps; ++i) atomicAdd(out, i & 1); }"
)
LASTING = "__device__ int runs; __global__ void notes(int steps, int *out) { runs += steps; out[0] = runs; }"
# The launch is refused any process: root may exceed the limit, so it becomes somebody else.
WITHOUT_PROCESSES = """
import os, resource, sys
from pathlib import Path
import numpy as np
from tests.reference.emulator import test_cores as cores
module = cores.compiled(Path(sys.argv[1]), 2)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
if os.geteuid() == 0:
    os.setuid(65534)
try:
    os.fork()
except OSError:
    print(cores.digest(cores.walk(module)))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cores")


def compiled(folder, cores, source=SOURCE):
    return Module(source, checked=False, folder=folder, cores=cores)


def walk(module, order="forward"):
    """The result of a long launch, whose output begins as part of its input."""
    memory = np.arange(SIZE + THREADS, dtype="f")
    module.launch("walk", BLOCKS, THREADS, [STEPS, memory[THREADS:], memory[:SIZE].copy()], order=order)
    out = memory[:SIZE].copy()
    run = module.launch("walk", BLOCKS, THREADS, [STEPS, memory[:SIZE], out], order=order)
    assert not run.findings
    return out


def digest(values):
    return values.view("u4").sum(dtype="u8")


def processes(call):
    """True if processes ran for a call: each of them has faults of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
    result = call()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt > before, result


@pytest.mark.parametrize("order", ["forward", "reverse"])
def test_blocks_on_several_cores_give_what_one_core_gives(folder, order):
    one_core, three = compiled(folder, 1), compiled(folder, 3)
    alone, expected = processes(lambda: walk(one_core, order))
    shared, actual = processes(lambda: walk(three, order))
    assert (alone, shared) == (False, True)
    assert np.array_equal(expected, actual)


def test_a_launch_that_stops_ends_as_on_one_core(folder):
    """The finding and the arrays are the same, wherever the block that stops would have run."""
    for stop in (0, SIZE // 2 + 1, SIZE - 1):
        results = []
        for cores in (1, 2):
            out = np.arange(SIZE, dtype="f")
            run = compiled(folder, cores).launch("walk_or_stop", BLOCKS, THREADS, [STEPS, stop, out])
            results.append(([str(finding) for finding in run.findings], out.tolist()))
        assert results[0] == results[1]
        assert "trap" in results[0][0][0]


@pytest.mark.parametrize("source", [COUNTED, LASTING])
def test_blocks_that_more_than_arrays_connects_stay_on_one_core(folder, source):
    module, out = compiled(folder, 2, source), np.zeros(1, "i4")
    shared, _ = processes(lambda: module.launch(module.kernels[0], 2 * BLOCKS, 256, [STEPS // 20, out]))
    assert not shared
    assert out[0] == 2 * BLOCKS * 256 * (STEPS // 40 if source == COUNTED else STEPS // 20)


def test_a_random_order_of_threads_stays_on_one_core(folder):
    module = compiled(folder, 2)
    shared, _ = processes(lambda: walk(module, 7))
    assert not shared


def test_a_machine_that_gives_no_process_runs_all_on_one_core(folder):
    expected = walk(compiled(folder, 1))
    folder.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES, str(folder)],
        env=os.environ | {"XDG_CACHE_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{digest(expected)}\n", done.stderr
