// Simulations: pi by random points, a generator's state for each thread, and sums by warps
#include <cmath>
#include <cstdio>
#include <cstdint>

struct Xorshift { uint32_t x, y, z, w; };

__device__ void seed(Xorshift &s, uint32_t n)
{
    s = {n * 1664525u + 1013904223u, 362436069u ^ n, 521288629u + n, 88675123u};
}
__device__ float uniform(Xorshift &s)
{
    uint32_t t = s.x ^ (s.x << 11);
    s.x = s.y, s.y = s.z, s.z = s.w;
    s.w = s.w ^ (s.w >> 19) ^ t ^ (t >> 8);
    return (s.w >> 8) * (1.0f / 16777216.0f);
}

__global__ void setup_kernel(Xorshift *state)
{
    int id = threadIdx.x + blockIdx.x * blockDim.x;
    Xorshift local;
    seed(local, id);
    for (int i = 0; i < 10; ++i)
        uniform(local);
    state[id] = local;
}

__global__ void monte_carlo(Xorshift *state, unsigned long long *count, int m)
{
    __shared__ unsigned cache[256];
    int id = threadIdx.x + blockIdx.x * blockDim.x;
    Xorshift local = state[id];
    unsigned hits = 0;
    for (int i = 0; i < m; ++i) {
        float x = uniform(local), y = uniform(local);
        hits += x * x + y * y <= 1.0f;
    }
    state[id] = local;
    cache[threadIdx.x] = hits;
    for (int i = blockDim.x / 2; i != 0; i /= 2) {
        __syncthreads();
        if (threadIdx.x < i)
            cache[threadIdx.x] += cache[threadIdx.x + i];
    }
    if (threadIdx.x == 0)
        atomicAdd(count, (unsigned long long)cache[0]);
}

int main()
{
    const int blocks = 4, threads = 128, m = 100;
    unsigned long long *d_count, h_count;
    Xorshift *d_state;
    cudaMalloc(&d_count, sizeof *d_count);
    cudaMalloc(&d_state, blocks * threads * sizeof(Xorshift));
    cudaMemset(d_count, 0, sizeof *d_count);
    cudaMemset(d_state, 0, blocks * threads * sizeof(Xorshift));
    setup_kernel<<<blocks, threads>>>(d_state);
    monte_carlo<<<blocks, threads>>>(d_state, d_count, m);
    cudaMemcpy(&h_count, d_count, sizeof h_count, cudaMemcpyDeviceToHost);
    cudaFree(d_count);
    cudaFree(d_state);
    double pi = h_count * 4.0 / (blocks * threads * m);
    printf("pi is about %f\n", pi);
    return std::fabs(pi - M_PI) < 0.03 ? 0 : 1;
}
