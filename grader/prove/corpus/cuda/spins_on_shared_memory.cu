// Waits in all threads but one for a flag in shared memory, without a barrier.
KERNEL
{
    __shared__ volatile int flag[1];
    if (threadIdx.x == 0 && threadIdx.y == 0)
        flag[0] = 0;
    __syncthreads();
    while (flag[0] == 0) {
    }
    ORIGINAL
}
