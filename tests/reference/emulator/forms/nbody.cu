// Simulations: the forces of n bodies on each other, in tiles of float4 in shared memory
#include <cmath>
#include <cstdio>
#include <vector>
#define EPS2 1e-3f

__device__ float3 bodyBodyInteraction(float4 bi, float4 bj, float3 ai)
{
    float3 r;
    r.x = bj.x - bi.x;
    r.y = bj.y - bi.y;
    r.z = bj.z - bi.z;
    float distSqr = r.x * r.x + r.y * r.y + r.z * r.z + EPS2;
    float distSixth = distSqr * distSqr * distSqr;
    float s = bj.w * (1.0f / sqrtf(distSixth));
    ai.x += r.x * s;
    ai.y += r.y * s;
    ai.z += r.z * s;
    return ai;
}

__device__ float3 tile_calculation(float4 myPosition, float3 accel)
{
    extern __shared__ float4 shPosition[];
    for (int i = 0; i < blockDim.x; i++)
        accel = bodyBodyInteraction(myPosition, shPosition[i], accel);
    return accel;
}

__global__ void calculate_forces(void *devX, void *devA, int N)
{
    extern __shared__ float4 shPosition[];
    float4 *globalX = (float4 *)devX, *globalA = (float4 *)devA;
    float3 acc = {0.0f, 0.0f, 0.0f};
    int gtid = blockIdx.x * blockDim.x + threadIdx.x;
    float4 myPosition = globalX[gtid];
    for (int i = 0, tile = 0; i < N; i += blockDim.x, tile++) {
        int idx = tile * blockDim.x + threadIdx.x;
        shPosition[threadIdx.x] = globalX[idx];
        __syncthreads();
        acc = tile_calculation(myPosition, acc);
        __syncthreads();
    }
    globalA[gtid] = {acc.x, acc.y, acc.z, 0.0f};
}

int main()
{
    const int n = 128, p = 32;
    std::vector<float4> x(n), a(n);
    for (int i = 0; i < n; ++i)
        x[i] = make_float4(std::sin(i), std::cos(2 * i), std::sin(3 * i), 1 + i % 3);
    float4 *d_x, *d_a;
    cudaMalloc(&d_x, n * sizeof(float4));
    cudaMalloc(&d_a, n * sizeof(float4));
    cudaMemcpy(d_x, x.data(), n * sizeof(float4), cudaMemcpyHostToDevice);
    calculate_forces<<<n / p, p, p * sizeof(float4)>>>(d_x, d_a, n);
    cudaMemcpy(a.data(), d_a, n * sizeof(float4), cudaMemcpyDeviceToHost);
    cudaFree(d_x), cudaFree(d_a);
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        double sum[3] = {};
        for (int j = 0; j < n; ++j) {
            double r[3] = {(double)x[j].x - x[i].x, (double)x[j].y - x[i].y, (double)x[j].z - x[i].z};
            double s = x[j].w / std::pow(r[0] * r[0] + r[1] * r[1] + r[2] * r[2] + EPS2, 1.5);
            for (int k = 0; k < 3; ++k) sum[k] += r[k] * s;
        }
        double off = std::fabs(a[i].x - sum[0]) + std::fabs(a[i].y - sum[1]) + std::fabs(a[i].z - sum[2]);
        off /= 1 + std::fabs(sum[0]) + std::fabs(sum[1]) + std::fabs(sum[2]);
        if (!(off <= worst)) worst = std::isnan(off) ? INFINITY : off;
    }
    printf("worst: %g\n", worst);
    return !(worst < 1e-4);
}
