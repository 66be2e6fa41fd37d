// Libraries: points in the cells of a grid by Thrust: sorts by keys, sums of equal keys, scans, and a kernel on a vector
#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/extrema.h>
#include <thrust/functional.h>
#include <thrust/host_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/transform_reduce.h>
#include <thrust/tuple.h>
#include <cmath>
#include <cstdio>
#include <map>

const int POINTS = 500, SIDE = 8;

struct Cell {
    __host__ __device__ int operator()(const thrust::tuple<float, float> &point) const
    {
        return int(thrust::get<0>(point) * SIDE) + SIDE * int(thrust::get<1>(point) * SIDE);
    }
};
struct Norm {
    __host__ __device__ float operator()(float x) const { return x * x; }
};
struct IsFull {
    int least;
    __host__ __device__ bool operator()(int count) const { return count >= least; }
};

__global__ void place(float *x, float *y, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        x[i] = (i * 37 % 101) / 101.0f;
        y[i] = (i * 53 % 97) / 97.0f;
    }
}

int main()
{
    thrust::device_vector<float> x(POINTS), y(POINTS);
    place<<<(POINTS + 127) / 128, 128>>>(thrust::raw_pointer_cast(x.data()), thrust::raw_pointer_cast(&y[0]), POINTS);
    thrust::host_vector<float> hx = x, hy(y.begin(), y.end());
    std::map<int, int> expected;
    for (int i = 0; i < POINTS; ++i) {
        if (hx[i] != (i * 37 % 101) / 101.0f || hy[i] != (i * 53 % 97) / 97.0f)
            return 1;
        ++expected[Cell()(thrust::make_tuple(hx[i], hy[i]))];
    }

    // how many points each cell has that has any
    thrust::device_vector<int> cells(POINTS), points(POINTS), keys(POINTS), counts(POINTS);
    auto first = thrust::make_zip_iterator(thrust::make_tuple(x.begin(), y.begin()));
    thrust::transform(first, first + POINTS, cells.begin(), Cell());
    thrust::sequence(points.begin(), points.end());
    thrust::sort_by_key(cells.begin(), cells.end(), points.begin());
    auto end = thrust::reduce_by_key(cells.begin(), cells.end(), thrust::make_constant_iterator(1), keys.begin(), counts.begin());
    keys.resize(end.first - keys.begin());
    counts.resize(end.second - counts.begin());
    thrust::device_vector<int> starts(counts.size());
    thrust::exclusive_scan(counts.begin(), counts.end(), starts.begin());
    bool right = keys.size() == expected.size();
    size_t at = 0;
    int before = 0;
    for (auto one = expected.begin(); right && one != expected.end(); ++one, ++at) {
        right = keys[at] == one->first && counts[at] == one->second && starts[at] == before;
        before += one->second;
    }
    for (int i = 0; right && i < POINTS; ++i)
        right = Cell()(thrust::make_tuple(hx[points[i]], hy[points[i]])) == cells[i];

    // sums and searches
    int most = 0, full = 0;
    for (auto one : expected) {
        most = std::max(most, one.second);
        full += one.second >= 9;
    }
    double squares = 0, products = 0;
    for (int i = 0; i < POINTS; ++i) {
        squares += hx[i] * hx[i];
        products += hx[i] * hy[i];
    }
    right &= *thrust::max_element(counts.begin(), counts.end()) == most;
    right &= thrust::count_if(counts.begin(), counts.end(), IsFull{9}) == full;
    right &= thrust::reduce(counts.begin(), counts.end(), 0, thrust::plus<int>()) == POINTS;
    float norm = thrust::transform_reduce(x.begin(), x.end(), Norm(), 0.0f, thrust::plus<float>());
    right &= std::fabs(norm - squares) < 1e-3 * squares;
    right &= std::fabs(thrust::inner_product(x.begin(), x.end(), y.begin(), 0.0f) - products) < 1e-3 * products;

    // plain memory of the device
    int *raw, sorted[64];
    cudaMalloc(&raw, sizeof sorted);
    thrust::transform(thrust::device, thrust::counting_iterator<int>(0), thrust::counting_iterator<int>(64), raw,
        [] __device__(int i) { return i * 29 % 64; });
    thrust::sort(thrust::device, raw, raw + 64, thrust::greater<int>());
    cudaMemcpy(sorted, raw, sizeof sorted, cudaMemcpyDeviceToHost);
    for (int i = 0; i < 64; ++i)
        right &= sorted[i] == 63 - i;
    cudaFree(raw);
    printf("%s\n", right ? "right" : "wrong");
    return !right;
}
