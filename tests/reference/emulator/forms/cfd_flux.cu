// Simulations: fluxes between the cells of an unstructured mesh, one array for each variable (Rodinia's cfd)
#include <cmath>
#include <cstdio>
#include <vector>
#define GAMMA 1.4f
#define NDIM 2
#define NNB 4
#define VARS 4 // density, two momenta, energy

__host__ __device__ inline void flux_of(float density, const float *momentum, float energy, int axis, float *flux)
{
    float vx = momentum[0] / density, vy = momentum[1] / density;
    float pressure = (GAMMA - 1.0f) * (energy - 0.5f * density * (vx * vx + vy * vy));
    float v = axis ? vy : vx;
    flux[0] = momentum[axis];
    flux[1] = v * momentum[0] + (axis == 0 ? pressure : 0);
    flux[2] = v * momentum[1] + (axis == 1 ? pressure : 0);
    flux[3] = v * (energy + pressure);
}

__global__ void cuda_compute_flux(int nelr, const int *elements_surrounding, const float *normals, const float *variables, float *fluxes)
{
    const int i = blockDim.x * blockIdx.x + threadIdx.x;
    if (i >= nelr)
        return;
    float sum[VARS] = {}, mine[VARS];
    for (int v = 0; v < VARS; ++v)
        mine[v] = variables[i + v * nelr];
#pragma unroll
    for (int j = 0; j < NNB; j++) {
        int nb = elements_surrounding[i + j * nelr];
        float theirs[VARS];
        for (int v = 0; v < VARS; ++v)
            theirs[v] = nb >= 0 ? variables[nb + v * nelr] : mine[v];
        for (int axis = 0; axis < NDIM; ++axis) {
            float factor = 0.5f * normals[i + (j + axis * NNB) * nelr], a[VARS], b[VARS];
            flux_of(mine[0], mine + 1, mine[3], axis, a);
            flux_of(theirs[0], theirs + 1, theirs[3], axis, b);
            for (int v = 0; v < VARS; ++v)
                sum[v] += factor * (a[v] + b[v]);
        }
    }
    for (int v = 0; v < VARS; ++v)
        fluxes[i + v * nelr] = sum[v];
}

int main()
{
    const int side = 9, n = side * side;
    std::vector<int> around(n * NNB);
    std::vector<float> normals(n * NNB * NDIM), vars(n * VARS), fluxes(n * VARS);
    const int dx[] = {-1, 1, 0, 0}, dy[] = {0, 0, -1, 1};
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < NNB; ++j) {
            int x = i % side + dx[j], y = i / side + dy[j];
            around[i + j * n] = x < 0 || y < 0 || x >= side || y >= side ? -1 : y * side + x;
            normals[i + j * n] = dx[j], normals[i + (j + NNB) * n] = dy[j];
        }
        vars[i] = 1.0f + 0.1f * (i % 5);
        vars[i + n] = 0.2f * (i % 3 - 1), vars[i + 2 * n] = 0.1f * (i % 7 - 3);
        vars[i + 3 * n] = 3.0f + 0.05f * (i % 4);
    }
    int *d_around;
    float *d_normals, *d_vars, *d_fluxes;
    cudaMalloc(&d_around, around.size() * sizeof(int));
    cudaMalloc(&d_normals, normals.size() * sizeof(float));
    cudaMalloc(&d_vars, vars.size() * sizeof(float));
    cudaMalloc(&d_fluxes, fluxes.size() * sizeof(float));
    cudaMemcpy(d_around, around.data(), around.size() * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_normals, normals.data(), normals.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_vars, vars.data(), vars.size() * sizeof(float), cudaMemcpyHostToDevice);
    cuda_compute_flux<<<(n + 31) / 32, 32>>>(n, d_around, d_normals, d_vars, d_fluxes);
    cudaMemcpy(fluxes.data(), d_fluxes, fluxes.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_around), cudaFree(d_normals), cudaFree(d_vars), cudaFree(d_fluxes);
    double worst = 0, size = 0;
    for (int i = 0; i < n; ++i)
        for (int v = 0; v < VARS; ++v) {
            double sum = 0;
            for (int j = 0; j < NNB; ++j) {
                int nb = around[i + j * n] < 0 ? i : around[i + j * n], axis = j / 2;
                float m[2][2] = {{vars[i + n], vars[i + 2 * n]}, {vars[nb + n], vars[nb + 2 * n]}}, a[VARS], b[VARS];
                flux_of(vars[i], m[0], vars[i + 3 * n], axis, a);
                flux_of(vars[nb], m[1], vars[nb + 3 * n], axis, b);
                sum += 0.5 * (j % 2 ? 1 : -1) * (a[v] + b[v]);
            }
            size += std::fabs(sum);
            if (!(std::fabs(fluxes[i + v * n] - sum) <= worst)) worst = std::isnan(std::fabs(fluxes[i + v * n] - sum)) ? INFINITY : std::fabs(fluxes[i + v * n] - sum);
        }
    printf("worst: %g of %g\n", worst, size);
    return !(worst < 1e-5 && size > 10);
}
