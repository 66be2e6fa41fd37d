// Reductions and scans: a sum by cooperative groups, with `reduce` of a tile
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cstdio>
namespace cg = cooperative_groups;

template <typename T> __global__ void reduceBlocks(const T *in, T *out, unsigned int n)
{
    extern __shared__ char raw[];
    T *sdata = reinterpret_cast<T *>(raw);
    cg::thread_block cta = cg::this_thread_block();
    cg::thread_block_tile<32> tile = cg::tiled_partition<32>(cta);
    T sum = 0;
    for (unsigned int i = blockIdx.x * blockDim.x + cta.thread_rank(); i < n; i += blockDim.x * gridDim.x)
        sum += in[i];
    sum = cg::reduce(tile, sum, cg::plus<T>());
    if (tile.thread_rank() == 0)
        sdata[tile.meta_group_rank()] = sum;
    cg::sync(cta);
    if (tile.meta_group_rank() == 0) {
        T beta = tile.thread_rank() < tile.meta_group_size() ? sdata[tile.thread_rank()] : T(0);
        beta = cg::reduce(tile, beta, cg::plus<T>());
        if (tile.thread_rank() == 0)
            out[blockIdx.x] = beta;
    }
}

template <typename T> int run()
{
    const unsigned int n = 2345, blocks = 4;
    T h[n], sums[blocks], expected = 0, total = 0, *in, *out;
    for (unsigned int i = 0; i < n; ++i)
        expected += h[i] = T(i % 11);
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&out, sizeof sums);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    reduceBlocks<T><<<blocks, 128, 32 * sizeof(T)>>>(in, out, n);
    cudaMemcpy(sums, out, sizeof sums, cudaMemcpyDeviceToHost);
    for (T one : sums)
        total += one;
    cudaFree(in);
    cudaFree(out);
    return total != expected;
}

int main()
{
    int wrong = run<float>() + run<double>() + run<int>();
    printf("%s\n", wrong ? "FAILED" : "PASSED");
    return wrong;
}
