// Stencils and images: the game of life on a torus, with indices modulo the size in place of halos
#include <cstdio>
#include <cstdlib>
#include <vector>

__device__ __forceinline__ int wrap(int i, int n) { return (i + n) % n; }

__global__ void life(const bool *grid, bool *next, dim3 size)
{
    unsigned x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= size.x || y >= size.y)
        return;
    int neighbors = 0;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
            if (dx || dy)
                neighbors += grid[wrap(y + dy, size.y) * size.x + wrap(x + dx, size.x)];
    next[y * size.x + x] = neighbors == 3 || (neighbors == 2 && grid[y * size.x + x]);
}

int main()
{
    // a glider is back after 4 steps, a cell further down and right
    const dim3 size(20, 18);
    const int cells = size.x * size.y;
    bool *a, *b;
    bool *start = new bool[cells](), *end = new bool[cells];
    for (auto [x, y] : {std::pair{1, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}})
        start[y * size.x + x] = true;
    cudaMalloc(&a, cells * sizeof(bool));
    cudaMalloc(&b, cells * sizeof(bool));
    cudaMemcpy(a, start, cells * sizeof(bool), cudaMemcpyHostToDevice);
    for (int step = 0; step < 4 * 7; ++step) {
        life<<<dim3(2, 3), dim3(16, 8)>>>(a, b, size);
        std::swap(a, b);
    }
    cudaMemcpy(end, a, cells * sizeof(bool), cudaMemcpyDeviceToHost);
    cudaFree(a);
    cudaFree(b);
    int wrong = 0;
    for (unsigned y = 0; y < size.y; ++y)
        for (unsigned x = 0; x < size.x; ++x)
            wrong += end[(y + 7) % size.y * size.x + (x + 7) % size.x] != start[y * size.x + x];
    delete[] start;
    delete[] end;
    return printf("%d wrong\n", wrong), wrong;
}
