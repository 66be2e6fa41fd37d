// Dynamic programming and graphs: connected components of a graph by union-find: hooks by atomicCAS, then shorter paths
// Found: schedule_dependent, as the trees depend on which hook came first; the labels are the same
#include <cstdio>
#include <numeric>
#include <vector>

struct Edge { int u, v; };

__device__ int root_of(int *parent, int v)
{
    while (true) {
        const int up = atomicAdd(&parent[v], 0);
        if (up == v)
            return v;
        v = up;
    }
}
__global__ void init(int *parent, int n)
{
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v < n)
        parent[v] = v;
}
__global__ void hook(int *parent, const Edge *edges, int count)
{
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= count)
        return;
    int u = root_of(parent, edges[e].u), v = root_of(parent, edges[e].v);
    while (u != v) {
        if (u < v) {
            int t = u;
            u = v;
            v = t;
        }
        int old = atomicCAS(parent + u, u, v);
        if (old == u)
            break;
        u = root_of(parent, old);
        v = root_of(parent, v);
    }
}
__global__ void flatten(int *parent, int *label, int n)
{
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v < n)
        label[v] = root_of(parent, v);
}

int main()
{
    const int n = 300;
    std::vector<Edge> edges;
    for (int i = 0; i < n; ++i)
        if (i % 11)
            edges.push_back({i, (i * 7 + 11) % n / 5 * 5});
    int *parent, *label;
    Edge *d_edges;
    cudaMalloc(&parent, n * sizeof *parent);
    cudaMemset(parent, 0, n * sizeof *parent);
    cudaMalloc(&label, n * sizeof *label);
    cudaMalloc(&d_edges, edges.size() * sizeof(Edge));
    cudaMemcpy(d_edges, edges.data(), edges.size() * sizeof(Edge), cudaMemcpyHostToDevice);
    init<<<(n + 63) / 64, 64>>>(parent, n);
    hook<<<((int)edges.size() + 63) / 64, 64>>>(parent, d_edges, (int)edges.size());
    flatten<<<(n + 63) / 64, 64>>>(parent, label, n);
    std::vector<int> got(n), expected(n);
    cudaMemcpy(got.data(), label, n * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(parent), cudaFree(label), cudaFree(d_edges);
    std::iota(expected.begin(), expected.end(), 0);
    for (bool changed = true; changed;) {
        changed = false;
        for (const Edge &e : edges) {
            int low = std::min(expected[e.u], expected[e.v]);
            changed |= expected[e.u] != low || expected[e.v] != low;
            expected[e.u] = expected[e.v] = low;
        }
    }
    return got == expected ? 0 : (puts("wrong"), 1);
}
