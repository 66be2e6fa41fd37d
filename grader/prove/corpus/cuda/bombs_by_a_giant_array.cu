// Has a constant of 4 GiB, which the assembler is to write out.
__device__ const int giant[1 << 30] = {1, 2, 3};

KERNEL
{
    OUT[0] = giant[threadIdx.x];
}
