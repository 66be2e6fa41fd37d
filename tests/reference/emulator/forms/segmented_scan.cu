// Reductions and scans: a scan of segments, pairs of flag and sum passed between lanes by shuffles of each part
#include <cstdio>

struct Pair {
    int flag;
    float sum;
    __host__ __device__ Pair(int flag = 0, float sum = 0) : flag(flag), sum(sum) {}
};
struct SegmentedPlus {
    __host__ __device__ Pair operator()(const Pair &left, const Pair &right) const
    {
        return Pair(left.flag | right.flag, right.flag ? right.sum : left.sum + right.sum);
    }
};
__device__ inline Pair shift_up(const Pair &p, unsigned by)
{
    return Pair(__shfl_up_sync(0xffffffffu, p.flag, by), __shfl_up_sync(0xffffffffu, p.sum, by));
}
template <class Op> __device__ Pair scan_warp(Pair p, Op op)
{
    const unsigned lane = threadIdx.x & 31u;
    for (unsigned by = 1; by < 32; by <<= 1) {
        Pair before = shift_up(p, by);
        if (lane >= by)
            p = op(before, p);
    }
    return p;
}
__global__ void scan(const int *flags, const float *values, float *out)
{
    __shared__ Pair warps[32];
    const int t = threadIdx.x, warp = t / 32;
    SegmentedPlus plus;
    Pair mine = scan_warp(Pair(flags[t], values[t]), plus);
    if (t % 32 == 31)
        warps[warp] = mine;
    __syncthreads();
    if (warp == 0) {
        Pair p = t < (int)blockDim.x / 32 ? warps[t] : Pair();
        p = scan_warp(p, plus);
        warps[t] = p;
    }
    __syncthreads();
    if (warp)
        mine = plus(warps[warp - 1], mine);
    out[t] = mine.sum;
}
int main()
{
    const int n = 256;
    int flags[n], *d_flags;
    float values[n], out[n], *d_values, *d_out;
    for (int i = 0; i < n; ++i) {
        flags[i] = i % 37 == 0 || i % 50 == 3;
        values[i] = i % 9 - 3;
    }
    cudaMalloc(&d_flags, sizeof flags), cudaMalloc(&d_values, sizeof values), cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_flags, flags, sizeof flags, cudaMemcpyDefault);
    cudaMemcpy(d_values, values, sizeof values, cudaMemcpyDefault);
    scan<<<1, n>>>(d_flags, d_values, d_out);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDefault);
    cudaFree(d_flags), cudaFree(d_values), cudaFree(d_out);
    float sum = 0;
    for (int i = 0; i < n; ++i) {
        sum = flags[i] ? values[i] : sum + values[i];
        if (out[i] != sum)
            return printf("element %d\n", i), 1;
    }
    return 0;
}
