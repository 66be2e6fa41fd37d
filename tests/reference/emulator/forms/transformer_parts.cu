// Machine learning: parts of a language model: norms by root mean squares, rotated pairs, and a gated activation, on bf16
#include <cuda_bf16.h>
#include <cmath>
#include <cstdio>
#include <vector>
using bf16 = __nv_bfloat16;

__inline__ __device__ float warp_sum(float v)
{
#pragma unroll
    for (int mask = 16; mask > 0; mask >>= 1)
        v += __shfl_xor_sync(0xffffffff, v, mask, 32);
    return v;
}
__inline__ __device__ float block_sum(float v)
{
    static __shared__ float shared[32];
    __shared__ float total;
    int lane = threadIdx.x & 0x1f, wid = threadIdx.x >> 5;
    v = warp_sum(v);
    if (lane == 0)
        shared[wid] = v;
    __syncthreads();
    v = threadIdx.x < (blockDim.x + 31) / 32 ? shared[lane] : 0.f;
    if (wid == 0 && (v = warp_sum(v), lane == 0))
        total = v;
    __syncthreads();
    return total;
}
__global__ void rmsnorm(bf16 *__restrict__ out, const bf16 *__restrict__ x, const bf16 *__restrict__ w, float eps, int dim)
{
    const bf16 *row = x + (size_t)blockIdx.x * dim;
    float sum = 0.f;
    for (int i = threadIdx.x; i < dim; i += blockDim.x) {
        float v = __bfloat162float(row[i]);
        sum = fmaf(v, v, sum);
    }
    const float scale = rsqrtf(block_sum(sum) / dim + eps);
    for (int i = threadIdx.x; i < dim; i += blockDim.x)
        out[(size_t)blockIdx.x * dim + i] = __float2bfloat16(__bfloat162float(row[i]) * scale * __bfloat162float(w[i]));
}
__global__ void rope(__nv_bfloat162 *x, int pairs, float theta)
{
    const int pos = blockIdx.x, p = threadIdx.x;
    if (p >= pairs)
        return;
    float s, c;
    __sincosf(pos * powf(theta, -float(p) / pairs), &s, &c);
    float2 v = __bfloat1622float2(x[pos * pairs + p]);
    x[pos * pairs + p] = __floats2bfloat162_rn(v.x * c - v.y * s, v.x * s + v.y * c);
}
__global__ void swiglu(float *out, const float *gate, const float *up, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float g = gate[i];
    out[i] = g / (1.f + __expf(-g)) * up[i];
}
float back(bf16 v) { return __bfloat162float(v); }
int main()
{
    const int rows = 5, dim = 96;
    std::vector<bf16> x(rows * dim), w(dim), normed(rows * dim), turned(rows * dim);
    std::vector<float> gate(rows * dim), up(rows * dim), act(rows * dim);
    for (int i = 0; i < rows * dim; ++i) {
        x[i] = __float2bfloat16(i * 7 % 23 / 8.f - 1);
        w[i % dim] = __float2bfloat16(1 + i % 3 / 4.f);
        gate[i] = i % 17 / 4.f - 2;
        up[i] = i % 5 - 2;
    }
    bf16 *d_x, *d_w, *d_out;
    float *d_gate, *d_up, *d_act;
    cudaMalloc(&d_x, x.size() * 2), cudaMalloc(&d_w, w.size() * 2), cudaMalloc(&d_out, x.size() * 2);
    cudaMalloc(&d_gate, gate.size() * 4), cudaMalloc(&d_up, up.size() * 4), cudaMalloc(&d_act, act.size() * 4);
    cudaMemcpy(d_x, x.data(), x.size() * 2, cudaMemcpyHostToDevice);
    cudaMemcpy(d_w, w.data(), w.size() * 2, cudaMemcpyHostToDevice);
    cudaMemcpy(d_gate, gate.data(), gate.size() * 4, cudaMemcpyHostToDevice);
    cudaMemcpy(d_up, up.data(), up.size() * 4, cudaMemcpyHostToDevice);
    rmsnorm<<<rows, 64>>>(d_out, d_x, d_w, 1e-5f, dim);
    rope<<<rows, 64>>>(reinterpret_cast<__nv_bfloat162 *>(d_x), dim / 2, 10000.f);
    swiglu<<<(rows * dim + 127) / 128, 128>>>(d_act, d_gate, d_up, rows * dim);
    cudaMemcpy(normed.data(), d_out, x.size() * 2, cudaMemcpyDeviceToHost);
    cudaMemcpy(turned.data(), d_x, x.size() * 2, cudaMemcpyDeviceToHost);
    cudaMemcpy(act.data(), d_act, act.size() * 4, cudaMemcpyDeviceToHost);
    cudaFree(d_x), cudaFree(d_w), cudaFree(d_out), cudaFree(d_gate), cudaFree(d_up), cudaFree(d_act);
    int wrong = 0;
    for (int r = 0; r < rows; ++r) {
        double sum = 0;
        for (int i = 0; i < dim; ++i)
            sum += back(x[r * dim + i]) * back(x[r * dim + i]);
        for (int i = 0; i < dim; ++i) {
            int at = r * dim + i, p = i / 2;
            double expected = back(x[at]) / std::sqrt(sum / dim + 1e-5) * back(w[i]);
            wrong += !(std::fabs(back(normed[at]) - expected) <= 0.01 * std::fabs(expected) + 1e-6);
            double angle = r * std::pow(10000.0, -double(p) / (dim / 2)), c = std::cos(angle), s = std::sin(angle);
            double a = back(x[r * dim + 2 * p]), b = back(x[r * dim + 2 * p + 1]);
            wrong += !(std::fabs(back(turned[at]) - (i % 2 ? a * s + b * c : a * c - b * s)) < 0.02);
            wrong += !(std::fabs(act[at] - gate[at] / (1 + std::exp(-gate[at])) * up[at]) < 1e-4);
        }
    }
    return wrong ? printf("%d wrong\n", wrong), 1 : 0;
}
