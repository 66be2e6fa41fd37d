// Matrices: a matrix times a vector, one warp for each row, by shuffles
#include <cstdio>
#include <vector>
#define FULL_MASK 0xffffffff

__inline__ __device__ float warpReduceSum(float val)
{
    for (int offset = warpSize / 2; offset > 0; offset /= 2)
        val += __shfl_down_sync(FULL_MASK, val, offset);
    return val;
}

__global__ void gemv(const float *__restrict__ A, const float *__restrict__ x, float *__restrict__ y, int rows, int cols)
{
    int warp = (blockIdx.x * blockDim.x + threadIdx.x) / warpSize;
    int lane = threadIdx.x & 31;
    if (warp >= rows)
        return;
    float partial = 0.f;
    for (int col = lane; col < cols; col += warpSize)
        partial += __ldg(&A[warp * cols + col]) * __ldg(&x[col]);
    partial = warpReduceSum(partial);
    if (lane == 0)
        y[warp] = partial;
}

int main()
{
    const int rows = 45, cols = 101;
    std::vector<float> A(rows * cols), x(cols), y(rows);
    for (size_t i = 0; i < A.size(); i++) A[i] = float(i % 9) - 4;
    for (int i = 0; i < cols; i++) x[i] = float(i % 5) - 2;
    float *dA, *dx, *dy;
    cudaMalloc(&dA, A.size() * sizeof(float));
    cudaMalloc(&dx, cols * sizeof(float));
    cudaMalloc(&dy, rows * sizeof(float));
    cudaMemcpy(dA, A.data(), A.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(dx, x.data(), cols * sizeof(float), cudaMemcpyHostToDevice);
    int threads = 128, warps = threads / 32;
    gemv<<<(rows + warps - 1) / warps, threads>>>(dA, dx, dy, rows, cols);
    cudaMemcpy(y.data(), dy, rows * sizeof(float), cudaMemcpyDeviceToHost);
    for (int r = 0; r < rows; r++) {
        float sum = 0;
        for (int c = 0; c < cols; c++)
            sum += A[r * cols + c] * x[c];
        if (sum != y[r])
            return printf("row %d: expected %f, actual %f\n", r, sum, y[r]), 1;
    }
    cudaFree(dA), cudaFree(dx), cudaFree(dy);
    return 0;
}
