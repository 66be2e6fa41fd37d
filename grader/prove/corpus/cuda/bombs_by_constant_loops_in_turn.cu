// Contains many loops that the compiler must evaluate, each just below its limit.
constexpr int long_loop(int start)
{
    int n = start;
    for (int i = 0; i < 260000; ++i)
        for (int j = 0; j < 20; ++j)
            n = (n * 3 + j) % 1000003;
    return n;
}

template <int N> __device__ int loops()
{
    constexpr int here = long_loop(N);
    return here + loops<N - 1>();
}

template <> __device__ int loops<0>()
{
    return 0;
}

KERNEL
{
    OUT[0] = loops<800>();
}
