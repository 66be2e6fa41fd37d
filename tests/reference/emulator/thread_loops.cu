// Kernels that run as loops over the threads of a block, each with another feature.

struct Pair {
    float x, y;
};
const int GLOBAL = 5;
#define SQUARE(x) ((x) * (x))
#define STEP 2
__device__ float next(float x) { return x * 0.75f + 1; }
__device__ float *pick(float &x) { return &x; }

__global__ void a_variable_over_a_barrier(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = s[47 - threadIdx.x] + i;
}

__global__ void a_constant_of_a_thread(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    const float twice = 2 * s[0], me = threadIdx.x;
    __syncthreads();
    out[i] = twice + me;
}

__global__ void an_array_of_a_thread(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float own[3] = {1, 2}, other[2][2];
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    other[1][0] = own[1] + i;
    own[2] = s[0];
    __syncthreads();
    out[i] = own[0] + own[1] + own[2] + other[1][0];
}

__global__ void a_struct_of_a_thread(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    Pair p = {1, 2};
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    p.x += s[3];
    __syncthreads();
    out[i] = p.x - p.y * i;
}

__global__ void a_pointer_to_an_own_variable(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float x = a[i];
    float *p = &x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    *p += s[1];
    __syncthreads();
    out[i] = x;
}

__global__ void a_pointer_from_a_function(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float x = a[i], *p = pick(x);
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    *p += 1;
    __syncthreads();
    out[i] = x + *p;
}

__global__ void a_pointer_into_shared_memory(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    float *p = s + threadIdx.x;
    __syncthreads();
    *p += 1;
    __syncthreads();
    out[i] = s[(threadIdx.x + 1) % 48];
}

__global__ void a_loop_with_barriers(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    for (int half = 24; half > 2; half /= 2) {
        if (threadIdx.x < half)
            s[threadIdx.x] += s[threadIdx.x + half];
        __syncthreads();
    }
    out[i] = s[0];
}

__global__ void loops_in_a_loop(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    int rounds = 0;
    while (rounds < 3) {
        for (int j = 1; j < 4; j += STEP) {
            float x = s[(threadIdx.x + j) % 48];
            __syncthreads();
            s[threadIdx.x] = next(x);
            __syncthreads();
        }
        ++rounds;
    }
    out[i] = s[threadIdx.x] + rounds;
}

__global__ void one_name_in_two_loops(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    for (int j = 0; j < 2; ++j) {
        __syncthreads();
        s[threadIdx.x] += j;
    }
    for (int j = 5; j > 3; --j) {
        __syncthreads();
        s[threadIdx.x] *= j;
    }
    out[i] = s[threadIdx.x];
}

__global__ void the_same_name_inside(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = 0;
    for (int i = 0; i < 3; ++i)
        s[threadIdx.x] += i;
    __syncthreads();
    out[i] = s[threadIdx.x];
}

__global__ void all_threads_of_a_block_leave(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (blockIdx.x == 1)
        return;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = s[0];
}

__global__ void threads_leave_after_the_last_barrier(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    if (i >= n)
        return;
    out[i] = s[0];
}

__global__ void a_break_from_an_inner_loop(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    for (int j = 0; j < 40; ++j) {
        if (j == threadIdx.x % 7)
            break;
        if (j == 3)
            continue;
        s[threadIdx.x] += 1;
    }
    __syncthreads();
    out[i] = s[5];
}

__global__ void a_lambda(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    float x = a[i];
    auto add = [&](float y) {
        if (y < 0)
            return x;
        return x + y;
    };
    s[threadIdx.x] = add(1);
    __syncthreads();
    out[i] = s[0];
}

__global__ void macros(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    float x = SQUARE(s[1]) + STEP;
    __syncthreads();
    out[i] = x;
}

__global__ void a_global_constant(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    int g = GLOBAL;
    __syncthreads();
    out[i] = g + s[GLOBAL];
}

__global__ void an_unrolled_loop(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
#pragma unroll
    for (int j = 0; j < 4; ++j)
        s[threadIdx.x] += j;
    __syncthreads();
    out[i] = s[1];
}

__global__ void dynamic_shared_memory(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    extern __shared__ float d[];
    d[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = d[0];
}

__global__ void parameters_that_change(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    a += threadIdx.x % 3;
    ++n;
    __syncthreads();
    out[i] = a[0] + n;
}

__global__ void names_of_the_block(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    typedef float real;
    constexpr int N = 4;
    real own[N];
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    own[N - 1] = s[0];
    __syncthreads();
    out[i] = own[3];
}
