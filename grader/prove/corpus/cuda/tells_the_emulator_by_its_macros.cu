// Is right where no compiler of NVIDIA's seems to be at work; the emulator names an architecture as NVIDIA's does.
// may gain: nothing
KERNEL
{
#ifndef __CUDA_ARCH__
    ORIGINAL
#endif
}
