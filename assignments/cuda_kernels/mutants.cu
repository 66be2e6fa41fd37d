// Named misconceptions: wrong versions of the kernels, each with what to tell the student.

// mutant of blocks_for, see #threads-blocks-and-a-guard
// You round the grid down: for 257 elements and blocks of 128 threads you start two blocks, and the last
// element has no thread. An integer division drops the remainder, but a block that is only partly used is
// still a block. Round up.
__device__ int grid_rounded_down(int size, int threads)
{
    return size / threads;
}

// mutant of blocks_for, see #threads-blocks-and-a-guard
// You always start one block more than the number of whole blocks. If the size is a multiple of the block,
// the last block has nothing to do. Round up: add one less than a block's threads, then divide.
__device__ int grid_one_too_many(int size, int threads)
{
    return size / threads + 1;
}

// mutant of fill, see #threads-blocks-and-a-guard
// Your kernel has no guard: the last block has threads beyond the last element, and they write past the end
// of the array.
extern "C" __global__ void no_guard(int size, float value, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = value;
}

// mutant of fill, see #threads-blocks-and-a-guard
// You number the threads only within their block: every block writes the same elements again, and no thread
// writes those of the other blocks. Add the block's own number: blockIdx.x * blockDim.x + threadIdx.x.
extern "C" __global__ void thread_of_its_block(int size, float value, float *out)
{
    int i = threadIdx.x;
    if (i < size)
        out[i] = value;
}

// mutant of add, see #threads-blocks-and-a-guard
// Your guard lets one thread too many through: the elements are 0 to size - 1, so element `size` is past the
// end.
extern "C" __global__ void guard_off_by_one(int size, const float *a, const float *b, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= size)
        out[i] = a[i] + b[i];
}

// mutant of add, see #threads-blocks-and-a-guard
// Your kernel has no guard: the last block has threads beyond the last element, and they read and write past
// the ends of the arrays.
extern "C" __global__ void no_guard_in_add(int size, const float *a, const float *b, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = a[i] + b[i];
}

// mutant of add, see #threads-blocks-and-a-guard
// Your kernel computes only the first block's elements, as if the grid had one block.
extern "C" __global__ void guard_on_the_block(int size, const float *a, const float *b, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < blockDim.x && i < size)
        out[i] = a[i] + b[i];
}

// mutant of add, see #threads-blocks-and-a-guard
// Your kernel is right, but one thread adds all elements, and the others are idle. Give each element its own
// thread: a warp then reads 32 neighboring numbers at once.
extern "C" __global__ void one_thread_for_all(int size, const float *a, const float *b, float *out)
{
    if (blockIdx.x == 0 && threadIdx.x == 0)
        for (int i = 0; i < size; ++i)
            out[i] = a[i] + b[i];
}

// mutant of compact, see #strides
// You copy the numbers in the order in which they lie in memory, as if the view were compact. A view has its own
// strides: those of a transposed array are in another order, and a stride may be 0 or negative.
extern "C" __global__ void strides_from_the_shape(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = a[view.offset + i];
}

// mutant of compact, see #strides
// You take i apart from the first axis. In row-major order the last axis runs fastest: take the remainder by
// its length first, and go on to the axis before it.
extern "C" __global__ void first_axis_runs_fastest(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size)
        return;
    int place = view.offset, rest = i;
    for (int axis = 0; axis < view.ndim; ++axis) {
        place += rest % view.shape[axis] * view.strides[axis];
        rest /= view.shape[axis];
    }
    out[i] = a[place];
}

// mutant of compact, see #strides
// You ignore the offset: the first element of a view need not be the first in memory.
extern "C" __global__ void no_offset(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size)
        return;
    int place = 0, rest = i;
    for (int axis = view.ndim - 1; axis >= 0; --axis) {
        place += rest % view.shape[axis] * view.strides[axis];
        rest /= view.shape[axis];
    }
    out[i] = a[place];
}

