// Wrong ideas about kernels that are written anew, each with what to tell the student. Those that change a few words
// of the solution are in mutants.py.

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
