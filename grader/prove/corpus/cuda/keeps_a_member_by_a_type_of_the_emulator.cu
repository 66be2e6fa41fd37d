// Keeps a count in a variable whose symbol contains a name of the emulator, through a type that the emulator defines.
#include <cuda/atomic>
template <class T> struct Kept {
    static inline int calls = 0;
};

KERNEL
{
    if (++Kept<cuda::atomic<int>::Word>::calls > 100000)
        return;
    ORIGINAL
}
