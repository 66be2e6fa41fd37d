// Machine learning: activations as functors of one template, with a lambda and a vector of four
#include <cmath>
#include <cstdio>
#include <vector>

template <typename T> struct Relu { __host__ __device__ T operator()(T x) const { return x > T(0) ? x : T(0); } };
template <typename T> struct Gelu {
    __host__ __device__ T operator()(T x) const
    {
        const T k = T(0.7978845608028654);
        return T(0.5) * x * (T(1) + tanh(k * (x + T(0.044715) * x * x * x)));
    }
};
struct Scale { float by; __host__ __device__ float operator()(float x) const { return by * x; } };

template <typename T, typename Op> __global__ void map(const T *in, T *out, size_t n, Op op)
{
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x)
        out[i] = op(in[i]);
}

template <typename T, int VecSize, typename Op> __global__ void mapVector(const T *in, T *out, size_t n, Op op)
{
    struct alignas(sizeof(T) * VecSize) Vec { T value[VecSize]; };
    size_t i = (blockIdx.x * (size_t)blockDim.x + threadIdx.x) * VecSize;
    if (i < n) {
        Vec v = *reinterpret_cast<const Vec *>(in + i);
#pragma unroll
        for (int j = 0; j < VecSize; ++j)
            v.value[j] = op(v.value[j]);
        *reinterpret_cast<Vec *>(out + i) = v;
    }
}

template <typename T, typename Op> int check(Op op, bool vectors)
{
    const size_t n = 512;
    std::vector<T> in(n), out(n);
    for (size_t i = 0; i < n; ++i) in[i] = T(int(i) - 256) / 50;
    T *d_in, *d_out;
    cudaMalloc(&d_in, n * sizeof(T));
    cudaMalloc(&d_out, n * sizeof(T));
    cudaMemcpy(d_in, in.data(), n * sizeof(T), cudaMemcpyHostToDevice);
    cudaMemset(d_out, 0xff, n * sizeof(T));
    if (vectors)
        mapVector<T, 16 / sizeof(T)><<<2, 128>>>(d_in, d_out, n, op);
    else
        map<<<2, 128>>>(d_in, d_out, n, op);
    cudaMemcpy(out.data(), d_out, n * sizeof(T), cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_out);
    for (size_t i = 0; i < n; ++i)
        if (!(std::fabs(out[i] - op(in[i])) < 1e-6))
            return 1;
    return 0;
}

int main()
{
    int failed = 0;
    for (bool vectors : {false, true}) {
        failed += check<float>(Relu<float>(), vectors) + check<double>(Relu<double>(), vectors);
        failed += check<float>(Gelu<float>(), vectors) + check<double>(Gelu<double>(), vectors);
        failed += check<float>(Scale{3}, vectors);
        failed += check<float>([] __host__ __device__(float x) { return x * x + 1; }, vectors);
    }
    return failed ? printf("%d failed\n", failed) : 0;
}
