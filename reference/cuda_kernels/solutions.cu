// The kernels of the assignment `cuda_kernels`: the simplest that show an idea, where those in kernels/ are the fast
// ones. Its host module starts them: see host.py.

const int TILE = 16;  // a tile has TILE x TILE elements, and its block as many threads
const int WARP = 32;  // threads that run in step
const int MAX_AXES = 4;

// How an array of up to four axes lies in memory. Numbers count elements.
struct View {
    int ndim;
    int shape[MAX_AXES];
    int strides[MAX_AXES];  // how far it is to the next element of an axis: 0 repeats one, -1 walks backwards
    int offset;             // where the first element lies
};

// A convolution of `batch` images, height x width x c_in, with c_out filters, kernel_height x kernel_width x c_in.
struct Conv {
    int batch, height, width, c_in;
    int kernel_height, kernel_width, c_out;
    int out_height, out_width;
    int stride_height, stride_width, padding_height, padding_width;
};

// How many blocks of `threads` threads it takes so that each of `size` elements has a thread of its own.
__device__ int blocks_for(int size, int threads)
{
    int blocks = 0;
    // BEGIN SOLUTION
    blocks = (size + threads - 1) / threads;
    // END SOLUTION
    return blocks;
}

// Writes `value` to each of the `size` elements of out. One thread for each element; the last block has threads to spare.
extern "C" __global__ void fill(int size, float value, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = value;
}

// out[i] = a[i] + b[i], for `size` elements. One thread for each.
extern "C" __global__ void add(int size, const float *a, const float *b, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = a[i] + b[i];
}

// Copies a view of `a` to `out`, which is compact: out[i] is the view's element number i, in row-major order.
// One thread for each of `size` elements. The shape takes i apart, the last axis first; the strides put the place in `a`
// together, from the view's offset on.
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

// out[row] is the sum of a's row, for `rows` rows of `length` elements. One thread for each row, which adds up all of it.
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

// The same with a block for each row: blockDim.x threads, a power of two and at most 256. Each thread adds up every
// blockDim.x-th element, so that neighbors read side by side. Then they meet in shared memory: the lower half of the
// threads adds the sums of the upper half to its own, and so on, until one is left.
extern "C" __global__ void sum_shared(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    // BEGIN SOLUTION
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;  // also where there was nothing to add: 0 is written, or it holds anything at all
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();  // the sums that the next line reads are written, all of them
        if (me < half)
            sums[me] += sums[me + half];
    }
    if (me == 0)
        out[row] = sums[0];
    // END SOLUTION
}

// The same, and threads of a warp meet in registers: lane i of 32 takes the sum of lane i + 16, then of i + 8, and so on.
// Shared memory holds one sum for each warp and no more; the first warp adds those up in the same way.
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

// out = a b, matrices of m x k, k x n and m x n elements. A block of TILE x TILE threads computes a tile of out, one
// element each. It goes along k tile by tile: all threads fetch a tile of a and one of b into shared memory, one element
// of each a thread, then each reads a row of one and a column of the other. Outside of the matrices there are zeros.
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

// out = conv(x, w) by its definition. One thread for each element of out, (batch, out_height, out_width, c_out), counted in
// row-major order; it goes over all of w that belongs to its filter.
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

// out = conv(x, w) as a product of matrices. Row r of the left one holds what the kernel covers at output position r, in the
// order of w's first three axes; w is the right one, and out the result: m = batch out_height out_width,
// k = kernel_height kernel_width c_in, n = c_out. The left matrix never exists: a block computes the tile of it that it
// needs, into shared memory. All else is as in matmul.
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

// w_grad, of w's shape, is the gradient in w: each of its elements sums pixel times out_grad over all positions of out.
// One thread for each position r = (image, i, j) of out; it adds its part to every element of w_grad with atomicAdd, as
// others add to the same elements. w_grad holds zeros before.
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

// The same gradient without atomics: the sum over the positions r is split into `parts` of equal length (the last may have
// fewer, or none), and blockIdx.y is the part. One thread for each element of w_grad and each part; it writes what its
// part comes to into partial, which has the shape (parts, w_grad's). sum_parts adds the parts up, always in one order.
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

// out[e] is the sum of partial[part * size + e] over all parts. One thread for each of `size` elements.
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
