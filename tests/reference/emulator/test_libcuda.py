"""Atomics, barriers and copies of `cuda::` order memory as CUDA's documentation says, and no more."""

import numpy as np
import pytest

from reference.emulator import Fresh, Module
from tests.tables import by_name

HEAD = """
#include <cuda/atomic>
#include <cuda/barrier>
#include <cuda/pipeline>
#include <cuda_pipeline.h>
#include <cooperative_groups.h>
using block_barrier = cuda::barrier<cuda::thread_scope_block>;
"""
HANDED_ON = """
__shared__ int data;
__shared__ cuda::atomic<int, cuda::thread_scope_block> flag;
if (i == 0)
    flag.store(0, cuda::memory_order_relaxed);
__syncthreads();
if (i == 0) {{
    data = 7;
    flag.store(1, cuda::memory_order_{});
}} else if (i == 40) {{
    while (flag.load(cuda::memory_order_{}) == 0);
    out[0] = data;
}}
"""
BARRIER = """
__shared__ int data[64];
__shared__ block_barrier bar;
if (i == 0)
    init(&bar, 64);
__syncthreads();
for (int round = 1; round < 4; ++round) {{
    data[i] = i * round;
    {}
    out[i] = data[63 - i];
    bar.arrive_and_wait();
}}
"""
COPY = """
__shared__ __align__(16) int data[64];
__pipeline_memcpy_async(&data[i], &in[i], sizeof(int));
__pipeline_commit();
{}
__syncthreads();
out[i] = data[63 - i];
"""
PIPELINE = """
__shared__ int data[2][64];
auto pipe = cuda::make_pipeline();
for (int stage = 0; stage < 2; ++stage) {{
    pipe.producer_acquire();
    cuda::memcpy_async(&data[stage][i], in + i, sizeof(int), pipe);
    pipe.producer_commit();
}}
cuda::pipeline_consumer_wait_prior<{}>(pipe);
out[i] = data[0][i] + data[1][i] * {};
"""
# Six tiles through two stages that the block shares: each thread copies its element and reads another's.
SHARED_PIPELINE = """
__shared__ int data[2][64];
__shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
auto block = cooperative_groups::this_thread_block();
auto pipe = cuda::make_pipeline(block, &state);
int sum = 0;
for (int tile = 0, fetched = 0; tile < 6; ++tile) {
    for (; fetched < 6 && fetched < tile + 2; ++fetched) {
        pipe.producer_acquire();
        cuda::memcpy_async(&data[fetched % 2][i], &in[i], sizeof(int), pipe); // copies
        pipe.producer_commit();
    }
    pipe.consumer_wait();
    sum += (tile + 1) * data[tile % 2][63 - i]; // reads
    pipe.consumer_release();
}
out[i] = sum;
"""
# The first warp fetches for the second.
ROLES = """
__shared__ int data[2][32];
__shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
auto block = cooperative_groups::this_thread_block();
auto pipe = cuda::make_pipeline(block, &state, {});
int sum = 0;
for (int tile = 0; tile < 6; ++tile)
    if (i < 32) {{
        pipe.producer_acquire();
        cuda::memcpy_async(&data[tile % 2][i], &in[i + tile], sizeof(int), pipe);
        pipe.producer_commit();
    }} else {{
        pipe.consumer_wait();
        sum += data[tile % 2][63 - i];
        pipe.consumer_release();
    }}
out[i] = sum;
"""
GROUP_COPY = """
__shared__ int data[64];
__shared__ block_barrier bar;
auto block = cooperative_groups::this_thread_block();
if (i == 0)
    init(&bar, 64);
block.sync();
cuda::memcpy_async(block, data, in, sizeof data, bar);
{}
out[i] = data[63 - i];
"""
LANES = np.arange(64)
# lines of a kernel of 64 threads; what `out` holds; no finding
CLEAN = {
    "released_and_acquired": (HANDED_ON.format("release", "acquire"), {0: 7}),
    "in_one_order": (HANDED_ON.format("seq_cst", "seq_cst"), {0: 7}),
    "by_fences": (
        HANDED_ON.format("relaxed", "relaxed")
        .replace(
            "data = 7;",
            "data = 7; cuda::atomic_thread_fence(cuda::memory_order_release, cuda::thread_scope_block);",
        )
        .replace("load(cuda::memory_order_relaxed)", "load(cuda::memory_order_acquire)"),
        {0: 7},
    ),
    "counted": (
        "cuda::atomic_ref<int, cuda::thread_scope_device> all(out[0]);\n"
        "if (i == 0) all.store(0);\n__syncthreads();\n"
        "all.fetch_add(i, cuda::memory_order_relaxed); all += 1; all++; all.fetch_max(-1);",
        {0: 64 * 63 // 2 + 128},
    ),
    "each_in_the_scope_of_its_thread": (
        "cuda::atomic_ref<int, cuda::thread_scope_thread> own(out[i]); own = 5; own += i; own.fetch_max(7);",
        {0: 7, 1: 7, 3: 8, 63: 68},
    ),
    "exchanged": (
        "cuda::atomic_ref<int> all(out[0]); if (i == 0) all = 5;\n__syncthreads();\n"
        "int wanted = 5; if (all.compare_exchange_strong(wanted, 9)) out[1] = wanted;",
        {0: 9, 1: 5},
    ),
    "a_lock": (
        "__shared__ cuda::atomic<int, cuda::thread_scope_block> lock; __shared__ int sum;\n"
        "if (i == 0) { lock = 0; sum = 0; }\n__syncthreads();\n"
        "while (lock.exchange(1, cuda::memory_order_acquire));\nsum += i;\n"
        "lock.store(0, cuda::memory_order_release);\n__syncthreads();\nout[i] = sum;",
        dict.fromkeys(range(64), 2016),
    ),
    "a_barrier": (BARRIER.format("bar.arrive_and_wait();"), dict(enumerate(3 * (63 - LANES)))),
    "arrived_and_waited": (BARRIER.format("bar.wait(bar.arrive());"), dict(enumerate(3 * (63 - LANES)))),
    "a_copy": (COPY.format("__pipeline_wait_prior(0);"), dict(enumerate(100 + 63 - LANES))),
    "a_pipeline": (PIPELINE.format(0, 1), dict(enumerate(200 + 2 * LANES))),
    "one_batch_of_two": (
        PIPELINE.format(1, 0).replace(" + data[1][i] * 0", ""),
        dict(enumerate(100 + LANES)),
    ),
    "a_pipeline_of_the_block": (SHARED_PIPELINE, dict(enumerate(21 * (100 + 63 - LANES)))),
    "all_but_one_stage": (
        SHARED_PIPELINE.replace(
            "pipe.consumer_wait();",
            "tile < 5 ? cuda::pipeline_consumer_wait_prior<1>(pipe) : pipe.consumer_wait();",
        ),
        dict(enumerate(21 * (100 + 63 - LANES))),
    ),
    "producers_by_role": (
        ROLES.format("i < 32 ? cuda::pipeline_role::producer : cuda::pipeline_role::consumer"),
        {i: sum(100 + 63 - i + tile for tile in range(6)) for i in range(32, 64)},
    ),
    "producers_by_number": (
        ROLES.format("32"),
        {i: sum(100 + 63 - i + tile for tile in range(6)) for i in range(32, 64)},
    ),
    "a_group_copies": (GROUP_COPY.format("bar.arrive_and_wait();"), dict(enumerate(100 + 63 - LANES))),
}
# the same: what is found, in a line with this text
WRONG = {
    "relaxed": (HANDED_ON.format("relaxed", "relaxed"), "race", "data;"),
    "released_and_not_acquired": (HANDED_ON.format("release", "relaxed"), "race", "data;"),
    "acquired_and_not_released": (HANDED_ON.format("relaxed", "acquire"), "race", "data;"),
    "plain_beside_atomic": (
        "cuda::atomic_ref<int> all(out[0]); if (i == 0) all = 0;\n__syncthreads();\n"
        "if (i == 5) out[0] = 1; // here\n"
        "else all.fetch_add(1);",
        "race",
        "",
    ),
    "a_lock_not_released": (
        "__shared__ cuda::atomic<int, cuda::thread_scope_block> lock; __shared__ int sum;\n"
        "if (i == 0) { lock = 0; sum = 0; }\n__syncthreads();\n"
        "while (lock.exchange(1, cuda::memory_order_relaxed));\nsum += i;\n"
        "lock.store(0, cuda::memory_order_relaxed);",
        "race",
        "sum += i",
    ),
    "arrived_and_not_waited": (
        BARRIER.format("auto token = bar.arrive();").replace(
            "bar.arrive_and_wait();\n}", "bar.wait(token);\n}"
        ),
        "race",
        "data[63",
    ),
    "a_stage_not_waited_for": (SHARED_PIPELINE.replace("pipe.consumer_wait();", ""), "race", "// reads"),
    "a_stage_not_acquired": (SHARED_PIPELINE.replace("pipe.producer_acquire();", ""), "race", "// copies"),
    "a_stage_released_too_early": (
        SHARED_PIPELINE.replace("pipe.consumer_release();", "").replace(
            "pipe.consumer_wait();", "pipe.consumer_wait(); pipe.consumer_release();"
        ),
        "race",
        "// copies",
    ),
    "a_stage_never_released": (SHARED_PIPELINE.replace("pipe.consumer_release();", ""), "deadlock", ""),
    "too_few_arrive": (BARRIER.format("if (i > 3) bar.arrive_and_wait();"), "deadlock", ""),
    "a_copy_not_waited_for": (COPY.format(""), "uninitialized_read", "data[63"),
    "a_batch_too_few": (PIPELINE.format(1, 1), "uninitialized_read", "data[1]"),
    "a_copy_without_a_barrier": (
        COPY.format("__pipeline_wait_prior(0);").replace("__syncthreads();", ""),
        "race",
        "",
    ),
    "a_copy_beyond_its_array": (
        COPY.format("__pipeline_wait_prior(0);").replace("&in[i]", "&in[i + 1]"),
        "out_of_bounds",
        "__pipeline_memcpy_async",
    ),
    "a_copy_at_an_address_that_does_not_fit": (
        COPY.format("__pipeline_wait_prior(0);").replace("&in[i], sizeof(int)", "&in[i], 8"),
        "misaligned",
        "__pipeline_memcpy_async",
    ),
    "a_copy_of_three_bytes": (
        COPY.format("__pipeline_wait_prior(0);").replace("sizeof(int)", "3"),
        "trap",
        "__pipeline_memcpy_async",
    ),
    "counted_in_the_scope_of_a_thread": (
        "cuda::atomic_ref<int, cuda::thread_scope_thread> all(out[0]);\n"
        "if (i == 0) all = 0;\n__syncthreads();\nif (i % 32 == 3) all.fetch_add(1); // adds",
        "race",
        "// adds",
    ),
    "handed_on_in_the_scope_of_a_thread": (
        HANDED_ON.format("release", "acquire").replace("scope_block> flag", "scope_thread> flag"),
        "race",
        "out[0] = data",
    ),
    "a_group_that_does_not_wait": (GROUP_COPY.format("bar.arrive();"), "race", "data[63"),
}


def program():
    rows = {**{name: row[0] for name, row in CLEAN.items()}, **{name: row[0] for name, row in WRONG.items()}}
    return HEAD + "".join(
        f"__global__ void {name}(const int *in, int *out)\n{{\nint i = threadIdx.x;\n{lines}\n}}\n"
        for name, lines in rows.items()
    )


@pytest.fixture(scope="module")
def module(request):
    """Every kernel, compiled once."""
    module = Module(program(), folder=request.config.cache.mkdir("kernels"))
    assert "left out" not in module.warnings, module.warnings
    return module


def check(module, name):
    out = Fresh(np.zeros(64, np.int32), must_be_filled=False)
    return module.check(name, 1, 64, [np.arange(100, 164, dtype=np.int32), out], schedules=6), out.array


@pytest.mark.parametrize(("lines", "values"), by_name(CLEAN))
def test_ordered_accesses_are_clean_and_right(module, request, lines, values):
    run, out = check(module, request.node.callspec.id)
    assert run.findings == ()
    assert values == {at: int(out[at]) for at in values}


@pytest.mark.parametrize(("lines", "kind", "text"), by_name(WRONG))
def test_unordered_accesses_are_found(module, request, lines, kind, text):
    run, _ = check(module, request.node.callspec.id)
    program_lines = program().split("\n")
    lines_found = [program_lines[f.line - 1] for f in run.findings if f.kind == kind]
    assert any(text in line for line in lines_found), run.findings


@pytest.mark.parametrize("with_checks", [True, False])
def test_a_thousand_threads_that_meet_often_are_no_deadlock(add_kernel_runtime, tmp_path, with_checks):
    """Between two phases nothing but the barrier changes, and each thread looks at it in turn."""
    source = (
        HEAD + "__global__ void meet(int *out) { __shared__ block_barrier bar;"
        "if (threadIdx.x == 0) init(&bar, blockDim.x); __syncthreads();"
        "for (int phase = 0; phase < 60; ++phase) bar.arrive_and_wait(); out[threadIdx.x] = 1; }"
    )
    out = np.zeros(1024, np.int32)
    run = Module(source, with_checks=with_checks, folder=add_kernel_runtime(tmp_path)).launch(
        "meet", 1, 1024, [out]
    )
    assert (list(run.findings), out.sum()) == ([], 1024)
