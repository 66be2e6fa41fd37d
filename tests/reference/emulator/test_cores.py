"""What takes long uses several cores, with the results of one: launches by their blocks, checks by orders."""

import os
import resource
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from reference.emulator import Module, Run
from reference.emulator.compile import compile_library

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
# The lanes of `of_a_part` teach the runtime that it must keep all readers of a word, which later orders use.
CHECKED = """
__device__ float walked(float x, const float *a, int steps)
{
    for (int i = 0; i < steps; ++i)
        x = x * 0.5f + a[i % 64];
    return x;
}
__global__ void races(int steps, const float *a, float *out)
{
    __shared__ float last;
    last = walked(threadIdx.x, a, steps);
    out[threadIdx.x] = last;
    if (threadIdx.x == 70)
        out[threadIdx.x + 1000] = 1;
}
__global__ void of_a_part(int steps, const float *a, float *out)
{
    __shared__ int s;
    int i = threadIdx.x;
    if (i == 0)
        s = walked(1, a, steps * 64);
    __syncthreads();
    if (i < 32) {
        out[i] = s;
        if (i != 17)
            __syncwarp(~(1u << 17));
        if (i == 31)
            s = 2;
    }
}
__global__ void right(int steps, const float *a, float *out) { out[threadIdx.x] = walked(1, a, steps); }
__global__ void stops(int steps, const float *a, float *out)
{
    out[threadIdx.x] = walked(1, a, steps);
    assert(threadIdx.x != 64);
}
"""
# The launch is refused any process: root may exceed the limit, so it becomes somebody else.
WITHOUT_PROCESSES = """
import os, resource, sys
from pathlib import Path
import numpy as np
import reference.emulator.module
from tests.reference.emulator import test_cores as cores
module = cores.compiled(Path(sys.argv[1]), 2)
races = cores.Module(cores.CHECKED, folder=Path(sys.argv[1]), cores=2)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
if os.geteuid() == 0:
    os.setuid(65534)
try:
    os.fork()
except OSError:
    print(cores.digest(cores.walk(module)))
    reference.emulator.module.WORTH_A_PROCESS = 0
    print(cores.outcome(races, "races")[1])
"""


@pytest.fixture(scope="module")
def folder(add_kernel_runtime, tmp_path_factory):
    return add_kernel_runtime(tmp_path_factory.mktemp("cores"))


def compiled(folder, cores, source=SOURCE):
    return Module(source, with_checks=False, folder=folder, cores=cores)


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
    _, findings = checked(folder, 1, "races")
    folder.chmod(0o777)
    process = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES, str(folder)],
        env=os.environ | {"XDG_CACHE_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == f"{digest(expected)}\n{findings}\n", process.stderr


def checked(folder, cores, kernel):
    return outcome(Module(CHECKED, folder=folder, cores=cores), kernel)


def outcome(module, kernel):
    """Whether processes ran for a check, and all that it says: findings, notes, counts, results."""
    arguments = [500, np.ones(64, "f"), out := np.zeros(128, "f")]
    shared, run = processes(lambda: module.check(kernel, 1, 128, arguments, count_transactions=True))
    return shared, (*map(str, run.findings), *map(str, run.notes), run.counters, out.tolist())


@pytest.fixture
def short_checks(monkeypatch):
    """Checks that take no time have processes too, and a thread of pytest's own does not count."""
    monkeypatch.setattr("reference.emulator.module.WORTH_A_PROCESS", 0)
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.mark.usefixtures("short_checks")
@pytest.mark.parametrize("kernel", ["races", "right", "stops", "of_a_part"])
def test_a_check_by_several_processes_says_what_one_says(folder, tmp_path, kernel):
    """Each finding, in the same sequence, with the same thread and the same count."""
    runtime, kernels, _ = compile_library(CHECKED, "kernels.cu", {}, (), True, folder)
    by_cores = {}
    for cores in (3, 1):  # each on a copy, of which the runtime has learned nothing yet
        copy = (runtime, Path(shutil.copy(kernels, tmp_path / f"{cores}.so")))
        by_cores[cores] = outcome(Module(CHECKED, libraries=copy, cores=cores), kernel)
    (with_three, three), (alone, one) = by_cores.values()
    assert (alone, with_three) == (False, True)
    assert three == one


def test_a_check_that_several_threads_could_disturb_takes_one_process(folder, monkeypatch):
    monkeypatch.setattr("reference.emulator.module.WORTH_A_PROCESS", 0)
    with ThreadPoolExecutor(1) as pool:
        shared, findings = pool.submit(checked, folder, 2, "races").result()
    assert (shared, findings) == checked(folder, 1, "races")


@pytest.mark.usefixtures("short_checks")
def test_a_check_of_what_outlives_a_launch_takes_one_process(folder):
    """In one process the third order sees what the second one left."""
    source = LASTING.replace("out[0] = runs;", "for (int i = 0; i < steps; ++i) out[1] += i; out[0] = runs;")
    module = Module(source, folder=folder, cores=2)
    shared, run = processes(lambda: module.check("notes", 1, 1, [STEPS, np.zeros(2, "i4")]))
    assert not shared
    assert [finding.kind for finding in run.findings] == ["schedule_dependent"]


@pytest.mark.usefixtures("short_checks")
def test_a_process_that_runs_orders_has_the_time_that_is_left(folder, monkeypatch):
    limits = os.pipe()

    def launch(module, kernel, raw, arguments):
        os.write(limits[1], f"{os.getpid()} {raw.seconds}\n".encode())
        return Run(())

    monkeypatch.setattr(Module, "_launch", launch)
    module = Module(CHECKED, folder=folder, cores=2, seconds=100)
    module.check("right", 1, 128, [500, np.ones(64, "f"), np.zeros(128, "f")])
    lines = os.read(limits[0], 1 << 16).decode().splitlines()
    by_process = dict(line.split() for line in reversed(lines))
    assert len(by_process) == 3
    assert max(map(float, by_process.values())) == float(by_process[str(os.getpid())]) <= 100


def test_a_process_that_runs_blocks_has_the_time_that_is_left(folder):
    """The blocks but the first have no end, and the first takes two thirds of the time."""
    source = SOURCE.replace("i < steps", "steps < 0 || i < steps").replace(
        "walked(out[i], steps)", "walked(out[i], blockIdx.x ? -1 : steps)"
    )

    def cpu_seconds(processes, call):
        before = resource.getrusage(processes)
        call()
        after = resource.getrusage(processes)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def launch(blocks, seconds=0):
        module = Module(source, with_checks=False, folder=folder, cores=2, seconds=seconds)
        out = np.zeros(SIZE, "f")
        return module.launch("walk_or_stop", blocks, THREADS, [100 * STEPS, -1, out])

    launch(1)
    one_block = min(cpu_seconds(resource.RUSAGE_SELF, lambda: launch(1)) for _ in range(3))
    assert cpu_seconds(resource.RUSAGE_CHILDREN, lambda: launch(3, 1.5 * one_block)) < 0.9 * one_block


@pytest.mark.usefixtures("short_checks")
def test_graded_libraries_are_checked_by_one_process(folder):
    paths = compile_library(CHECKED, "kernels.cu", {}, (), True, folder)[:2]
    module, out = Module(CHECKED, libraries=paths), np.zeros(128, "f")
    shared, _ = processes(lambda: module.check("races", 1, 128, [500, np.ones(64, "f"), out]))
    assert not shared
