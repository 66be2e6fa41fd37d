// Tensor cores: a product of halves by wmma, one warp for each tile of 16 by 16
#include <cstdio>
#include <cuda_fp16.h>
#include <mma.h>
#include <vector>
using namespace nvcuda;
const int WMMA_M = 16, WMMA_N = 16, WMMA_K = 16;

__global__ void wmma_example(half *a, half *b, float *c, int M, int N, int K, float alpha, float beta)
{
    int lda = K, ldb = K, ldc = N;
    int warpM = (blockIdx.x * blockDim.x + threadIdx.x) / warpSize;
    int warpN = (blockIdx.y * blockDim.y + threadIdx.y);
    wmma::fragment<wmma::matrix_a, WMMA_M, WMMA_N, WMMA_K, half, wmma::row_major> a_frag;
    wmma::fragment<wmma::matrix_b, WMMA_M, WMMA_N, WMMA_K, half, wmma::col_major> b_frag;
    wmma::fragment<wmma::accumulator, WMMA_M, WMMA_N, WMMA_K, float> acc_frag;
    wmma::fragment<wmma::accumulator, WMMA_M, WMMA_N, WMMA_K, float> c_frag;
    wmma::fill_fragment(acc_frag, 0.0f);
    for (int i = 0; i < K; i += WMMA_K) {
        int aRow = warpM * WMMA_M, bCol = warpN * WMMA_N;
        if (aRow < M && bCol < N) {
            wmma::load_matrix_sync(a_frag, a + aRow * lda + i, lda);
            wmma::load_matrix_sync(b_frag, b + bCol * ldb + i, ldb);
            wmma::mma_sync(acc_frag, a_frag, b_frag, acc_frag);
        }
    }
    int cRow = warpM * WMMA_M, cCol = warpN * WMMA_N;
    if (cRow < M && cCol < N) {
        wmma::load_matrix_sync(c_frag, c + cRow * ldc + cCol, ldc, wmma::mem_row_major);
        for (int i = 0; i < c_frag.num_elements; i++)
            c_frag.x[i] = alpha * acc_frag.x[i] + beta * c_frag.x[i];
        wmma::store_matrix_sync(c + cRow * ldc + cCol, c_frag, ldc, wmma::mem_row_major);
    }
}

int main()
{
    const int M = 48, N = 32, K = 32;
    std::vector<half> a(M * K), b(K * N);
    std::vector<float> c(M * N), out(M * N);
    for (int i = 0; i < M * K; ++i) a[i] = __float2half(float(i % 9 - 4));
    for (int i = 0; i < K * N; ++i) b[i] = __float2half(float(i % 7 - 3));
    for (int i = 0; i < M * N; ++i) c[i] = i % 5;
    half *da, *db;
    float *dc;
    cudaMalloc((void **)&da, a.size() * sizeof(half));
    cudaMalloc((void **)&db, b.size() * sizeof(half));
    cudaMalloc((void **)&dc, c.size() * sizeof(float));
    cudaMemcpy(da, a.data(), a.size() * sizeof(half), cudaMemcpyHostToDevice);
    cudaMemcpy(db, b.data(), b.size() * sizeof(half), cudaMemcpyHostToDevice);
    cudaMemcpy(dc, c.data(), c.size() * sizeof(float), cudaMemcpyHostToDevice);
    dim3 blockDim(64, 2), gridDim((M + 31) / 32, (N + 31) / 32);
    wmma_example<<<gridDim, blockDim>>>(da, db, dc, M, N, K, 2.0f, 3.0f);
    cudaMemcpy(out.data(), dc, out.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(da), cudaFree(db), cudaFree(dc);
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            float sum = 0;
            for (int k = 0; k < K; ++k)
                sum += __half2float(a[i * K + k]) * __half2float(b[j * K + k]);
            if (out[i * N + j] != 2 * sum + 3 * c[i * N + j])
                return printf("(%d, %d): %f\n", i, j, out[i * N + j]), 1;
        }
    return 0;
}
