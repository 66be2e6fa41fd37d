// Simulations: prices of options on a binomial tree, one block for each, its parameters in constant structs
#include <cmath>
#include <cstdio>

typedef struct { float S, X, vDt, puByDf, pdByDf; } Option;
#define STEPS 128
#define ELEMENTS 2
#define THREADS ((STEPS + 1 + ELEMENTS - 1) / ELEMENTS)
static __constant__ Option d_options[8];
static __device__ float d_values[8];

__device__ inline float expiry(float S, float X, float vDt, int i)
{
    float d = S * __expf(vDt * (2.0f * i - STEPS)) - X;
    return (d > 0.0F) ? d : 0.0F;
}
__global__ void binomial()
{
    __shared__ float exchange[THREADS + 1];
    const int tid = threadIdx.x;
    const Option o = d_options[blockIdx.x];
    float call[ELEMENTS + 1];
#pragma unroll
    for (int i = 0; i < ELEMENTS; ++i)
        call[i] = expiry(o.S, o.X, o.vDt, tid * ELEMENTS + i);
    if (tid == 0)
        exchange[THREADS] = expiry(o.S, o.X, o.vDt, STEPS);
    const int last = max(0, tid * ELEMENTS - 1);
    for (int i = STEPS; i > 0; --i) {
        exchange[tid] = call[0];
        __syncthreads();
        call[ELEMENTS] = exchange[tid + 1];
        __syncthreads();
        if (i > last)
#pragma unroll
            for (int j = 0; j < ELEMENTS; ++j)
                call[j] = o.puByDf * call[j + 1] + o.pdByDf * call[j];
    }
    if (tid == 0)
        d_values[blockIdx.x] = call[0];
}
int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    Option options[8];
    float got[8];
    double rate = 0.06, volatility = 0.1;
    for (int k = 0; k < 8; ++k) {
        double T = 0.5 + k, dt = T / STEPS, vDt = volatility * sqrt(dt), up = exp(vDt), down = exp(-vDt);
        double growth = exp(rate * dt), pu = (growth - down) / (up - down);
        options[k] = {20.f + k, 18.f + 2 * k, (float)vDt, (float)(pu / growth), (float)((1 - pu) / growth)};
    }
    cudaMemcpyToSymbol(d_options, options, sizeof options);
    binomial<<<8, THREADS>>>();
    cudaMemcpyFromSymbol(got, d_values, sizeof got);
    for (int k = 0; k < 8; ++k) {
        double value[STEPS + 1];
        for (int i = 0; i <= STEPS; ++i)
            value[i] = fmax(options[k].S * exp(options[k].vDt * (2.0 * i - STEPS)) - options[k].X, 0.0);
        for (int i = STEPS; i > 0; --i)
            for (int j = 0; j < i; ++j)
                value[j] = options[k].puByDf * (double)value[j + 1] + options[k].pdByDf * (double)value[j];
        if (!(fabs(value[0] - got[k]) < 2e-3))
            return printf("option %d: %f, not %f\n", k, got[k], value[0]), 1;
    }
    return 0;
}
