// Reductions and scans: the steps of the classic reduction, from interleaved addresses to many elements for each thread
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

__global__ void reduce0(const int *g_idata, int *g_odata, unsigned int n)
{
    extern __shared__ int sdata[];
    unsigned int tid = threadIdx.x, i = blockIdx.x * blockDim.x + threadIdx.x;
    sdata[tid] = (i < n) ? g_idata[i] : 0;
    __syncthreads();
    for (unsigned int s = 1; s < blockDim.x; s *= 2) {
        if ((tid % (2 * s)) == 0)
            sdata[tid] += sdata[tid + s];
        __syncthreads();
    }
    if (tid == 0)
        g_odata[blockIdx.x] = sdata[0];
}

__global__ void reduce1(const int *g_idata, int *g_odata, unsigned int n)
{
    extern __shared__ int sdata[];
    unsigned int tid = threadIdx.x, i = blockIdx.x * blockDim.x + threadIdx.x;
    sdata[tid] = (i < n) ? g_idata[i] : 0;
    __syncthreads();
    for (unsigned int s = 1; s < blockDim.x; s *= 2) {
        int index = 2 * s * tid;
        if (index < blockDim.x)
            sdata[index] += sdata[index + s];
        __syncthreads();
    }
    if (tid == 0)
        g_odata[blockIdx.x] = sdata[0];
}

__global__ void reduce2(const int *g_idata, int *g_odata, unsigned int n)
{
    extern __shared__ int sdata[];
    unsigned int tid = threadIdx.x, i = blockIdx.x * blockDim.x + threadIdx.x;
    sdata[tid] = (i < n) ? g_idata[i] : 0;
    __syncthreads();
    for (unsigned int s = blockDim.x / 2; s > 0; s >>= 1) {
        if (tid < s)
            sdata[tid] += sdata[tid + s];
        __syncthreads();
    }
    if (tid == 0)
        g_odata[blockIdx.x] = sdata[0];
}

__global__ void reduce3(const int *g_idata, int *g_odata, unsigned int n)
{
    extern __shared__ int sdata[];
    unsigned int tid = threadIdx.x, i = blockIdx.x * (blockDim.x * 2) + threadIdx.x;
    int mySum = (i < n) ? g_idata[i] : 0;
    if (i + blockDim.x < n)
        mySum += g_idata[i + blockDim.x];
    sdata[tid] = mySum;
    __syncthreads();
    for (unsigned int s = blockDim.x / 2; s > 0; s >>= 1) {
        if (tid < s)
            sdata[tid] = mySum = mySum + sdata[tid + s];
        __syncthreads();
    }
    if (tid == 0)
        g_odata[blockIdx.x] = mySum;
}

template <unsigned int blockSize> __global__ void reduce5(const int *g_idata, int *g_odata, unsigned int n)
{
    __shared__ int sdata[blockSize];
    unsigned int tid = threadIdx.x, i = blockIdx.x * (blockSize * 2) + threadIdx.x;
    int mySum = (i < n) ? g_idata[i] : 0;
    if (i + blockSize < n)
        mySum += g_idata[i + blockSize];
    sdata[tid] = mySum;
    __syncthreads();
    if ((blockSize >= 256) && (tid < 128))
        sdata[tid] = mySum = mySum + sdata[tid + 128];
    __syncthreads();
    if ((blockSize >= 128) && (tid < 64))
        sdata[tid] = mySum = mySum + sdata[tid + 64];
    __syncthreads();
    if (tid < 32) {
        if (blockSize >= 64)
            mySum += sdata[tid + 32];
        for (int offset = 16; offset > 0; offset /= 2)
            mySum += __shfl_down_sync(0xffffffffu, mySum, offset);
    }
    if (tid == 0)
        g_odata[blockIdx.x] = mySum;
}

template <unsigned int blockSize, bool nIsPow2>
__global__ void reduce6(const int *g_idata, int *g_odata, unsigned int n)
{
    __shared__ int sdata[blockSize];
    unsigned int tid = threadIdx.x, i = blockIdx.x * blockSize * 2 + threadIdx.x;
    unsigned int gridSize = blockSize * 2 * gridDim.x;
    int mySum = 0;
    while (i < n) {
        mySum += g_idata[i];
        if (nIsPow2 || i + blockSize < n)
            mySum += g_idata[i + blockSize];
        i += gridSize;
    }
    sdata[tid] = mySum;
    __syncthreads();
    if (blockSize >= 256) {
        if (tid < 128)
            sdata[tid] = mySum = mySum + sdata[tid + 128];
        __syncthreads();
    }
    if (blockSize >= 128) {
        if (tid < 64)
            sdata[tid] = mySum = mySum + sdata[tid + 64];
        __syncthreads();
    }
    if (tid < 32) { // the last warp, in step by __syncwarp
        for (int s = 32; s > 0; s >>= 1) {
            int other = sdata[tid + s];
            __syncwarp();
            sdata[tid] = mySum = mySum + other;
            __syncwarp();
        }
    }
    if (tid == 0)
        g_odata[blockIdx.x] = mySum;
}

int main(int argc, char **argv)
{
    const unsigned int n = 5000, threads = 128;
    int *h_idata = (int *)malloc(n * sizeof(int)), expected = 0, failures = 0;
    for (unsigned int i = 0; i < n; i++)
        expected += h_idata[i] = (int)(rand() & 0xFF);
    int *d_idata, *d_odata;
    cudaMalloc((void **)&d_idata, n * sizeof(int));
    cudaMalloc((void **)&d_odata, n * sizeof(int));
    cudaMemcpy(d_idata, h_idata, n * sizeof(int), cudaMemcpyHostToDevice);
    for (int which = 0; which < 6; ++which) {
        int perBlock = which < 3 ? threads : 2 * threads;
        int blocks = which == 5 ? 7 : (n + perBlock - 1) / perBlock;
        cudaMemset(d_odata, 0, n * sizeof(int));
        switch (which) {
        case 0: reduce0<<<blocks, threads, threads * sizeof(int)>>>(d_idata, d_odata, n); break;
        case 1: reduce1<<<blocks, threads, threads * sizeof(int)>>>(d_idata, d_odata, n); break;
        case 2: reduce2<<<blocks, threads, threads * sizeof(int)>>>(d_idata, d_odata, n); break;
        case 3: reduce3<<<blocks, threads, threads * sizeof(int)>>>(d_idata, d_odata, n); break;
        case 4: reduce5<threads><<<blocks, threads>>>(d_idata, d_odata, n); break;
        case 5: reduce6<threads, false><<<blocks, threads>>>(d_idata, d_odata, n); break;
        }
        int sums[64], total = 0;
        cudaMemcpy(sums, d_odata, blocks * sizeof(int), cudaMemcpyDeviceToHost);
        for (int i = 0; i < blocks; ++i)
            total += sums[i];
        printf("reduce%d: %s\n", which, total == expected ? "PASSED" : "FAILED");
        failures += total != expected;
    }
    cudaFree(d_idata);
    cudaFree(d_odata);
    free(h_idata);
    return failures;
}
