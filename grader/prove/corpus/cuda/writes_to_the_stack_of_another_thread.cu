// Passes the address of a local variable to the other threads, which write to it.
KERNEL
{
    __shared__ float *place[1];
    float mine = 0;
    if (threadIdx.x == 0 && threadIdx.y == 0)
        place[0] = &mine;
    __syncthreads();
    *place[0] = 7;
    __syncthreads();
    ORIGINAL
}