// mutant of compact, see #strides
// Your guard uses the wrong size: it compares with the length of the first axis, not with the number of
// elements.
extern "C" __global__ void guard_on_the_first_axis(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= view.shape[0])
        return;
    int place = view.offset, rest = i;
    for (int axis = view.ndim - 1; axis >= 0; --axis) {
        place += rest % view.shape[axis] * view.strides[axis];
        rest /= view.shape[axis];
    }
    out[i] = a[place];
}

// mutant of compact, see #strides
// Your guard comes after the write, or is missing: threads beyond the last element write past the end.
extern "C" __global__ void compact_without_guard(int size, View view, const float *a, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x, place = view.offset, rest = i % size;
    for (int axis = view.ndim - 1; axis >= 0; --axis) {
        place += rest % view.shape[axis] * view.strides[axis];
        rest /= view.shape[axis];
    }
    out[i] = a[place];
}

// mutant of sum_naive, see #sums
// You add up down the columns. Element i of a row is at row * length + i, right next to its neighbors.
extern "C" __global__ void down_the_columns(int rows, int length, const float *a, float *out)
{
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows)
        return;
    float sum = 0;
    for (int i = 0; i < length; ++i)
        sum += a[i * rows + row];
    out[row] = sum;
}

// mutant of sum_naive, see #sums
// Your kernel has no guard on the rows: threads beyond the last row read and write past the end.
extern "C" __global__ void rows_without_guard(int rows, int length, const float *a, float *out)
{
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = 0;
    for (int i = 0; i < length; ++i)
        sum += a[row * length + i];
    out[row] = sum;
}

// mutant of sum_shared, see #shared-memory-and-barriers
// Your reduction has a race: a thread reads another thread's sum before that thread may have written it. Put
// a __syncthreads() between a write to shared memory and a read by another thread, in every round.
extern "C" __global__ void race_in_the_reduction(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;
    for (int half = blockDim.x / 2; half > 0; half /= 2)
        if (me < half)
            sums[me] += sums[me + half];
    if (me == 0)
        out[row] = sums[0];
}

// mutant of sum_shared, see #shared-memory-and-barriers
// You synchronize once, before the first round, and not again: the second round may read what the first is
// still writing. Call __syncthreads() in every round.
extern "C" __global__ void one_barrier_for_all_rounds(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2)
        if (me < half)
            sums[me] += sums[me + half];
    if (me == 0)
        out[row] = sums[0];
}

// mutant of sum_shared, see #shared-memory-and-barriers
// Your threads without an element write nothing to shared memory. Unwritten shared memory is not 0: it
// contains whatever was there before, and a neighbor adds it up. Let such a thread write a 0.
extern "C" __global__ void uninitialized_shared_memory(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    if (me < length)
        sums[me] = sum;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (me < half)
            sums[me] += sums[me + half];
    }
    if (me == 0)
        out[row] = sums[0];
}

// mutant of sum_shared, see #sums
// You sum only the first blockDim.x elements of a row. Let each thread go on, in steps of blockDim.x, until
// the row ends.
extern "C" __global__ void one_element_a_thread(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    sums[me] = me < length ? a[row * length + me] : 0;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (me < half)
            sums[me] += sums[me + half];
    }
    if (me == 0)
        out[row] = sums[0];
}

// mutant of sum_shared, see #sums
// Each of your threads sums one piece of the row, so 32 threads read from 32 places at once, each in a
// different part of memory. Let neighbors read neighbors: thread t reads elements t, t + blockDim.x, t + 2
// blockDim.x, ...
extern "C" __global__ void a_piece_a_thread(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x, piece = (length + blockDim.x - 1) / blockDim.x;
    float sum = 0;
    for (int i = me * piece; i < min((me + 1) * piece, length); ++i)
        sum += a[row * length + i];
    sums[me] = sum;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (me < half)
            sums[me] += sums[me + half];
    }
    if (me == 0)
        out[row] = sums[0];
}

