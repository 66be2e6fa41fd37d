// Dynamic programming and graphs: ranks of pages by rows of links, until the change that atomicAdd sums up is small
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

struct Csr {
    const int *offsets, *sources;
    int n;
};
__device__ float change;

__global__ void rank(const Csr graph, const int *out_degree, const float *old, float *next, float damping)
{
    const int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v >= graph.n)
        return;
    float sum = 0;
    for (int e = graph.offsets[v]; e < graph.offsets[v + 1]; ++e)
        sum += old[graph.sources[e]] / out_degree[graph.sources[e]];
    next[v] = (1 - damping) / graph.n + damping * sum;
    atomicAdd(&change, fabsf(next[v] - old[v]));
}

template <typename T> T *upload(const std::vector<T> &v)
{
    T *d;
    cudaMalloc(&d, v.size() * sizeof(T));
    cudaMemcpy(d, v.data(), v.size() * sizeof(T), cudaMemcpyHostToDevice);
    return d;
}

int main()
{
    const int n = 120;
    std::vector<int> offsets{0}, sources, degree(n);
    for (int v = 0; v < n; ++v) {
        for (int u = 0; u < n; ++u)
            if (u != v && ((u * 13 + v * 7) % 17 == 0 || (u + 1) % n == v)) {
                sources.push_back(u);
                ++degree[u];
            }
        offsets.push_back((int)sources.size());
    }
    std::vector<float> start(n, 1.0f / n), got(n);
    std::vector<double> old(n, 1.0 / n), next(n);
    float *a = upload(start), *b = upload(start), delta = 1;
    int *d_offsets = upload(offsets), *d_sources = upload(sources), *d_degree = upload(degree), rounds = 0;
    for (; delta > 1e-5f && rounds < 100; ++rounds) {
        delta = 0;
        cudaMemcpyToSymbol(change, &delta, sizeof delta);
        rank<<<(n + 31) / 32, 32>>>({d_offsets, d_sources, n}, d_degree, a, b, 0.85f);
        cudaMemcpyFromSymbol(&delta, change, sizeof delta);
        std::swap(a, b);
    }
    cudaMemcpy(got.data(), a, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(a), cudaFree(b), cudaFree(d_offsets), cudaFree(d_sources), cudaFree(d_degree);
    for (int r = 0; r < rounds; ++r, old.swap(next))
        for (int v = 0; v < n; ++v) {
            double sum = 0;
            for (int e = offsets[v]; e < offsets[v + 1]; ++e)
                sum += old[sources[e]] / degree[sources[e]];
            next[v] = 0.15 / n + 0.85 * sum;
        }
    for (int v = 0; v < n; ++v)
        if (std::fabs(got[v] - old[v]) > 1e-6 || rounds < 2)
            return printf("page %d\n", v), 1;
    return 0;
}
