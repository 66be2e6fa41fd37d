// Simulations: pi and normal numbers by cuRAND, a state for each thread, kept from one launch to the next
#include <cmath>
#include <cstdio>
#include <curand_kernel.h>

__global__ void setup(curandState *states, unsigned long long seed)
{
    int id = blockIdx.x * blockDim.x + threadIdx.x;
    curand_init(seed, id, 0, &states[id]);
}

__global__ void count_hits(curandState *states, unsigned *hits, int points)
{
    int id = blockIdx.x * blockDim.x + threadIdx.x;
    curandState local = states[id];
    unsigned inside = 0;
    for (int i = 0; i < points; ++i) {
        float x = curand_uniform(&local), y = curand_uniform(&local);
        inside += x * x + y * y <= 1;
    }
    states[id] = local;
    hits[id] += inside;
}

__global__ void normal_numbers(float4 *out, unsigned long long seed)
{
    int id = blockIdx.x * blockDim.x + threadIdx.x;
    curandStatePhilox4_32_10_t state;
    curand_init(seed, 0, 4 * id, &state);
    out[id] = curand_normal4(&state);
}

int main()
{
    const int threads = 256, launches = 4, points = 16;
    curandState *states;
    unsigned *hits, h[threads];
    float4 *normal;
    float n[4 * threads];
    cudaMalloc(&states, threads * sizeof *states);
    cudaMalloc(&hits, sizeof h);
    cudaMalloc(&normal, sizeof n);
    cudaMemset(hits, 0, sizeof h);
    setup<<<threads / 64, 64>>>(states, 1234);
    for (int i = 0; i < launches; ++i)
        count_hits<<<threads / 64, 64>>>(states, hits, points);
    normal_numbers<<<threads / 64, 64>>>(normal, 1234);
    cudaMemcpy(h, hits, sizeof h, cudaMemcpyDeviceToHost);
    cudaMemcpy(n, normal, sizeof n, cudaMemcpyDeviceToHost);

    double inside = 0, sum = 0, squares = 0;
    bool differ = false;
    for (int i = 0; i < threads; ++i) {
        inside += h[i];
        differ |= h[i] != h[0];
    }
    for (float x : n) {
        sum += x;
        squares += x * x;
    }
    double pi = 4 * inside / (threads * launches * points), mean = sum / (4 * threads), variance = squares / (4 * threads);
    printf("pi %g, mean %g, variance %g\n", pi, mean, variance);
    cudaFree(states);
    cudaFree(hits);
    cudaFree(normal);
    return !(differ && fabs(pi - 3.14159) < 0.05 && fabs(mean) < 0.1 && fabs(variance - 1) < 0.15);
}
