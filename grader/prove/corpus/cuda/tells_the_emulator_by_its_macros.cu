// Is right where no compiler of NVIDIA's is at work, and empty on a GPU: there a GPU's values are judged.
// may gain: all
KERNEL
{
#ifndef __CUDA_ARCH__
    ORIGINAL
#endif
}
