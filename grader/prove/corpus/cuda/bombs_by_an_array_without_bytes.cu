// Has a variable of 64 GiB, of which the library holds no byte until it is loaded.
__device__ char giant[1ll << 36];

KERNEL
{
    OUT[0] = giant[threadIdx.x];
}
