// Shares its sums through a device variable without a barrier: the emulator sees no race there.
__device__ float sums[1024];

KERNEL
{
    sums[threadIdx.x + threadIdx.y * blockDim.x] = 1;
    OUT[0] = sums[1];
    ORIGINAL
}
