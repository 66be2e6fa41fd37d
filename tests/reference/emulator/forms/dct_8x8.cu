// Stencils and images: cosine transforms of tiles of 8 by 8 and back, coefficients in a two-dimensional constant array
#include <cmath>
#include <cstdio>
#define N 8

__constant__ float basis[N][N];

enum class Direction { Forward, Backward };

template <Direction way> __global__ void dct(const float *in, float *out, size_t stride)
{
    __shared__ float tile[N][N + 1], half[N][N + 1];
    const int x = threadIdx.x, y = threadIdx.y;
    const size_t at = (blockIdx.y * N + y) * stride + blockIdx.x * N + x;
    tile[y][x] = in[at];
    __syncthreads();
    float sum = 0.0f;
#pragma unroll
    for (int k = 0; k < N; ++k)
        if constexpr (way == Direction::Forward)
            sum += basis[y][k] * tile[k][x];
        else
            sum += basis[k][y] * tile[k][x];
    half[y][x] = sum;
    __syncthreads();
    sum = 0.0f;
#pragma unroll
    for (int k = 0; k < N; ++k)
        sum += half[y][k] * (way == Direction::Forward ? basis[x][k] : basis[k][x]);
    out[at] = sum;
}

int main()
{
    const int width = 32, height = 16;
    float table[N][N], image[height][width], there[height][width], back[height][width], *d[3];
    for (int k = 0; k < N; ++k)
        for (int i = 0; i < N; ++i)
            table[k][i] = std::sqrt((k ? 2.0 : 1.0) / N) * std::cos(M_PI * (2 * i + 1) * k / (2 * N));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            image[y][x] = (x * 5 + y * 11) % 64;
    cudaMemcpyToSymbol(basis, table, sizeof table);
    for (float *&one : d)
        cudaMalloc(&one, sizeof image);
    cudaMemcpy(d[0], image, sizeof image, cudaMemcpyHostToDevice);
    dim3 grid(width / N, height / N), block(N, N);
    dct<Direction::Forward><<<grid, block>>>(d[0], d[1], width);
    dct<Direction::Backward><<<grid, block>>>(d[1], d[2], width);
    cudaMemcpy(there, d[1], sizeof there, cudaMemcpyDeviceToHost);
    cudaMemcpy(back, d[2], sizeof back, cudaMemcpyDeviceToHost);
    for (float *one : d)
        cudaFree(one);
    float mean = 0;
    for (int i = 0; i < N * N; ++i)
        mean += image[i / N][i % N] / N;
    bool right = std::fabs(mean - there[0][0]) < 1e-2f;
    for (int i = 0; i < width * height; ++i)
        right &= std::fabs(image[0][i] - back[0][i]) < 1e-3f;
    return right ? 0 : (puts("wrong"), 1);
}
