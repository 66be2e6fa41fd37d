// Reductions and scans: a sum in one launch: the last block adds up the sums that the others wrote before a fence
#include <cstdio>
#include <cstdlib>

__device__ unsigned int count = 0;

__device__ float calculatePartialSum(const float *array, unsigned int N)
{
    __shared__ float cache[64];
    float sum = 0;
    for (unsigned int i = blockIdx.x * blockDim.x + threadIdx.x; i < N; i += gridDim.x * blockDim.x)
        sum += array[i];
    cache[threadIdx.x] = sum;
    __syncthreads();
    for (int s = blockDim.x / 2; s; s /= 2) {
        if (threadIdx.x < s)
            cache[threadIdx.x] += cache[threadIdx.x + s];
        __syncthreads();
    }
    return cache[0];
}

__global__ void sum(const float *array, unsigned int N, volatile float *result)
{
    __shared__ bool isLastBlockDone;
    float partialSum = calculatePartialSum(array, N);
    if (threadIdx.x == 0) {
        result[blockIdx.x] = partialSum;
        __threadfence();
        unsigned int value = atomicInc(&count, gridDim.x);
        isLastBlockDone = (value == (gridDim.x - 1));
    }
    __syncthreads();
    if (isLastBlockDone) {
        if (threadIdx.x == 0) {
            float totalSum = 0;
            for (unsigned int i = 0; i < gridDim.x; ++i)
                totalSum += result[i];
            result[0] = totalSum;
            count = 0;
        }
    }
}

int main()
{
    const unsigned int N = 1000, blocks = 6;
    float h[N], expected = 0, total;
    for (float &x : h)
        expected += x = rand() % 10;
    float *array, *result;
    cudaMalloc(&array, sizeof h);
    cudaMalloc(&result, blocks * sizeof(float));
    cudaMemcpy(array, h, sizeof h, cudaMemcpyHostToDevice);
    for (int repeat = 0; repeat < 2; ++repeat) { // the counter must be 0 again
        cudaMemset(result, 0, blocks * sizeof(float));
        sum<<<blocks, 64>>>(array, N, result);
        cudaMemcpy(&total, result, sizeof total, cudaMemcpyDeviceToHost);
        if (total != expected)
            return printf("%f, expected %f\n", total, expected), 1;
    }
    cudaFree(array);
    cudaFree(result);
    return 0;
}
