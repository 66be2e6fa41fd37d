// Stencils and images: heat of a chip, several steps in each launch on a shrinking tile (Rodinia's hotspot)
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>
#define BLOCK_SIZE 16
#define EXPAND_RATE 2
#define IN_RANGE(x, min, max) ((x) >= (min) && (x) <= (max))
#define MIN(a, b) ((a) <= (b) ? (a) : (b))

__global__ void calculate_temp(int iteration, const float *power, const float *temp_src, float *temp_dst, int cols,
                               int rows, int border, float Cap, float Rx, float Ry, float Rz, float step)
{
    __shared__ float temp_on_cuda[BLOCK_SIZE][BLOCK_SIZE];
    __shared__ float power_on_cuda[BLOCK_SIZE][BLOCK_SIZE];
    __shared__ float temp_t[BLOCK_SIZE][BLOCK_SIZE];
    const float amb_temp = 80.0f;
    int bx = blockIdx.x, by = blockIdx.y, tx = threadIdx.x, ty = threadIdx.y;
    int small_block = BLOCK_SIZE - iteration * EXPAND_RATE;
    int blkY = small_block * by - border, blkX = small_block * bx - border;
    int yidx = blkY + ty, xidx = blkX + tx, index = cols * yidx + xidx;
    if (IN_RANGE(yidx, 0, rows - 1) && IN_RANGE(xidx, 0, cols - 1)) {
        temp_on_cuda[ty][tx] = temp_src[index];
        power_on_cuda[ty][tx] = power[index];
    }
    __syncthreads();
    int validYmin = blkY < 0 ? -blkY : 0, validXmin = blkX < 0 ? -blkX : 0;
    int validYmax = blkY + BLOCK_SIZE - 1 > rows - 1 ? rows - 1 - blkY : BLOCK_SIZE - 1;
    int validXmax = blkX + BLOCK_SIZE - 1 > cols - 1 ? cols - 1 - blkX : BLOCK_SIZE - 1;
    int N = ty - 1 < validYmin ? validYmin : ty - 1, S = ty + 1 > validYmax ? validYmax : ty + 1;
    int W = tx - 1 < validXmin ? validXmin : tx - 1, E = tx + 1 > validXmax ? validXmax : tx + 1;
    bool computed;
    for (int i = 0; i < iteration; i++) {
        computed = false;
        if (IN_RANGE(tx, i + 1, BLOCK_SIZE - i - 2) && IN_RANGE(ty, i + 1, BLOCK_SIZE - i - 2) &&
            IN_RANGE(tx, validXmin, validXmax) && IN_RANGE(ty, validYmin, validYmax)) {
            computed = true;
            temp_t[ty][tx] = temp_on_cuda[ty][tx] +
                             step / Cap * (power_on_cuda[ty][tx] +
                                           (temp_on_cuda[S][tx] + temp_on_cuda[N][tx] - 2.0f * temp_on_cuda[ty][tx]) / Ry +
                                           (temp_on_cuda[ty][E] + temp_on_cuda[ty][W] - 2.0f * temp_on_cuda[ty][tx]) / Rx +
                                           (amb_temp - temp_on_cuda[ty][tx]) / Rz);
        }
        __syncthreads();
        if (i == iteration - 1)
            break;
        if (computed)
            temp_on_cuda[ty][tx] = temp_t[ty][tx];
        __syncthreads();
    }
    if (computed)
        temp_dst[index] = temp_t[ty][tx];
}

int main()
{
    const int rows = 30, cols = 26, pyramid_height = 2, total = 5;
    const float Cap = 0.5f, Rx = 1.2f, Ry = 0.9f, Rz = 4.0f, step = 0.05f;
    std::vector<float> temp(rows * cols), power(rows * cols), next(rows * cols), out(rows * cols);
    for (int i = 0; i < rows * cols; ++i) {
        temp[i] = 320.0f + i % 13;
        power[i] = 0.01f * (i % 7);
    }
    float *d_power, *d_temp[2];
    cudaMalloc(&d_power, rows * cols * sizeof(float));
    cudaMalloc(&d_temp[0], rows * cols * sizeof(float));
    cudaMalloc(&d_temp[1], rows * cols * sizeof(float));
    cudaMemcpy(d_power, power.data(), rows * cols * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_temp[0], temp.data(), rows * cols * sizeof(float), cudaMemcpyHostToDevice);
    int src = 1, dst = 0;
    for (int t = 0; t < total; t += pyramid_height) {
        int steps = MIN(pyramid_height, total - t), small = BLOCK_SIZE - steps * EXPAND_RATE;
        std::swap(src, dst);
        dim3 grid((cols + small - 1) / small, (rows + small - 1) / small), block(BLOCK_SIZE, BLOCK_SIZE);
        calculate_temp<<<grid, block>>>(steps, d_power, d_temp[src], d_temp[dst], cols, rows, steps * EXPAND_RATE / 2,
                                        Cap, Rx, Ry, Rz, step);
    }
    cudaMemcpy(out.data(), d_temp[dst], rows * cols * sizeof(float), cudaMemcpyDeviceToHost);
    for (int t = 0; t < total; ++t) {
        for (int y = 0; y < rows; ++y)
            for (int x = 0; x < cols; ++x) {
                auto at = [&](int i, int j) {
                    return temp[std::min(std::max(i, 0), rows - 1) * cols + std::min(std::max(j, 0), cols - 1)];
                };
                float mid = at(y, x);
                next[y * cols + x] = mid + step / Cap * (power[y * cols + x] + (at(y + 1, x) + at(y - 1, x) - 2 * mid) / Ry +
                                                         (at(y, x + 1) + at(y, x - 1) - 2 * mid) / Rx + (80.0f - mid) / Rz);
            }
        std::swap(temp, next);
    }
    cudaFree(d_power), cudaFree(d_temp[0]), cudaFree(d_temp[1]);
    for (int i = 0; i < rows * cols; ++i)
        if (!(std::fabs(out[i] - temp[i]) < 1e-3f))
            return printf("element %d: %f, expected %f\n", i, out[i], temp[i]), 1;
    return 0;
}
