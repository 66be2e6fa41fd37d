// Simulations: prices of options by the formula of Black and Scholes
#include <cmath>
#include <cstdio>
#include <cstdlib>

__device__ inline float cndGPU(float d)
{
    const float A1 = 0.31938153f, A2 = -0.356563782f, A3 = 1.781477937f, A4 = -1.821255978f, A5 = 1.330274429f;
    const float RSQRT2PI = 0.39894228040143267793994605993438f;
    float K = __fdividef(1.0f, (1.0f + 0.2316419f * fabsf(d)));
    float cnd = RSQRT2PI * __expf(-0.5f * d * d) * (K * (A1 + K * (A2 + K * (A3 + K * (A4 + K * A5)))));
    return d > 0 ? 1.0f - cnd : cnd;
}

__launch_bounds__(128) __global__ void BlackScholesGPU(float2 *__restrict d_CallResult, float2 *__restrict d_PutResult,
    float2 *__restrict d_StockPrice, float2 *__restrict d_OptionStrike, float2 *__restrict d_OptionYears, float R, float V, int optN)
{
    const int opt = blockDim.x * blockIdx.x + threadIdx.x;
    if (opt >= optN / 2)
        return;
    float2 call, put;
    auto body = [&](float &callResult, float &putResult, float S, float X, float T) {
        float sqrtT = __fdividef(1.0F, rsqrtf(T));
        float d1 = __fdividef(__logf(S / X) + (R + 0.5f * V * V) * T, V * sqrtT), d2 = d1 - V * sqrtT;
        float CNDD1 = cndGPU(d1), CNDD2 = cndGPU(d2), expRT = __expf(-R * T);
        callResult = S * CNDD1 - X * expRT * CNDD2;
        putResult = X * expRT * (1.0f - CNDD2) - S * (1.0f - CNDD1);
    };
    body(call.x, put.x, d_StockPrice[opt].x, d_OptionStrike[opt].x, d_OptionYears[opt].x);
    body(call.y, put.y, d_StockPrice[opt].y, d_OptionStrike[opt].y, d_OptionYears[opt].y);
    d_CallResult[opt] = call;
    d_PutResult[opt] = put;
}

int main()
{
    const int n = 1000;
    static float S[n], X[n], T[n], call[n], put[n];
    for (int i = 0; i < n; ++i) {
        S[i] = 5 + 25.0f * rand() / RAND_MAX;
        X[i] = 1 + 99.0f * rand() / RAND_MAX;
        T[i] = 0.25f + 9.75f * rand() / RAND_MAX;
    }
    float *d[5];
    for (float *&one : d)
        cudaMalloc((void **)&one, n * sizeof(float));
    cudaMemcpy(d[2], S, sizeof S, cudaMemcpyHostToDevice);
    cudaMemcpy(d[3], X, sizeof X, cudaMemcpyHostToDevice);
    cudaMemcpy(d[4], T, sizeof T, cudaMemcpyHostToDevice);
    BlackScholesGPU<<<(n / 2 + 127) / 128, 128>>>((float2 *)d[0], (float2 *)d[1], (float2 *)d[2], (float2 *)d[3], (float2 *)d[4], 0.02f, 0.30f, n);
    cudaMemcpy(call, d[0], sizeof call, cudaMemcpyDeviceToHost);
    cudaMemcpy(put, d[1], sizeof put, cudaMemcpyDeviceToHost);
    for (float *one : d)
        cudaFree(one);
    auto normal = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        double d1 = (std::log(S[i] / X[i]) + (0.02 + 0.045) * T[i]) / (0.3 * std::sqrt(T[i])), d2 = d1 - 0.3 * std::sqrt(T[i]);
        double c = S[i] * normal(d1) - X[i] * std::exp(-0.02 * T[i]) * normal(d2);
        double off = std::fabs(call[i] - c) + std::fabs(put[i] - (c - S[i] + X[i] * std::exp(-0.02 * T[i])));
        if (!(off <= worst)) worst = std::isnan(off) ? INFINITY : off;
    }
    printf("worst: %g\n", worst);
    return !(worst < 1e-4);
}
