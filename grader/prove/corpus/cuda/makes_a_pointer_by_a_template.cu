// Makes a pointer of a number by the cast of a template's parameter, which has no star.
template <class T> __device__ T as(long long number)
{
    return (T)number;
}

KERNEL
{
    as<float *>(4096)[0] = 1;
    ORIGINAL
}
