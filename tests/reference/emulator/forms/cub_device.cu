// Libraries: CUB's functions for the whole device: a sum, a scan, a sort by keys, and a selection
#include <algorithm>
#include <cstdio>
#include <cub/cub.cuh>
#include <numeric>
#include <vector>

const int N = 1000;

__global__ void draw(unsigned *keys, int *values, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        keys[i] = i * 2654435761u >> 16;
        values[i] = i;
    }
}

struct IsOdd {
    __host__ __device__ bool operator()(int n) const { return n % 2; }
};

int main()
{
    unsigned *keys, *sorted_keys;
    int *values, *sorted_values, *result, *count, sum;
    cudaMalloc(&keys, N * sizeof(unsigned));
    cudaMalloc(&sorted_keys, N * sizeof(unsigned));
    cudaMalloc(&values, N * sizeof(int));
    cudaMalloc(&sorted_values, N * sizeof(int));
    cudaMalloc(&result, N * sizeof(int));
    cudaMalloc(&count, sizeof(int));
    draw<<<(N + 255) / 256, 256>>>(keys, values, N);
    std::vector<unsigned> drawn(N), sorted(N);
    std::vector<int> order(N), expected(N), some(N);
    for (int i = 0; i < N; ++i)
        drawn[i] = i * 2654435761u >> 16;

    void *temp = nullptr;
    size_t bytes = 0;
    cub::DeviceRadixSort::SortPairs(temp, bytes, keys, sorted_keys, values, sorted_values, N);
    cudaMalloc(&temp, bytes);
    cub::DeviceRadixSort::SortPairs(temp, bytes, keys, sorted_keys, values, sorted_values, N);
    cudaFree(temp);
    cudaMemcpy(sorted.data(), sorted_keys, N * sizeof(unsigned), cudaMemcpyDeviceToHost);
    cudaMemcpy(order.data(), sorted_values, N * sizeof(int), cudaMemcpyDeviceToHost);
    std::iota(expected.begin(), expected.end(), 0);
    std::stable_sort(expected.begin(), expected.end(), [&](int a, int b) { return drawn[a] < drawn[b]; });
    bool right = order == expected;
    std::sort(drawn.begin(), drawn.end());
    right &= sorted == drawn;

    temp = nullptr;
    cub::DeviceReduce::Sum(temp, bytes, values, result, N);
    cudaMalloc(&temp, bytes);
    cub::DeviceReduce::Sum(temp, bytes, values, result, N);
    cudaFree(temp);
    cudaMemcpy(&sum, result, sizeof sum, cudaMemcpyDeviceToHost);
    right &= sum == N * (N - 1) / 2;

    temp = nullptr;
    cub::DeviceScan::ExclusiveSum(temp, bytes, values, result, N);
    cudaMalloc(&temp, bytes);
    cub::DeviceScan::ExclusiveSum(temp, bytes, values, result, N);
    cudaFree(temp);
    cudaMemcpy(some.data(), result, N * sizeof(int), cudaMemcpyDeviceToHost);
    for (int i = 0; i < N; ++i)
        right &= some[i] == i * (i - 1) / 2;

    temp = nullptr;
    cub::DeviceSelect::If(temp, bytes, values, sorted_values, count, N, IsOdd());
    cudaMalloc(&temp, bytes);
    cub::DeviceSelect::If(temp, bytes, values, sorted_values, count, N, IsOdd());
    cudaFree(temp);
    cudaMemcpy(&sum, count, sizeof sum, cudaMemcpyDeviceToHost);
    cudaMemcpy(some.data(), sorted_values, N / 2 * sizeof(int), cudaMemcpyDeviceToHost);
    right &= sum == N / 2;
    for (int i = 0; i < N / 2; ++i)
        right &= some[i] == 2 * i + 1;

    cudaFree(keys), cudaFree(sorted_keys), cudaFree(values), cudaFree(sorted_values), cudaFree(result), cudaFree(count);
    printf("%s\n", right ? "right" : "wrong");
    return !right;
}
