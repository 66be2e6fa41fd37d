// Each name of Thrust, CUB and the samples' helpers that docs/cuda.md lists; test_libraries.py has what it prints.
#include <cub/cub.cuh>
#include <cublas_v2.h>
#include <curand.h>
#include <helper_cuda.h>
#include "helper_functions.h"
#include <iostream>
#include <nvtx3/nvToolsExt.h>
#include <thrust/copy.h>
#include <thrust/device_ptr.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/sort.h>
using Ints = thrust::device_vector<int>;
struct Odd { __host__ __device__ bool operator()(int n) const { return n % 2; } };
struct Twice { __host__ __device__ int operator()(int n) const { return 2 * n; } };
struct Negative { __host__ __device__ bool operator()(int n) const { return n < 0; } };
struct Add
{
    template <typename T> __host__ __device__ void operator()(T all) const
    {
        thrust::get<2>(all) = thrust::get<0>(all) + thrust::get<1>(all);
    }
};
__global__ void add_one(int *to) { ++to[threadIdx.x]; }
template <typename V> void show(const V &values)
{
    thrust::copy(values.begin(), values.end(), std::ostream_iterator<int>(std::cout, " "));
    std::cout << std::endl;
}
template <typename F> void twice(F f)  // a function of CUB: the first call tells the size of its memory
{
    void *temp = nullptr;
    size_t bytes = 0;
    checkCudaErrors(f(temp, bytes));
    checkCudaErrors(cudaMalloc(&temp, bytes));
    checkCudaErrors(f(temp, bytes));
    checkCudaErrors(cudaFree(temp));
}
void vectors()
{
    thrust::host_vector<int> host(4, 7);
    host[2] = 1;
    Ints d = host, e(d), f(3), g{5, 6};
    d[0] = 2, d[1] += 3, d.push_back(9), e.resize(6, 4), f.assign(d.begin() + 1, d.end());
    add_one<<<1, 2>>>(thrust::raw_pointer_cast(g.data()));
    add_one<<<1, 1>>>(thrust::raw_pointer_cast(&g[0]));
    thrust::device_ptr<int> first = g.data();
    show(d), show(e), show(f), show(g);
    std::cout << *first << d.size() << d.back() << (int)g[1] << (e == e) << f.empty() << std::endl;
    host = f;
    show(host), f.clear(), d.swap(f), show(f), show(std::vector<int>(d.size()));
}
void algorithms()
{
    Ints a(6), b(6), c(6);
    thrust::sequence(a.begin(), a.end(), 3, -1), thrust::fill(b.begin(), b.end(), 2), show(a);
    thrust::transform(a.begin(), a.end(), b.begin(), c.begin(), thrust::multiplies<int>()), show(c);
    thrust::transform(c.begin(), c.end(), c.begin(), thrust::negate<int>()), show(c);
    thrust::tabulate(b.begin(), b.end(), Twice()), thrust::generate(c.begin(), c.end(), [] { return 8; });
    auto first = thrust::make_zip_iterator(thrust::make_tuple(a.begin(), b.begin(), c.begin()));
    thrust::for_each(first, first + 6, Add()), show(c);
    std::cout << thrust::reduce(a.begin(), a.end()) << thrust::reduce(a.begin(), a.end(), -9, thrust::maximum<int>())
              << thrust::transform_reduce(a.begin(), a.end(), Twice(), 0, thrust::plus<int>())
              << thrust::inner_product(a.begin(), a.end(), b.begin(), 0) << std::endl;
    thrust::inclusive_scan(a.begin(), a.end(), b.begin()), show(b);
    thrust::exclusive_scan(a.begin(), a.end(), b.begin(), 10), show(b);
    thrust::sort(b.begin(), b.end()), show(b), thrust::sort(b.begin(), b.end(), thrust::greater<int>()), show(b);
    std::cout << thrust::is_sorted(b.begin(), b.end()) << thrust::count(a.begin(), a.end(), 1)
              << thrust::count_if(a.begin(), a.end(), Odd()) << thrust::find(a.begin(), a.end(), 1) - a.begin()
              << thrust::any_of(a.begin(), a.end(), Negative()) << thrust::all_of(a.begin(), a.end(), Negative())
              << thrust::none_of(b.begin(), b.end(), Negative()) << thrust::equal(a.begin(), a.end(), b.begin())
              << *thrust::max_element(a.begin(), a.end()) << thrust::min_element(a.begin(), a.end()) - a.begin() << std::endl;
    auto kept = thrust::copy_if(a.begin(), a.end(), c.begin(), Odd());
    c.resize(kept - c.begin()), show(c);
    thrust::replace_if(a.begin(), a.end(), Negative(), 1), thrust::reverse(a.begin(), a.end()), show(a);
    a.erase(thrust::unique(a.begin(), a.end()), a.end()), show(a);
    a.erase(thrust::remove(a.begin(), a.end(), 2), a.end()), show(a);
    Ints map{2, 0, 1}, from{7, 8, 9}, to(3);
    thrust::gather(map.begin(), map.end(), from.begin(), to.begin()), show(to);
    thrust::scatter(from.begin(), from.end(), map.begin(), to.begin()), show(to);
    Ints keys{4, 1, 4, 1}, values{1, 2, 3, 4}, sums(4), unique(4);
    thrust::stable_sort(from.begin(), from.end()), thrust::sort_by_key(keys.begin(), keys.end(), values.begin());
    show(values);
    auto end = thrust::reduce_by_key(keys.begin(), keys.end(), values.begin(), unique.begin(), sums.begin());
    std::cout << end.first - unique.begin() << sums[0] << sums[1] << std::endl;
    std::cout << thrust::reduce(thrust::make_transform_iterator(keys.begin(), Twice()),
                     thrust::make_transform_iterator(keys.end(), Twice()))
              << thrust::reduce(thrust::make_counting_iterator(1), thrust::make_counting_iterator(5))
              << thrust::inner_product(keys.begin(), keys.end(), thrust::make_constant_iterator(3), 0) << std::endl;
}
void policies()
{
    int *raw, some[] = {3, 1, 2};
    cudaMalloc(&raw, 12);
    thrust::copy(some, some + 3, thrust::device_pointer_cast(raw));
    thrust::sort(thrust::device, raw, raw + 3), thrust::sort(thrust::host, some, some + 3);
    std::cout << thrust::reduce(thrust::cuda::par.on(0), raw, raw + 3, 0) << some[0]
              << thrust::max_element(thrust::device, raw, raw + 3) - raw << std::endl;
    cudaFree(raw);
    thrust::device_vector<bool> flags(3, true);
    flags[1] = false;
    thrust::host_vector<bool> back = flags;
    back[2] = back[1], flags = back;
    std::cout << back[0] << back[1] << thrust::count(flags.begin(), flags.end(), true) << std::endl;
}
void of_cub()
{
    Ints in{5, -3, 5, 9, 0, -3}, out(6), more(6), values{0, 1, 2, 3, 4, 5}, count(1);
    int *i = thrust::raw_pointer_cast(in.data()), *o = thrust::raw_pointer_cast(out.data());
    int *v = thrust::raw_pointer_cast(values.data()), *m = thrust::raw_pointer_cast(more.data());
    int *c = thrust::raw_pointer_cast(count.data());
    twice([=](void *t, size_t &b) { return cub::DeviceReduce::Sum(t, b, i, o, 6); }), std::cout << out[0] << " ";
    twice([=](void *t, size_t &b) { return cub::DeviceReduce::Max(t, b, i, o, 6); }), std::cout << out[0] << " ";
    twice([=](void *t, size_t &b) { return cub::DeviceReduce::Min(t, b, i, o, 6); }), std::cout << out[0] << std::endl;
    twice([=](void *t, size_t &b) { return cub::DeviceScan::InclusiveSum(t, b, i, o, 6); }), show(out);
    twice([=](void *t, size_t &b) { return cub::DeviceScan::ExclusiveSum(t, b, i, o, 6); }), show(out);
    twice([=](void *t, size_t &b) { return cub::DeviceRadixSort::SortKeys(t, b, i, o, 6); }), show(out);
    twice([=](void *t, size_t &b) { return cub::DeviceRadixSort::SortPairsDescending(t, b, i, o, v, m, 6); }), show(more);
    twice([=](void *t, size_t &b) { return cub::DeviceRadixSort::SortKeys(t, b, v, o, 6, 0, 1); }), show(out);
    twice([=](void *t, size_t &b) { return cub::DeviceRadixSort::SortKeys(t, b, v, o, 6, 5, 5); }), show(out);
    twice([=](void *t, size_t &b) { return cub::DeviceSelect::If(t, b, i, o, c, 6, Odd()); });
    std::cout << count[0] << std::endl;
    cub::DoubleBuffer<int> both(i, o);
    twice([&](void *t, size_t &b) { return cub::DeviceRadixSort::SortKeysDescending(t, b, both, 6); });
    std::cout << (both.Current() == o) << out[0] << std::endl;
}
void of_cublas()
{
    cublasHandle_t handle;
    float numbers[] = {1, 2, 3, 4, 5, 6}, one = 1, two = 2, zero = 0, *a, *c;
    double more[] = {3, 4}, *b, norm, sum;
    cudaMalloc(&a, sizeof numbers), cudaMalloc(&b, sizeof more), cudaMalloc(&c, 16);
    cudaMemcpy(a, numbers, sizeof numbers, cudaMemcpyHostToDevice), cudaMemcpy(b, more, sizeof more, cudaMemcpyHostToDevice);
    cublasCreate(&handle), cublasSetStream(handle, 0);
    std::cout << cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_T, 2, 2, 3, &one, a, 2, a, 2, &zero, c, 2);  // a 2 by 3, by columns
    std::cout << cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 1, &one, a, 2, a, 1, &two, c, 2);
    cudaMemcpy(numbers, c, 16, cudaMemcpyDeviceToHost), show(std::vector<float>(numbers, numbers + 4));
    cublasSgemv(handle, CUBLAS_OP_T, 2, 3, &one, a, 2, a, 2, &zero, c, 1), cublasSscal(handle, 2, &two, c, 2);
    cublasSaxpy(handle, 3, &one, a, 1, c, 1), cudaMemcpy(numbers, c, 12, cudaMemcpyDeviceToHost);
    show(std::vector<float>(numbers, numbers + 3));
    cublasDnrm2(handle, 2, b, 1, &norm), cublasDdot(handle, 1, b, 1, b + 1, 1, &sum);
    std::cout << norm << " " << sum << " " << cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 4, 1, 1, &one, a, 1, a, 1, &zero, c, 4) << "\n";
    cublasDestroy(handle), cudaFree(a), cudaFree(b), cudaFree(c);
}
void of_curand()
{
    const int n = 1000;
    curandGenerator_t generator;
    float *drawn, values[n];
    double mean[2] = {};
    cudaMalloc(&drawn, sizeof values);
    curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_DEFAULT), curandSetPseudoRandomGeneratorSeed(generator, 5);
    for (int kind : {0, 1}) {
        kind ? curandGenerateNormal(generator, drawn, n, 3.f, 0.5f) : curandGenerateUniform(generator, drawn, n);
        cudaMemcpy(values, drawn, sizeof values, cudaMemcpyDeviceToHost);
        for (float value : values)
            mean[kind] += value / n;
    }
    std::cout << (std::fabs(mean[0] - 0.5) < 0.1) << (std::fabs(mean[1] - 3) < 0.1) << std::endl;
    curandDestroyGenerator(generator), cudaFree(drawn);
}
void of_samples(int count, char **words)
{
    StopWatchInterface *timer = nullptr;
    sdkCreateTimer(&timer), sdkStartTimer(&timer);
    const char **options = (const char **)words;
    std::cout << findCudaDevice(count, options) << checkCmdLineFlag(count, options, "width")
              << checkCmdLineFlag(count, options, "wid") << getCmdLineArgumentInt(count, options, "width=") << std::endl;
    nvtxRangePush("x"), nvtxMark("y"), nvtxRangePop();
    getLastCudaError("nothing is wrong"), sdkStopTimer(&timer);
    float a[] = {1, 2}, b[] = {1, 2.0001f};
    std::cout << sdkCompareL2fe(a, b, 2, 1e-3f) << sdkCompareL2fe(a, b, 2, 1e-6f) << (sdkGetTimerValue(&timer) > 0);
    sdkDeleteTimer(&timer);
}
int main(int count, char **words)
{
    vectors(), algorithms(), policies(), of_cub(), of_cublas(), of_curand();
    of_samples(count, words);
}
