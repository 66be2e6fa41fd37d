// Dynamic programming and graphs: breadth-first search with queues, in shared memory first
// Found: schedule_dependent, as the order of the queue is free
#include <cstdio>
#include <queue>
#include <vector>
#define CAPACITY 16

__global__ void bfsLevel(const int *rowPtr, const int *dst, int *level, const int *prev, int *curr, int numPrev, int *numCurr,
                         int currLevel)
{
    __shared__ int queue[CAPACITY];
    __shared__ int count, start;
    if (threadIdx.x == 0)
        count = 0;
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < numPrev) {
        int vertex = prev[i];
        for (int edge = rowPtr[vertex]; edge < rowPtr[vertex + 1]; ++edge) {
            int neighbor = dst[edge];
            if (atomicCAS(&level[neighbor], -1, currLevel) == -1) {
                int at = atomicAdd(&count, 1);
                if (at < CAPACITY) {
                    queue[at] = neighbor;
                } else {
                    atomicSub(&count, 1);
                    curr[atomicAdd(numCurr, 1)] = neighbor;
                }
            }
        }
    }
    __syncthreads();
    if (threadIdx.x == 0)
        start = atomicAdd(numCurr, count);
    __syncthreads();
    for (int j = threadIdx.x; j < count; j += blockDim.x)
        curr[start + j] = queue[j];
}

int main()
{
    const int n = 300;
    std::vector<int> rowPtr{0}, dst, expected(n, -1), level(n, -1);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i % 4; ++j)
            dst.push_back((i * 23 + j * 101 + 7) % n);
        dst.push_back((i + 1) % n);
        rowPtr.push_back((int)dst.size());
    }
    std::queue<int> todo({0});
    level[0] = expected[0] = 0;
    for (; !todo.empty(); todo.pop())
        for (int v = todo.front(), e = rowPtr[v]; e < rowPtr[v + 1]; ++e)
            if (expected[dst[e]] < 0) {
                expected[dst[e]] = expected[v] + 1;
                todo.push(dst[e]);
            }
    int *d_row, *d_dst, *d_level, *d_prev, *d_curr, *d_count, count = 1, zero = 0;
    cudaMalloc(&d_row, rowPtr.size() * sizeof(int));
    cudaMalloc(&d_dst, dst.size() * sizeof(int));
    cudaMalloc(&d_level, n * sizeof(int));
    cudaMalloc(&d_prev, n * sizeof(int));
    cudaMalloc(&d_curr, n * sizeof(int));
    cudaMalloc(&d_count, sizeof(int));
    cudaMemcpy(d_row, rowPtr.data(), rowPtr.size() * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_dst, dst.data(), dst.size() * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_level, level.data(), n * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_prev, &zero, sizeof(int), cudaMemcpyHostToDevice);
    for (int now = 1; count > 0 && now <= n; ++now) {
        cudaMemcpy(d_count, &zero, sizeof(int), cudaMemcpyHostToDevice);
        bfsLevel<<<(count + 31) / 32, 32>>>(d_row, d_dst, d_level, d_prev, d_curr, count, d_count, now);
        cudaMemcpy(&count, d_count, sizeof(int), cudaMemcpyDeviceToHost);
        std::swap(d_prev, d_curr);
    }
    cudaMemcpy(level.data(), d_level, n * sizeof(int), cudaMemcpyDeviceToHost);
    for (int *p : {d_row, d_dst, d_level, d_prev, d_curr, d_count})
        cudaFree(p);
    return level == expected ? 0 : (puts("FAILED"), 1);
}
