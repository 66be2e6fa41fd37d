// Linear algebra: an LU decomposition in blocks: diagonal, perimeter, internal (Rodinia's lud)
#include <cmath>
#include <cstdio>
#include <vector>
#define BLOCK_SIZE 16

__global__ void lud_diagonal(float *m, int matrix_dim, int offset)
{
    __shared__ float shadow[BLOCK_SIZE][BLOCK_SIZE];
    int array_offset = offset * matrix_dim + offset;
    for (int i = 0; i < BLOCK_SIZE; i++)
        shadow[i][threadIdx.x] = m[array_offset + i * matrix_dim + threadIdx.x];
    __syncthreads();
    for (int i = 0; i < BLOCK_SIZE - 1; i++) {
        if (threadIdx.x > i) {
            for (int j = 0; j < i; j++)
                shadow[threadIdx.x][i] -= shadow[threadIdx.x][j] * shadow[j][i];
            shadow[threadIdx.x][i] /= shadow[i][i];
        }
        __syncthreads();
        if (threadIdx.x > i)
            for (int j = 0; j < i + 1; j++)
                shadow[i + 1][threadIdx.x] -= shadow[i + 1][j] * shadow[j][threadIdx.x];
        __syncthreads();
    }
    for (int i = 1; i < BLOCK_SIZE; i++)
        m[array_offset + i * matrix_dim + threadIdx.x] = shadow[i][threadIdx.x];
}

__global__ void lud_perimeter(float *m, int matrix_dim, int offset)
{
    __shared__ float dia[BLOCK_SIZE][BLOCK_SIZE], peri_row[BLOCK_SIZE][BLOCK_SIZE], peri_col[BLOCK_SIZE][BLOCK_SIZE];
    int idx = threadIdx.x % BLOCK_SIZE, step = (blockIdx.x + 1) * BLOCK_SIZE;
    bool isRow = threadIdx.x < BLOCK_SIZE;
    for (int i = isRow ? 0 : 1; i < BLOCK_SIZE; i += 2)
        dia[i][idx] = m[(offset + i) * matrix_dim + offset + idx];
    for (int i = 0; i < BLOCK_SIZE; i++)
        if (isRow)
            peri_row[i][idx] = m[(offset + i) * matrix_dim + offset + step + idx];
        else
            peri_col[i][idx] = m[(offset + step + i) * matrix_dim + offset + idx];
    __syncthreads();
    if (isRow) {
        for (int i = 1; i < BLOCK_SIZE; i++)
            for (int j = 0; j < i; j++)
                peri_row[i][idx] -= dia[i][j] * peri_row[j][idx];
    } else {
        for (int i = 0; i < BLOCK_SIZE; i++) {
            for (int j = 0; j < i; j++)
                peri_col[idx][i] -= peri_col[idx][j] * dia[j][i];
            peri_col[idx][i] /= dia[i][i];
        }
    }
    __syncthreads();
    for (int i = 0; i < BLOCK_SIZE; i++)
        if (isRow)
            m[(offset + i) * matrix_dim + offset + step + idx] = peri_row[i][idx];
        else
            m[(offset + step + i) * matrix_dim + offset + idx] = peri_col[i][idx];
}

__global__ void lud_internal(float *m, int matrix_dim, int offset)
{
    __shared__ float peri_row[BLOCK_SIZE][BLOCK_SIZE], peri_col[BLOCK_SIZE][BLOCK_SIZE];
    int row = offset + (blockIdx.y + 1) * BLOCK_SIZE, col = offset + (blockIdx.x + 1) * BLOCK_SIZE;
    peri_row[threadIdx.y][threadIdx.x] = m[(offset + threadIdx.y) * matrix_dim + col + threadIdx.x];
    peri_col[threadIdx.y][threadIdx.x] = m[(row + threadIdx.y) * matrix_dim + offset + threadIdx.x];
    __syncthreads();
    float sum = 0;
    for (int i = 0; i < BLOCK_SIZE; i++)
        sum += peri_col[threadIdx.y][i] * peri_row[i][threadIdx.x];
    m[(row + threadIdx.y) * matrix_dim + col + threadIdx.x] -= sum;
}

int main()
{
    const int n = 48;
    std::vector<float> a(n * n), lu(n * n);
    for (int i = 0; i < n * n; ++i)
        a[i] = i / n == i % n ? 20.0f : std::exp(-0.1f * std::abs(i / n - i % n));
    float *d;
    cudaMalloc(&d, n * n * sizeof(float));
    cudaMemcpy(d, a.data(), n * n * sizeof(float), cudaMemcpyHostToDevice);
    dim3 dimBlock(BLOCK_SIZE, BLOCK_SIZE);
    int i = 0;
    for (; i < n - BLOCK_SIZE; i += BLOCK_SIZE) {
        lud_diagonal<<<1, BLOCK_SIZE>>>(d, n, i);
        lud_perimeter<<<(n - i) / BLOCK_SIZE - 1, BLOCK_SIZE * 2>>>(d, n, i);
        dim3 dimGrid((n - i) / BLOCK_SIZE - 1, (n - i) / BLOCK_SIZE - 1);
        lud_internal<<<dimGrid, dimBlock>>>(d, n, i);
    }
    lud_diagonal<<<1, BLOCK_SIZE>>>(d, n, i);
    cudaMemcpy(lu.data(), d, n * n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d);
    for (int r = 0; r < n; ++r)
        for (int c = 0; c < n; ++c) {
            double sum = 0;
            for (int k = 0; k <= std::min(r, c); ++k)
                sum += (k == r ? 1.0 : lu[r * n + k]) * lu[k * n + c];
            if (!(std::fabs(sum - a[r * n + c]) < 1e-3))
                return printf("(%d, %d): %f, expected %f\n", r, c, sum, a[r * n + c]), 1;
        }
    return 0;
}
