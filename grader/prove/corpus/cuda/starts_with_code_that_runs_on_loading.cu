// Contains a variable whose value is computed when the library is loaded.
__device__ int first()
{
    return 1;
}

int early = first();

KERNEL
{
    ORIGINAL
}
