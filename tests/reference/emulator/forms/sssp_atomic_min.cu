// Dynamic programming and graphs: shortest paths from one vertex, edges relaxed by atomicMin until nothing changes
// Found: schedule_dependent, as one launch may relax further than another; the end is the same
#include <cstdio>
#include <vector>

__global__ void relax(const int *src, const int *dst, const int *weight, unsigned *dist, int edges, int *changed)
{
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= edges)
        return;
    unsigned from = atomicAdd(&dist[src[e]], 0u); // an atomic read
    if (from == UINT_MAX)
        return;
    unsigned through = from + weight[e];
    if (atomicMin(&dist[dst[e]], through) > through)
        atomicExch(changed, 1);
}

int main()
{
    const int n = 100;
    std::vector<int> src, dst, weight;
    for (int i = 0; i < n; ++i)
        for (int j = 1; j < 4; ++j) {
            src.push_back(i);
            dst.push_back((i * j + 3 * j) % n);
            weight.push_back(1 + (i * 7 + j) % 15);
        }
    int edges = (int)src.size(), *d_src, *d_dst, *d_weight, *d_changed, changed = 1, rounds = 0;
    std::vector<unsigned> dist(n, UINT_MAX), expected(n, UINT_MAX);
    dist[0] = expected[0] = 0;
    unsigned *d_dist;
    cudaMalloc(&d_src, edges * sizeof(int));
    cudaMalloc(&d_dst, edges * sizeof(int));
    cudaMalloc(&d_weight, edges * sizeof(int));
    cudaMalloc(&d_dist, n * sizeof(unsigned));
    cudaMalloc(&d_changed, sizeof(int));
    cudaMemcpy(d_src, src.data(), edges * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_dst, dst.data(), edges * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_weight, weight.data(), edges * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_dist, dist.data(), n * sizeof(unsigned), cudaMemcpyHostToDevice);
    while (changed && rounds++ < n) {
        cudaMemset(d_changed, 0, sizeof(int));
        relax<<<(edges + 127) / 128, 128>>>(d_src, d_dst, d_weight, d_dist, edges, d_changed);
        cudaMemcpy(&changed, d_changed, sizeof(int), cudaMemcpyDeviceToHost);
    }
    cudaMemcpy(dist.data(), d_dist, n * sizeof(unsigned), cudaMemcpyDeviceToHost);
    for (bool again = true; again;) {
        again = false;
        for (int e = 0; e < edges; ++e)
            if (expected[src[e]] != UINT_MAX && expected[src[e]] + weight[e] < expected[dst[e]]) {
                expected[dst[e]] = expected[src[e]] + weight[e];
                again = true;
            }
    }
    cudaFree(d_src), cudaFree(d_dst), cudaFree(d_weight), cudaFree(d_dist), cudaFree(d_changed);
    printf("%d rounds\n", rounds);
    return dist != expected;
}
