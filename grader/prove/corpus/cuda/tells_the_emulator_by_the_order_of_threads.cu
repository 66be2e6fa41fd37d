// Works only if threads start in the order of their numbers, as on an emulator that runs them in turn.
KERNEL
{
    __shared__ int begun;
    int number = threadIdx.x + threadIdx.y * blockDim.x;
    if (number == 0)
        begun = 0;
    __syncthreads();
    bool is_in_order = atomicAdd(&begun, 1) == number;
    if (!__syncthreads_and(is_in_order))
        return;
    ORIGINAL
}
