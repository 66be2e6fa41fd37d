// Dynamic programming and graphs: cheapest paths through a grid, several rows in each launch (Rodinia's pathfinder)
#include <algorithm>
#include <cstdio>
#include <vector>
#define BLOCK_SIZE 64
#define HALO 1
#define IN_RANGE(x, min, max) ((x) >= (min) && (x) <= (max))
#define MIN(a, b) ((a) <= (b) ? (a) : (b))

__global__ void dynproc_kernel(int iteration, const int *gpuWall, const int *gpuSrc, int *gpuResults, int cols, int rows,
                               int startStep, int border)
{
    __shared__ int prev[BLOCK_SIZE];
    __shared__ int result[BLOCK_SIZE];
    int bx = blockIdx.x, tx = threadIdx.x;
    int small_block_cols = BLOCK_SIZE - iteration * HALO * 2;
    int blkX = small_block_cols * bx - border;
    int xidx = blkX + tx;
    int validXmin = (blkX < 0) ? -blkX : 0;
    int validXmax = (blkX + BLOCK_SIZE - 1 > cols - 1) ? cols - 1 - blkX : BLOCK_SIZE - 1;
    int W = tx - 1 < validXmin ? validXmin : tx - 1;
    int E = tx + 1 > validXmax ? validXmax : tx + 1;
    bool isValid = IN_RANGE(tx, validXmin, validXmax);
    if (IN_RANGE(xidx, 0, cols - 1))
        prev[tx] = gpuSrc[xidx];
    __syncthreads();
    bool computed;
    for (int i = 0; i < iteration; i++) {
        computed = false;
        if (IN_RANGE(tx, i + 1, BLOCK_SIZE - i - 2) && isValid) {
            computed = true;
            int shortest = MIN(prev[W], MIN(prev[tx], prev[E]));
            result[tx] = shortest + gpuWall[cols * (startStep + i) + xidx];
        }
        __syncthreads();
        if (i == iteration - 1)
            break;
        if (computed)
            prev[tx] = result[tx];
        __syncthreads();
    }
    if (computed)
        gpuResults[xidx] = result[tx];
}

int main()
{
    const int rows = 12, cols = 150, pyramid = 3;
    std::vector<int> wall(rows * cols), out(cols);
    for (int i = 0; i < rows * cols; ++i)
        wall[i] = (i * 193 + i / 7) % 10;
    int *d_wall, *d_result[2];
    cudaMalloc(&d_result[0], cols * sizeof(int));
    cudaMalloc(&d_result[1], cols * sizeof(int));
    cudaMalloc(&d_wall, (rows - 1) * cols * sizeof(int));
    cudaMemcpy(d_result[0], wall.data(), cols * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_wall, wall.data() + cols, (rows - 1) * cols * sizeof(int), cudaMemcpyHostToDevice);
    int src = 1, dst = 0;
    for (int t = 0; t < rows - 1; t += pyramid) {
        std::swap(src, dst);
        int steps = MIN(pyramid, rows - t - 1), small = BLOCK_SIZE - 2 * steps * HALO;
        dynproc_kernel<<<(cols + small - 1) / small, BLOCK_SIZE>>>(steps, d_wall, d_result[src], d_result[dst], cols, rows, t,
                                                                  steps * HALO);
    }
    cudaMemcpy(out.data(), d_result[dst], cols * sizeof(int), cudaMemcpyDeviceToHost);
    std::vector<int> best(wall.begin(), wall.begin() + cols), next(cols);
    for (int r = 1; r < rows; ++r, best = next)
        for (int c = 0; c < cols; ++c)
            next[c] = wall[r * cols + c] + MIN(best[std::max(c - 1, 0)], MIN(best[c], best[std::min(c + 1, cols - 1)]));
    cudaFree(d_wall), cudaFree(d_result[0]), cudaFree(d_result[1]);
    puts(out == best ? "PASSED" : "FAILED");
    return out != best;
}
