// Dynamic programming and graphs: shortest paths of all pairs, a launch for each middle vertex
#include <cstdio>
#include <vector>
#define INF 1000000

__global__ void floydWarshall(int *dist, int k, int n)
{
    __shared__ int toK;
    int j = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y;
    if (threadIdx.x == 0)
        toK = dist[i * n + k];
    __syncthreads();
    if (j >= n || toK == INF || i == k || j == k)
        return;
    int through = toK + dist[k * n + j];
    if (dist[i * n + j] > through)
        dist[i * n + j] = through;
}

int main()
{
    const int n = 40;
    std::vector<int> d(n * n, INF), r(n * n);
    for (int i = 0; i < n; ++i) {
        d[i * n + i] = 0;
        for (int e = 1; e < 4; ++e)
            d[i * n + (i * e + 7 * e) % n] = i == (i * e + 7 * e) % n ? 0 : 1 + (i * e) % 9;
    }
    int *dev;
    cudaMalloc(&dev, n * n * sizeof(int));
    cudaMemcpy(dev, d.data(), n * n * sizeof(int), cudaMemcpyHostToDevice);
    for (int k = 0; k < n; ++k)
        floydWarshall<<<dim3((n + 63) / 64, n), 64>>>(dev, k, n);
    cudaMemcpy(r.data(), dev, n * n * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(dev);
    for (int k = 0; k < n; ++k)
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j)
                if (d[i * n + k] + d[k * n + j] < d[i * n + j])
                    d[i * n + j] = d[i * n + k] + d[k * n + j];
    return r == d ? 0 : (puts("FAILED"), 1);
}
