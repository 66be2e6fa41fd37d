// Asynchronous copies: two buffers in shared memory filled by cuda::memcpy_async with a pipeline
#include <cooperative_groups.h>
#include <cstdio>
#include <cuda/pipeline>
#include <vector>

template <int TILE> __global__ void movingSum(const float *in, float *out, int tiles)
{
    __shared__ float buffer[2][TILE];
    cuda::pipeline<cuda::thread_scope_thread> pipe = cuda::make_pipeline();
    const float *from = in + blockIdx.x * tiles * TILE;
    pipe.producer_acquire();
    cuda::memcpy_async(&buffer[0][threadIdx.x], &from[threadIdx.x], sizeof(float), pipe);
    pipe.producer_commit();
    for (int t = 0; t < tiles; ++t) {
        if (t + 1 < tiles) {
            pipe.producer_acquire();
            cuda::memcpy_async(&buffer[(t + 1) % 2][threadIdx.x], &from[(t + 1) * TILE + threadIdx.x], sizeof(float), pipe);
            pipe.producer_commit();
            cuda::pipeline_consumer_wait_prior<1>(pipe);
        } else {
            cuda::pipeline_consumer_wait_prior<0>(pipe);
        }
        __syncthreads();
        out[(blockIdx.x * tiles + t) * TILE + threadIdx.x] = buffer[t % 2][threadIdx.x] + buffer[t % 2][(threadIdx.x + 1) % TILE];
        __syncthreads();
        pipe.consumer_release();
    }
}

int main()
{
    const int TILE = 64, tiles = 4, blocks = 2, n = TILE * tiles * blocks;
    std::vector<float> in(n), out(n);
    for (int i = 0; i < n; ++i) in[i] = i % 37;
    float *d_in, *d_out;
    cudaMalloc(&d_in, n * sizeof(float));
    cudaMalloc(&d_out, n * sizeof(float));
    cudaMemcpy(d_in, in.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    movingSum<TILE><<<blocks, TILE>>>(d_in, d_out, tiles);
    cudaMemcpy(out.data(), d_out, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_out);
    for (int i = 0; i < n; ++i)
        if (out[i] != in[i] + in[i / TILE * TILE + (i + 1) % TILE])
            return printf("%d\n", i), 1;
    return 0;
}
