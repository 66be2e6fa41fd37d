// Reductions and scans: a scan in one pass, where a block looks back at the sums of earlier blocks
// Found: race, as a volatile flag orders nothing in C++, though it works on GPUs of today
#include <cstdio>
#include <cstdlib>

__device__ unsigned int ticket;
__device__ volatile int status[64]; // 0: nothing yet, 1: the sum, 2: the sum of all until here
__device__ volatile int aggregate[64], prefix[64];

__global__ void scan(const int *in, int *out, int n)
{
    __shared__ int tile, before, buffer[128];
    if (threadIdx.x == 0)
        tile = atomicAdd(&ticket, 1);
    __syncthreads();
    int i = tile * blockDim.x + threadIdx.x;
    buffer[threadIdx.x] = i < n ? in[i] : 0;
    __syncthreads();
    for (int step = 1; step < blockDim.x; step *= 2) {
        int other = threadIdx.x >= step ? buffer[threadIdx.x - step] : 0;
        __syncthreads();
        buffer[threadIdx.x] += other;
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        int sum = buffer[blockDim.x - 1];
        aggregate[tile] = sum;
        __threadfence();
        status[tile] = 1;
        int total = 0;
        for (int look = tile - 1; look >= 0; --look) {
            int state;
            do {
                state = status[look];
            } while (state == 0);
            __threadfence();
            if (state == 2) {
                total += prefix[look];
                break;
            }
            total += aggregate[look];
        }
        prefix[tile] = total + sum;
        __threadfence();
        status[tile] = 2;
        before = total;
    }
    __syncthreads();
    if (i < n)
        out[i] = before + buffer[threadIdx.x];
}

int main()
{
    const int n = 1111, threads = 128;
    int h[n], r[n], *in, *out, sum = 0;
    for (int &x : h)
        x = rand() % 100;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&out, sizeof h);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    scan<<<(n + threads - 1) / threads, threads>>>(in, out, n);
    cudaMemcpy(r, out, sizeof r, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(out);
    for (int i = 0; i < n; ++i)
        if (r[i] != (sum += h[i]))
            return printf("wrong at %d\n", i), 1;
    return 0;
}
