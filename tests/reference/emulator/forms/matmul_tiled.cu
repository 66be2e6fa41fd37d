// Matrices: a product in tiles through shared memory, with the tile's size as a template parameter
#include <cstdio>
#include <cuda_runtime.h>
#include <vector>

template <int BLOCK_SIZE> __global__ void matrixMul(float *C, const float *A, const float *B, int M, int K, int N)
{
    __shared__ float As[BLOCK_SIZE][BLOCK_SIZE];
    __shared__ float Bs[BLOCK_SIZE][BLOCK_SIZE];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * BLOCK_SIZE + ty, col = blockIdx.x * BLOCK_SIZE + tx;
    float Csub = 0;
    for (int t = 0; t < (K + BLOCK_SIZE - 1) / BLOCK_SIZE; ++t) {
        int a = t * BLOCK_SIZE + tx, b = t * BLOCK_SIZE + ty;
        As[ty][tx] = row < M && a < K ? A[row * K + a] : 0.0f;
        Bs[ty][tx] = b < K && col < N ? B[b * N + col] : 0.0f;
        __syncthreads();
#pragma unroll
        for (int k = 0; k < BLOCK_SIZE; ++k)
            Csub += As[ty][k] * Bs[k][tx];
        __syncthreads();
    }
    if (row < M && col < N)
        C[row * N + col] = Csub;
}

__global__ void matrixMulNaive(float *C, const float *A, const float *B, int M, int K, int N)
{
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= M || col >= N)
        return;
    float sum = 0.0f;
    for (int k = 0; k < K; k++)
        sum += A[row * K + k] * B[k * N + col];
    C[row * N + col] = sum;
}

int main()
{
    const int M = 37, K = 50, N = 41;
    std::vector<float> A(M * K), B(K * N), C(M * N), expected(M * N, 0);
    for (int i = 0; i < M * K; ++i) A[i] = i % 7 - 3;
    for (int i = 0; i < K * N; ++i) B[i] = i % 5 - 2;
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j)
            for (int k = 0; k < K; ++k)
                expected[i * N + j] += A[i * K + k] * B[k * N + j];
    float *dA, *dB, *dC;
    cudaMalloc(&dA, A.size() * sizeof(float));
    cudaMalloc(&dB, B.size() * sizeof(float));
    cudaMalloc(&dC, C.size() * sizeof(float));
    cudaMemcpy(dA, A.data(), A.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(dB, B.data(), B.size() * sizeof(float), cudaMemcpyHostToDevice);
    bool ok = true;
    for (int block : {0, 8, 16}) {
        cudaMemset(dC, 0, C.size() * sizeof(float));
        if (block == 16)
            matrixMul<16><<<dim3((N + 15) / 16, (M + 15) / 16), dim3(16, 16)>>>(dC, dA, dB, M, K, N);
        else if (block == 8)
            matrixMul<8><<<dim3((N + 7) / 8, (M + 7) / 8), dim3(8, 8)>>>(dC, dA, dB, M, K, N);
        else
            matrixMulNaive<<<dim3((N + 31) / 32, (M + 3) / 4), dim3(32, 4)>>>(dC, dA, dB, M, K, N);
        cudaMemcpy(C.data(), dC, C.size() * sizeof(float), cudaMemcpyDeviceToHost);
        ok = ok && C == expected;
    }
    cudaFree(dA);
    cudaFree(dB);
    cudaFree(dC);
    printf("Result = %s\n", ok ? "PASS" : "FAIL");
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
