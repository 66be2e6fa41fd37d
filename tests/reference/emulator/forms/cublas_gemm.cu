// Libraries: a kernel's product against that of cuBLAS, with matrices that cuRAND has drawn
#include <cmath>
#include <cstdio>
#include <cublas_v2.h>
#include <curand.h>
#include <vector>

const int M = 37, N = 29, K = 41;

// By rows, c = a b.
__global__ void product(const float *a, const float *b, float *c, int m, int n, int k)
{
    int row = blockIdx.y * blockDim.y + threadIdx.y, column = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= m || column >= n)
        return;
    float sum = 0;
    for (int i = 0; i < k; ++i)
        sum += a[row * k + i] * b[i * n + column];
    c[row * n + column] = sum;
}

int main()
{
    float *a, *b, *c, *of_cublas, norm, one = 1, minus = -1, zero = 0;
    cudaMalloc(&a, M * K * sizeof(float));
    cudaMalloc(&b, K * N * sizeof(float));
    cudaMalloc(&c, M * N * sizeof(float));
    cudaMalloc(&of_cublas, M * N * sizeof(float));
    curandGenerator_t generator;
    curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_DEFAULT);
    curandSetPseudoRandomGeneratorSeed(generator, 1234ULL);
    curandGenerateUniform(generator, a, M * K);
    curandGenerateUniform(generator, b, K * N);
    curandDestroyGenerator(generator);

    dim3 block(16, 16), grid((N + 15) / 16, (M + 15) / 16);
    product<<<grid, block>>>(a, b, c, M, N, K);
    cublasHandle_t handle;
    cublasCreate(&handle);
    // by columns, the transpose of c is that of b times that of a
    cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, N, M, K, &one, b, N, a, K, &zero, of_cublas, N);
    std::vector<float> first(M * N);
    cudaMemcpy(first.data(), of_cublas, M * N * sizeof(float), cudaMemcpyDeviceToHost);
    cublasSaxpy(handle, M * N, &minus, c, 1, of_cublas, 1);
    cublasSnrm2(handle, M * N, of_cublas, 1, &norm);
    cublasDestroy(handle);
    bool right = norm < 1e-3f;
    std::vector<float> ha(M * K), hb(K * N);
    cudaMemcpy(ha.data(), a, M * K * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(hb.data(), b, K * N * sizeof(float), cudaMemcpyDeviceToHost);
    for (int i = 0; i < M * N; ++i) {
        double sum = 0;
        for (int k = 0; k < K; ++k)
            sum += double(ha[i / N * K + k]) * hb[k * N + i % N];
        right &= std::fabs(first[i] - sum) < 1e-4 * K;
    }
    cudaFree(a), cudaFree(b), cudaFree(c), cudaFree(of_cublas);
    printf("%s, %g\n", right ? "right" : "wrong", norm);
    return !right;
}