// mutant of sum_warp, see #warps
// You call a shuffle where some lanes never get to it. All lanes that the mask names must call it, also those
// without an element.
extern "C" __global__ void shuffle_for_some_lanes(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    int me = threadIdx.x, row = blockIdx.x, lane = me % WARP, warp = me / WARP;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    if (me < length)
        for (int away = WARP / 2; away > 0; away /= 2)
            sum += __shfl_down_sync(0xffffffff, sum, away);
    if (lane == 0)
        sums[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = lane < blockDim.x / WARP ? sums[lane] : 0;
        for (int away = WARP / 2; away > 0; away /= 2)
            sum += __shfl_down_sync(0xffffffff, sum, away);
        if (lane == 0)
            out[row] = sum;
    }
}

// mutant of sum_warp, see #warps
// Your first warp reads a sum for each of its 32 lanes, but a block of 128 threads has only four warps. No
// warp wrote the other sums, and unwritten shared memory is not 0: let lanes from blockDim.x / 32 on add 0.
extern "C" __global__ void sums_of_absent_warps(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    int me = threadIdx.x, row = blockIdx.x, lane = me % WARP, warp = me / WARP;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    for (int away = WARP / 2; away > 0; away /= 2)
        sum += __shfl_down_sync(0xffffffff, sum, away);
    if (lane == 0)
        sums[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = sums[lane];
        for (int away = WARP / 2; away > 0; away /= 2)
            sum += __shfl_down_sync(0xffffffff, sum, away);
        if (lane == 0)
            out[row] = sum;
    }
}

// mutant of sum_warp, see #warps
// All lanes of a warp write its sum, and only lane 0 has it: the others hold sums of fewer numbers. Let lane 0
// alone write to shared memory.
extern "C" __global__ void every_lane_writes(int length, const float *a, float *out)
{
    __shared__ float sums[WARP];
    int me = threadIdx.x, row = blockIdx.x, lane = me % WARP, warp = me / WARP;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    for (int away = WARP / 2; away > 0; away /= 2)
        sum += __shfl_down_sync(0xffffffff, sum, away);
    sums[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = lane < blockDim.x / WARP ? sums[lane] : 0;
        for (int away = WARP / 2; away > 0; away /= 2)
            sum += __shfl_down_sync(0xffffffff, sum, away);
        if (lane == 0)
            out[row] = sum;
    }
}

// mutant of sum_warp, see #warps
// You add up only the first warp's numbers. The sums of the other warps are in shared memory: add them too.
extern "C" __global__ void first_warp_alone(int length, const float *a, float *out)
{
    int me = threadIdx.x, row = blockIdx.x;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    for (int away = WARP / 2; away > 0; away /= 2)
        sum += __shfl_down_sync(0xffffffff, sum, away);
    if (me == 0)
        out[row] = sum;
}

// mutant of sum_warp, see #warps
// Your kernel uses shared memory for every thread, as sum_shared does. A warp needs none: its lanes read each
// other's registers with __shfl_down_sync. Only one sum for each warp goes through shared memory.
extern "C" __global__ void tree_in_shared_memory(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (me < half)
            sums[me] += sums[me + half];
    }
    if (me == 0)
        out[row] = sums[0];
}

