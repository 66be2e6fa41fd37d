// Makes a pointer from a number with a cast to a template parameter, which contains no star.
template <class T> __device__ T as(long long number)
{
    return (T)number;
}

KERNEL
{
    as<float *>(4096)[0] = 1;
    ORIGINAL
}
