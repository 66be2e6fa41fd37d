// Asynchronous copies: pipelines that a block shares: all threads in both roles, and separate producers and consumers
#include <cooperative_groups.h>
#include <cstdio>
#include <cuda/pipeline>
#include <cuda_runtime.h>

namespace cg = cooperative_groups;
const int THREADS = 64, STAGES = 2;

// Column sums of a block's tiles: the next tile is copied while one is summed.
__global__ void sums(const int *in, int tiles, int *out)
{
    __shared__ int buffer[STAGES][THREADS];
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, STAGES> state;
    cg::thread_block block = cg::this_thread_block();
    auto pipe = cuda::make_pipeline(block, &state);
    const int *mine = in + blockIdx.x * tiles * THREADS;
    int sum = 0;
    for (int tile = 0, fetched = 0; tile < tiles; ++tile) {
        for (; fetched < tiles && fetched < tile + STAGES; ++fetched) {
            pipe.producer_acquire();
            cuda::memcpy_async(block, buffer[fetched % STAGES], mine + fetched * THREADS, sizeof(int) * THREADS, pipe);
            pipe.producer_commit();
        }
        pipe.consumer_wait();
        sum += buffer[tile % STAGES][THREADS - 1 - threadIdx.x];  // another thread has copied it
        pipe.consumer_release();
    }
    out[blockIdx.x * THREADS + threadIdx.x] = sum;
}

// The first warp fetches, the second one sums two columns a thread.
__global__ void sums_by_roles(const int *in, int tiles, int *out)
{
    __shared__ int buffer[STAGES][THREADS];
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, STAGES> state;
    cg::thread_block block = cg::this_thread_block();
    bool fetches = block.thread_rank() < 32;
    auto pipe = cuda::make_pipeline(block, &state, fetches ? cuda::pipeline_role::producer : cuda::pipeline_role::consumer);
    const int *mine = in + blockIdx.x * tiles * THREADS;
    int lane = threadIdx.x % 32, sum[2] = {};
    for (int tile = 0; tile < tiles; ++tile) {
        int stage = tile % STAGES;
        if (fetches) {
            pipe.producer_acquire();
            for (int half = 0; half < THREADS; half += 32)
                cuda::memcpy_async(&buffer[stage][half + lane], &mine[tile * THREADS + half + lane], sizeof(int), pipe);
            pipe.producer_commit();
        } else {
            pipe.consumer_wait();
            for (int half = 0; half < 2; ++half)
                sum[half] += buffer[stage][THREADS - 1 - 32 * half - lane];
            pipe.consumer_release();
        }
    }
    if (!fetches)
        for (int half = 0; half < 2; ++half)
            out[blockIdx.x * THREADS + 32 * half + lane] = sum[half];
}

int main()
{
    const int blocks = 3, tiles = 7, n = blocks * tiles * THREADS, columns = blocks * THREADS;
    int in[n], expected[columns] = {}, out[columns], wrong = 0;
    for (int i = 0; i < n; ++i)
        in[i] = i * i % 101;
    for (int block = 0; block < blocks; ++block)
        for (int tile = 0; tile < tiles; ++tile)
            for (int x = 0; x < THREADS; ++x)
                expected[block * THREADS + THREADS - 1 - x] += in[(block * tiles + tile) * THREADS + x];
    int *d_in, *d_out;
    cudaMalloc(&d_in, sizeof in);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_in, in, sizeof in, cudaMemcpyHostToDevice);
    for (int by_roles = 0; by_roles < 2; ++by_roles) {
        cudaMemset(d_out, 0, sizeof out);
        if (by_roles)
            sums_by_roles<<<blocks, THREADS>>>(d_in, tiles, d_out);
        else
            sums<<<blocks, THREADS>>>(d_in, tiles, d_out);
        cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
        for (int i = 0; i < columns; ++i)
            wrong += out[i] != expected[i];
    }
    printf("%d wrong\n", wrong);
    cudaFree(d_in);
    cudaFree(d_out);
    return wrong != 0;
}
