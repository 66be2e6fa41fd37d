// Declares a local array of 64 MiB in each thread.
KERNEL
{
    volatile float mine[1 << 24];
    for (int i = 0; i < 1 << 24; i += 1024)
        mine[i] = i;
    OUT[0] = mine[1024];
}
