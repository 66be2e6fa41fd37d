// Machine learning: a step of Adam, and the norm of gradients that clips it
#include <cmath>
#include <cstdio>
#include <vector>

__device__ inline float lerp(float start, float end, float weight) { return fma(weight, end, fma(-weight, start, start)); }

__global__ void normSquared(float *out, const float *grads, long n)
{
    float sum = 0;
    for (long i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        sum += grads[i] * grads[i];
    __shared__ float warps[32];
    for (int offset = 16; offset; offset /= 2)
        sum += __shfl_down_sync(0xffffffff, sum, offset);
    if (threadIdx.x % 32 == 0)
        warps[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int w = 1; w < blockDim.x / 32; ++w)
            sum += warps[w];
        out[blockIdx.x] = sum;
    }
}

__global__ void adamw(float *params, const float *grads, float *m_memory, float *v_memory, long n, float lr, float beta1,
                      float beta2, float beta1_correction, float beta2_correction, float eps, float decay, float scale)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float grad = scale * grads[i], m = m_memory[i], v = v_memory[i];
    m_memory[i] = m = lerp(grad, m, beta1);
    v_memory[i] = v = lerp(grad * grad, v, beta2);
    m /= beta1_correction;
    v /= beta2_correction;
    params[i] -= lr * (m / (sqrtf(v) + eps) + decay * params[i]);
}

int main()
{
    const int n = 300, blocks = 3;
    std::vector<float> p(n), g(n), m(n, 0.1f), v(n, 0.2f), out(n), sums(blocks);
    for (int i = 0; i < n; ++i) p[i] = std::sin(i), g[i] = std::cos(3.0f * i);
    float *d_p, *d_g, *d_m, *d_v, *d_sums;
    for (auto [to, from] : {std::pair{&d_p, &p}, {&d_g, &g}, {&d_m, &m}, {&d_v, &v}, {&d_sums, &sums}}) {
        cudaMalloc(to, from->size() * sizeof(float));
        cudaMemcpy(*to, from->data(), from->size() * sizeof(float), cudaMemcpyHostToDevice);
    }
    normSquared<<<blocks, 64>>>(d_sums, d_g, n);
    cudaMemcpy(sums.data(), d_sums, blocks * sizeof(float), cudaMemcpyDeviceToHost);
    float norm = std::sqrt(sums[0] + sums[1] + sums[2]), scale = norm > 1 ? 1 / norm : 1;
    adamw<<<(n + 127) / 128, 128>>>(d_p, d_g, d_m, d_v, n, 0.01f, 0.9f, 0.99f, 1 - 0.9f, 1 - 0.99f, 1e-8f, 0.1f, scale);
    cudaMemcpy(out.data(), d_p, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_p), cudaFree(d_g), cudaFree(d_m), cudaFree(d_v), cudaFree(d_sums);
    double square = 0, worst = 0;
    for (float x : g) square += (double)x * x;
    for (int i = 0; i < n; ++i) {
        double grad = g[i] / std::fmax(1, std::sqrt(square)), em = 0.9 * 0.1 + 0.1 * grad, ev = 0.99 * 0.2 + 0.01 * grad * grad;
        double expected = p[i] - 0.01 * (em / 0.1 / (std::sqrt(ev / 0.01) + 1e-8) + 0.1 * p[i]);
        if (!(std::fabs(out[i] - expected) <= worst)) worst = std::isnan(std::fabs(out[i] - expected)) ? INFINITY : std::fabs(out[i] - expected);
    }
    printf("worst: %g\n", worst);
    return !(worst < 1e-6);
}
