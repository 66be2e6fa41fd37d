// Reads the clock, which on a GPU counts cycles.
KERNEL
{
    long long start = clock64();
    ORIGINAL
    if (clock64() - start < 0)
        OUT[0] = 1;
}
