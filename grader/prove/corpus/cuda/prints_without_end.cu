// Prints for ever.
KERNEL
{
    while (true)
        printf("%d %d\n", threadIdx.x, threadIdx.y);
}
