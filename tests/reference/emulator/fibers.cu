// Kernels that loops over threads cannot run, each for another reason.

__global__ void a_barrier_in_a_branch(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    if (n > 3) {
        s[0] = 1;
        __syncthreads();
    }
    out[i] = s[2];
}

__global__ void some_threads_leave_before_a_barrier(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = 1;
    if (threadIdx.x > 40)
        return;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] += s[0];
}

__global__ void a_loop_that_some_threads_leave(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    for (int j = 0; j < threadIdx.x % 3; ++j) {
        out[i] += 1;
        __syncthreads();
    }
}

__global__ void a_break_from_a_loop_with_barriers(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    for (int j = 0; j < 9; ++j) {
        if (j == n % 8)
            break;
        s[threadIdx.x] += j;
        __syncthreads();
    }
    out[i] = s[3];
}

__global__ void a_shuffle(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    float x = s[0];
    __syncthreads();
    out[i] = x + __shfl_down_sync(0xffffffff, s[threadIdx.x], 1);
}

__global__ void a_name_with_two_meanings(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = blockDim.x;
    dim3 blockDim(2);
    __syncthreads();
    out[i] += blockDim.x + s[0];
}

__global__ void a_reference_over_a_barrier(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    float &r = s[threadIdx.x];
    __syncthreads();
    r += 1;
    __syncthreads();
    out[i] = s[1];
}

__global__ void a_counting_barrier(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = __syncthreads_count(s[threadIdx.x] > 0);
}

__global__ void a_statement_in_a_macro(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
#define GO(x) x; return
    GO(out[i] = s[0]);
}

__global__ void a_jump(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    again:
    s[threadIdx.x] += 1;
    if (s[threadIdx.x] < 3)
        goto again;
    __syncthreads();
    out[i] = s[0];
}

__global__ void a_line_of_the_source(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    int x = __LINE__;
    __syncthreads();
    out[i] = x;
}

__global__ void a_barrier_of_a_function(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    __threadfence_block(), __syncthreads();
    out[i] = s[0];
}

__global__ void a_division_by_zero(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ float s[48];
    s[threadIdx.x] = a[i];
    __syncthreads();
    out[i] = n / int(s[0] * 0);
}

__global__ void no_barrier(int n, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = a[i];
}
