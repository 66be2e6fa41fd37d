// Matrix product, tiled through shared memory: (m, k) times (k, n). It teaches to fetch once and use often.
//
// A sum of k products for each of m * n results reads 2 * m * n * k numbers, and memory could never deliver
// them. A block therefore computes a square tile of the result. It goes along k in steps of DEPTH: all its
// threads together bring a strip of `a` and a strip of `b` into shared memory, then each thread reads what it
// needs from there. With tiles of 16 x 16 every number fetched is used 16 times.
//
// Shared memory becomes the next limit: one product takes two reads from it. So in the larger kernels each
// thread computes EDGE x EDGE results at once: 2 * EDGE reads into registers, EDGE * EDGE products. EDGE = 1
// is the textbook's kernel; read the code with that first.
//
// If k is long and the result is small, there are too few tiles for a whole GPU. (A gradient in the weights,
// for example, sums over every pixel of every image.) So k may be cut into `parts`. Each part has its own
// product in `out`, one after the other, and sum_parts adds them up, always in one order. Atomic additions
// would not keep an order.
//
// All arithmetic is in REAL. It does not use tensor cores, which round float to TF32.

typedef REAL real;

const int SIDE = 16;   // a block has SIDE x SIDE threads
const int DEPTH = 16;  // how far a strip extends along k: a block's width, so a thread fetches EDGE numbers

// The layout of a matrix in its buffer: row i, column j is at offset + i * row_stride + j * column_stride.
struct Matrix {
    long long row_stride, column_stride, offset;
};

template <int EDGE>
__device__ void product(long long m, long long k, long long n, long long parts, Matrix a_view, const real *a,
    Matrix b_view, const real *b, long long out_offset, bool accumulate, real *out)
{
    const int TILE = SIDE * EDGE;
    __shared__ real a_strip[DEPTH][TILE + 1];  // turned: [d][i] holds a's row i, column d
    __shared__ real b_strip[DEPTH][TILE + 1];  // [d][j]; the + 1 spreads a column over many banks
    int x = threadIdx.x, y = threadIdx.y;

    // The tile and the part of this block. Blocks are numbered along one axis, because the others end at
    // 65,535 blocks. Neighbors share their rows of a, which are then still in the cache.
    long long row_tiles = (m + TILE - 1) / TILE, column_tiles = (n + TILE - 1) / TILE;
    long long first_column = blockIdx.x % column_tiles * TILE;
    long long first_row = blockIdx.x / column_tiles % row_tiles * TILE;
    long long part = blockIdx.x / (column_tiles * row_tiles);
    long long length = (k + parts - 1) / parts;
    long long last = min((part + 1) * length, k);

    // Neighbors in x fetch neighbors in memory: a row, or a column of a transposed matrix.
    bool a_turned = a_view.row_stride < a_view.column_stride;
    bool b_turned = b_view.row_stride < b_view.column_stride;
    int a_row = a_turned ? x : y, a_d = a_turned ? y : x, b_d = b_turned ? x : y, b_column = b_turned ? y : x;

    real sums[EDGE][EDGE] = {};
    for (long long start = part * length; start < last; start += DEPTH) {
        // Elements outside the matrices, or in another part, count as 0 and add nothing.
        for (int e = 0; e < EDGE; ++e) {
            long long row = first_row + a_row + e * SIDE, d = start + a_d;
            a_strip[a_d][a_row + e * SIDE] = row < m && d < last
                ? a[a_view.offset + row * a_view.row_stride + d * a_view.column_stride] : 0;
        }
        for (int e = 0; e < EDGE; ++e) {
            long long d = start + b_d, column = first_column + b_column + e * SIDE;
            b_strip[b_d][b_column + e * SIDE] = d < last && column < n
                ? b[b_view.offset + d * b_view.row_stride + column * b_view.column_stride] : 0;
        }
        __syncthreads();  // both strips are complete
        for (int d = 0; d < DEPTH; ++d) {
            real a_values[EDGE], b_values[EDGE];
            for (int e = 0; e < EDGE; ++e) {
                a_values[e] = a_strip[d][y + e * SIDE];
                b_values[e] = b_strip[d][x + e * SIDE];
            }
            for (int i = 0; i < EDGE; ++i)
                for (int j = 0; j < EDGE; ++j)
                    sums[i][j] += a_values[i] * b_values[j];
        }
        __syncthreads();  // no thread reads them any more, so the next ones may come
    }

    for (int i = 0; i < EDGE; ++i)
        for (int j = 0; j < EDGE; ++j) {
            long long row = first_row + y + i * SIDE, column = first_column + x + j * SIDE;
            if (row < m && column < n) {
                long long at = out_offset + (part * m + row) * n + column;
                out[at] = accumulate ? out[at] + sums[i][j] : sums[i][j];
            }
        }
}

// One kernel for each size of tile: large tiles for large matrices, where they waste little.
extern "C" __global__ void matmul_16(long long m, long long k, long long n, long long parts, Matrix a_view,
    const real *a, Matrix b_view, const real *b, long long out_offset, bool accumulate, real *out)
{
    product<1>(m, k, n, parts, a_view, a, b_view, b, out_offset, accumulate, out);
}

extern "C" __global__ void matmul_64(long long m, long long k, long long n, long long parts, Matrix a_view,
    const real *a, Matrix b_view, const real *b, long long out_offset, bool accumulate, real *out)
{
    product<4>(m, k, n, parts, a_view, a, b_view, b, out_offset, accumulate, out);
}

extern "C" __global__ void matmul_128(long long m, long long k, long long n, long long parts, Matrix a_view,
    const real *a, Matrix b_view, const real *b, long long out_offset, bool accumulate, real *out)
{
    product<8>(m, k, n, parts, a_view, a, b_view, b, out_offset, accumulate, out);
}

// products holds `parts` arrays of `size` elements, one after the other.
extern "C" __global__ void sum_parts(
    long long size, long long parts, const real *products, long long out_offset, bool accumulate, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size) {
        real sum = 0;
        for (long long part = 0; part < parts; ++part)
            sum += products[part * size + i];
        out[out_offset + i] = accumulate ? out[out_offset + i] + sum : sum;
    }
}
