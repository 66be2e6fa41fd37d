// Asynchronous copies: producers and consumers of one block with cuda::barrier
#include <cstdio>
#include <cuda/barrier>
using barrier = cuda::barrier<cuda::thread_scope_block>;
const int STEPS = 6, WIDTH = 32;

__global__ void producerConsumer(const int *in, int *out)
{
    __shared__ int buffer[2][WIDTH];
    __shared__ barrier ready[2], filled[2];
    if (threadIdx.x < 2) {
        init(&ready[threadIdx.x], blockDim.x);
        init(&filled[threadIdx.x], blockDim.x);
    }
    __syncthreads();
    int lane = threadIdx.x % WIDTH;
    if (threadIdx.x < WIDTH) {
        for (int i = 0; i < STEPS; ++i) {
            ready[i % 2].arrive_and_wait();
            buffer[i % 2][lane] = in[i * WIDTH + lane] * 2;
            barrier::arrival_token token = filled[i % 2].arrive();
            (void)token;
        }
    } else {
        barrier::arrival_token token1 = ready[0].arrive(), token2 = ready[1].arrive();
        (void)token1, (void)token2;
        for (int i = 0; i < STEPS; ++i) {
            filled[i % 2].arrive_and_wait();
            out[i * WIDTH + lane] = buffer[i % 2][WIDTH - 1 - lane] + 1;
            barrier::arrival_token token = ready[i % 2].arrive();
            (void)token;
        }
    }
}

int main()
{
    const int n = STEPS * WIDTH;
    int h[n], r[n], *in, *out;
    for (int i = 0; i < n; ++i) h[i] = i;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&out, sizeof h);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    producerConsumer<<<1, 2 * WIDTH>>>(in, out);
    cudaMemcpy(r, out, sizeof r, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(out);
    for (int i = 0; i < n; ++i)
        if (r[i] != h[i / WIDTH * WIDTH + WIDTH - 1 - i % WIDTH] * 2 + 1)
            return printf("element %d: %d\n", i, r[i]), 1;
    return 0;
}
