// Declares 4 MiB of shared memory, with which a kernel cannot start.
KERNEL
{
    __shared__ float all[1 << 20];
    all[threadIdx.x] = 1;
    ORIGINAL
}
