// Correct versions of the kernels, written anew. All of them must earn full marks. Those that change a few words of
// the solution are in rewrites.py.

// rewrite of fill
// A loop with the grid as its step: right for any grid.
extern "C" __global__ void fill_by_a_grid_loop(int size, float value, float *out)
{
    int step = gridDim.x * blockDim.x;
    for (int i = blockDim.x * blockIdx.x + threadIdx.x; i < size; i += step)
        out[i] = value;
}

// rewrite of fill
// Threads count from the end.
extern "C" __global__ void fill_from_the_end(int size, float value, float *out)
{
    int i = size - 1 - (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < 0)
        return;
    out[i] = value;
}

// rewrite of add
// Moves the pointers; the elements of a block are side by side.
extern "C" __global__ void add_by_moved_pointers(int size, const float *a, const float *b, float *out)
{
    int first = blockIdx.x * blockDim.x, left = size - first;
    a += first;
    b += first;
    out += first;
    if ((int)threadIdx.x < left)
        out[threadIdx.x] = b[threadIdx.x] + a[threadIdx.x];
}

// rewrite of add
// In double precision, rounded at the end.
extern "C" __global__ void add_in_double(int size, const float *a, const float *b, float *out)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < size; i += gridDim.x * blockDim.x)
        out[i] = (float)((double)a[i] + (double)b[i]);
}

// rewrite of compact
// Takes the number apart, from the first axis on.
extern "C" __global__ void compact_from_the_first_axis(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size)
        return;
    int below = size, rest = i;
    const float *from = a + view.offset;
    for (int axis = 0; axis < view.ndim; ++axis) {
        below /= view.shape[axis];
        from += rest / below * view.strides[axis];
        rest %= below;
    }
    out[i] = *from;
}

// rewrite of compact
// Keeps an index for each axis.
extern "C" __global__ void compact_by_indices(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x, index[MAX_AXES];
    if (i < size) {
        int rest = i, place = view.offset;
        for (int axis = view.ndim; axis-- > 0;) {
            index[axis] = rest - rest / view.shape[axis] * view.shape[axis];
            rest /= view.shape[axis];
        }
        for (int axis = 0; axis < view.ndim; ++axis)
            place += index[axis] * view.strides[axis];
        out[i] = a[place];
    }
}

// rewrite of sum_naive
// Sums from the last element on, in double precision.
extern "C" __global__ void sum_naive_from_the_end(int rows, int length, const float *a, float *out)
{
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < rows) {
        double sum = 0;
        for (int i = length; i-- > 0;)
            sum += a[row * length + i];
        out[row] = sum;
    }
}

// rewrite of sum_naive
// Keeps two sums, and takes rows in steps of the grid.
extern "C" __global__ void sum_naive_in_two(int rows, int length, const float *a, float *out)
{
    for (int row = blockIdx.x * blockDim.x + threadIdx.x; row < rows; row += blockDim.x * gridDim.x) {
        const float *at = a + row * length;
        float even = 0, odd = 0;
        for (int i = 0; i + 1 < length; i += 2) {
            even += at[i];
            odd += at[i + 1];
        }
        out[row] = even + odd + (length % 2 ? at[length - 1] : 0);
    }
}

// rewrite of sum_shared
// Neighbors meet first: the step grows.
extern "C" __global__ void sum_shared_of_neighbors(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x;
    const float *row = a + blockIdx.x * length;
    sums[me] = 0;
    for (int i = me; i < length; i += blockDim.x)
        sums[me] += row[i];
    __syncthreads();
    for (int step = 1; step < blockDim.x; step *= 2) {
        if (me % (2 * step) == 0)
            sums[me] += sums[me + step];
        __syncthreads();
    }
    if (me == 0)
        out[blockIdx.x] = sums[0];
}

// rewrite of sum_shared
// The last warp goes on without barriers of the block, in double precision.
extern "C" __global__ void sum_shared_and_then_a_warp(int length, const float *a, float *out)
{
    __shared__ double sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    double sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;
    __syncthreads();
    for (int half = blockDim.x / 2; half >= WARP; half /= 2) {
        if (me < half)
            sums[me] += sums[me + half];
        __syncthreads();
    }
    if (me < WARP) {
        sum = sums[me];
        for (int away = WARP / 2; away > 0; away /= 2)
            sum += __shfl_down_sync(0xffffffff, sum, away);
        if (me == 0)
            out[row] = sum;
    }
}

// rewrite of sum_warp
// Exchanges values between lanes, so every lane gets the sum.
extern "C" __global__ void sum_warp_by_exchange(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    int me = threadIdx.x, lane = me & 31, warp = me >> 5, warps = blockDim.x >> 5;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[blockIdx.x * length + i];
    for (int mask = 16; mask > 0; mask >>= 1)
        sum += __shfl_xor_sync(0xffffffff, sum, mask);
    if (lane == 0)
        sums[warp] = sum;
    __syncthreads();
    if (me == 0) {
        float total = 0;
        for (int i = 0; i < warps; ++i)
            total += sums[i];
        out[blockIdx.x] = total;
    }
}

