// Reductions and scans: the last warp unrolled on volatile memory without barriers, as before Volta
// Found: race, schedule_dependent, as lanes of a warp no longer run in step
#include <cstdio>

__device__ void warpReduce(volatile int *sdata, int tid)
{
    sdata[tid] += sdata[tid + 32];
    sdata[tid] += sdata[tid + 16];
    sdata[tid] += sdata[tid + 8];
    sdata[tid] += sdata[tid + 4];
    sdata[tid] += sdata[tid + 2];
    sdata[tid] += sdata[tid + 1];
}

__global__ void reduce(const int *in, int *out)
{
    __shared__ int sdata[128];
    int tid = threadIdx.x;
    sdata[tid] = in[tid];
    __syncthreads();
    if (tid < 64)
        sdata[tid] += sdata[tid + 64];
    __syncthreads();
    if (tid < 32)
        warpReduce(sdata, tid);
    if (tid == 0)
        out[0] = sdata[0];
}

int main()
{
    const int n = 128;
    int h[n], sum, expected = 0, *in, *out;
    for (int i = 0; i < n; ++i) expected += h[i] = i + 1;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&out, sizeof(int));
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    cudaMemset(out, 0, sizeof(int));
    reduce<<<1, n>>>(in, out);
    cudaMemcpy(&sum, out, sizeof sum, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(out);
    printf("%d, expected %d\n", sum, expected);
    return sum < expected / 4; // the right sum needs lanes in step
}
