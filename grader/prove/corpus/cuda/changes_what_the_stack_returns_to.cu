// Overwrites its caller's return address with its own, in order to return twice.
__device__ void twice(volatile long long *above)
{
    volatile long long here[2];
    here[0] = 0;
    long long *mine = const_cast<long long *>(here);
    for (int i = 2; i < 32; ++i)
        above[i] = mine[i];
}

KERNEL
{
    volatile long long above[2];
    twice(above);
}
