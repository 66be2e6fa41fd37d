// Machine learning: a softmax of rows: one warp for each row, one block for each row, and in one pass
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <vector>

__device__ float warpReduceMax(float val)
{
    for (int offset = 16; offset > 0; offset /= 2)
        val = fmaxf(val, __shfl_xor_sync(0xFFFFFFFF, val, offset));
    return val;
}
__device__ float warpReduceSum(float val)
{
    for (int offset = 16; offset > 0; offset /= 2)
        val += __shfl_xor_sync(0xFFFFFFFF, val, offset);
    return val;
}

__global__ void softmax_warp(const float *inp, float *out, int N, int C)
{
    int idx = blockIdx.x * blockDim.y + threadIdx.y;
    if (idx >= N)
        return;
    const float *x = inp + idx * C;
    float maxval = -INFINITY, sum = 0.0f;
    for (int i = threadIdx.x; i < C; i += 32)
        maxval = fmaxf(maxval, x[i]);
    maxval = warpReduceMax(maxval);
    for (int i = threadIdx.x; i < C; i += 32)
        sum += expf(x[i] - maxval);
    sum = warpReduceSum(sum);
    for (int i = threadIdx.x; i < C; i += 32)
        out[idx * C + i] = expf(x[i] - maxval) / sum;
}

__global__ void softmax_block(const float *inp, float *out, int N, int C)
{
    extern __shared__ float shared[];
    int idx = blockIdx.x, tid = threadIdx.x;
    const float *x = inp + idx * C;
    float maxval = -FLT_MAX;
    for (int i = tid; i < C; i += blockDim.x)
        maxval = fmaxf(maxval, x[i]);
    shared[tid] = maxval;
    for (int stride = blockDim.x / 2; stride >= 1; stride /= 2) {
        __syncthreads();
        if (tid < stride)
            shared[tid] = fmaxf(shared[tid], shared[tid + stride]);
    }
    __syncthreads();
    float offset = shared[0], sumval = 0.0f;
    __syncthreads();
    for (int i = tid; i < C; i += blockDim.x)
        sumval += out[idx * C + i] = expf(x[i] - offset);
    shared[tid] = sumval;
    for (int stride = blockDim.x / 2; stride >= 1; stride /= 2) {
        __syncthreads();
        if (tid < stride)
            shared[tid] += shared[tid + stride];
    }
    __syncthreads();
    float sum = shared[0];
    for (int i = tid; i < C; i += blockDim.x)
        out[idx * C + i] /= sum;
}

struct __align__(8) MD { float m, d; };
__device__ __forceinline__ MD combine(MD a, MD b)
{
    bool a_bigger = a.m > b.m;
    MD bigger = a_bigger ? a : b, smaller = a_bigger ? b : a;
    return {bigger.m, bigger.d + smaller.d * expf(smaller.m - bigger.m)};
}

__global__ void softmax_online(const float *__restrict__ inp, float *__restrict__ out, int N, int C)
{
    int row = blockIdx.x;
    MD md = {-FLT_MAX, 0.0f};
    for (int i = threadIdx.x; i < C; i += 32)
        md = combine(md, {inp[row * C + i], 1.0f});
    for (int offset = 16; offset; offset >>= 1)
        md = combine(md, {__shfl_xor_sync(~0u, md.m, offset), __shfl_xor_sync(~0u, md.d, offset)});
    for (int i = threadIdx.x; i < C; i += 32)
        out[row * C + i] = __expf(inp[row * C + i] - md.m) / md.d;
}

int main()
{
    const int N = 11, C = 83;
    std::vector<float> in(N * C), out(N * C);
    for (int i = 0; i < N * C; ++i) in[i] = (i * 7919 % 200 - 100) * 0.2f;
    float *d_in, *d_out;
    cudaMalloc(&d_in, N * C * sizeof(float));
    cudaMalloc(&d_out, N * C * sizeof(float));
    cudaMemcpy(d_in, in.data(), N * C * sizeof(float), cudaMemcpyHostToDevice);
    int failed = 0;
    for (int kernel = 0; kernel < 3; ++kernel) {
        cudaMemset(d_out, 0, N * C * sizeof(float));
        if (kernel == 0) softmax_warp<<<(N + 3) / 4, dim3(32, 4)>>>(d_in, d_out, N, C);
        if (kernel == 1) softmax_block<<<N, 64, 64 * sizeof(float)>>>(d_in, d_out, N, C);
        if (kernel == 2) softmax_online<<<N, 32>>>(d_in, d_out, N, C);
        cudaMemcpy(out.data(), d_out, N * C * sizeof(float), cudaMemcpyDeviceToHost);
        bool ok = true;
        for (int r = 0; r < N; ++r) {
            double most = -1e9, sum = 0;
            for (int c = 0; c < C; ++c) most = std::fmax(most, in[r * C + c]);
            for (int c = 0; c < C; ++c) sum += std::exp(in[r * C + c] - most);
            for (int c = 0; c < C; ++c)
                ok = ok && std::fabs(out[r * C + c] - std::exp(in[r * C + c] - most) / sum) < 1e-6;
        }
        failed += !ok;
    }
    cudaFree(d_in), cudaFree(d_out);
    printf("%d failed\n", failed);
    return failed;
}
