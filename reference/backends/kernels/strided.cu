// Strided views: compact gathers one; assign, assign_scalar and accumulate scatter over one. They teach how a
// flat index becomes a place in memory: the shape takes the index apart, the strides put the place together.
//
// A view comes as a struct by value, so it costs no allocation on the GPU and no copy of its own.

typedef REAL real;

const int MAX_AXES = 8;

struct View {
    long long ndim;
    long long shape[MAX_AXES];
    long long strides[MAX_AXES];  // in elements; 0 repeats an element, a negative one walks backwards
    long long offset;
};

// The position in the buffer of a view's element number i, counted in row-major order.
__device__ long long place(const View &view, long long i)
{
    long long at = view.offset;
    for (int axis = (int)view.ndim - 1; axis >= 0; --axis) {  // the last axis runs fastest
        at += i % view.shape[axis] * view.strides[axis];
        i /= view.shape[axis];
    }
    return at;
}

// Gather: thread i reads element i from its position and writes it to i. Neighboring threads write side by
// side, which the memory can do at once, and read `strides[ndim - 1]` apart, which may cost one access each.
extern "C" __global__ void compact(long long size, View view, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = a[place(view, i)];
}

// Scatter: the other way round. No two elements of the view share a place, so no two threads write to one.
extern "C" __global__ void assign(long long size, View view, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[place(view, i)] = a[i];
}

extern "C" __global__ void assign_scalar(long long size, View view, real value, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[place(view, i)] = value;
}

// Each of the two views has its own way of walking through its buffer.
extern "C" __global__ void accumulate(long long size, View a_view, View out_view, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[place(out_view, i)] += a[place(a_view, i)];
}