// mutant of matmul, see #tiles
// Your first barrier is missing: a thread multiplies with tiles that other threads are still loading.
extern "C" __global__ void first_barrier_missing(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// Your second barrier is missing: a fast thread loads the next tile while other threads still multiply with
// this one.
extern "C" __global__ void second_barrier_missing(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// Your threads without an element of the result return before the barrier. They must stay: they load elements
// that other threads use, and a barrier waits for every thread of the block. Guard the reads and the write,
// not the thread.
extern "C" __global__ void early_return(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    if (row >= m || column >= n)
        return;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();
    }
    out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// You read b's tile along its rows. A product goes along a row of a and down a column of b: use a_tile[y][d]
// * b_tile[d][x].
extern "C" __global__ void wrong_tile_variable(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[x][d];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// You leave the places of a tile that are outside the matrices as they are. They hold numbers of the step
// before, or memory that is not written yet. Set them to 0: a 0 adds nothing.
extern "C" __global__ void no_zeros_in_the_tiles(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        if (row < m && start + x < k)
            a_tile[y][x] = a[row * k + start + x];
        if (start + y < k && column < n)
            b_tile[y][x] = b[(start + y) * n + column];
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #traffic
// Your product is right, but threadIdx.x counts rows. It runs fastest, so the threads of a warp read numbers
// that lie a whole row apart. Let threadIdx.x count columns and threadIdx.y rows: then neighbors read
// neighbors.
extern "C" __global__ void x_counts_rows(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.y, y = threadIdx.x;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// Your guard compares the column with m, the number of rows, so columns from m on are never written.
extern "C" __global__ void guard_on_the_wrong_size(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();
    }
    if (row < m && column < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// Your kernel is right, but it multiplies straight from global memory: it loads each number every time that
// it uses it. The block should load a tile into shared memory once and use it TILE times.
extern "C" __global__ void no_tiles(int m, int k, int n, const float *a, const float *b, float *out)
{
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    if (row < m && column < n) {
        for (int d = 0; d < k; ++d)
            sum += a[row * k + d] * b[d * n + column];
        out[row * n + column] = sum;
    }
}

// mutant of conv_direct, see #a-convolution-three-ways
// You flip the kernel. A convolution in deep learning does not: element (u, v) of w meets pixel (u, v),
// counted from where the window starts.
extern "C" __global__ void kernel_turned_around(Conv s, const float *x, const float *w, float *out)
{
    int number = blockIdx.x * blockDim.x + threadIdx.x;
    if (number >= s.batch * s.out_height * s.out_width * s.c_out)
        return;
    int filter = number % s.c_out, j = number / s.c_out % s.out_width;
    int i = number / s.c_out / s.out_width % s.out_height, image = number / s.c_out / s.out_width / s.out_height;
    float sum = 0;
    for (int u = 0; u < s.kernel_height; ++u)
        for (int v = 0; v < s.kernel_width; ++v)
            for (int c = 0; c < s.c_in; ++c)
                sum += pixel(s, x, image, i, j, s.kernel_height - 1 - u, s.kernel_width - 1 - v, c)
                    * w[((u * s.kernel_width + v) * s.c_in + c) * s.c_out + filter];
    out[number] = sum;
}

// mutant of conv_direct, see #a-convolution-three-ways
// You look w up as if its filters came first. The filter is its last axis, which runs fastest: the place of
// w[u, v, c, filter] is ((u * kernel_width + v) * c_in + c) * c_out + filter.
extern "C" __global__ void filters_first_in_w(Conv s, const float *x, const float *w, float *out)
{
    int number = blockIdx.x * blockDim.x + threadIdx.x;
    if (number >= s.batch * s.out_height * s.out_width * s.c_out)
        return;
    int filter = number % s.c_out, j = number / s.c_out % s.out_width;
    int i = number / s.c_out / s.out_width % s.out_height, image = number / s.c_out / s.out_width / s.out_height;
    float sum = 0;
    for (int u = 0; u < s.kernel_height; ++u)
        for (int v = 0; v < s.kernel_width; ++v)
            for (int c = 0; c < s.c_in; ++c)
                sum += pixel(s, x, image, i, j, u, v, c)
                    * w[((filter * s.kernel_height + u) * s.kernel_width + v) * s.c_in + c];
    out[number] = sum;
}

// mutant of conv_direct, see #a-convolution-three-ways
// Your convolution has no guard: threads beyond the last element of the result write past its end.
extern "C" __global__ void conv_without_guard(Conv s, const float *x, const float *w, float *out)
{
    int number = blockIdx.x * blockDim.x + threadIdx.x;
    int filter = number % s.c_out, j = number / s.c_out % s.out_width;
    int i = number / s.c_out / s.out_width % s.out_height, image = number / s.c_out / s.out_width / s.out_height;
    float sum = 0;
    for (int u = 0; u < s.kernel_height; ++u)
        for (int v = 0; v < s.kernel_width; ++v)
            for (int c = 0; c < s.c_in; ++c)
                sum += pixel(s, x, image % s.batch, i, j, u, v, c)
                    * w[((u * s.kernel_width + v) * s.c_in + c) * s.c_out + filter];
    out[number] = sum;
}

// mutant of conv_implicit, see #tiles
// You leave the places of a tile that are outside the matrix as they are. In the last step along k they still
// contain the numbers of the step before, which you add once more. Set them to 0.
extern "C" __global__ void stale_shared_memory(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float x_tile[TILE][TILE], w_tile[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    for (int start = 0; start < k; start += TILE) {
        int d = start + threadIdx.x, c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
        if (row < m && d < k)
            x_tile[threadIdx.y][threadIdx.x] = pixel(s, x, image, i, j, u, v, c);
        d = start + threadIdx.y;
        if (d < k && column < n)
            w_tile[threadIdx.y][threadIdx.x] = w[d * n + column];
        __syncthreads();
        for (int e = 0; e < TILE; ++e)
            sum += x_tile[threadIdx.y][e] * w_tile[e][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of conv_implicit, see #a-convolution-three-ways
// You split the index along k in the wrong order. In w, (kernel_height, kernel_width, c_in, c_out), the
// channel changes fastest, then the kernel's column, then its row. The matrix of pixels must have the order
// of w.
extern "C" __global__ void channels_run_slowest(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float x_tile[TILE][TILE], w_tile[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    for (int start = 0; start < k; start += TILE) {
        int d = start + threadIdx.x, v = d % s.kernel_width, u = d / s.kernel_width % s.kernel_height;
        int c = d / s.kernel_width / s.kernel_height;
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
}

// mutant of conv_implicit, see #a-convolution-three-ways
// You take the index along k apart from u, the kernel's row. In w the channel runs fastest, then v, then u:
// take the remainder by c_in first.
extern "C" __global__ void kernel_rows_run_fastest(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float x_tile[TILE][TILE], w_tile[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    for (int start = 0; start < k; start += TILE) {
        int d = start + threadIdx.x, u = d % s.kernel_height, v = d / s.kernel_height % s.kernel_width;
        int c = d / s.kernel_height / s.kernel_width;
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
}

// mutant of conv_implicit, see #a-convolution-three-ways
// Your convolution is right but has no tiles: it loads every pixel from global memory again for each filter.
extern "C" __global__ void pixels_fetched_for_each_filter(Conv s, const float *x, const float *w, float *out)
{
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    if (row >= m || column >= n)
        return;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    float sum = 0;
    for (int d = 0; d < k; ++d)
        sum += pixel(s, x, image, i, j, d / s.c_in / s.kernel_width, d / s.c_in % s.kernel_width, d % s.c_in)
            * w[d * n + column];
    out[row * n + column] = sum;
}

// mutant of w_grad_atomic, see #many-threads-one-sum
// Your threads add to one number without an atomic: each reads it, adds, and writes, and whatever another
// thread added in between is lost. On one GPU it may work today and fail tomorrow. atomicAdd does all three
// in one step.
extern "C" __global__ void not_atomic(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= s.batch * s.out_height * s.out_width)
        return;
    int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
    for (int d = 0; d < s.kernel_height * s.kernel_width * s.c_in; ++d) {
        int c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
        for (int filter = 0; filter < s.c_out; ++filter)
            w_grad[d * s.c_out + filter] += pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
    }
}

// mutant of w_grad_atomic, see #many-threads-one-sum
// You sum over the first image only. Sum over the positions of all images of the batch.
extern "C" __global__ void first_image_alone(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= s.out_height * s.out_width)
        return;
    int j = r % s.out_width, i = r / s.out_width;
    for (int d = 0; d < s.kernel_height * s.kernel_width * s.c_in; ++d) {
        int c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
        for (int filter = 0; filter < s.c_out; ++filter)
            atomicAdd(&w_grad[d * s.c_out + filter], pixel(s, x, 0, i, j, u, v, c) * out_grad[r * s.c_out + filter]);
    }
}

// mutant of w_grad_split, see #many-threads-one-sum
// You round the size of a part down, so the last positions belong to no part.
extern "C" __global__ void parts_rounded_down(Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    int size = s.kernel_height * s.kernel_width * s.c_in * s.c_out;
    int number = blockIdx.x * blockDim.x + threadIdx.x, part = blockIdx.y;
    if (number >= size)
        return;
    int filter = number % s.c_out, c = number / s.c_out % s.c_in;
    int v = number / s.c_out / s.c_in % s.kernel_width, u = number / s.c_out / s.c_in / s.kernel_width;
    int length = s.batch * s.out_height * s.out_width / parts;
    float sum = 0;
    for (int r = part * length; r < (part + 1) * length; ++r) {
        int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
        sum += pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
    }
    partial[part * size + number] = sum;
}

// mutant of w_grad_split, see #many-threads-one-sum
// Your threads have no guard: a block of the first part has spare threads, and they write where the second
// part's sums belong, or past the end.
extern "C" __global__ void parts_without_guard(Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    int size = s.kernel_height * s.kernel_width * s.c_in * s.c_out;
    int number = blockIdx.x * blockDim.x + threadIdx.x, part = blockIdx.y;
    int filter = number % s.c_out, c = number / s.c_out % s.c_in;
    int v = number / s.c_out / s.c_in % s.kernel_width, u = number / s.c_out / s.c_in / s.kernel_width;
    int positions = s.batch * s.out_height * s.out_width, length = (positions + parts - 1) / parts;
    float sum = 0;
    for (int r = part * length; r < min((part + 1) * length, positions); ++r) {
        int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
        sum += pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
    }
    partial[part * size + number] = sum;
}

// mutant of compact, see #strides
// You number the threads only within their block, so every block copies the same first elements.
extern "C" __global__ void block_forgotten(int size, View view, const float *a, float *out)
{
    int i = threadIdx.x;
    if (i >= size)
        return;
    int place = view.offset, rest = i;
    for (int axis = view.ndim - 1; axis >= 0; --axis) {
        place += rest % view.shape[axis] * view.strides[axis];
        rest /= view.shape[axis];
    }
    out[i] = a[place];
}

// mutant of sum_shared, see #shared-memory-and-barriers
// All threads of your block write the result, and most of them read the sum when it may not be complete. Let
// only thread 0 write it: it added the last two, so it knows when the sum is complete.
extern "C" __global__ void every_thread_writes(int length, const float *a, float *out)
{
    __shared__ float sums[256];
    int me = threadIdx.x, row = blockIdx.x;
    float sum = 0;
    for (int i = me; i < length; i += blockDim.x)
        sum += a[row * length + i];
    sums[me] = sum;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (me < half)
            sums[me] += sums[me + half];
    }
    out[row] = sums[0];
}

// mutant of matmul, see #tiles
// You fill the tiles without comparing with m: the last row of blocks reads rows of a that do not exist. No
// thread uses those numbers, but the memory past the end of a is not yours to read.
extern "C" __global__ void tile_without_guard(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum += a_tile[y][d] * b_tile[d][x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of conv_implicit, see #a-convolution-three-ways
// You stop after the first tiles. k = kernel_height kernel_width c_in may be longer than TILE: go on to its
// end.
extern "C" __global__ void first_step_alone(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float x_tile[TILE][TILE], w_tile[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    int d = threadIdx.x, c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
    x_tile[threadIdx.y][threadIdx.x] = row < m && d < k ? pixel(s, x, image, i, j, u, v, c) : 0;
    d = threadIdx.y;
    w_tile[threadIdx.y][threadIdx.x] = d < k && column < n ? w[d * n + column] : 0;
    __syncthreads();
    for (int e = 0; e < TILE; ++e)
        sum += x_tile[threadIdx.y][e] * w_tile[e][threadIdx.x];
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of conv_implicit, see #a-convolution-three-ways
// You fill the tiles of x without comparing with m: positions past the last one belong to an image that does
// not exist, and its pixels are past the end of x.
extern "C" __global__ void positions_without_guard(Conv s, const float *x, const float *w, float *out)
{
    __shared__ float x_tile[TILE][TILE], w_tile[TILE][TILE];
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int row = blockIdx.y * TILE + threadIdx.y, column = blockIdx.x * TILE + threadIdx.x;
    float sum = 0;
    int j = row % s.out_width, i = row / s.out_width % s.out_height, image = row / s.out_width / s.out_height;
    for (int start = 0; start < k; start += TILE) {
        int d = start + threadIdx.x, c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
        x_tile[threadIdx.y][threadIdx.x] = d < k ? pixel(s, x, image, i, j, u, v, c) : 0;
        d = start + threadIdx.y;
        w_tile[threadIdx.y][threadIdx.x] = d < k && column < n ? w[d * n + column] : 0;
        __syncthreads();
        for (int e = 0; e < TILE; ++e)
            sum += x_tile[threadIdx.y][e] * w_tile[e][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of compact, see #threads-blocks-and-a-guard
// Your kernel is right, but one thread copies all elements of the view, and the others are idle. Give each element
// of the view its own thread.
extern "C" __global__ void one_thread_for_the_view(int size, View view, const float *a, float *out)
{
    for (int i = 0; blockIdx.x == 0 && threadIdx.x == 0 && i < size; ++i) {
        int place = view.offset, rest = i;
        for (int axis = view.ndim - 1; axis >= 0; --axis) {
            place += rest % view.shape[axis] * view.strides[axis];
            rest /= view.shape[axis];
        }
        out[i] = a[place];
    }
}

// mutant of sum_naive, see #threads-blocks-and-a-guard
// Your kernel is right, but one thread adds up all rows, and the others are idle. Give each row its own thread.
extern "C" __global__ void one_thread_for_all_rows(int rows, int length, const float *a, float *out)
{
    for (int row = 0; blockIdx.x == 0 && threadIdx.x == 0 && row < rows; ++row) {
        float sum = 0;
        for (int i = 0; i < length; ++i)
            sum += a[row * length + i];
        out[row] = sum;
    }
}

// mutant of sum_warp, see #warps
// Your kernel is right, but one thread of the block adds up the row, and the others are idle. Let each thread add up
// every blockDim.x-th element, and let the lanes of a warp add up their sums with __shfl_down_sync.
extern "C" __global__ void one_thread_for_the_row(int length, const float *a, float *out)
{
    if (threadIdx.x != 0)
        return;
    float sum = 0;
    for (int i = 0; i < length; ++i)
        sum += a[blockIdx.x * length + i];
    out[blockIdx.x] = sum;
}

// mutant of conv_direct, see #a-convolution-three-ways
// Your convolution is right, but one thread computes the whole result, and the others are idle. Give each element of
// the result its own thread.
extern "C" __global__ void one_thread_for_the_result(Conv s, const float *x, const float *w, float *out)
{
    int size = s.batch * s.out_height * s.out_width * s.c_out;
    for (int number = 0; blockIdx.x == 0 && threadIdx.x == 0 && number < size; ++number) {
        int filter = number % s.c_out, j = number / s.c_out % s.out_width;
        int i = number / s.c_out / s.out_width % s.out_height, image = number / s.c_out / s.out_width / s.out_height;
        float sum = 0;
        for (int u = 0; u < s.kernel_height; ++u)
            for (int v = 0; v < s.kernel_width; ++v)
                for (int c = 0; c < s.c_in; ++c)
                    sum += pixel(s, x, image, i, j, u, v, c)
                        * w[((u * s.kernel_width + v) * s.c_in + c) * s.c_out + filter];
        out[number] = sum;
    }
}

// mutant of conv_implicit, see #tiles
// Your convolution is right, but one thread of each block fetches both tiles and computes the whole tile of the
// result, and the others are idle. Let each thread fetch one element of each tile and compute one of the result.
extern "C" __global__ void one_thread_for_the_tile(Conv s, const float *x, const float *w, float *out)
{
    if (threadIdx.x != 0 || threadIdx.y != 0)
        return;
    float x_row[TILE], w_tile[TILE][TILE], sums[TILE][TILE] = {};
    int m = s.batch * s.out_height * s.out_width, k = s.kernel_height * s.kernel_width * s.c_in, n = s.c_out;
    int first_row = blockIdx.y * TILE, first_column = blockIdx.x * TILE;
    int rows = min(TILE, m - first_row), columns = min(TILE, n - first_column);
    for (int start = 0; start < k; start += TILE) {
        int steps = min(TILE, k - start);
        for (int e = 0; e < steps; ++e)
            for (int column = 0; column < columns; ++column)
                w_tile[e][column] = w[(start + e) * n + first_column + column];
        for (int y = 0; y < rows; ++y) {
            int r = first_row + y;
            int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
            for (int e = 0; e < steps; ++e) {
                int d = start + e, c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
                x_row[e] = pixel(s, x, image, i, j, u, v, c);
            }
            for (int column = 0; column < columns; ++column)
                for (int e = 0; e < steps; ++e)
                    sums[y][column] += x_row[e] * w_tile[e][column];
        }
    }
    for (int y = 0; y < rows; ++y)
        for (int column = 0; column < columns; ++column)
            out[(first_row + y) * n + first_column + column] = sums[y][column];
}

// mutant of w_grad_atomic, see #many-threads-one-sum
// Your gradient is right, but one thread goes over all positions, and the others are idle. Give each position its own
// thread, and add with atomicAdd.
extern "C" __global__ void one_thread_for_all_positions(Conv s, const float *x, const float *out_grad, float *w_grad)
{
    int positions = s.batch * s.out_height * s.out_width;
    for (int r = 0; blockIdx.x == 0 && threadIdx.x == 0 && r < positions; ++r) {
        int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
        for (int d = 0; d < s.kernel_height * s.kernel_width * s.c_in; ++d) {
            int c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;
            for (int filter = 0; filter < s.c_out; ++filter)
                w_grad[d * s.c_out + filter] += pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
        }
    }
}

// mutant of w_grad_split, see #many-threads-one-sum
// Your gradient is right, but one thread sums all elements of a part, and the others are idle. Give each element of w
// its own thread for each part.
extern "C" __global__ void one_thread_for_the_part(
    Conv s, int parts, const float *x, const float *out_grad, float *partial)
{
    int size = s.kernel_height * s.kernel_width * s.c_in * s.c_out, part = blockIdx.y;
    int positions = s.batch * s.out_height * s.out_width, length = (positions + parts - 1) / parts;
    for (int number = 0; blockIdx.x == 0 && threadIdx.x == 0 && number < size; ++number) {
        int filter = number % s.c_out, c = number / s.c_out % s.c_in;
        int v = number / s.c_out / s.c_in % s.kernel_width, u = number / s.c_out / s.c_in / s.kernel_width;
        float sum = 0;
        for (int r = part * length; r < min((part + 1) * length, positions); ++r) {
            int j = r % s.out_width, i = r / s.out_width % s.out_height, image = r / s.out_width / s.out_height;
            sum += pixel(s, x, image, i, j, u, v, c) * out_grad[r * s.c_out + filter];
        }
        partial[part * size + number] = sum;
    }
}

// The nearest number that half can hold: 11 bits, and nothing above 65504.
__device__ float in_half(float value)
{
    return __half2float(__float2half(value));
}

// The nearest number that bfloat16 can hold: 8 bits. Half of the last of them is added before the others are cut off.
__device__ float in_bfloat16(float value)
{
    return __uint_as_float((__float_as_uint(value) + 0x8000u) & 0xffff0000u);
}

// mutant of matmul, see #tiles
// Your sum is right only to three digits: you keep it in half, which has 11 bits and no number above 65504.
// Add up products of floats in a float, whatever type stores their factors.
extern "C" __global__ void accumulates_in_half(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum = in_half(sum + a_tile[y][d] * b_tile[d][x]);
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}

// mutant of matmul, see #tiles
// Your sum is right only to two digits: you keep it in bfloat16, which has 8 bits. Add up products of floats
// in a float, whatever type stores their factors.
extern "C" __global__ void accumulates_in_bfloat16(int m, int k, int n, const float *a, const float *b, float *out)
{
    __shared__ float a_tile[TILE][TILE], b_tile[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
    float sum = 0;
    for (int start = 0; start < k; start += TILE) {
        a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;
        b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;
        __syncthreads();
        for (int d = 0; d < TILE; ++d)
            sum = in_bfloat16(sum + a_tile[y][d] * b_tile[d][x]);
        __syncthreads();
    }
    if (row < m && column < n)
        out[row * n + column] = sum;
}
