// Histograms and sorting: a histogram in global memory, in shared memory, and one for each warp
#include <cstdio>
#include <cstring>
#define BINS 256
#define WARPS 4

__global__ void histo_global(const unsigned char *buffer, long size, unsigned int *histo)
{
    int i = threadIdx.x + blockIdx.x * blockDim.x, stride = blockDim.x * gridDim.x;
    while (i < size) {
        atomicAdd(&(histo[buffer[i]]), 1);
        i += stride;
    }
}

__global__ void histo_shared(const unsigned char *buffer, long size, unsigned int *histo)
{
    __shared__ unsigned int temp[BINS];
    temp[threadIdx.x] = 0;
    __syncthreads();
    int i = threadIdx.x + blockIdx.x * blockDim.x, stride = blockDim.x * gridDim.x;
    while (i < size) {
        atomicAdd(&temp[buffer[i]], 1);
        i += stride;
    }
    __syncthreads();
    atomicAdd(&(histo[threadIdx.x]), temp[threadIdx.x]);
}

__global__ void histo_warps(const uint *data, int words, unsigned int *histo)
{
    __shared__ unsigned int s_Hist[WARPS * BINS];
    unsigned int *s_WarpHist = s_Hist + (threadIdx.x >> 5) * BINS;
    for (int i = threadIdx.x; i < WARPS * BINS; i += blockDim.x)
        s_Hist[i] = 0;
    __syncthreads();
    for (int pos = blockIdx.x * blockDim.x + threadIdx.x; pos < words; pos += blockDim.x * gridDim.x) {
        uint four = data[pos];
        atomicAdd(s_WarpHist + ((four >> 0) & 0xFFU), 1);
        atomicAdd(s_WarpHist + ((four >> 8) & 0xFFU), 1);
        atomicAdd(s_WarpHist + ((four >> 16) & 0xFFU), 1);
        atomicAdd(s_WarpHist + ((four >> 24) & 0xFFU), 1);
    }
    __syncthreads();
    for (int bin = threadIdx.x; bin < BINS; bin += blockDim.x) {
        uint sum = 0;
        for (int w = 0; w < WARPS; w++)
            sum += s_Hist[bin + w * BINS];
        atomicAdd(histo + bin, sum);
    }
}

int main()
{
    const int size = 4000;
    static unsigned char data[size];
    unsigned int expected[BINS] = {}, histo[BINS];
    for (int i = 0; i < size; ++i)
        ++expected[data[i] = (unsigned char)(i * i / 7 + i)];
    unsigned char *dev_buffer;
    unsigned int *dev_histo;
    cudaMalloc((void **)&dev_buffer, size);
    cudaMalloc((void **)&dev_histo, sizeof histo);
    cudaMemcpy(dev_buffer, data, size, cudaMemcpyHostToDevice);
    int wrong = 0;
    for (int which = 0; which < 3; ++which) {
        cudaMemset(dev_histo, 0, BINS * sizeof(int));
        if (which == 0) histo_global<<<4, 128>>>(dev_buffer, size, dev_histo);
        if (which == 1) histo_shared<<<2, BINS>>>(dev_buffer, size, dev_histo);
        if (which == 2) histo_warps<<<2, WARPS * 32>>>((const uint *)dev_buffer, size / 4, dev_histo);
        cudaMemcpy(histo, dev_histo, sizeof histo, cudaMemcpyDeviceToHost);
        wrong += memcmp(histo, expected, sizeof histo) != 0;
    }
    cudaFree(dev_histo);
    cudaFree(dev_buffer);
    return wrong ? printf("%d histograms are wrong\n", wrong) : 0;
}
