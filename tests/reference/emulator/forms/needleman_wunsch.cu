// Dynamic programming and graphs: an alignment, blocks along antidiagonals (Rodinia's nw)
#include <algorithm>
#include <cstdio>
#include <vector>
#define BLOCK_SIZE 16

__device__ __host__ int maximum(int a, int b, int c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

__global__ void needle_cuda(const int *reference, int *matrix, int cols, int penalty, int diagonal, int first)
{
    __shared__ int temp[BLOCK_SIZE + 1][BLOCK_SIZE + 1];
    __shared__ int ref[BLOCK_SIZE][BLOCK_SIZE];
    int tx = threadIdx.x;
    int b_index_x = first + blockIdx.x, b_index_y = diagonal - b_index_x;
    int base = cols * BLOCK_SIZE * b_index_y + BLOCK_SIZE * b_index_x;
    int index = base + tx + (cols + 1);
    if (tx == 0)
        temp[tx][0] = matrix[base];
    for (int ty = 0; ty < BLOCK_SIZE; ty++)
        ref[ty][tx] = reference[index + cols * ty];
    temp[tx + 1][0] = matrix[base + cols * (tx + 1)];
    temp[0][tx + 1] = matrix[base + tx + 1];
    __syncthreads();
    for (int m = 0; m < BLOCK_SIZE; m++) {
        if (tx <= m) {
            int x = tx + 1, y = m - tx + 1;
            temp[y][x] = maximum(temp[y - 1][x - 1] + ref[y - 1][x - 1], temp[y][x - 1] - penalty, temp[y - 1][x] - penalty);
        }
        __syncthreads();
    }
    for (int m = BLOCK_SIZE - 2; m >= 0; m--) {
        if (tx <= m) {
            int x = tx + BLOCK_SIZE - m, y = BLOCK_SIZE - tx;
            temp[y][x] = maximum(temp[y - 1][x - 1] + ref[y - 1][x - 1], temp[y][x - 1] - penalty, temp[y - 1][x] - penalty);
        }
        __syncthreads();
    }
    for (int ty = 0; ty < BLOCK_SIZE; ty++)
        matrix[index + ty * cols] = temp[ty + 1][tx + 1];
}

int main()
{
    const int blocks = 3, n = blocks * BLOCK_SIZE, cols = n + 1, penalty = 10;
    std::vector<int> ref(cols * cols), expected(cols * cols), out(cols * cols);
    for (int i = 1; i < cols; ++i)
        for (int j = 1; j < cols; ++j)
            ref[i * cols + j] = (i * 7 + j * 11) % 21 - 10;
    for (int i = 0; i < cols; ++i)
        expected[i * cols] = expected[i] = -i * penalty;
    int *d_ref, *d_matrix;
    cudaMalloc((void **)&d_ref, ref.size() * sizeof(int));
    cudaMalloc((void **)&d_matrix, ref.size() * sizeof(int));
    cudaMemcpy(d_ref, ref.data(), ref.size() * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(d_matrix, expected.data(), ref.size() * sizeof(int), cudaMemcpyHostToDevice);
    for (int d = 0; d < 2 * blocks - 1; ++d) {
        int first = std::max(0, d - blocks + 1), count = std::min(d, blocks - 1) - first + 1;
        needle_cuda<<<count, BLOCK_SIZE>>>(d_ref, d_matrix, cols, penalty, d, first);
    }
    cudaMemcpy(out.data(), d_matrix, out.size() * sizeof(int), cudaMemcpyDeviceToHost);
    for (int i = 1; i < cols; ++i)
        for (int j = 1; j < cols; ++j)
            expected[i * cols + j] = maximum(expected[(i - 1) * cols + j - 1] + ref[i * cols + j],
                                             expected[i * cols + j - 1] - penalty, expected[(i - 1) * cols + j] - penalty);
    cudaFree(d_ref);
    cudaFree(d_matrix);
    return out == expected ? 0 : (puts("FAILED"), 1);
}
