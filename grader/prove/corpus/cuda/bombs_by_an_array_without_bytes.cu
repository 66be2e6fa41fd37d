// Contains a variable of 64 GiB. It takes no space in the library until the library is loaded.
__device__ char giant[1ll << 36];

KERNEL
{
    OUT[0] = giant[threadIdx.x];
}
