// Shares its sums through a variable of the device, without a barrier: no race is seen there.
__device__ float sums[1024];

KERNEL
{
    sums[threadIdx.x + threadIdx.y * blockDim.x] = 1;
    OUT[0] = sums[1];
    ORIGINAL
}
