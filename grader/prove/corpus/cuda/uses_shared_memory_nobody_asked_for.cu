// Uses dynamic shared memory, although its launch requests none.
// may gain: part
KERNEL
{
    extern __shared__ float scratch[];
    scratch[threadIdx.x] = 1;
    ORIGINAL
}
