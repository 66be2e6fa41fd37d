// Programs: halves in pairs, and sums of them by atomic operations
#include <cmath>
#include <cstdio>
#include <cuda_fp16.h>
#include <vector>

__global__ void haxpy(int n, half a, const half *x, half *y)
{
    int start = threadIdx.x + blockDim.x * blockIdx.x, stride = blockDim.x * gridDim.x, n2 = n / 2;
    half2 *x2 = (half2 *)x, *y2 = (half2 *)y;
    for (int i = start; i < n2; i += stride)
        y2[i] = __hfma2(__halves2half2(a, a), x2[i], y2[i]);
    if (start == 0 && (n % 2))
        y[n - 1] = __hfma(a, x[n - 1], y[n - 1]);
}

__global__ void sums(int n, const half *x, half2 *out)
{
    int i = threadIdx.x;
    for (int j = i; j < n / 2; j += blockDim.x)
        atomicAdd(out, ((const half2 *)x)[j]);
}

int main()
{
    const int n = 101;
    std::vector<half> x(n), y(n);
    for (int i = 0; i < n; ++i) x[i] = __float2half(i % 4), y[i] = __float2half(i % 3);
    half *dx, *dy;
    half2 *total, h;
    cudaMalloc(&dx, n * sizeof(half)), cudaMalloc(&dy, n * sizeof(half)), cudaMalloc(&total, sizeof(half2));
    cudaMemcpy(dx, x.data(), n * sizeof(half), cudaMemcpyHostToDevice);
    cudaMemcpy(dy, y.data(), n * sizeof(half), cudaMemcpyHostToDevice);
    cudaMemset(total, 0, sizeof(half2));
    haxpy<<<2, 16>>>(n, __float2half(2.0f), dx, dy);
    sums<<<1, 32>>>(n, dx, total);
    cudaMemcpy(y.data(), dy, n * sizeof(half), cudaMemcpyDeviceToHost);
    cudaMemcpy(&h, total, sizeof h, cudaMemcpyDeviceToHost);
    cudaFree(dx), cudaFree(dy), cudaFree(total);
    float low = 0, high = 0;
    for (int i = 0; i + 1 < n; i += 2) low += i % 4, high += (i + 1) % 4;
    int wrong = __low2float(h) != low || __high2float(h) != high;
    for (int i = 0; i < n; ++i)
        wrong += __half2float(y[i]) != 2 * (i % 4) + i % 3;
    return printf("%d wrong\n", wrong), wrong;
}
