// Waits at one barrier after another, forever.
KERNEL
{
    while (true)
        __syncthreads();
}
