// Reads the clock, which counts cycles on a GPU.
KERNEL
{
    long long start = clock64();
    ORIGINAL
    if (clock64() - start < 0)
        OUT[0] = 1;
}
