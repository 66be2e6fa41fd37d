// Contains a constant of 4 GiB that the assembler must write out.
__device__ const int giant[1 << 30] = {1, 2, 3};

KERNEL
{
    OUT[0] = giant[threadIdx.x];
}
