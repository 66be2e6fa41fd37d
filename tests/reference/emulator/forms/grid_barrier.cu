// Programs: a sum and a norm in one cooperative launch, with barriers for the whole grid
#include <cooperative_groups.h>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

namespace cg = cooperative_groups;

// Each block sums its share; block 0 sums the blocks; then all divide by what it has found.
__global__ void share(const int *in, int n, int *partial, int *total, float *out)
{
    extern __shared__ int sums[];
    cg::grid_group grid = cg::this_grid();
    cg::thread_block block = cg::this_thread_block();
    int sum = 0;
    for (unsigned long long i = grid.thread_rank(); i < n; i += grid.size())
        sum += in[i];
    sums[block.thread_rank()] = sum;
    block.sync();
    for (int half = block.size() / 2; half > 0; half /= 2) {
        if (block.thread_rank() < half)
            sums[block.thread_rank()] += sums[block.thread_rank() + half];
        block.sync();
    }
    if (block.thread_rank() == 0)
        partial[blockIdx.x] = sums[0];
    grid.sync();
    if (grid.thread_rank() == 0) {
        *total = 0;
        for (int i = 0; i < gridDim.x; ++i)
            *total += partial[i];
    }
    cg::sync(grid);
    // What a block holds in shared memory and registers is still there.
    if (block.thread_rank() == 0 && sums[0] != partial[blockIdx.x])
        *total = 0;
    for (unsigned long long i = grid.thread_rank(); i < n; i += grid.size())
        out[i] = (float)in[i] / *total;
}

int main()
{
    int device = 0, can = 0, blocks = 0, n = 1000, threads = 64;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&can, cudaDevAttrCooperativeLaunch, device);
    if (!can)
        return 1;
    cudaDeviceProp properties;
    cudaGetDeviceProperties(&properties, device);
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, share, threads, threads * sizeof(int));
    blocks = blocks * properties.multiProcessorCount < 8 ? blocks * properties.multiProcessorCount : 8;

    int *in, *partial, *total;
    float *out;
    cudaMallocManaged(&in, n * sizeof(int));
    cudaMallocManaged(&out, n * sizeof(float));
    cudaMalloc(&partial, blocks * sizeof(int));
    cudaMalloc(&total, sizeof(int));
    int expected = 0;
    for (int i = 0; i < n; ++i)
        expected += in[i] = i % 7 + 1;
    void *arguments[] = {&in, &n, &partial, &total, &out};
    cudaError_t error = cudaLaunchCooperativeKernel(
        (void *)share, dim3(blocks), dim3(threads), arguments, threads * sizeof(int), 0);
    if (error != cudaSuccess || cudaDeviceSynchronize() != cudaSuccess)
        return 1;
    int wrong = 0;
    for (int i = 0; i < n; ++i)
        wrong += out[i] != (float)in[i] / expected;
    printf("%d of %d are wrong\n", wrong, n);
    cudaFree(in);
    cudaFree(out);
    cudaFree(partial);
    cudaFree(total);
    return wrong != 0;
}
