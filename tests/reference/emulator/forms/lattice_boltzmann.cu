// Simulations: steps of a lattice Boltzmann method: each cell pulls from nine directions, and mass is conserved
#include <cmath>
#include <cstdio>
#include <vector>
#define NX 20
#define NY 16
__constant__ int ex[9], ey[9];
__constant__ float weight[9];

__global__ void pullAndCollide(const float *f, float *next, float omega)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= NX || y >= NY)
        return;
    float in[9], rho = 0, ux = 0, uy = 0;
    for (int k = 0; k < 9; ++k) {
        int fx = (x - ex[k] + NX) % NX, fy = (y - ey[k] + NY) % NY;
        in[k] = f[k * NX * NY + fy * NX + fx];
        rho += in[k];
        ux += in[k] * ex[k];
        uy += in[k] * ey[k];
    }
    ux /= rho, uy /= rho;
    for (int k = 0; k < 9; ++k) {
        float eu = ex[k] * ux + ey[k] * uy;
        float eq = weight[k] * rho * (1 + 3 * eu + 4.5f * eu * eu - 1.5f * (ux * ux + uy * uy));
        next[k * NX * NY + y * NX + x] = in[k] + omega * (eq - in[k]);
    }
}

int main()
{
    const int h_ex[] = {0, 1, 0, -1, 0, 1, -1, -1, 1}, h_ey[] = {0, 0, 1, 0, -1, 1, 1, -1, -1};
    const float h_w[] = {4.f / 9, 1.f / 9, 1.f / 9, 1.f / 9, 1.f / 9, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36};
    cudaMemcpyToSymbol(ex, h_ex, sizeof h_ex);
    cudaMemcpyToSymbol(ey, h_ey, sizeof h_ey);
    cudaMemcpyToSymbol(weight, h_w, sizeof h_w);
    const int n = NX * NY;
    std::vector<float> f(9 * n), out(9 * n);
    for (int i = 0; i < 9 * n; ++i)
        f[i] = h_w[i / n] * (1 + 0.1f * std::sin(0.3f * (i % NX)) + 0.06f * h_ex[i / n]);
    float *a, *b;
    cudaMalloc(&a, 9 * n * sizeof(float));
    cudaMalloc(&b, 9 * n * sizeof(float));
    cudaMemcpy(a, f.data(), 9 * n * sizeof(float), cudaMemcpyHostToDevice);
    for (int step = 0; step < 6; ++step) {
        pullAndCollide<<<dim3(2, 4), dim3(16, 4)>>>(a, b, 1.2f);
        std::swap(a, b);
    }
    cudaMemcpy(out.data(), a, 9 * n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(a);
    cudaFree(b);
    double mass[2] = {}, momentum[2] = {}, moved = 0;
    for (int i = 0; i < 9 * n; ++i) {
        mass[0] += f[i], mass[1] += out[i];
        momentum[0] += f[i] * h_ex[i / n], momentum[1] += out[i] * h_ex[i / n];
        moved += std::fabs(f[i] - out[i]);
    }
    printf("mass %f, then %f; moved %f\n", mass[0], mass[1], moved);
    bool kept = std::fabs(mass[0] - mass[1]) < 1e-3 * mass[0] && std::fabs(momentum[0] - momentum[1]) < 1e-3 * momentum[0];
    return !(kept && moved > 0.1);
}
