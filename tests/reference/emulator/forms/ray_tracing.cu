// Simulations: rays on spheres in constant memory
#include <cmath>
#include <cstdio>
#define INF 2e10f
#define SPHERES 8
#define DIM 48

struct Sphere {
    float r, b, g, radius, x, y, z;
    __host__ __device__ float hit(float ox, float oy, float *n) const
    {
        float dx = ox - x, dy = oy - y;
        if (dx * dx + dy * dy < radius * radius) {
            float dz = sqrtf(radius * radius - dx * dx - dy * dy);
            *n = dz / sqrtf(radius * radius);
            return dz + z;
        }
        return -INF;
    }
};
__constant__ Sphere s[SPHERES];

__host__ __device__ float shade(const Sphere *spheres, float ox, float oy)
{
    float red = 0, maxz = -INF;
    for (int i = 0; i < SPHERES; i++) {
        float n, t = spheres[i].hit(ox, oy, &n);
        if (t > maxz) {
            red = spheres[i].r * n;
            maxz = t;
        }
    }
    return red;
}

__global__ void kernel(float *ptr)
{
    int x = threadIdx.x + blockIdx.x * blockDim.x, y = threadIdx.y + blockIdx.y * blockDim.y;
    ptr[x + y * blockDim.x * gridDim.x] = shade(s, x - DIM / 2, y - DIM / 2);
}

int main()
{
    Sphere temp_s[SPHERES];
    for (int i = 0; i < SPHERES; i++)
        temp_s[i] = {0.1f * (i + 1), 0.2f, 0.3f, 5.0f + i, (float)(i * 11 % 40 - 20), (float)(i * 17 % 40 - 20), (float)(i * 5 % 30)};
    cudaMemcpyToSymbol(s, temp_s, sizeof(Sphere) * SPHERES);
    static float image[DIM * DIM];
    float *dev;
    cudaMalloc(&dev, sizeof image);
    kernel<<<dim3(DIM / 16, DIM / 16), dim3(16, 16)>>>(dev);
    cudaMemcpy(image, dev, sizeof image, cudaMemcpyDeviceToHost);
    cudaFree(dev);
    int wrong = 0, lit = 0;
    for (int i = 0; i < DIM * DIM; ++i) {
        wrong += !(std::fabs(image[i] - shade(temp_s, i % DIM - DIM / 2, i / DIM - DIM / 2)) < 1e-5f);
        lit += image[i] > 0;
    }
    printf("%d lit, %d wrong\n", lit, wrong);
    return wrong || lit < 300;
}
