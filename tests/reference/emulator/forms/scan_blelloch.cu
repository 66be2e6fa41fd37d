// Reductions and scans: the scan of Blelloch over many blocks, without bank conflicts
#include <cstdio>
#include <vector>
#define NUM_BANKS 32
#define LOG_NUM_BANKS 5
#define CONFLICT_FREE_OFFSET(n) ((n) >> LOG_NUM_BANKS)
const int ELEMENTS = 256;

__global__ void prescan(int *g_odata, const int *g_idata, int *sums, int total)
{
    __shared__ int temp[ELEMENTS + CONFLICT_FREE_OFFSET(ELEMENTS)];
    int thid = threadIdx.x, base = blockIdx.x * ELEMENTS, offset = 1, n = ELEMENTS;
    int ai = thid, bi = thid + n / 2;
    int bankOffsetA = CONFLICT_FREE_OFFSET(ai), bankOffsetB = CONFLICT_FREE_OFFSET(bi);
    temp[ai + bankOffsetA] = base + ai < total ? g_idata[base + ai] : 0;
    temp[bi + bankOffsetB] = base + bi < total ? g_idata[base + bi] : 0;
    for (int d = n >> 1; d > 0; d >>= 1) {
        __syncthreads();
        if (thid < d) {
            int ai = offset * (2 * thid + 1) - 1, bi = offset * (2 * thid + 2) - 1;
            ai += CONFLICT_FREE_OFFSET(ai);
            bi += CONFLICT_FREE_OFFSET(bi);
            temp[bi] += temp[ai];
        }
        offset *= 2;
    }
    if (thid == 0) {
        int last = n - 1 + CONFLICT_FREE_OFFSET(n - 1);
        sums[blockIdx.x] = temp[last];
        temp[last] = 0;
    }
    for (int d = 1; d < n; d *= 2) {
        offset >>= 1;
        __syncthreads();
        if (thid < d) {
            int ai = offset * (2 * thid + 1) - 1, bi = offset * (2 * thid + 2) - 1;
            ai += CONFLICT_FREE_OFFSET(ai);
            bi += CONFLICT_FREE_OFFSET(bi);
            int t = temp[ai];
            temp[ai] = temp[bi];
            temp[bi] += t;
        }
    }
    __syncthreads();
    if (base + ai < total) g_odata[base + ai] = temp[ai + bankOffsetA];
    if (base + bi < total) g_odata[base + bi] = temp[bi + bankOffsetB];
}

__global__ void addBlockSums(int *data, const int *sums, int total)
{
    int i = blockIdx.x * ELEMENTS + threadIdx.x;
    for (int step = 0; step < ELEMENTS; step += blockDim.x)
        if (i + step < total)
            data[i + step] += sums[blockIdx.x];
}

void scan(int *out, int *in, int n)
{
    int blocks = (n + ELEMENTS - 1) / ELEMENTS, *sums, *scanned;
    cudaMalloc(&sums, blocks * sizeof(int));
    prescan<<<blocks, ELEMENTS / 2>>>(out, in, sums, n);
    if (blocks > 1) {
        cudaMalloc(&scanned, blocks * sizeof(int));
        scan(scanned, sums, blocks);
        addBlockSums<<<blocks, ELEMENTS / 2>>>(out, scanned, n);
        cudaFree(scanned);
    }
    cudaFree(sums);
}

int main()
{
    const int n = 1500;
    std::vector<int> h(n), r(n);
    for (int i = 0; i < n; ++i)
        h[i] = (i * 37) % 19;
    int *in, *out;
    cudaMalloc(&in, n * sizeof(int));
    cudaMalloc(&out, n * sizeof(int));
    cudaMemcpy(in, h.data(), n * sizeof(int), cudaMemcpyHostToDevice);
    scan(out, in, n);
    cudaMemcpy(r.data(), out, n * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(in);
    cudaFree(out);
    for (int i = 0, sum = 0; i < n; sum += h[i++])
        if (r[i] != sum)
            return printf("at %d: %d, expected %d\n", i, r[i], sum), 1;
    puts("Scan ok");
    return 0;
}
