// Machine learning: a product of 8-bit integers with __dp4a, quantized from floats
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

__global__ void quantize(const float *in, int8_t *out, float scale, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = static_cast<int8_t>(max(-127, min(127, __float2int_rn(in[i] * scale))));
}

__global__ void gemm_s8(const int8_t *A, const int8_t *Bt, int32_t *C, int M, int N, int K)
{
    int row = blockIdx.y * blockDim.y + threadIdx.y, col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= M || col >= N)
        return;
    const int *a = reinterpret_cast<const int *>(A + row * K), *b = reinterpret_cast<const int *>(Bt + col * K);
    int32_t acc = 0;
    for (int k = 0; k < K / 4; ++k)
        acc = __dp4a(a[k], b[k], acc);
    C[row * N + col] = acc;
}

int main()
{
    const int M = 20, N = 18, K = 32;
    std::vector<float> a(M * K), b(N * K);
    std::vector<int32_t> c(M * N);
    for (int i = 0; i < M * K; ++i) a[i] = std::sin(i) * 1.1f;
    for (int i = 0; i < N * K; ++i) b[i] = std::cos(i);
    float *fa, *fb;
    int8_t *qa, *qb;
    int32_t *dc;
    cudaMalloc(&fa, M * K * sizeof(float)), cudaMalloc(&fb, N * K * sizeof(float));
    cudaMalloc(&qa, M * K), cudaMalloc(&qb, N * K), cudaMalloc(&dc, M * N * sizeof(int32_t));
    cudaMemcpy(fa, a.data(), M * K * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(fb, b.data(), N * K * sizeof(float), cudaMemcpyHostToDevice);
    quantize<<<(M * K + 127) / 128, 128>>>(fa, qa, 127, M * K);
    quantize<<<(N * K + 127) / 128, 128>>>(fb, qb, 127, N * K);
    gemm_s8<<<dim3(2, 5), dim3(16, 4)>>>(qa, qb, dc, M, N, K);
    cudaMemcpy(c.data(), dc, M * N * sizeof(int32_t), cudaMemcpyDeviceToHost);
    cudaFree(fa), cudaFree(fb), cudaFree(qa), cudaFree(qb), cudaFree(dc);
    auto q = [](float x) { return std::fmin(127, std::fmax(-127, std::nearbyint(x * 127))); };
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            double sum = 0;
            for (int k = 0; k < K; ++k) sum += q(a[i * K + k]) * q(b[j * K + k]);
            if (c[i * N + j] != sum)
                return printf("(%d, %d): %d, expected %.0f\n", i, j, c[i * N + j], sum), 1;
        }
    return 0;
}
