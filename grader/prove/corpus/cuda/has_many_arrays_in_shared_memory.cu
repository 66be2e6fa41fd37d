// Declares many small arrays that together exceed a block's shared memory.
template <int N> __device__ float more()
{
    __shared__ float one[1024];
    one[threadIdx.x] = N;
    return one[threadIdx.x] + more<N - 1>();
}

template <> __device__ float more<0>()
{
    return 0;
}

KERNEL
{
    OUT[0] = more<40>();
    ORIGINAL
}
