// Histograms and sorting: a radix sort, one bit in each pass: predicate, scan, scatter
#include <algorithm>
#include <cstdio>
#include <vector>

__global__ void countZeros(const unsigned *in, unsigned *zeros, int n, int bit)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int count = __syncthreads_count(i < n && !(in[i] >> bit & 1));
    if (threadIdx.x == 0)
        zeros[blockIdx.x] = count;
}

__global__ void scatter(const unsigned *in, unsigned *out, const unsigned *zerosBefore, unsigned totalZeros, int n, int bit)
{
    extern __shared__ unsigned flags[];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned zero = i < n && !(in[i] >> bit & 1);
    flags[threadIdx.x] = zero;
    __syncthreads();
    for (int step = 1; step < blockDim.x; step <<= 1) {
        unsigned add = threadIdx.x >= step ? flags[threadIdx.x - step] : 0;
        __syncthreads();
        flags[threadIdx.x] += add;
        __syncthreads();
    }
    if (i < n) {
        unsigned rank = zerosBefore[blockIdx.x] + flags[threadIdx.x] - zero; // zeros before this element
        out[zero ? rank : totalZeros + i - rank] = in[i];
    }
}

int main()
{
    const int n = 700, threads = 128, blocks = (n + threads - 1) / threads;
    std::vector<unsigned> h(n), expected, zeros(blocks), before(blocks);
    for (int i = 0; i < n; ++i)
        h[i] = (i * 40503u) % 1024;
    expected = h;
    std::sort(expected.begin(), expected.end());
    unsigned *in, *out, *count;
    cudaMalloc(&in, n * sizeof(unsigned));
    cudaMalloc(&out, n * sizeof(unsigned));
    cudaMalloc(&count, blocks * sizeof(unsigned));
    cudaMemcpy(in, h.data(), n * sizeof(unsigned), cudaMemcpyHostToDevice);
    for (int bit = 0; bit < 10; ++bit) {
        countZeros<<<blocks, threads>>>(in, count, n, bit);
        cudaMemcpy(zeros.data(), count, blocks * sizeof(unsigned), cudaMemcpyDeviceToHost);
        unsigned total = 0;
        for (int b = 0; b < blocks; total += zeros[b++])
            before[b] = total;
        cudaMemcpy(count, before.data(), blocks * sizeof(unsigned), cudaMemcpyHostToDevice);
        scatter<<<blocks, threads, threads * sizeof(unsigned)>>>(in, out, count, total, n, bit);
        std::swap(in, out);
    }
    cudaMemcpy(h.data(), in, n * sizeof(unsigned), cudaMemcpyDeviceToHost);
    cudaFree(in);
    cudaFree(out);
    cudaFree(count);
    return h == expected ? 0 : (puts("not sorted"), 1);
}
