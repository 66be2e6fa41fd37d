// Histograms and sorting: a bitonic sort, with the last steps of each stage in shared memory
#include <algorithm>
#include <cstdio>
#include <vector>
const unsigned SHARED = 256;

__device__ void comparator(unsigned &a, unsigned &b, bool up)
{
    if ((a > b) == up) {
        unsigned t = a;
        a = b;
        b = t;
    }
}

__global__ void bitonicSortShared(unsigned *data)
{
    __shared__ unsigned s[SHARED];
    unsigned base = blockIdx.x * SHARED;
    s[threadIdx.x] = data[base + threadIdx.x];
    s[threadIdx.x + SHARED / 2] = data[base + threadIdx.x + SHARED / 2];
    for (unsigned size = 2; size <= SHARED; size <<= 1) {
        bool up = ((base + 2 * threadIdx.x) & size) == 0;
        for (unsigned stride = size / 2; stride > 0; stride >>= 1) {
            __syncthreads();
            unsigned pos = 2 * threadIdx.x - (threadIdx.x & (stride - 1));
            comparator(s[pos], s[pos + stride], up);
        }
    }
    __syncthreads();
    data[base + threadIdx.x] = s[threadIdx.x];
    data[base + threadIdx.x + SHARED / 2] = s[threadIdx.x + SHARED / 2];
}

__global__ void bitonicMergeGlobal(unsigned *data, unsigned size, unsigned stride)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned pos = 2 * i - (i & (stride - 1));
    comparator(data[pos], data[pos + stride], (pos & size) == 0);
}

int main()
{
    const unsigned n = 1024;
    std::vector<unsigned> h(n), sorted;
    for (unsigned i = 0; i < n; ++i)
        h[i] = i * 2654435761u >> 8;
    sorted = h;
    std::sort(sorted.begin(), sorted.end());
    unsigned *d;
    cudaMalloc(&d, n * sizeof(unsigned));
    cudaMemcpy(d, h.data(), n * sizeof(unsigned), cudaMemcpyHostToDevice);
    bitonicSortShared<<<n / SHARED, SHARED / 2>>>(d);
    for (unsigned size = 2 * SHARED; size <= n; size <<= 1)
        for (unsigned stride = size / 2; stride > 0; stride >>= 1)
            bitonicMergeGlobal<<<n / 2 / 128, 128>>>(d, size, stride);
    cudaMemcpy(h.data(), d, n * sizeof(unsigned), cudaMemcpyDeviceToHost);
    cudaFree(d);
    bool ok = h == sorted;
    printf("%s\n", ok ? "sorted" : "not sorted");
    return !ok;
}
