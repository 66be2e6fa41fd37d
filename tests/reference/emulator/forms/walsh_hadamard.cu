// Simulations: a Walsh transform in place, global steps of radix 4 and the last ones in shared memory
#include <cooperative_groups.h>
#include <cstdio>
#include <cstdlib>
namespace cg = cooperative_groups;

#define ELEMENTARY 6

__global__ void shared_steps(float *d_out, float *d_in, int log2n)
{
    cg::thread_block cta = cg::this_thread_block();
    const int n = 1 << log2n;
    const int base = blockIdx.x << log2n;
    extern __shared__ float s_data[];
    for (int pos = threadIdx.x; pos < n; pos += blockDim.x)
        s_data[pos] = d_in[base + pos];
    for (int stride = n / 2; stride >= 1; stride >>= 1) {
        cg::sync(cta);
        for (int pos = threadIdx.x; pos < n / 2; pos += blockDim.x) {
            int lo = pos & (stride - 1);
            int i0 = ((pos - lo) << 1) + lo, i1 = i0 + stride;
            float t0 = s_data[i0], t1 = s_data[i1];
            s_data[i0] = t0 + t1;
            s_data[i1] = t0 - t1;
        }
    }
    cg::sync(cta);
    for (int pos = threadIdx.x; pos < n; pos += blockDim.x)
        d_out[base + pos] = s_data[pos];
}

__global__ void global_steps(float *data, int stride)
{
    const int pos = blockIdx.x * blockDim.x + threadIdx.x;
    const int n = blockDim.x * gridDim.x * 4;
    float *d = data + blockIdx.y * n;
    int lo = pos & (stride - 1);
    int i0 = ((pos - lo) << 2) + lo, i1 = i0 + stride, i2 = i1 + stride, i3 = i2 + stride;
    float a = d[i0] + d[i2], b = d[i1] + d[i3], c = d[i0] - d[i2], e = d[i1] - d[i3];
    d[i0] = a + b;
    d[i1] = a - b;
    d[i2] = c + e;
    d[i3] = c - e;
}

int main()
{
    const int log2n = 10, n = 1 << log2n;
    float *h = (float *)malloc(n * sizeof(float)), *out = (float *)malloc(n * sizeof(float)), *d;
    for (int i = 0; i < n; ++i)
        h[i] = i * 37 % 101 - 50;
    cudaMalloc((void **)&d, n * sizeof(float));
    cudaMemcpy(d, h, n * sizeof(float), cudaMemcpyHostToDevice);
    int left = log2n, size = n;
    for (; left > ELEMENTARY; left -= 2, size >>= 2)
        global_steps<<<dim3(n / 4 / 64), 64>>>(d, size / 4);
    shared_steps<<<n >> left, (1 << left) / 4, (1 << left) * sizeof(float)>>>(d, d, left);
    cudaMemcpy(out, d, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d);
    int wrong = 0;
    for (int k = 0; k < n; k += 13) {
        float sum = 0;
        for (int i = 0; i < n; ++i)
            sum += __builtin_popcount(i & k) % 2 ? -h[i] : h[i];
        wrong += sum != out[k];
    }
    free(h);
    free(out);
    return wrong ? printf("%d wrong\n", wrong), 1 : 0;
}
