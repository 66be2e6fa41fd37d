// Reductions: one number for each row. They teach the tree in shared memory: threads that have to work
// together, and the barriers that this takes.
//
// A block is blockDim.x threads wide, a power of two, and blockDim.y rows high. The threads of one row add up
// every blockDim.x-th element of it, so that neighbors read side by side; then they meet in shared memory:
//
//     8 sums     s0 s1 s2 s3 s4 s5 s6 s7
//     half = 4   s0+s4 s1+s5 s2+s6 s3+s7         each of the first 4 threads adds the sum 4 to its right
//     half = 2   .. ..
//     half = 1   the row's sum, in the place of thread 0
//
// The order of additions depends on the shape alone, never on which thread came first, so the same input
// gives the same bits every time. Atomic additions would not.
//
// A long row would keep one block busy and leave the rest of the GPU idle. So the host may ask for each row
// to be cut into `parts`, one number for each, and call the kernel a second time on those numbers.

typedef REAL real;

const int MAX_THREADS = 256;  // the most that a block here has

// A part of a row: the positions first to last - 1 of the buffer. Empty for a row without elements.
struct Part {
    long long first, last;
};

__device__ Part part_of_row(long long number, long long row_length, long long parts)
{
    long long row = number / parts, length = (row_length + parts - 1) / parts;
    long long start = number % parts * length;
    return {row * row_length + start, row * row_length + min(start + length, row_length)};
}

extern "C" __global__ void sum_rows(
    long long rows, long long row_length, long long parts, const real *a, real *out)
{
    __shared__ real sums[MAX_THREADS];
    long long number = (long long)blockIdx.x * blockDim.y + threadIdx.y;  // among the parts of all rows
    bool present = number < rows * parts;  // threads beyond the last part stay: a barrier waits for all
    int me = threadIdx.y * blockDim.x + threadIdx.x;

    real sum = 0;
    if (present) {
        Part part = part_of_row(number, row_length, parts);
        for (long long i = part.first + threadIdx.x; i < part.last; i += blockDim.x)
            sum += a[i];
    }
    sums[me] = sum;  // a thread without an element writes its 0: nothing in here may be left from before

    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();  // the sums that the next line reads have been written, all of them
        if (threadIdx.x < half)
            sums[me] += sums[me + half];
    }
    if (threadIdx.x == 0 && present)
        out[number] = sums[me];  // thread 0 wrote this last itself, so there is nothing to wait for
}

// The same tree with max for +. A thread starts from the first element of its part, not from 0, which would
// be wrong for negative rows. Several threads may start from the same element, because max(x, x) = x.
__device__ real larger(real x, real y)
{
    return x > y || x != x ? x : y;  // NaN where either is NaN
}

extern "C" __global__ void max_rows(
    long long rows, long long row_length, long long parts, const real *a, real *out)
{
    __shared__ real largest[MAX_THREADS];
    long long number = (long long)blockIdx.x * blockDim.y + threadIdx.y;
    bool present = number < rows * parts;
    int me = threadIdx.y * blockDim.x + threadIdx.x;

    real most = 0;  // of a thread without a part; no thread reads it
    if (present) {
        Part part = part_of_row(number, row_length, parts);
        most = a[part.first];
        for (long long i = part.first + threadIdx.x; i < part.last; i += blockDim.x)
            most = larger(most, a[i]);
    }
    largest[me] = most;

    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half)
            largest[me] = larger(largest[me], largest[me + half]);
    }
    if (threadIdx.x == 0 && present)
        out[number] = largest[me];
}
