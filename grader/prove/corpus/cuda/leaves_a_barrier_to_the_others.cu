// One thread returns, and the others wait for it at every barrier.
KERNEL
{
    if (threadIdx.x == 3)
        return;
    __syncthreads();
    ORIGINAL
}
