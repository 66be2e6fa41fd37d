"""Counts of accesses cannot be lowered by another way to write the same loads and stores."""

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
