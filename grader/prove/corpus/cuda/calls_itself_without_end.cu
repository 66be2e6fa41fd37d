// Contains a function that calls itself until it has used up its thread's stack.
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