// The sum over the lanes of a warp; the first lane gets it.
__device__ float of_all_lanes(float value)
{
    for (int away = 1; away < WARP; away *= 2)
        value += __shfl_down_sync(0xffffffff, value, away);
    return value;
}

// rewrite of sum_warp
// A function sums a warp, with steps that grow.
extern "C" __global__ void sum_warp_by_a_function(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    const float *row = a + blockIdx.x * length;
    float mine = 0;
    for (int i = threadIdx.x; i < length; i += blockDim.x)
        mine += row[i];
    mine = of_all_lanes(mine);
    if (threadIdx.x % WARP == 0)
        sums[threadIdx.x / WARP] = mine;
    __syncthreads();
    if (threadIdx.x < WARP) {
        mine = of_all_lanes(threadIdx.x < blockDim.x / WARP ? sums[threadIdx.x] : 0.f);
        if (threadIdx.x == 0)
            out[blockIdx.x] = mine;
    }
}

// rewrite of matmul
// Sums in double precision, from the last tile on.
extern "C" __global__ void matmul_from_the_last_tile(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float left[TILE][TILE], right[TILE][TILE];
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    double sum = 0;
    for (int tile = (k + TILE - 1) / TILE; tile-- > 0;) {
        int x = tile * TILE + threadIdx.x, y = tile * TILE + threadIdx.y;
        left[threadIdx.y][threadIdx.x] = 0;
        right[threadIdx.y][threadIdx.x] = 0;
        if (row < m && x < k)
            left[threadIdx.y][threadIdx.x] = a[row * k + x];
        if (y < k && column < n)
            right[threadIdx.y][threadIdx.x] = b[y * n + column];
        __syncthreads();
        for (int d = TILE; d-- > 0;)
            sum += (double)left[threadIdx.y][d] * right[d][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// rewrite of matmul
// Uses two pairs of tiles in turn, with one barrier each, and fused operations.
extern "C" __global__ void matmul_with_two_buffers(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float left[2][TILE][TILE + 1], right[2][TILE][TILE + 1];
    int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x, now = 0;
    float sum = 0;
    for (int start = 0; start < k; start += TILE, now = 1 - now) {
        left[now][y][x] = row < m && start + x < k ? a[row * k + start + x] : 0.f;
        right[now][y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0.f;
        __syncthreads();
        for (int d = 0; d < TILE && start + d < k; ++d)
            sum = fmaf(left[now][y][d], right[now][d][x], sum);
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// rewrite of conv_direct
// Goes over the channels first, and skips the padding.
extern "C" __global__ void conv_direct_by_channels(Conv s, const float *x, const float *w, float *out)
{
    int number = blockIdx.x * blockDim.x + threadIdx.x;
    if (number >= s.batch * s.out_height * s.out_width * s.c_out)
        return;
    int rest = number, filter = rest % s.c_out;
    rest /= s.c_out;
    int j = rest % s.out_width;
    rest /= s.out_width;
    int i = rest % s.out_height, image = rest / s.out_height;
    double sum = 0;
    for (int c = 0; c < s.c_in; ++c)
        for (int u = 0; u < s.kernel_height; ++u) {
            int row = i * s.stride_height + u - s.padding_height;
            if (row < 0 || row >= s.height)
                continue;
            for (int v = 0; v < s.kernel_width; ++v) {
                int column = j * s.stride_width + v - s.padding_width;
                if (column >= 0 && column < s.width)
                    sum += x[((image * s.height + row) * s.width + column) * s.c_in + c]
                        * w[((u * s.kernel_width + v) * s.c_in + c) * s.c_out + filter];
            }
        }
    out[number] = sum;
}

// rewrite of conv_direct
// One loop over all numbers of a window.
extern "C" __global__ void conv_direct_in_one_loop(Conv s, const float *x, const float *w, float *out)
{
    int size = s.batch * s.out_height * s.out_width * s.c_out;
    for (int number = blockIdx.x * blockDim.x + threadIdx.x; number < size; number += gridDim.x * blockDim.x) {
        int filter = number % s.c_out, position = number / s.c_out;
        int j = position % s.out_width, i = position / s.out_width % s.out_height;
        int image = position / (s.out_width * s.out_height), window = s.kernel_height * s.kernel_width * s.c_in;
        float sum = 0;
        for (int d = window - 1; d >= 0; --d) {
            int c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / (s.c_in * s.kernel_width);
            sum = fmaf(pixel(s, x, image, i, j, u, v, c), w[d * s.c_out + filter], sum);
        }
        out[number] = sum;
    }
}

// rewrite of conv_implicit
// Takes positions apart once for each tile, and sums in double precision.
extern "C" __global__ void conv_implicit_in_double(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float seen[TILE][TILE], kernel[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    double sum = 0;
    for (int tile = 0; tile * TILE < k; ++tile) {
        int d = tile * TILE + threadIdx.x, e = tile * TILE + threadIdx.y;
        float value = 0;
        if (row < m && d < k) {
            int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / (s.out_width * s.out_height);
            int c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / (s.c_in * s.kernel_width);
            value = pixel(s, x, image, i, j, u, v, c);
        }
        seen[threadIdx.y][threadIdx.x] = value;
        kernel[threadIdx.y][threadIdx.x] = e < k && column < n ? w[e * n + column] : 0.f;
        __syncthreads();
        for (int f = 0; f < TILE; ++f)
            sum += (double)seen[threadIdx.y][f] * kernel[f][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// rewrite of conv_implicit
// The tile of windows lies transposed in shared memory.
extern "C" __global__ void conv_implicit_transposed(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float seen[TILE][TILE + 1], kernel[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in;
    int row = blockIdx.y * TILE + threadIdx.y, filter = blockIdx.x * TILE + threadIdx.x;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        int d = start + threadIdx.x, e = start + threadIdx.y;
        seen[threadIdx.x][threadIdx.y] = d < k && row < m
            ? pixel(s, x, image, i, j, d / (s.c_in * s.kernel_width), d / s.c_in % s.kernel_width, d % s.c_in) : 0.f;
        kernel[threadIdx.y][threadIdx.x] = e < k && filter < s.c_out ? w[e * s.c_out + filter] : 0.f;
        __syncthreads();
        for (int f = TILE - 1; f >= 0; --f)
            sum += seen[f][threadIdx.y] * kernel[f][threadIdx.x];
        __syncthreads();
    }
    if (row < m && filter < s.c_out)
        out[row * s.c_out + filter] = sum;
}

// rewrite of w_grad_atomic
// Reads each number of out_grad once, and adds nothing where a pixel lies in the padding.
extern "C" __global__ void w_grad_atomic_by_filters(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r < s.batch * s.out_height * s.out_width) {
        int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / (s.out_width * s.out_height);
        for (int filter = 0; filter < s.c_out; ++filter) {
            float upstream = out_grad[r * s.c_out + filter];
            int d = 0;
            for (int u = 0; u < s.kernel_height; ++u)
                for (int v = 0; v < s.kernel_width; ++v)
                    for (int c = 0; c < s.c_in; ++c, ++d) {
                        float seen = pixel(s, x, image, i, j, u, v, c);
                        if (seen != 0)
                            atomicAdd(w_grad + d * s.c_out + filter, seen * upstream);
                    }
        }
    }
}

// rewrite of w_grad_atomic
// Takes positions in steps of the grid, and elements from the last one on.
extern "C" __global__ void w_grad_atomic_from_the_end(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    int positions = s.batch * s.out_height * s.out_width, size = s.kernel_height * s.kernel_width * s.c_in * s.c_out;
    for (int r = blockIdx.x * blockDim.x + threadIdx.x; r < positions; r += gridDim.x * blockDim.x) {
        int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
        for (int e = size; e-- > 0;) {
            int filter = e % s.c_out, d = e / s.c_out;
            float seen = pixel(s, x, image, i, j, d / s.c_in / s.kernel_width, d / s.c_in % s.kernel_width, d % s.c_in);
            atomicAdd(&w_grad[e], seen * out_grad[r * s.c_out + filter]);
        }
    }
}

// rewrite of w_grad_split
// Three loops over the positions; they skip those of other parts.
extern "C" __global__ void w_grad_split_by_loops(Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    int size = s.kernel_height * s.kernel_width * s.c_in * s.c_out, e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= size)
        return;
    int filter = e % s.c_out, c = e / s.c_out % s.c_in, v = e / (s.c_out * s.c_in) % s.kernel_width;
    int u = e / (s.c_out * s.c_in * s.kernel_width), r = 0;
    int length = (s.batch * s.out_height * s.out_width + parts - 1) / parts;
    double sum = 0;
    for (int image = 0; image < s.batch; ++image)
        for (int i = 0; i < s.out_height; ++i)
            for (int j = 0; j < s.out_width; ++j, ++r)
                if (r / length == blockIdx.y)
                    sum += (double)pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
    partial[blockIdx.y * size + e] = sum;
}

// rewrite of w_grad_split
// Sums from the last position of the part on.
extern "C" __global__ void w_grad_split_from_the_end(
    Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    int d = (blockIdx.x * blockDim.x + threadIdx.x) / s.c_out, filter = (blockIdx.x * blockDim.x + threadIdx.x) % s.c_out;
    int taps = s.kernel_height * s.kernel_width * s.c_in;
    if (d < taps) {
        int all = s.batch * s.out_height * s.out_width, length = (all + parts - 1) / parts;
        int first = blockIdx.y * length, behind = first + length < all ? first + length : all;
        float sum = 0;
        for (int r = behind - 1; r >= first; --r)
            sum += out_grad[r * s.c_out + filter]
                * pixel(s, x, r / (s.out_height * s.out_width), r / s.out_width % s.out_height, r % s.out_width,
                    d / (s.c_in * s.kernel_width), d / s.c_in % s.kernel_width, d % s.c_in);
        partial[(blockIdx.y * taps + d) * s.c_out + filter] = sum;
    }
}
