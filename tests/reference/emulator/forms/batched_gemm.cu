// Matrices: a batch of products over the grid's third axis, through an array of pointers
#include <cstdio>
#include <vector>

__global__ void batchedGemm(const double *const *A, const double *const *B, double **C, int m, int n, int k)
{
    const int row = blockIdx.y * blockDim.y + threadIdx.y;
    const int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= m || col >= n)
        return;
    const double *a = A[blockIdx.z], *b = B[blockIdx.z];
    double acc = 0.0;
    for (int i = 0; i < k; ++i)
        acc = fma(a[row * k + i], b[i * n + col], acc);
    C[blockIdx.z][row * n + col] = acc;
}

int main()
{
    const int batch = 5, m = 9, n = 7, k = 11;
    std::vector<double *> a(batch), b(batch), c(batch);
    std::vector<std::vector<double>> ha(batch), hb(batch);
    for (int i = 0; i < batch; ++i) {
        for (int j = 0; j < m * k; ++j) ha[i].push_back((i * 31 + j * 7) % 13 - 6);
        for (int j = 0; j < k * n; ++j) hb[i].push_back((i * 17 + j * 5) % 11 - 5);
        cudaMalloc((void **)&a[i], m * k * sizeof(double));
        cudaMalloc((void **)&b[i], k * n * sizeof(double));
        cudaMalloc((void **)&c[i], m * n * sizeof(double));
        cudaMemcpy(a[i], ha[i].data(), m * k * sizeof(double), cudaMemcpyHostToDevice);
        cudaMemcpy(b[i], hb[i].data(), k * n * sizeof(double), cudaMemcpyHostToDevice);
    }
    double **da, **db, **dc;
    cudaMalloc((void **)&da, batch * sizeof(double *));
    cudaMalloc((void **)&db, batch * sizeof(double *));
    cudaMalloc((void **)&dc, batch * sizeof(double *));
    cudaMemcpy(da, a.data(), batch * sizeof(double *), cudaMemcpyHostToDevice);
    cudaMemcpy(db, b.data(), batch * sizeof(double *), cudaMemcpyHostToDevice);
    cudaMemcpy(dc, c.data(), batch * sizeof(double *), cudaMemcpyHostToDevice);
    dim3 block(8, 4), grid((n + block.x - 1) / block.x, (m + block.y - 1) / block.y, batch);
    batchedGemm<<<grid, block>>>(da, db, dc, m, n, k);
    int errors = 0;
    for (int i = 0; i < batch; ++i) {
        std::vector<double> out(m * n);
        cudaMemcpy(out.data(), c[i], m * n * sizeof(double), cudaMemcpyDeviceToHost);
        for (int r = 0; r < m; ++r)
            for (int s = 0; s < n; ++s) {
                double sum = 0;
                for (int j = 0; j < k; ++j)
                    sum += ha[i][r * k + j] * hb[i][j * n + s];
                errors += out[r * n + s] != sum;
            }
        cudaFree(a[i]), cudaFree(b[i]), cudaFree(c[i]);
    }
    cudaFree(da), cudaFree(db), cudaFree(dc);
    printf("%d errors\n", errors);
    return errors > 0;
}
