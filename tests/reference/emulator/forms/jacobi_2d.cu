// Stencils and images: Jacobi steps on a plate until the change is small, with a tile and its halo
#include <cmath>
#include <cstdio>
#include <utility>
#define NX 34
#define NY 30
#define TX 16
#define TY 8

__global__ void jacobi(const float *__restrict__ u, float *__restrict__ next, unsigned *change)
{
    __shared__ float tile[TY + 2][TX + 2];
    int x = blockIdx.x * TX + threadIdx.x, y = blockIdx.y * TY + threadIdx.y;
    int tx = threadIdx.x + 1, ty = threadIdx.y + 1;
    bool inside = x < NX && y < NY;
    if (inside) {
        tile[ty][tx] = u[y * NX + x];
        if (threadIdx.x == 0 && x > 0) tile[ty][0] = u[y * NX + x - 1];
        if (threadIdx.x == TX - 1 && x < NX - 1) tile[ty][TX + 1] = u[y * NX + x + 1];
        if (threadIdx.y == 0 && y > 0) tile[0][tx] = u[(y - 1) * NX + x];
        if (threadIdx.y == TY - 1 && y < NY - 1) tile[TY + 1][tx] = u[(y + 1) * NX + x];
    }
    __syncthreads();
    if (!inside)
        return;
    float now = tile[ty][tx], then = now;
    if (x > 0 && x < NX - 1 && y > 0 && y < NY - 1)
        then = 0.25f * (tile[ty][tx - 1] + tile[ty][tx + 1] + tile[ty - 1][tx] + tile[ty + 1][tx]);
    next[y * NX + x] = then;
    atomicMax(change, __float_as_uint(fabsf(then - now)));
}

int main()
{
    static float a[NX * NY], b[NX * NY], out[NX * NY];
    for (int x = 0; x < NX; ++x)
        a[x] = b[x] = 100.0f;
    float *u, *v;
    unsigned *d_change, zero = 0, bits;
    cudaMalloc(&u, sizeof a);
    cudaMalloc(&v, sizeof a);
    cudaMalloc(&d_change, sizeof(unsigned));
    cudaMemcpy(u, a, sizeof a, cudaMemcpyHostToDevice);
    dim3 block(TX, TY), grid((NX + TX - 1) / TX, (NY + TY - 1) / TY);
    int steps = 0;
    float change;
    do {
        cudaMemcpy(d_change, &zero, sizeof zero, cudaMemcpyHostToDevice);
        jacobi<<<grid, block>>>(u, v, d_change);
        cudaMemcpy(&bits, d_change, sizeof bits, cudaMemcpyDeviceToHost);
        memcpy(&change, &bits, sizeof change);
        std::swap(u, v);
        ++steps;
    } while (change > 1.0f && steps < 100);
    cudaMemcpy(out, u, sizeof out, cudaMemcpyDeviceToHost);
    for (int s = 0; s < steps; ++s) {
        for (int y = 1; y < NY - 1; ++y)
            for (int x = 1; x < NX - 1; ++x)
                b[y * NX + x] = 0.25f * (a[y * NX + x - 1] + a[y * NX + x + 1] + a[(y - 1) * NX + x] + a[(y + 1) * NX + x]);
        std::swap(a, b);
    }
    cudaFree(u), cudaFree(v), cudaFree(d_change);
    for (int i = 0; i < NX * NY; ++i)
        if (!(fabsf(out[i] - a[i]) < 1e-3f))
            return printf("element %d: %f, expected %f\n", i, out[i], a[i]), 1;
    printf("%d steps\n", steps);
    return steps < 5;
}
