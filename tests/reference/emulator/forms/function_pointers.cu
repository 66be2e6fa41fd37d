// Programs: a table of device functions, called by a pointer
#include <cstdio>
typedef float (*Op)(float, float);
__device__ float add(float a, float b) { return a + b; }
__device__ float mul(float a, float b) { return a * b; }
__device__ Op table[2] = {add, mul};
__device__ Op chosen = mul;

__global__ void apply(const float *a, const float *b, float *c, int which)
{
    int i = threadIdx.x;
    c[i] = table[which](a[i], b[i]);
}

__global__ void applyGiven(const float *a, const float *b, float *c, Op op) { c[threadIdx.x] = op(a[threadIdx.x], b[threadIdx.x]); }

int main()
{
    const int n = 32;
    float ha[n], hb[n], hc[n], *a, *b, *c;
    for (int i = 0; i < n; ++i) ha[i] = i, hb[i] = i % 3 + 2;
    cudaMalloc(&a, sizeof ha);
    cudaMalloc(&b, sizeof hb);
    cudaMalloc(&c, sizeof hc);
    cudaMemcpy(a, ha, sizeof ha, cudaMemcpyHostToDevice);
    cudaMemcpy(b, hb, sizeof hb, cudaMemcpyHostToDevice);
    int wrong = 0;
    for (int which = 0; which < 3; ++which) {
        Op op;
        cudaMemcpyFromSymbol(&op, chosen, sizeof op);
        cudaMemset(c, 0, sizeof hc);
        if (which < 2)
            apply<<<1, n>>>(a, b, c, which);
        else
            applyGiven<<<1, n>>>(a, b, c, op);
        cudaMemcpy(hc, c, sizeof hc, cudaMemcpyDeviceToHost);
        for (int i = 0; i < n; ++i)
            wrong += hc[i] != (which ? ha[i] * hb[i] : ha[i] + hb[i]);
    }
    cudaFree(a), cudaFree(b), cudaFree(c);
    return printf("%d wrong\n", wrong), wrong;
}
