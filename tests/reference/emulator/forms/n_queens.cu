// Dynamic programming and graphs: ways to place queens, a search by bits in each thread below the first two rows
#include <cstdio>

__device__ unsigned long long total;
__device__ __noinline__ int below(unsigned full, unsigned columns, unsigned left, unsigned right)
{
    if (columns == full)
        return 1;
    int ways = 0;
    for (unsigned open = full & ~(columns | left | right); open; open &= open - 1) {
        const unsigned bit = open & (0u - open);
        ways += below(full, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return ways;
}
__global__ void search(int n, int *ways_of_thread)
{
    const int first = blockIdx.x, second = threadIdx.x;
    int ways = 0;
    if (abs(first - second) > 1) {
        const unsigned a = 1u << first, b = 1u << second;
        ways = below((1u << n) - 1, a | b, (a << 1 | b) << 1, (a >> 1 | b) >> 1);
    }
    ways_of_thread[blockIdx.x * blockDim.x + threadIdx.x] = ways;
    // one atomic operation for each warp's lanes that are here
    const unsigned active = __activemask();
    const int lane = threadIdx.x % warpSize;
    for (int source = 0; source < 32; ++source)
        if (active >> source & 1) {
            const int theirs = __shfl_sync(active, ways, source);
            if (lane == __ffs(active) - 1)
                atomicAdd(&total, (unsigned long long)theirs);
        }
}
int main()
{
    const int n = 8;
    int *d, ways[n * n], sum = 0;
    unsigned long long got, zero = 0;
    cudaMalloc(&d, sizeof ways);
    cudaMemcpyToSymbol(total, &zero, sizeof zero);
    search<<<n, n>>>(n, d);
    cudaMemcpy(ways, d, sizeof ways, cudaMemcpyDeviceToHost);
    cudaMemcpyFromSymbol(&got, total, sizeof got);
    cudaFree(d);
    for (int one : ways)
        sum += one;
    return got == 92 && sum == 92 ? 0 : (printf("%llu %d\n", got, sum), 1);
}
