// Is right, and prints ten lines in each thread.
// may gain: all
KERNEL
{
    for (int i = 0; i < 10; ++i)
        printf("thread %d of %d says its line number %d\n", threadIdx.x, blockDim.x, i);
    ORIGINAL
}
