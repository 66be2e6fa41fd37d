// Machine learning: a convolution of a batch: direct, in tiles with weights in constant memory, by im2col and a product
#include <cstdio>
#include <vector>
#define N 2
#define C 3
#define H 14
#define W 13
#define M 4
#define K 3
#define H_OUT (H - K + 1)
#define W_OUT (W - K + 1)
#define TILE 8
#define x4d(i3, i2, i1, i0) x[(i3) * (C * H * W) + (i2) * (H * W) + (i1) * (W) + i0]
#define y4d(i3, i2, i1, i0) y[(i3) * (M * H_OUT * W_OUT) + (i2) * (H_OUT * W_OUT) + (i1) * (W_OUT) + i0]
#define k4d(i3, i2, i1, i0) k[(i3) * (C * K * K) + (i2) * (K * K) + (i1) * (K) + i0]
__constant__ float mask[M * C * K * K];

__global__ void conv_direct(float *y, const float *x, const float *k)
{
    int W_grid = (W_OUT + TILE - 1) / TILE;
    int n = blockIdx.x, m = blockIdx.y;
    int h = blockIdx.z / W_grid * TILE + threadIdx.y, w = blockIdx.z % W_grid * TILE + threadIdx.x;
    if (h >= H_OUT || w >= W_OUT)
        return;
    float acc = 0;
    for (int c = 0; c < C; c++)
        for (int p = 0; p < K; p++)
            for (int q = 0; q < K; q++)
                acc += x4d(n, c, h + p, w + q) * k4d(m, c, p, q);
    y4d(n, m, h, w) = acc;
}

__global__ void conv_tiled(float *y, const float *x)
{
    __shared__ float tile[C][TILE + K - 1][TILE + K - 1];
    const float *k = mask;
    int W_grid = (W_OUT + TILE - 1) / TILE;
    int n = blockIdx.x, m = blockIdx.y;
    int h0 = blockIdx.z / W_grid * TILE, w0 = blockIdx.z % W_grid * TILE;
    for (int c = 0; c < C; c++)
        for (int i = threadIdx.y; i < TILE + K - 1; i += TILE)
            for (int j = threadIdx.x; j < TILE + K - 1; j += TILE)
                tile[c][i][j] = h0 + i < H && w0 + j < W ? x4d(n, c, h0 + i, w0 + j) : 0.0f;
    __syncthreads();
    int h = h0 + threadIdx.y, w = w0 + threadIdx.x;
    float acc = 0;
    for (int c = 0; c < C; c++)
#pragma unroll
        for (int p = 0; p < K; p++)
#pragma unroll
            for (int q = 0; q < K; q++)
                acc += tile[c][threadIdx.y + p][threadIdx.x + q] * k4d(m, c, p, q);
    if (h < H_OUT && w < W_OUT)
        y4d(n, m, h, w) = acc;
}

__global__ void im2col(const float *x, float *columns)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x, n = blockIdx.y;
    if (t >= C * H_OUT * W_OUT)
        return;
    int c = t / (H_OUT * W_OUT), at = t % (H_OUT * W_OUT), h = at / W_OUT, w = at % W_OUT;
    for (int p = 0; p < K; p++)
        for (int q = 0; q < K; q++)
            columns[((n * C + c) * K * K + p * K + q) * H_OUT * W_OUT + at] = x4d(n, c, h + p, w + q);
}

__global__ void product(const float *k, const float *columns, float *y)
{
    int at = blockIdx.x * blockDim.x + threadIdx.x, m = blockIdx.y, n = blockIdx.z;
    if (at >= H_OUT * W_OUT)
        return;
    float acc = 0;
    for (int i = 0; i < C * K * K; i++)
        acc += k[m * C * K * K + i] * columns[(n * C * K * K + i) * H_OUT * W_OUT + at];
    y[(n * M + m) * H_OUT * W_OUT + at] = acc;
}

int main()
{
    std::vector<float> x(N * C * H * W), k(M * C * K * K), y(N * M * H_OUT * W_OUT), expected(y.size());
    for (size_t i = 0; i < x.size(); ++i) x[i] = int(i * 7 % 11) - 5;
    for (size_t i = 0; i < k.size(); ++i) k[i] = int(i * 5 % 7) - 3;
    for (int n = 0; n < N; ++n)
        for (int m = 0; m < M; ++m)
            for (int h = 0; h < H_OUT; ++h)
                for (int w = 0; w < W_OUT; ++w)
                    for (int i = 0; i < C * K * K; ++i)
                        expected[((n * M + m) * H_OUT + h) * W_OUT + w] +=
                            x4d(n, i / (K * K), h + i / K % K, w + i % K) * k[m * C * K * K + i];
    float *d_x, *d_k, *d_y, *d_columns;
    cudaMalloc(&d_x, x.size() * sizeof(float));
    cudaMalloc(&d_k, k.size() * sizeof(float));
    cudaMalloc(&d_y, y.size() * sizeof(float));
    cudaMalloc(&d_columns, N * C * K * K * H_OUT * W_OUT * sizeof(float));
    cudaMemcpy(d_x, x.data(), x.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_k, k.data(), k.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpyToSymbol(mask, k.data(), k.size() * sizeof(float));
    dim3 grid(N, M, ((H_OUT + TILE - 1) / TILE) * ((W_OUT + TILE - 1) / TILE)), block(TILE, TILE, 1);
    int failed = 0;
    for (int which = 0; which < 3; ++which) {
        cudaMemset(d_y, 0, y.size() * sizeof(float));
        if (which == 0) conv_direct<<<grid, block>>>(d_y, d_x, d_k);
        if (which == 1) conv_tiled<<<grid, block>>>(d_y, d_x);
        if (which == 2) {
            im2col<<<dim3((C * H_OUT * W_OUT + 127) / 128, N), 128>>>(d_x, d_columns);
            product<<<dim3((H_OUT * W_OUT + 63) / 64, M, N), 64>>>(d_k, d_columns, d_y);
        }
        cudaMemcpy(y.data(), d_y, y.size() * sizeof(float), cudaMemcpyDeviceToHost);
        failed += y != expected;
    }
    cudaFree(d_x), cudaFree(d_k), cudaFree(d_y), cudaFree(d_columns);
    printf("%d failed\n", failed);
    return failed;
}
