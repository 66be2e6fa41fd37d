// Reductions and scans: a filter, where each warp reserves room by one atomic operation of its leader
// Found: schedule_dependent, as the order of the results is free
#include <algorithm>
#include <cooperative_groups.h>
#include <cstdio>
#include <vector>
namespace cg = cooperative_groups;

__device__ int atomicAggInc(int *counter)
{
    cg::coalesced_group active = cg::coalesced_threads();
    int before = 0;
    if (active.thread_rank() == 0)
        before = atomicAdd(counter, active.size());
    return active.shfl(before, 0) + active.thread_rank();
}

__global__ void filter(int *dst, int *nres, const int *src, int n)
{
    int i = threadIdx.x + blockIdx.x * blockDim.x;
    if (i < n && src[i] > 0)
        dst[atomicAggInc(nres)] = src[i];
}

__global__ void filterByBallot(int *dst, int *nres, const int *src, int n)
{
    int i = threadIdx.x + blockIdx.x * blockDim.x, lane = threadIdx.x % 32;
    bool keep = i < n && src[i] > 0;
    unsigned mask = __ballot_sync(0xffffffff, keep);
    int base = 0, leader = __ffs(mask) - 1;
    if (lane == leader)
        base = atomicAdd(nres, __popc(mask));
    base = __shfl_sync(0xffffffff, base, leader < 0 ? 0 : leader);
    if (keep)
        dst[base + __popc(mask & ((1u << lane) - 1))] = src[i];
}

int main()
{
    const int n = 1000;
    std::vector<int> h(n), expected, got;
    for (int i = 0; i < n; ++i)
        if ((h[i] = (i * 7919) % 201 - 100) > 0)
            expected.push_back(h[i]);
    std::sort(expected.begin(), expected.end());
    int *src, *dst, *nres, count, bad = 0;
    cudaMalloc(&src, n * sizeof(int));
    cudaMalloc(&dst, n * sizeof(int));
    cudaMalloc(&nres, sizeof(int));
    cudaMemcpy(src, h.data(), n * sizeof(int), cudaMemcpyHostToDevice);
    for (int which = 0; which < 2; ++which) {
        cudaMemset(nres, 0, sizeof(int));
        cudaMemset(dst, 0, n * sizeof(int));
        if (which)
            filterByBallot<<<1, 1024>>>(dst, nres, src, n);
        else
            filter<<<1, 1024>>>(dst, nres, src, n);
        cudaMemcpy(&count, nres, sizeof(int), cudaMemcpyDeviceToHost);
        got.resize(n);
        cudaMemcpy(got.data(), dst, n * sizeof(int), cudaMemcpyDeviceToHost);
        got.resize(count);
        std::sort(got.begin(), got.end());
        bad += got != expected;
    }
    cudaFree(src), cudaFree(dst), cudaFree(nres);
    printf("%d wrong\n", bad);
    return bad;
}
