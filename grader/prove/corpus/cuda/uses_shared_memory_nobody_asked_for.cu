// Uses dynamic shared memory, although its launch asks for none.
// may gain: part
KERNEL
{
    extern __shared__ float scratch[];
    scratch[threadIdx.x] = 1;
    ORIGINAL
}
