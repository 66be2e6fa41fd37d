// First kernels: a vector sum in chunks on two streams, with pinned memory and events
#include <cstdio>
#include <cuda_runtime.h>

const int N = 1 << 13, CHUNK = 1 << 11;

__global__ void add(const int *a, const int *b, int *c, int n)
{
    int i = threadIdx.x + blockIdx.x * blockDim.x;
    if (i < n) {
        int next = (i + 1) % n, last = (i + n - 1) % n;
        c[i] = (a[last] + a[i] + a[next]) - (b[last] + b[i] + b[next]);
    }
}

int main()
{
    cudaDeviceProp prop;
    cudaGetDeviceProperties(&prop, 0);
    if (!prop.deviceOverlap)
        printf("no overlap\n");
    cudaEvent_t start, stop;
    cudaEventCreate(&start);
    cudaEventCreate(&stop);
    cudaStream_t streams[2];
    int *host_a, *host_b, *host_c, *dev_a[2], *dev_b[2], *dev_c[2];
    cudaHostAlloc((void **)&host_a, N * sizeof(int), cudaHostAllocDefault);
    cudaHostAlloc((void **)&host_b, N * sizeof(int), cudaHostAllocDefault);
    cudaHostAlloc((void **)&host_c, N * sizeof(int), cudaHostAllocDefault);
    for (int s = 0; s < 2; s++) {
        cudaStreamCreate(&streams[s]);
        cudaMalloc((void **)&dev_a[s], CHUNK * sizeof(int));
        cudaMalloc((void **)&dev_b[s], CHUNK * sizeof(int));
        cudaMalloc((void **)&dev_c[s], CHUNK * sizeof(int));
    }
    for (int i = 0; i < N; i++) {
        host_a[i] = i * 7 % 1001;
        host_b[i] = i * 3 % 907;
    }
    cudaEventRecord(start, 0);
    for (int i = 0; i < N; i += CHUNK) {
        int s = i / CHUNK % 2;
        cudaMemcpyAsync(dev_a[s], host_a + i, CHUNK * sizeof(int), cudaMemcpyHostToDevice, streams[s]);
        cudaMemcpyAsync(dev_b[s], host_b + i, CHUNK * sizeof(int), cudaMemcpyHostToDevice, streams[s]);
        add<<<CHUNK / 256, 256, 0, streams[s]>>>(dev_a[s], dev_b[s], dev_c[s], CHUNK);
        cudaMemcpyAsync(host_c + i, dev_c[s], CHUNK * sizeof(int), cudaMemcpyDeviceToHost, streams[s]);
    }
    for (int s = 0; s < 2; s++)
        cudaStreamSynchronize(streams[s]);
    cudaEventRecord(stop, 0);
    cudaEventSynchronize(stop);
    float elapsed;
    cudaEventElapsedTime(&elapsed, start, stop);
    int wrong = elapsed >= 0 ? 0 : 1;
    for (int i = 0; i < N; i++) {
        int base = i / CHUNK * CHUNK, at = i - base, next = base + (at + 1) % CHUNK, last = base + (at + CHUNK - 1) % CHUNK;
        int expected = host_a[last] + host_a[i] + host_a[next] - (host_b[last] + host_b[i] + host_b[next]);
        wrong += host_c[i] != expected;
    }
    for (int s = 0; s < 2; s++) {
        cudaFree(dev_a[s]);
        cudaFree(dev_b[s]);
        cudaFree(dev_c[s]);
        cudaStreamDestroy(streams[s]);
    }
    cudaFreeHost(host_a);
    cudaFreeHost(host_b);
    cudaFreeHost(host_c);
    cudaEventDestroy(start);
    cudaEventDestroy(stop);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
