// A function calls itself until the stack of its thread is used up.
__device__ float deeper(float *out, int n)
{
    volatile float here[64];
    here[n % 64] = n;
    return here[n % 64] + deeper(out, n + 1);
}

KERNEL
{
    OUT[0] = deeper(OUT, 0);
}
