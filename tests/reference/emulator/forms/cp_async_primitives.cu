// Asynchronous copies: __pipeline_memcpy_async of 16 bytes in stages
#include <cstdio>
#include <cuda_pipeline.h>
#include <vector>
#define STAGES 3

__global__ void sums(const float4 *in, float *out, int steps)
{
    __shared__ float4 stage[STAGES][64];
    int base = blockIdx.x * steps * 64;
    float sum = 0;
    for (int s = 0; s < STAGES - 1; ++s) {
        if (s < steps)
            __pipeline_memcpy_async(&stage[s][threadIdx.x], &in[base + s * 64 + threadIdx.x], sizeof(float4));
        __pipeline_commit();
    }
    for (int s = 0; s < steps; ++s) {
        int next = s + STAGES - 1;
        if (next < steps)
            __pipeline_memcpy_async(&stage[next % STAGES][threadIdx.x], &in[base + next * 64 + threadIdx.x], sizeof(float4));
        __pipeline_commit();
        __pipeline_wait_prior(STAGES - 1);
        float4 v = stage[s % STAGES][threadIdx.x];
        sum += v.x + v.y + v.z + v.w;
    }
    out[blockIdx.x * 64 + threadIdx.x] = sum;
}

int main()
{
    const int steps = 5, blocks = 2, n = blocks * steps * 64;
    std::vector<float4> in(n);
    std::vector<float> out(blocks * 64);
    for (int i = 0; i < n; ++i) in[i] = make_float4(i, i % 3, i % 5, 1);
    float4 *d_in;
    float *d_out;
    cudaMalloc(&d_in, n * sizeof(float4));
    cudaMalloc(&d_out, out.size() * sizeof(float));
    cudaMemcpy(d_in, in.data(), n * sizeof(float4), cudaMemcpyHostToDevice);
    sums<<<blocks, 64>>>(d_in, d_out, steps);
    cudaMemcpy(out.data(), d_out, out.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_out);
    for (int i = 0; i < blocks * 64; ++i) {
        float sum = 0;
        for (int s = 0; s < steps; ++s) {
            const float4 &v = in[i / 64 * steps * 64 + s * 64 + i % 64];
            sum += v.x + v.y + v.z + v.w;
        }
        if (out[i] != sum)
            return printf("thread %d: %f, expected %f\n", i, out[i], sum), 1;
    }
    return 0;
}
