// Tensor cores: a product of 8-bit integers by wmma, with sums in int
#include <cstdio>
#include <mma.h>
using namespace nvcuda;

__global__ void imma(const signed char *a, const signed char *b, int *c, int n)
{
    wmma::fragment<wmma::matrix_a, 16, 16, 16, signed char, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 16, signed char, wmma::col_major> fb;
    wmma::fragment<wmma::accumulator, 16, 16, 16, int> fc;
    wmma::fill_fragment(fc, 0);
    for (int k = 0; k < n; k += 16) {
        wmma::load_matrix_sync(fa, a + blockIdx.y * 16 * n + k, n);
        wmma::load_matrix_sync(fb, b + blockIdx.x * 16 * n + k, n);
        wmma::mma_sync(fc, fa, fb, fc);
    }
    wmma::store_matrix_sync(c + blockIdx.y * 16 * n + blockIdx.x * 16, fc, n, wmma::mem_row_major);
}

int main()
{
    const int n = 48;
    signed char a[n * n], b[n * n], *da, *db;
    int c[n * n], *dc;
    for (int i = 0; i < n * n; ++i) a[i] = i * 37 % 255 - 127, b[i] = i * 91 % 255 - 127;
    cudaMalloc(&da, sizeof a);
    cudaMalloc(&db, sizeof b);
    cudaMalloc(&dc, sizeof c);
    cudaMemcpy(da, a, sizeof a, cudaMemcpyHostToDevice);
    cudaMemcpy(db, b, sizeof b, cudaMemcpyHostToDevice);
    imma<<<dim3(n / 16, n / 16), 32>>>(da, db, dc, n);
    cudaMemcpy(c, dc, sizeof c, cudaMemcpyDeviceToHost);
    cudaFree(da), cudaFree(db), cudaFree(dc);
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            int sum = 0;
            for (int k = 0; k < n; ++k)
                sum += a[i * n + k] * b[j * n + k];
            if (sum != c[i * n + j])
                return printf("(%d, %d): %d, expected %d\n", i, j, c[i * n + j], sum), 1;
        }
    return 0;
}
