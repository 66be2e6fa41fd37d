// Simulations: a Fourier transform of radix 2, one signal for each block, with float2 in shared memory
#include <cmath>
#include <complex>
#include <cstdio>
#include <vector>

__device__ __forceinline__ float2 operator+(float2 a, float2 b) { return make_float2(a.x + b.x, a.y + b.y); }
__device__ __forceinline__ float2 operator-(float2 a, float2 b) { return make_float2(a.x - b.x, a.y - b.y); }
__device__ __forceinline__ float2 operator*(float2 a, float2 b)
{
    return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

template <int N> __global__ void __launch_bounds__(N / 2) fft(const float2 *__restrict__ in, float2 *__restrict__ out)
{
    __shared__ float2 buffer[2][N];
    const int t = threadIdx.x;
    in += blockIdx.x * N, out += blockIdx.x * N;
    buffer[0][t] = in[t];
    buffer[0][t + N / 2] = in[t + N / 2];
    int from = 0;
    for (int span = 1; span < N; span <<= 1) {
        __syncthreads();
        const int k = t & (span - 1);
        float2 w;
        sincospif(-float(k) / span, &w.y, &w.x);
        const float2 a = buffer[from][t], b = w * buffer[from][t + N / 2];
        const int at = ((t - k) << 1) + k;
        buffer[1 - from][at] = a + b;
        buffer[1 - from][at + span] = a - b;
        from = 1 - from;
    }
    __syncthreads();
    out[t] = buffer[from][t];
    out[t + N / 2] = buffer[from][t + N / 2];
}

int main()
{
    const int n = 64, signals = 3;
    std::vector<float2> in(n * signals), out(n * signals);
    for (int i = 0; i < n * signals; ++i)
        in[i] = make_float2(i * 7 % 11 - 5, i * 3 % 5 - 2);
    float2 *d_in, *d_out;
    cudaMalloc(&d_in, in.size() * sizeof(float2));
    cudaMalloc(&d_out, in.size() * sizeof(float2));
    cudaMemcpy(d_in, in.data(), in.size() * sizeof(float2), cudaMemcpyHostToDevice);
    fft<n><<<signals, n / 2>>>(d_in, d_out);
    cudaMemcpy(out.data(), d_out, out.size() * sizeof(float2), cudaMemcpyDeviceToHost);
    cudaFree(d_in);
    cudaFree(d_out);
    for (int s = 0; s < signals; ++s)
        for (int f = 0; f < n; ++f) {
            std::complex<double> sum;
            for (int i = 0; i < n; ++i)
                sum += std::polar(1.0, -2 * M_PI * f * i / n) * std::complex<double>(in[s * n + i].x, in[s * n + i].y);
            if (!(std::abs(sum - std::complex<double>(out[s * n + f].x, out[s * n + f].y)) <= 1e-3))
                return printf("signal %d, frequency %d\n", s, f), 1;
        }
    return 0;
}
