// Asynchronous copies: a block copies its tile by cg::memcpy_async and waits by cg::wait
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cstdio>
namespace cg = cooperative_groups;

__global__ void reverseTiles(const int *global_data, int *out, size_t subset_count)
{
    extern __shared__ int s[];
    auto block = cg::this_thread_block();
    size_t copy_count, index = 0;
    while (index < subset_count) {
        copy_count = min((size_t)block.size(), subset_count - index);
        cg::memcpy_async(block, s, global_data + index, sizeof(int) * copy_count);
        cg::wait(block);
        if (block.thread_rank() < copy_count)
            out[index + block.thread_rank()] = s[copy_count - 1 - block.thread_rank()];
        block.sync();
        index += copy_count;
    }
}

int main()
{
    const int n = 150, tile = 64;
    int h[n], r[n], *in, *out;
    for (int i = 0; i < n; ++i) h[i] = i * i;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&out, sizeof h);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    reverseTiles<<<1, tile, tile * sizeof(int)>>>(in, out, n);
    cudaMemcpy(r, out, sizeof r, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(out);
    for (int i = 0; i < n; ++i) {
        int first = i / tile * tile, last = first + tile < n ? first + tile : n;
        if (r[i] != h[last - 1 - (i - first)])
            return printf("element %d: %d\n", i, r[i]), 1;
    }
    return 0;
}
