// Programs: persistent threads that take their work from a counter, with output by printf
#include <cstdio>

__device__ int nextItem;

__global__ void persistent(const int *costs, int *results, int items)
{
    __shared__ int item;
    while (true) {
        if (threadIdx.x == 0)
            item = atomicAdd(&nextItem, 1);
        __syncthreads();
        int mine = item;
        __syncthreads();
        if (mine >= items)
            break;
        int part = 0;
        for (int i = threadIdx.x; i < costs[mine]; i += blockDim.x)
            part += i;
        for (int offset = 16; offset; offset /= 2)
            part += __shfl_down_sync(0xffffffff, part, offset);
        if (threadIdx.x == 0)
            results[mine] = part;
    }
    if (threadIdx.x == 0)
        printf("block %d is done\n", blockIdx.x);
}

int main()
{
    const int items = 25;
    int h[items], r[items], *costs, *results, zero = 0, wrong = 0;
    for (int i = 0; i < items; ++i) h[i] = i * 11 % 90;
    cudaMalloc(&costs, sizeof h);
    cudaMalloc(&results, sizeof h);
    cudaMemcpy(costs, h, sizeof h, cudaMemcpyHostToDevice);
    cudaMemcpyToSymbol(nextItem, &zero, sizeof zero);
    persistent<<<4, 32>>>(costs, results, items);
    cudaMemcpy(r, results, sizeof r, cudaMemcpyDeviceToHost);
    cudaFree(costs), cudaFree(results);
    for (int i = 0; i < items; ++i)
        wrong += r[i] != h[i] * (h[i] - 1) / 2;
    return wrong;
}
