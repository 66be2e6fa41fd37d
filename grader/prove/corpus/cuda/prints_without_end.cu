// Prints forever.
KERNEL
{
    while (true)
        printf("%d %d\n", threadIdx.x, threadIdx.y);
}
