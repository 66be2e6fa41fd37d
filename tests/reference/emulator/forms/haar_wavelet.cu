// Stencils and images: levels of a Haar transform of a signal in one block
#include <cmath>
#include <cstdio>

__global__ void dwtHaar1D(const float *signal, float *coefficients, const unsigned int levels)
{
    extern __shared__ float shared[];
    const float INV_SQRT_2 = 0.70710678118654752440f;
    unsigned int n = 2 * blockDim.x, tid = threadIdx.x;
    shared[tid] = signal[tid];
    shared[tid + blockDim.x] = signal[tid + blockDim.x];
    __syncthreads();
    for (unsigned int level = 0; level < levels; ++level) {
        n >>= 1;
        float a = 0, b = 0;
        if (tid < n) {
            a = shared[2 * tid];
            b = shared[2 * tid + 1];
            coefficients[n + tid] = (a - b) * INV_SQRT_2;
        }
        __syncthreads();
        if (tid < n)
            shared[tid] = (a + b) * INV_SQRT_2;
        __syncthreads();
    }
    if (tid < n)
        coefficients[tid] = shared[tid];
}

int main()
{
    const int n = 128;
    float h[n], out[n], *in, *dev;
    for (int i = 0; i < n; ++i)
        h[i] = sinf(0.2f * i) + i % 3;
    cudaMalloc(&in, sizeof h);
    cudaMalloc(&dev, sizeof h);
    cudaMemcpy(in, h, sizeof h, cudaMemcpyHostToDevice);
    dwtHaar1D<<<1, n / 2, n * sizeof(float)>>>(in, dev, 4);
    cudaMemcpy(out, dev, sizeof out, cudaMemcpyDeviceToHost);
    cudaFree(in), cudaFree(dev);
    double low[n], expected[n];
    for (int i = 0; i < n; ++i) low[i] = h[i];
    int size = n;
    for (int level = 0; level < 4; ++level) {
        size /= 2;
        for (int i = 0; i < size; ++i) {
            double a = low[2 * i], b = low[2 * i + 1];
            expected[size + i] = (a - b) / sqrt(2.0);
            low[i] = (a + b) / sqrt(2.0);
        }
    }
    for (int i = 0; i < size; ++i) expected[i] = low[i];
    for (int i = 0; i < n; ++i)
        if (!(fabs(out[i] - expected[i]) < 1e-4))
            return printf("coefficient %d: %f, expected %f\n", i, out[i], expected[i]), 1;
    return 0;
}
