// Contains a template that instantiates itself without end.
template <int N> __device__ float endless()
{
    return endless<N + 1>();
}

KERNEL
{
    OUT[0] = endless<0>();
}
