// Hands the address of a variable to the other threads, and they write to it.
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
