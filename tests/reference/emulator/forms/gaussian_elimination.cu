// Linear algebra: Gaussian elimination, two launches for each column (Rodinia's gaussian)
#include <cmath>
#include <cstdio>
#include <vector>

__global__ void Fan1(float *m, const float *a, int Size, int t)
{
    int i = threadIdx.x + blockIdx.x * blockDim.x;
    if (i >= Size - 1 - t)
        return;
    m[Size * (i + t + 1) + t] = a[Size * (i + t + 1) + t] / a[Size * t + t];
}

__global__ void Fan2(const float *m, float *a, float *b, int Size, int j1, int t)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= Size - 1 - t || y >= Size - t)
        return;
    a[Size * (x + 1 + t) + (y + t)] -= m[Size * (x + 1 + t) + t] * a[Size * t + (y + t)];
    if (y == 0)
        b[x + 1 + t] -= m[Size * (x + 1 + t) + (y + t)] * b[t];
}

int main()
{
    const int n = 24;
    std::vector<float> a(n * n), b(n), a0, b0;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j)
            a[i * n + j] = i == j ? 12.0f : 1.0f / (1 + std::abs(i - j));
        b[i] = 1.0f + i % 3;
    }
    a0 = a, b0 = b;
    float *d_m, *d_a, *d_b;
    cudaMalloc((void **)&d_m, n * n * sizeof(float));
    cudaMalloc((void **)&d_a, n * n * sizeof(float));
    cudaMalloc((void **)&d_b, n * sizeof(float));
    cudaMemset(d_m, 0, n * n * sizeof(float));
    cudaMemcpy(d_a, a.data(), n * n * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_b, b.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    dim3 dimBlockXY(8, 8), dimGridXY((n + 7) / 8, (n + 7) / 8);
    for (int t = 0; t < n - 1; t++) {
        Fan1<<<1, 32>>>(d_m, d_a, n, t);
        cudaDeviceSynchronize();
        Fan2<<<dimGridXY, dimBlockXY>>>(d_m, d_a, d_b, n, n - t, t);
        cudaDeviceSynchronize();
    }
    cudaMemcpy(a.data(), d_a, n * n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(b.data(), d_b, n * sizeof(float), cudaMemcpyDeviceToHost);
    std::vector<float> x(n);
    for (int i = n - 1; i >= 0; --i) {
        x[i] = b[i];
        for (int j = i + 1; j < n; ++j)
            x[i] -= a[i * n + j] * x[j];
        x[i] /= a[i * n + i];
    }
    cudaFree(d_m), cudaFree(d_a), cudaFree(d_b);
    for (int i = 0; i < n; ++i) {
        float sum = 0;
        for (int j = 0; j < n; ++j)
            sum += a0[i * n + j] * x[j];
        if (!(std::fabs(sum - b0[i]) < 1e-4f))
            return printf("row %d: %f, expected %f\n", i, sum, b0[i]), 1;
    }
    return 0;
}
