"""Counts of accesses cannot be lowered by another way to write the same loads and stores."""

from typing import Any

import numpy as np
import pytest

from reference.emulator import Fresh, Module
from reference.emulator.compile import compiler

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
# By kernel, of a thread: reads and writes of global memory, and writes of shared memory. A GPU reads a struct
# in parts of its alignment, which is 4 bytes here, and copies at most 16 bytes by one instruction.
COUNTS = {
    "plain": (EACH, EACH, 0),
    "structs": (EACH, EACH, 0),
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
    run = module.launch(kernel, 1, THREADS, [a, out], count_transactions=True)
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
        return module.launch(name, 1, 64, [a, out], count_transactions=True).counters.global_transactions

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
    run = module.launch("kernel", 1, 32, [first, 4096, a, out], count_transactions=True)
    assert run.findings == ()
    assert out[0] == 4095
    assert run.counters.global_transactions == 4096 // 8 + 1 + (first % 8 > 0)
    assert run.counters.shared_requests == 2 + (first < 4096)


GROUP_COPIES = """
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cuda/barrier>
template <typename Unit> __device__ void loop(float *to, const float *from, int count)
{
    int units = count * sizeof(float) / sizeof(Unit);
    for (int i = threadIdx.x; i < units; i += blockDim.x)
        reinterpret_cast<Unit *>(to)[i] = reinterpret_cast<const Unit *>(from)[i];
    __syncthreads();
}
__global__ void by_a_loop(int first, int count, const float *a, float *out)
{
    __shared__ float4 s[256];
    float *to = reinterpret_cast<float *>(s) + first;
    if (first % 4 == 0 && count % 4 == 0)
        loop<float4>(to, a + first, count);
    else if (first % 2 == 0 && count % 2 == 0)
        loop<float2>(to, a + first, count);
    else
        loop<float>(to, a + first, count);
    out[threadIdx.x] = to[count - 1 - threadIdx.x];
}
__global__ void by_cooperative_groups(int first, int count, const float *a, float *out)
{
    __shared__ float4 s[256];
    float *to = reinterpret_cast<float *>(s) + first;
    auto block = cooperative_groups::this_thread_block();
    cooperative_groups::memcpy_async(block, to, a + first, count * sizeof(float));
    cooperative_groups::wait(block);
    out[threadIdx.x] = to[count - 1 - threadIdx.x];
}
__global__ void by_a_barrier(int first, int count, const float *a, float *out)
{
    __shared__ float4 s[256];
    __shared__ cuda::barrier<cuda::thread_scope_block> all;
    float *to = reinterpret_cast<float *>(s) + first;
    auto block = cooperative_groups::this_thread_block();
    if (threadIdx.x == 0)
        init(&all, blockDim.x);
    __syncthreads();
    cuda::memcpy_async(block, to, a + first, count * sizeof(float), all);
    all.arrive_and_wait();
    out[threadIdx.x] = to[count - 1 - threadIdx.x];
}
"""


@pytest.mark.parametrize("kernel", ["by_cooperative_groups", "by_a_barrier"])
@pytest.mark.parametrize(("first", "count"), [(0, 1024), (4, 1000), (2, 1000), (0, 1022), (1, 1023), (3, 96)])
def test_a_copy_by_a_block_costs_what_a_loop_over_its_threads_does(request, kernel, first, count):
    """Neighbors copy neighboring units of 16, 8 or 4 bytes, whichever the addresses and the size allow."""
    if compiler()[1] != "gcc":
        pytest.skip("clang reads a vector member by member")
    module: Any = Module(GROUP_COPIES, folder=request.config.cache.mkdir("kernels"))
    a = np.arange(1024, dtype="float32")

    def counts(name):
        out = np.zeros(96, "float32")
        run = module.launch(name, 1, 96, [first, count, a, out], count_transactions=True)
        assert run.findings == ()
        assert np.array_equal(out, a[first : first + count][::-1][:96])
        counted = run.counters
        return counted.global_requests, counted.global_transactions, counted.busiest_thread

    assert counts(kernel) == counts("by_a_loop")


VECTORS = """
struct Four { float x, y, z, w; };
template <typename T> __device__ float sum(const T *a)
{
    T v = a[threadIdx.x];
    return v.x + v.y + v.z + v.w;
}
template <typename T> __device__ float sum_as(const float *a) { return sum(reinterpret_cast<const T *>(a)); }
__global__ void vectors(const float4 *a, float *out) { out[threadIdx.x] = sum(a); }
__global__ void casts(const float *a, float *out) { out[threadIdx.x] = sum_as<float4>(a); }
__global__ void structs(const float *a, float *out) { out[threadIdx.x] = sum_as<Four>(a); }
__global__ void copies(const float4 *a, float4 *out) { out[threadIdx.x] = a[threadIdx.x]; }
__global__ void shared_vectors(const float4 *a, float *out)
{
    __shared__ float4 s[32];
    s[threadIdx.x] = a[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = sum(s);
}
__global__ void members(const float4 *a, float *out)
{
    out[threadIdx.x] = a[threadIdx.x].x + a[threadIdx.x].w;
}
"""
# By kernel: requests and transactions of one warp that reads 512 bytes, and its accesses per thread. A warp
# loads 32 vectors by one instruction, of 16 pieces of 32 bytes, and four floats by four.
OF_A_WARP = {
    "vectors": (1 + 1, 16 + 4, 1 + 1),
    "casts": (1 + 1, 16 + 4, 1 + 1),
    "structs": (4 + 1, 4 * 16 + 4, 4 + 1),
    "copies": (1 + 1, 16 + 16, 1 + 1),
    "shared_vectors": (1 + 1, 16 + 4, 1 + 1),
    "members": (2 + 1, 2 * 16 + 4, 2 + 1),
}


@pytest.mark.parametrize(("kernel", "counts"), OF_A_WARP.items())
def test_a_vector_is_one_access_and_a_struct_one_for_each_of_its_members(request, kernel, counts):
    if compiler()[1] != "gcc":
        pytest.skip("clang reads a vector member by member")
    module = Module(VECTORS, folder=request.config.cache.mkdir("kernels"))
    run = module.launch(kernel, 1, 32, [np.ones(128, "f"), np.zeros(128, "f")], count_transactions=True)
    counted = run.counters
    assert counted is not None
    assert (counted.global_requests, counted.global_transactions, counted.busiest_thread) == counts


def test_the_busiest_thread_is_that_of_the_block_that_does_the_work_of_all(request):
    """Requests and accesses of all threads are the same, whichever block makes them."""
    source = """
__global__ void each(int n, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = 1;
}
__global__ void first(int n, float *out)
{
    if (blockIdx.x == 0)
        for (int i = threadIdx.x; i < n; i += blockDim.x)
            out[i] = 1;
}"""
    module = Module(source, folder=request.config.cache.mkdir("kernels"))
    counts = []
    for kernel in ("each", "first"):
        counted = module.launch(kernel, 4, 32, [128, np.zeros(128, "f")], count_transactions=True).counters
        assert counted is not None
        counts.append((counted.global_requests, counted.busiest_thread))
    assert counts == [(4, 1), (4, 4)]
