// The kernels of the assignment `cuda_kernels`: the simplest ones that show an idea. The fast ones are in kernels/. The
// host module starts these kernels: see host.py.

const int TILE = 16;  // a tile has TILE x TILE elements, and its block as many threads
const int WARP = 32;  // threads that run in step
const int MAX_AXES = 4;

// The layout of an array of up to four axes in memory. Numbers count elements.
struct View {
    int ndim;
    int shape[MAX_AXES];
    int strides[MAX_AXES];  // the distance to the next element of an axis: 0 repeats one, -1 walks backwards
    int offset;             // the place of the first element
};

// A convolution of `batch` images, height x width x c_in, with c_out filters, kernel_height x kernel_width x c_in.
struct Conv {
    int batch, height, width, c_in;
    int kernel_height, kernel_width, c_out;
    int out_height, out_width;
    int stride_height, stride_width, padding_height, padding_width;
};

// The number of blocks of `threads` threads that gives each of `size` elements its own thread.
__device__ int blocks_for(int size, int threads)
{
    int blocks = 0;
    // BEGIN SOLUTION
    blocks = (size + threads - 1) / threads;
    // END SOLUTION
    return blocks;
}

// Writes `value` to each of the `size` elements of out. Each element has one thread; the last block may have spare ones.
extern "C" __global__ void fill(int size, float value, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = value;
}

// out[i] = a[i] + b[i], for `size` elements. Each element has one thread.
extern "C" __global__ void add(int size, const float *a, const float *b, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = a[i] + b[i];
}

// Copies a view of `a` to `out`, which is compact: out[i] is the view's element number i, in row-major order. Each of the
// `size` elements has one thread. Use the shape to take i apart, the last axis first. Use the strides to compute the
// place in `a`, starting from the view's offset.
extern "C" __global__ void compact(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    // BEGIN SOLUTION
    if (i >= size)
        return;
    int place = view.offset, rest = i;
    for (int axis = view.ndim - 1; axis >= 0; --axis) {
        place += rest % view.shape[axis] * view.strides[axis];
        rest /= view.shape[axis];
    }
    out[i] = a[place];
    // END SOLUTION
}

// out[row] is the sum of a's row, for `rows` rows of `length` elements. Each row has one thread, which adds up the row.
extern "C" __global__ void sum_naive(int rows, int length, const float *a, float *out)
{
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows)
        return;
    float sum = 0;
    for (int i = 0; i < length; ++i)
        sum += a[row * length + i];
    out[row] = sum;
}

// The same sums with a block for each row. blockDim.x is a power of two and at most 256. Each thread adds up every
// blockDim.x-th element, so that neighboring threads read neighboring elements. Then the threads use shared memory: the
// lower half adds the sums of the upper half to its own sums, and so on, until one sum is left.
extern "C" __global__ void sum_shared(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    // BEGIN SOLUTION
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;  // a thread without elements writes 0: unwritten shared memory may hold anything
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();  // the sums that the next line reads are written, all of them
        if (me < half)
            sums[me] += sums[me + half];
    }
    if (me == 0)
        out[row] = sums[0];
    // END SOLUTION
}

// The same sums, but the threads of a warp use registers: lane i of 32 adds the sum of lane i + 16, then of i + 8, and so
// on. Shared memory holds only one sum for each warp, and the first warp adds these up in the same way.
extern "C" __global__ void sum_warp(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    int me = threadIdx.x, row = blockIdx.x, lane = me % WARP, warp = me / WARP;
    // BEGIN SOLUTION
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    for (int away = WARP / 2; away > 0; away /= 2)
        sum += __shfl_down_sync(0xffffffff, sum, away);
    if (lane == 0)
        sums[warp] = sum;
    __syncthreads();  // every warp's sum is there
    if (warp == 0) {
        sum = lane < blockDim.x / WARP ? sums[lane] : 0;  // fewer warps than lanes
        for (int away = WARP / 2; away > 0; away /= 2)
            sum += __shfl_down_sync(0xffffffff, sum, away);
        if (lane == 0)
            out[row] = sum;
    }
    // END SOLUTION
}

// out = a b: a is m x k, b is k x n, and out is m x n. A block of TILE x TILE threads computes a tile of out, one element
// for each thread. It moves along k tile by tile. Each thread fetches one element of a's tile and one of b's into shared
// memory. Then it reads a row of a's tile and a column of b's. Outside the matrices the tiles hold zeros.
extern "C" __global__ void matmul(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    // BEGIN SOLUTION
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();  // both tiles are complete
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();  // no thread reads them any more: the next ones may come
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
    // END SOLUTION
}

