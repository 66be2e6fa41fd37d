// Makes a pointer from a number with a template that deduces the pointer's type.
template <class T> __device__ T at(T, long long number)
{
    return (T)number;
}

KERNEL
{
    at(OUT, 4096)[0] = 1;
    ORIGINAL
}
