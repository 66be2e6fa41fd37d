// Is right only without NVIDIA's compiler. The emulator defines an architecture as that compiler does.
// may gain: nothing
KERNEL
{
#ifndef __CUDA_ARCH__
    ORIGINAL
#endif
}
