"""Counts of accesses cannot be lowered by another way to write the same loads and stores."""

from typing import Any

import numpy as np
import pytest

from reference.emulator import Fresh, Module

THREADS, EACH = 2, 64
SOURCE = """
#include <cuda/atomic>
#include <cuda/barrier>
#include <cooperative_groups.h>
struct Row { float values[64]; };
template <typename T> __device__ T as(const float *pointer) { return (T)pointer; }
__global__ void plain(const float *a, float *out)
{
    for (int i = 0; i < 64; ++i)
        out[threadIdx.x * 64 + i] = a[threadIdx.x * 64 + i];
}
__global__ void structs(const float *a, float *out)
{
    as<Row *>(out)[threadIdx.x] = as<const Row *>(a)[threadIdx.x];
}
__global__ void atomic_loads(const float *a, float *out)
{
    for (int i = 0; i < 64; ++i) {
        cuda::atomic_ref<float> from(as<float *>(a)[threadIdx.x * 64 + i]), to(out[threadIdx.x * 64 + i]);
        to.store(from.load(cuda::memory_order_relaxed), cuda::memory_order_relaxed);
    }
}
__global__ void additions_of_0(const float *a, float *out)
{
    for (int i = 0; i < 64; ++i)
        out[threadIdx.x * 64 + i] = atomicAdd(as<float *>(a) + threadIdx.x * 64 + i, 0.f);
}
__global__ void copies(const float *a, float *out)
{
    __shared__ float s[128];
    auto block = cooperative_groups::this_thread_block();
    cooperative_groups::memcpy_async(block, s, a, sizeof s);
    cooperative_groups::wait(block);
    for (int i = 0; i < 64; ++i)
        out[threadIdx.x * 64 + i] = s[threadIdx.x * 64 + i];
}
"""
# By kernel, of a thread: reads and writes of global memory, and writes of shared memory. One access has at
# most 16 bytes, the widest that a GPU has.
COUNTS = {
    "plain": (EACH, EACH, 0),
    "structs": (EACH // 4, EACH // 4, 0),
    "atomic_loads": (EACH, EACH, 0),
    "additions_of_0": (EACH, 2 * EACH, 0),
    "copies": (EACH // 4, EACH, EACH // 4),
}


@pytest.fixture(scope="module")
def module(request):
    return Module(SOURCE, folder=request.config.cache.mkdir("kernels"))


@pytest.mark.parametrize(("kernel", "counts"), COUNTS.items())
def test_however_memory_is_accessed_it_counts(module, kernel, counts):
    a, out = np.arange(THREADS * EACH, dtype="float32"), Fresh(np.zeros(THREADS * EACH, "float32"))
    run = module.launch(kernel, 1, THREADS, [a, out], counting=True)
    np.testing.assert_array_equal(a, out.array)
    counted = run.counters.global_reads, run.counters.global_writes, run.counters.shared_writes
    assert counted == tuple(THREADS * count for count in counts)


MANY = "\n".join(f"    sum += s[(me + {i}) % 64];" for i in range(3000))
WASTEFUL = f"""
#include <cuda_pipeline.h>
__device__ void waste(const float *a, float *out)  // reads a number of each row
{{
    float sum = 0;
    for (int i = 0; i < 64; ++i)
        sum += a[threadIdx.x * 64 + i];
    out[threadIdx.x] = sum;
}}
__global__ void plain(const float *a, float *out) {{ waste(a, out); }}
__global__ void after_many_accesses(const float *a, float *out)
{{
    __shared__ volatile float s[64];
    float sum = 0;
    s[threadIdx.x] = 0;
    for (int i = 0; i < 66000; ++i)
        sum += s[threadIdx.x];
    waste(a, out);
}}
__global__ void after_many_places(const float *a, float *out)
{{
    __shared__ volatile float s[64];
    int me = threadIdx.x;
    float sum = 0;
    s[me] = 0;
    __syncthreads();
{MANY}
    waste(a, out);
}}
"""


@pytest.mark.parametrize("kernel", ["after_many_accesses", "after_many_places"])
def test_no_access_is_too_late_to_count(request, kernel):
    module: Any = Module(WASTEFUL, folder=request.config.cache.mkdir("kernels"))
    a, out = np.ones(64 * 64, "float32"), Fresh(np.zeros(64, "float32"))

    def transactions(name):
        return module.launch(name, 1, 64, [a, out], counting=True).counters.global_transactions

    assert transactions("plain") == 64 * 64 + 64 // 8
    assert transactions(kernel) >= transactions("plain")


COPIES = """
#include <cuda/pipeline>
__global__ void kernel(int first, int count, const float *a, float *out)
{
    __shared__ float s[4096];
    auto pipeline = cuda::make_pipeline();
    if (threadIdx.x == 0) {
        for (int at = 0, size = first; at < count; at += size, size = count - at)
            cuda::memcpy_async(s + at, a + at, size * sizeof(float), pipeline);
        pipeline.producer_commit();
        pipeline.consumer_wait();
        out[0] = s[count - 1];
    }
}
"""


@pytest.mark.parametrize("first", [4096, 1024, 1])
def test_a_large_copy_takes_as_many_transactions_as_its_bytes(request, first):
    """Also if the line copied a smaller number of bytes before."""
    module: Any = Module(COPIES, folder=request.config.cache.mkdir("kernels"))
    a, out = np.arange(4096, dtype="float32"), np.zeros(1, "float32")
    run = module.launch("kernel", 1, 32, [first, 4096, a, out], counting=True)
    assert run.findings == ()
    assert out[0] == 4095
    assert run.counters.global_transactions == 4096 // 8 + 1 + (first % 8 > 0)
    assert run.counters.shared_requests == 2 + (first < 4096)
