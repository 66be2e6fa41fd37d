// Reductions and scans: an inclusive scan by shuffles, of a block's warps
#include <cstdio>

template <typename T> __device__ T warpScan(T value)
{
    int lane = threadIdx.x & 31;
#pragma unroll
    for (int i = 1; i <= 16; i *= 2) {
        T n = __shfl_up_sync(0xffffffff, value, i);
        if (lane >= i)
            value += n;
    }
    return value;
}

template <typename T> __global__ void blockScan(const T *in, T *out)
{
    __shared__ T sums[32];
    int warp = threadIdx.x >> 5, lane = threadIdx.x & 31;
    T value = warpScan(in[threadIdx.x]);
    if (lane == 31)
        sums[warp] = value;
    __syncthreads();
    if (warp == 0) {
        T sum = lane < blockDim.x / 32 ? sums[lane] : T(0);
        sum = warpScan(sum);
        if (lane < blockDim.x / 32)
            sums[lane] = sum;
    }
    __syncthreads();
    out[threadIdx.x] = warp > 0 ? value + sums[warp - 1] : value;
}

template <typename T> bool test()
{
    const int n = 256;
    T h_in[n], h_out[n], *in, *out;
    for (int i = 0; i < n; ++i)
        h_in[i] = T(i % 7);
    cudaMalloc(&in, sizeof h_in);
    cudaMalloc(&out, sizeof h_out);
    cudaMemcpy(in, h_in, sizeof h_in, cudaMemcpyHostToDevice);
    blockScan<<<1, n>>>(in, out);
    cudaMemcpy(h_out, out, sizeof h_out, cudaMemcpyDeviceToHost);
    cudaFree(in);
    cudaFree(out);
    T sum = 0;
    for (int i = 0; i < n; ++i)
        if (h_out[i] != (sum += h_in[i]))
            return false;
    return true;
}

int main()
{
    bool ok = test<int>() && test<float>() && test<long long>() && test<double>();
    puts(ok ? "PASSED" : "FAILED");
    return !ok;
}
