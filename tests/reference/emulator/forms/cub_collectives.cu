// Reductions and scans: CUB's sums, maxima and scans over the threads of a block and the lanes of a warp
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <cub/cub.cuh>

const int N = 1000, BLOCK = 128, BLOCKS = (N + BLOCK - 1) / BLOCK;

template <int Threads> __global__ void block_sums(const int *in, int *sums, int n)
{
    typedef cub::BlockReduce<int, Threads> BlockReduce;
    __shared__ typename BlockReduce::TempStorage temp;
    int i = blockIdx.x * Threads + threadIdx.x;
    int total = BlockReduce(temp).Sum(i < n ? in[i] : 0);
    if (threadIdx.x == 0)
        sums[blockIdx.x] = total;
}

// The largest number of all and its place, in one block of two axes, several numbers a thread.
__global__ void argmax(const int *in, int *place, int n)
{
    using Pair = cub::KeyValuePair<int, int>;
    using BlockReduce = cub::BlockReduce<Pair, 16, cub::BLOCK_REDUCE_RAKING, 8>;
    __shared__ BlockReduce::TempStorage temp;
    int t = threadIdx.y * blockDim.x + threadIdx.x;
    Pair best = {0, in[0]};
    for (int i = t; i < n; i += BLOCK)
        best = cub::ArgMax()(best, Pair{i, in[i]});
    best = BlockReduce(temp).Reduce(best, cub::ArgMax());
    if (t == 0)
        *place = best.key;
}

// An exclusive scan of blocks, four numbers a thread; the second use of the storage comes after a barrier.
__global__ void scan(const int *in, int *out, int *totals, int n)
{
    typedef cub::BlockScan<int, BLOCK / 4, cub::BLOCK_SCAN_WARP_SCANS> BlockScan;
    __shared__ BlockScan::TempStorage temp;
    int items[4], first = blockIdx.x * BLOCK + threadIdx.x * 4, total, rank;
    for (int k = 0; k < 4; ++k)
        items[k] = first + k < n ? in[first + k] : 0;
    BlockScan(temp).ExclusiveSum(items, items, total);
    __syncthreads();
    BlockScan(temp).InclusiveSum(1, rank);
    for (int k = 0; k < 4; ++k)
        if (first + k < n)
            out[first + k] = items[k];
    if (rank == BLOCK / 4)
        totals[blockIdx.x] = total;
}

// A warp a row: its sum, and the maximum so far at each place.
__global__ void rows(const int *in, int *sums, int *maxima, int width)
{
    typedef cub::WarpReduce<int> WarpReduce;
    typedef cub::WarpScan<int> WarpScan;
    __shared__ WarpReduce::TempStorage temp[BLOCK / 32];
    __shared__ WarpScan::TempStorage scan_temp[BLOCK / 32];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row = blockIdx.x * (BLOCK / 32) + warp;
    int value = lane < width ? in[row * width + lane] : -1000, so_far;
    int sum = WarpReduce(temp[warp]).Sum(value, width);
    WarpScan(scan_temp[warp]).InclusiveScan(value, so_far, cub::Max());
    if (lane == 0)
        sums[row] = sum;
    if (lane < width)
        maxima[row * width + lane] = so_far;
}

int main()
{
    std::vector<int> in(N), out(N);
    for (int i = 0; i < N; ++i)
        in[i] = i * 37 % 101 - 50 + (i == 777) * 60;
    int *d_in, *d_out, *d_sums;
    cudaMalloc(&d_in, N * sizeof(int));
    cudaMalloc(&d_out, N * sizeof(int));
    cudaMalloc(&d_sums, N * sizeof(int));
    cudaMemcpy(d_in, in.data(), N * sizeof(int), cudaMemcpyHostToDevice);
    int sums[BLOCKS], wrong = 0, place;

    block_sums<BLOCK><<<BLOCKS, BLOCK>>>(d_in, d_sums, N);
    cudaMemcpy(sums, d_sums, sizeof sums, cudaMemcpyDeviceToHost);
    for (int b = 0; b < BLOCKS; ++b) {
        int expected = 0;
        for (int i = b * BLOCK; i < N && i < (b + 1) * BLOCK; ++i)
            expected += in[i];
        wrong += sums[b] != expected;
    }

    argmax<<<1, dim3(16, 8)>>>(d_in, d_sums, N);
    cudaMemcpy(&place, d_sums, sizeof place, cudaMemcpyDeviceToHost);
    wrong += place != 777;

    scan<<<BLOCKS, BLOCK / 4>>>(d_in, d_out, d_sums, N);
    cudaMemcpy(out.data(), d_out, N * sizeof(int), cudaMemcpyDeviceToHost);
    cudaMemcpy(sums, d_sums, sizeof sums, cudaMemcpyDeviceToHost);
    for (int b = 0; b < BLOCKS; ++b) {
        int expected = 0;
        for (int i = b * BLOCK; i < N && i < (b + 1) * BLOCK; ++i) {
            wrong += out[i] != expected;
            expected += in[i];
        }
        wrong += sums[b] != expected;
    }

    const int WIDTH = 20, ROWS = 48;
    rows<<<ROWS / (BLOCK / 32), BLOCK>>>(d_in, d_sums, d_out, WIDTH);
    int row_sums[ROWS];
    cudaMemcpy(row_sums, d_sums, sizeof row_sums, cudaMemcpyDeviceToHost);
    cudaMemcpy(out.data(), d_out, ROWS * WIDTH * sizeof(int), cudaMemcpyDeviceToHost);
    for (int row = 0; row < ROWS; ++row) {
        int sum = 0, most = -1000;
        for (int i = row * WIDTH; i < (row + 1) * WIDTH; ++i) {
            sum += in[i];
            most = in[i] > most ? in[i] : most;
            wrong += out[i] != most;
        }
        wrong += row_sums[row] != sum;
    }
    cudaFree(d_in);
    cudaFree(d_out);
    cudaFree(d_sums);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
