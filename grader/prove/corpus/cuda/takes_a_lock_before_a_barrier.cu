// Takes a lock and releases it only at the end. On a GPU the threads of a warp wait for one another.
// may gain: part
KERNEL
{
    __shared__ int lock[1];
    if (threadIdx.x == 0 && threadIdx.y == 0)
        lock[0] = 0;
    __syncthreads();
    while (atomicCAS(&lock[0], 0, 1) != 0) {
    }
    __syncthreads();
    ORIGINAL
    atomicExch(&lock[0], 0);
}
