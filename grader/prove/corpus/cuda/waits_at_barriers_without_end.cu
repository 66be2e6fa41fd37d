// All threads meet at one barrier after the other, for ever.
KERNEL
{
    while (true)
        __syncthreads();
}