// The element of x that the kernel's element (u, v) meets at output (i, j), in channel c; 0 in the padding.
__device__ float pixel(Conv s, const float *x, int image, int i, int j, int u, int v, int c)
{
    int row = i * s.stride_height + u - s.padding_height, column = j * s.stride_width + v - s.padding_width;
    if (row < 0 || row >= s.height || column < 0 || column >= s.width)
        return 0;
    return x[((image * s.height + row) * s.width + column) * s.c_in + c];
}

// out = conv(x, w) by its definition. Each element of out, (batch, out_height, out_width, c_out), has one thread. Threads
// are numbered in row-major order. Each one loops over all elements of its filter in w.
extern "C" __global__ void conv_direct(Conv s, const float *x, const float *w, float *out)
{
    int number = blockIdx.x * blockDim.x + threadIdx.x;
    // BEGIN SOLUTION
    if (number >= s.batch * s.out_height * s.out_width * s.c_out)
        return;
    int filter = number % s.c_out, j = number / s.c_out % s.out_width;
    int i = number / s.c_out / s.out_width % s.out_height, image = number / s.c_out / s.out_width / s.out_height;
    float sum = 0;
    for (int u = 0; u < s.kernel_height; ++u)
        for (int v = 0; v < s.kernel_width; ++v)
            for (int c = 0; c < s.c_in; ++c)
                sum += pixel(s, x, image, i, j, u, v, c)
                    * w[((u * s.kernel_width + v) * s.c_in + c) * s.c_out + filter];
    out[number] = sum;
    // END SOLUTION
}

// out = conv(x, w) as a matrix product. Row r of the left matrix holds the pixels that the kernel covers at output position
// r, in the order of w's first three axes. w is the right matrix, and out is the result: m = batch out_height out_width,
// k = kernel_height kernel_width c_in, n = c_out. The left matrix never exists: a block computes the tile that it needs in
// shared memory. Everything else is as in matmul.
extern "C" __global__ void conv_implicit(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float x_tile[TILE][TILE], w_tile[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    // BEGIN SOLUTION
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    for (int start = 0; start < k; start += TILE) {
        int d = start + threadIdx.x, c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
        x_tile[threadIdx.y][threadIdx.x] = row < m && d < k ? pixel(s, x, image, i, j, u, v, c) : 0;
        d = start + threadIdx.y;
        w_tile[threadIdx.y][threadIdx.x] = d < k && column < n ? w[d * n + column] : 0;
        __syncthreads();
        for (int e = 0; e < TILE; ++e)
            sum += x_tile[threadIdx.y][e] * w_tile[e][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
    // END SOLUTION
}

// w_grad, of w's shape, is the gradient with respect to w: each element sums pixel times out_grad over all positions of
// out. Each position r = (image, i, j) of out has one thread. It adds its part to every element of w_grad with atomicAdd,
// because other threads add to the same elements. w_grad starts as zeros.
extern "C" __global__ void w_grad_atomic(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    // BEGIN SOLUTION
    if (r >= s.batch * s.out_height * s.out_width)
        return;
    int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
    for (int d = 0; d < s.kernel_height * s.kernel_width * s.c_in; ++d) {
        int c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
        for (int filter = 0; filter < s.c_out; ++filter)
            atomicAdd(&w_grad[d * s.c_out + filter],
                pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter]);
    }
    // END SOLUTION
}

// The same gradient without atomics. The sum over the positions r is split into `parts` of equal length (the last may be
// shorter, or empty), and blockIdx.y is the part. Each element of w_grad has one thread for each part. The thread writes
// its sum to partial, of shape (parts, w_grad's shape). sum_parts adds up the parts, always in the same order.
extern "C" __global__ void w_grad_split(Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    int size = s.kernel_height * s.kernel_width * s.c_in * s.c_out;
    int number = blockIdx.x * blockDim.x + threadIdx.x, part = blockIdx.y;
    // BEGIN SOLUTION
    if (number >= size)
        return;
    int filter = number % s.c_out, c = number / s.c_out % s.c_in;
    int v = number / s.c_out / s.c_in % s.kernel_width, u = number / s.c_out / s.c_in / s.kernel_width;
    int positions = s.batch * s.out_height * s.out_width, length = (positions + parts - 1) / parts;
    float sum = 0;
    for (int r = part * length; r < min((part + 1) * length, positions); ++r) {
        int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
        sum += pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
    }
    partial[part * size + number] = sum;
    // END SOLUTION
}

// out[e] is the sum of partial[part * size + e] over all parts. Each of the `size` elements has one thread.
extern "C" __global__ void sum_parts(int size, int parts, const float *partial, float *out)
{
    int element = blockIdx.x * blockDim.x + threadIdx.x;
    if (element < size) {
        float total = 0;
        for (int part = 0; part < parts; ++part)
            total += partial[part * size + element];
        out[element] = total;
    }
}
