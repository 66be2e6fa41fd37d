// Histograms and sorting: odd-even transposition of keys with values, in one block
#include <cstdio>
struct Pair { int key; float value; };

__global__ void oddEvenSort(Pair *pairs, int n)
{
    extern __shared__ Pair cache[];
    int t = threadIdx.x;
    if (t < n)
        cache[t] = pairs[t];
    __syncthreads();
    for (int phase = 0; phase < n; ++phase) {
        if (t % 2 == phase % 2 && t + 1 < n && cache[t].key > cache[t + 1].key) {
            Pair moved = cache[t];
            cache[t] = cache[t + 1];
            cache[t + 1] = moved;
        }
        __syncthreads();
    }
    if (t < n)
        pairs[t] = cache[t];
}

int main()
{
    const int n = 75;
    Pair h[n], *d;
    for (int i = 0; i < n; ++i)
        h[i] = {i * 29 % n, 0.5f * (i * 29 % n)};
    cudaMalloc(&d, sizeof h);
    cudaMemcpy(d, h, sizeof h, cudaMemcpyHostToDevice);
    oddEvenSort<<<1, 96, sizeof h>>>(d, n);
    cudaMemcpy(h, d, sizeof h, cudaMemcpyDeviceToHost);
    cudaFree(d);
    for (int i = 0; i < n; ++i)
        if (h[i].key != i || h[i].value != 0.5f * i)
            return printf("pair %d is (%d, %f)\n", i, h[i].key, h[i].value), 1;
    return 0;
}
