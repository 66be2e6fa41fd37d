// Linear algebra: a sparse matrix times a vector: CSR by threads and by warps, ELL, COO with atomic operations
#include <cmath>
#include <cstdio>
#include <vector>

__global__ void spmv_csr_scalar(int rows, const int *ptr, const int *idx, const float *data, const float *x, float *y)
{
    int row = blockDim.x * blockIdx.x + threadIdx.x;
    if (row < rows) {
        float dot = 0;
        for (int jj = ptr[row]; jj < ptr[row + 1]; jj++)
            dot += data[jj] * x[idx[jj]];
        y[row] += dot;
    }
}

__global__ void spmv_csr_vector(int rows, const int *ptr, const int *idx, const float *data, const float *x, float *y)
{
    __shared__ volatile float vals[128];
    int thread_id = blockDim.x * blockIdx.x + threadIdx.x;
    int warp_id = thread_id / 32, lane = thread_id & 31;
    if (warp_id < rows) {
        float sum = 0;
        for (int jj = ptr[warp_id] + lane; jj < ptr[warp_id + 1]; jj += 32)
            sum += data[jj] * x[idx[jj]];
        vals[threadIdx.x] = sum;
        __syncwarp();
        for (int step = 16; step; step /= 2) {
            if (lane < step)
                vals[threadIdx.x] = sum = sum + vals[threadIdx.x + step];
            __syncwarp();
        }
        if (lane == 0)
            y[warp_id] += vals[threadIdx.x];
    }
}

__global__ void spmv_ell(int rows, int width, const int *indices, const float *data, const float *x, float *y)
{
    int row = blockDim.x * blockIdx.x + threadIdx.x;
    if (row < rows) {
        float dot = 0;
        for (int n = 0; n < width; n++) {
            float val = data[rows * n + row];
            if (val != 0)
                dot += val * x[indices[rows * n + row]];
        }
        y[row] += dot;
    }
}

__global__ void spmv_coo(int entries, const int *row, const int *col, const float *data, const float *x, float *y)
{
    for (int i = blockDim.x * blockIdx.x + threadIdx.x; i < entries; i += gridDim.x * blockDim.x)
        atomicAdd(&y[row[i]], data[i] * x[col[i]]);
}

template <typename T> T *upload(const std::vector<T> &from)
{
    T *to;
    cudaMalloc(&to, from.size() * sizeof(T));
    cudaMemcpy(to, from.data(), from.size() * sizeof(T), cudaMemcpyHostToDevice);
    return to;
}

int main()
{
    const int n = 90, width = 40;
    std::vector<int> ptr{0}, idx, rowOf, ellIdx(n * width, 0);
    std::vector<float> data, ellData(n * width, 0), x(n), y(n), expected(n, 1);
    for (int r = 0; r < n; ++r) {
        int count = r % width;
        for (int k = 0; k < count; ++k) {
            int c = (r * 3 + k * 2) % n;
            float v = (r + k) % 5 - 2;
            idx.push_back(c), data.push_back(v), rowOf.push_back(r);
            ellIdx[k * n + r] = c;
            ellData[k * n + r] = v;
        }
        ptr.push_back((int)idx.size());
        x[r] = r % 7 - 3;
    }
    for (size_t i = 0; i < idx.size(); ++i)
        expected[rowOf[i]] += data[i] * x[idx[i]];
    int *d_ptr = upload(ptr), *d_idx = upload(idx), *d_row = upload(rowOf), *d_ellIdx = upload(ellIdx), failed = 0;
    float *d_data = upload(data), *d_ell = upload(ellData), *d_x = upload(x), *d_y = upload(y);
    for (int which = 0; which < 4; ++which) {
        std::vector<float> ones(n, 1);
        cudaMemcpy(d_y, ones.data(), n * sizeof(float), cudaMemcpyHostToDevice);
        if (which == 0) spmv_csr_scalar<<<(n + 63) / 64, 64>>>(n, d_ptr, d_idx, d_data, d_x, d_y);
        if (which == 1) spmv_csr_vector<<<(n + 3) / 4, 128>>>(n, d_ptr, d_idx, d_data, d_x, d_y);
        if (which == 2) spmv_ell<<<(n + 63) / 64, 64>>>(n, width, d_ellIdx, d_ell, d_x, d_y);
        if (which == 3) spmv_coo<<<2, 128>>>((int)idx.size(), d_row, d_idx, d_data, d_x, d_y);
        cudaMemcpy(y.data(), d_y, n * sizeof(float), cudaMemcpyDeviceToHost);
        failed += y != expected;
    }
    cudaFree(d_ptr), cudaFree(d_idx), cudaFree(d_row), cudaFree(d_ellIdx);
    cudaFree(d_data), cudaFree(d_ell), cudaFree(d_x), cudaFree(d_y);
    printf("%d failed\n", failed);
    return failed;
}
