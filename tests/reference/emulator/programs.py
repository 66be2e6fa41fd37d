"""Correct kernels, each with arguments and the result by NumPy; and bugs, each one change to one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.emulator import Fresh


@dataclass(frozen=True)
class Program:
    """A kernel and how it is launched. `make(rng)` gives (arguments, output, expected)."""

    source: str
    kernel: str
    grid: Any
    block: Any
    make: Callable[[np.random.Generator], tuple[list[Any], np.ndarray, np.ndarray]]
    shared_bytes: int = 0


@dataclass(frozen=True)
class Bug:
    """A program with `old` replaced by `new`, or launched otherwise; `at` is in the line to be found."""

    program: str
    kind: str
    old: str
    new: str
    launch: tuple[tuple[str, Any], ...] = ()
    at: str = ""

    @property
    def source(self) -> str:
        source = PROGRAMS[self.program].source
        assert self.old in source
        return source.replace(self.old, self.new) if self.old else source


def integers(rng, *shape):
    return rng.integers(-8, 9, shape).astype("float32")


def add(rng):
    a, b, out = integers(rng, 1000), integers(rng, 1000), np.empty(1000, "float32")
    return [1000, a, b, Fresh(out)], out, a + b


def reduce(rng):
    a, out = integers(rng, 5, 257), np.empty(5, "float32")
    return [257, a, Fresh(out)], out, a.sum(1)


def total(rng):
    a, out = integers(rng, 1000), np.zeros(1, "float32")
    return [1000, a, out], out, a.sum(keepdims=True)


def tiled(rng):
    a, b, out = integers(rng, 33, 29), integers(rng, 29, 41), np.empty((33, 41), "float32")
    return [a, b, Fresh(out), 33, 29, 41], out, a @ b


def transpose(rng):
    a, out = integers(rng, 33, 65), np.empty((65, 33), "float32")
    return [a, Fresh(out), 33, 65], out, a.T


def scan(rng):
    a, out = integers(rng, 256), np.empty(256, "float32")
    return [a, Fresh(out)], out, np.cumsum(a)


def histogram(rng):
    keys, counts = rng.integers(0, 16, 1000).astype("int32"), np.zeros(16, "int32")
    return [1000, keys, counts], counts, np.bincount(keys, minlength=16).astype("int32")


def last_block(rng):
    a, out = integers(rng, 8, 64), np.empty(1, "float32")
    return [a, Fresh(np.empty(8, "float32")), np.zeros(1, "uint32"), Fresh(out)], out, a.sum().reshape(1)


def locked(rng):
    a, state = integers(rng, 64), np.zeros(2, "float32")
    return [a, np.zeros(1, "int32"), state], state, np.array([a.sum(), 64], "float32")


def votes(rng):
    a, out = integers(rng, 96), np.empty(96, "int32")
    lanes = (a.reshape(3, 32) > 0) * (1 << np.arange(32, dtype="int64"))
    ballots = lanes.sum(1).astype("uint32").astype("int32")
    expected = np.repeat(ballots, 32) ^ (1 if (a > 0).sum() % 2 else 0) ^ (2 if (a == 8).any() else 0)
    return [a, Fresh(out)], out, expected.astype("int32")


def conv1d(rng):
    x, out = integers(rng, 300), np.empty(296, "float32")
    return [x, Fresh(out), 296], out, np.correlate(x, np.arange(1, 6), "valid").astype("float32")


def vectors(rng):
    a, out = integers(rng, 256), np.empty(256, "float32")
    return [a, Fresh(out)], out, 2 * a


def halves(rng):
    a, out = integers(rng, 100).astype("float16"), np.empty(100, "float16")
    return [100, a, Fresh(out)], out, a + a


PROGRAMS = {
    "add": Program(
        """
        extern "C" __global__ void add(int n, const float *a, const float *b, float *out)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n)
                out[i] = a[i] + b[i];
        }
        """,
        "add",
        4,
        256,
        add,
    ),
    "reduce": Program(
        """
        const int N = 128;
        __global__ void reduce(int n, const float *a, float *out)
        {
            __shared__ float sums[N];
            int x = threadIdx.x;
            float sum = 0;
            for (int i = x; i < n; i += N)
                sum += a[blockIdx.x * n + i];
            sums[x] = sum;
            __syncthreads(); // first
            for (int half = N / 2; half > 0; half /= 2) {
                if (x < half)
                    sums[x] += sums[x + half];
                __syncthreads(); // second
            }
            if (x == 0)
                out[blockIdx.x] = sums[0];
        }
        """,
        "reduce",
        5,
        128,
        reduce,
    ),
    "reduce_dynamic": Program(
        """
        template <typename T> __device__ T plus(T a, T b) { return a + b; }
        __global__ void reduce(int n, const float *__restrict__ a, float *out)
        {
            extern __shared__ float sums[];
            int x = threadIdx.x, width = blockDim.x;
            float sum = 0;
            for (int i = x; i < n; i += width)
                sum = plus(sum, a[blockIdx.x * n + i]);
            sums[x] = sum;
            for (int half = width / 2; half > 0; half /= 2) {
                __syncthreads();
                if (x < half)
                    sums[x] = plus(sums[x], sums[x + half]);
            }
            if (x == 0)
                out[blockIdx.x] = sums[0];
        }
        """,
        "reduce",
        5,
        128,
        reduce,
        512,
    ),
    "reduce_shuffle": Program(
        """
        __device__ float of_warp(float sum)
        {
            for (int step = 16; step > 0; step /= 2)
                sum += __shfl_down_sync(0xffffffff, sum, step);
            return sum;
        }
        __global__ void reduce(int n, const float *a, float *out)
        {
            __shared__ float sums[4];
            int x = threadIdx.x;
            float sum = 0;
            for (int i = x; i < n; i += blockDim.x)
                sum += a[blockIdx.x * n + i];
            sum = of_warp(sum);
            if (x % 32 == 0)
                sums[x / 32] = sum;
            __syncthreads();
            if (x < 32) {
                sum = of_warp(x < 4 ? sums[x] : 0);
                if (x == 0)
                    out[blockIdx.x] = sum;
            }
        }
        """,
        "reduce",
        5,
        128,
        reduce,
    ),
    "reduce_syncwarp": Program(
        """
        __global__ void reduce(int n, const float *a, float *out)
        {
            __shared__ volatile float sums[32];
            int x = threadIdx.x;
            float sum = 0;
            for (int i = x; i < n; i += 32)
                sum += a[blockIdx.x * n + i];
            sums[x] = sum;
            __syncwarp();
            for (int half = 16; half > 0; half /= 2) {
                if (x < half)
                    sums[x] = sums[x] + sums[x + half];
                __syncwarp(); // second
            }
            if (x == 0)
                out[blockIdx.x] = sums[0];
        }
        """,
        "reduce",
        5,
        32,
        reduce,
    ),
    "reduce_atomic": Program(
        """
        __global__ void total(int n, const float *a, float *out)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n)
                atomicAdd(out, a[i]);
        }
        """,
        "total",
        8,
        128,
        total,
    ),
    "tiled": Program(
        """
        template <int N> __device__ void product(
            const float *a, const float *b, float *c, int m, int k, int n)
        {
            __shared__ float as[N][N], bs[N][N];
            int x = threadIdx.x, y = threadIdx.y;
            int row = blockIdx.y * N + y, column = blockIdx.x * N + x;
            float sum = 0;
            for (int t = 0; t < k; t += N) {
                as[y][x] = row < m && t + x < k ? a[row * k + t + x] : 0;
                bs[y][x] = column < n && t + y < k ? b[(t + y) * n + column] : 0;
                __syncthreads(); // first
                for (int i = 0; i < N; ++i)
                    sum += as[y][i] * bs[i][x];
                __syncthreads(); // second
            }
            if (row < m && column < n)
                c[row * n + column] = sum;
        }
        __global__ void tiled(const float *a, const float *b, float *c, int m, int k, int n)
        {
            product<8>(a, b, c, m, k, n);
        }
        """,
        "tiled",
        (6, 5),
        (8, 8),
        tiled,
    ),
    "transpose": Program(
        """
        __global__ void transpose(const float *a, float *out, int rows, int columns)
        {
            __shared__ float tile[16][17];
            int x = threadIdx.x, y = threadIdx.y;
            int row = blockIdx.y * 16 + y, column = blockIdx.x * 16 + x;
            if (row < rows && column < columns)
                tile[y][x] = a[row * columns + column];
            __syncthreads();
            row = blockIdx.y * 16 + x, column = blockIdx.x * 16 + y;
            if (row < rows && column < columns)
                out[column * rows + row] = tile[x][y];
        }
        """,
        "transpose",
        (5, 3),
        (16, 16),
        transpose,
    ),
    "scan": Program(
        """
        __global__ void scan(const float *a, float *out)
        {
            __shared__ float sums[2][256];
            int x = threadIdx.x, from = 0;
            sums[0][x] = a[x];
            for (int step = 1; step < 256; step *= 2) {
                __syncthreads();
                sums[1 - from][x] = sums[from][x] + (x >= step ? sums[from][x - step] : 0);
                from = 1 - from;
            }
            out[x] = sums[from][x];
        }
        """,
        "scan",
        1,
        256,
        scan,
    ),
    "histogram": Program(
        """
        __global__ void histogram(int n, const int *keys, int *counts)
        {
            __shared__ int mine[16];
            if (threadIdx.x < 16)
                mine[threadIdx.x] = 0;
            __syncthreads();
            for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
                atomicAdd(&mine[keys[i]], 1);
            __syncthreads();
            if (threadIdx.x < 16)
                atomicAdd(&counts[threadIdx.x], mine[threadIdx.x]);
        }
        """,
        "histogram",
        3,
        96,
        histogram,
    ),
    "last_block": Program(
        """
        __global__ void last_block(const float *a, float *parts, unsigned *ticket, float *out)
        {
            __shared__ bool is_last;
            if (threadIdx.x == 0) {
                float sum = 0;
                for (int i = 0; i < 64; ++i)
                    sum += a[blockIdx.x * 64 + i];
                parts[blockIdx.x] = sum;
                __threadfence();
                is_last = atomicAdd(ticket, 1) == gridDim.x - 1;
            }
            __syncthreads();
            if (is_last && threadIdx.x == 0) {
                float sum = 0;
                for (unsigned i = 0; i < gridDim.x; ++i)
                    sum += parts[i];
                *out = sum;
            }
        }
        """,
        "last_block",
        8,
        32,
        last_block,
    ),
    "locked": Program(
        """
        __global__ void locked(const float *a, int *lock, float *state)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            while (atomicCAS(lock, 0, 1) != 0)
                ;
            atomicAdd(&state[0], a[i]);
            __syncwarp(1u << threadIdx.x);
            atomicAdd(&state[1], 1);
            atomicExch(lock, 0);
        }
        """,
        "locked",
        2,
        32,
        locked,
    ),
    "votes": Program(
        """
        __global__ void votes(const float *a, int *out)
        {
            int i = threadIdx.x;
            unsigned ballot = __ballot_sync(0xffffffff, a[i] > 0);
            int odd = __syncthreads_count(a[i] > 0) % 2, any = __syncthreads_or(a[i] == 8);
            out[i] = (int)ballot ^ odd ^ 2 * any;
        }
        """,
        "votes",
        1,
        96,
        votes,
    ),
    "vectors": Program(
        """
        __global__ void twice(const float *a, float *out)
        {
            int i = threadIdx.x;
            float4 four = reinterpret_cast<const float4 *>(a)[i];
            reinterpret_cast<float4 *>(out)[i] =
                make_float4(2 * four.x, 2 * four.y, 2 * four.z, 2 * four.w);
        }
        """,
        "twice",
        1,
        64,
        vectors,
    ),
    "halves": Program(
        """
        __global__ void twice(int n, const half *a, half *out)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n)
                out[i] = __hadd(a[i], a[i]);
        }
        """,
        "twice",
        4,
        32,
        halves,
    ),
    "constants": Program(
        """
        __constant__ float weights[5];
        __global__ void conv1d(const float *x, float *out, int n)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i >= n)
                return;
            float sum = 0;
            for (int k = 0; k < 5; ++k)
                sum += weights[k] * x[i + k];
            out[i] = sum;
        }
        """,
        "conv1d",
        3,
        128,
        conv1d,
    ),
}

# fmt: off

BUGS = {
    "no_guard": Bug("add", "out_of_bounds", "if (i < n)", "if (true)", at="out[i] = a[i]"),
    "guard_on_the_wrong_size": Bug("add", "out_of_bounds", "if (i < n)", "if (i <= n)"),
    "read_in_front_of_the_array": Bug("add", "out_of_bounds", "a[i] + b[i]", "a[i - 1] + b[i]"),
    "wild_pointer": Bug("add", "out_of_bounds", "a[i] + b[i]", "a[i] + b[i * 100000000LL]"),
    "grid_rounded_down": Bug("add", "never_written", "", "", (("grid", 3),), at="void add("),
    "block_too_large": Bug("add", "bad_launch", "", "", (("block", 1025),)),
    "empty_grid": Bug("add", "bad_launch", "", "", (("grid", 0),)),
    "too_much_shared_memory": Bug("reduce", "bad_launch", "sums[N]", "sums[N * 97]", at="__shared__ float"),
    "too_much_dynamic_shared_memory": Bug("reduce_dynamic", "bad_launch", "", "", (("shared_bytes", 49153),)),
    "too_little_dynamic_shared_memory": Bug(
        "reduce_dynamic", "out_of_bounds", "", "", (("shared_bytes", 508),)
    ),
    "first_barrier_missing": Bug("tiled", "race", "__syncthreads(); // first", "", at="sum += as"),
    "second_barrier_missing": Bug("tiled", "race", "__syncthreads(); // second", "", at="as[y][x] ="),
    "early_return": Bug(
        "tiled", "divergent_barrier", "float sum = 0;", "float sum = 0; if (row >= m) return;", at="// first"
    ),
    "barrier_in_a_branch": Bug(
        "tiled", "divergent_barrier", "__syncthreads(); // first", "if (x < 4) __syncthreads();"
    ),
    "two_barriers_for_one": Bug(
        "tiled",
        "divergent_barrier",
        "__syncthreads(); // first",
        "if (x < 4)\n__syncthreads();\nelse\n__syncthreads();",
    ),
    "tile_partly_filled": Bug("tiled", "uninitialized_read", "as[y][x] = row", "if (row < m) as[y][x] = row"),
    "tile_index_beyond": Bug("tiled", "out_of_bounds", "bs[i][x]", "bs[i + 1][x]", at="sum += as"),
    "race_in_the_tree": Bug("reduce", "race", "__syncthreads(); // second", "", at="sums[x] += sums"),
    "uninitialized_sums": Bug(
        "reduce",
        "uninitialized_read",
        "sums[x] = sum;",
        "if (x < n / 4) sums[x] = sum;",
        at="sums[x] += sums",
    ),
    "result_of_the_wrong_thread": Bug(
        "reduce", "never_written", "if (x == 0)\n                out", "if (x == N)\n                out"
    ),
    "not_atomic": Bug("reduce_atomic", "race", "atomicAdd(out, a[i])", "*out += a[i]", at="*out += a[i]"),
    "shared_not_atomic": Bug(
        "histogram", "race", "atomicAdd(&mine[keys[i]], 1)", "mine[keys[i]] += 1", at="mine[keys[i]] += 1"
    ),
    "counts_not_cleared": Bug(
        "histogram", "uninitialized_read", "mine[threadIdx.x] = 0", ";", at="atomicAdd(&mine"
    ),
    "no_syncwarp": Bug("reduce_syncwarp", "race", "__syncwarp(); // second", "", at="sums[x] = sums[x] +"),
    "lane_that_gives_nothing": Bug(
        "reduce_shuffle", "uninitialized_read", "if (x < 32) {", "if (x < 4) {", at="__shfl_down_sync"
    ),
    "warp_waits_for_a_barrier": Bug(
        "reduce_shuffle",
        "divergent_barrier",
        "sum = of_warp(sum);",
        "if (x % 2) __syncthreads(); else sum = of_warp(sum);",
    ),
    "no_fence": Bug("last_block", "race", "__threadfence();", "", at="sum += parts"),
    "last_block_by_luck": Bug(
        "last_block", "schedule_dependent", "atomicAdd(ticket, 1) == gridDim.x - 1", "blockIdx.x == 7"
    ),
    "half_out_of_bounds": Bug("halves", "out_of_bounds", "if (i < n)", "if (i <= n)", at="out[i] = __hadd"),
    "vector_out_of_bounds": Bug("vectors", "out_of_bounds", "", "", (("block", 65),), at="reinterpret_cast"),
    "transpose_without_barrier": Bug("transpose", "race", "__syncthreads();", ""),
    "scan_in_place": Bug("scan", "race", "sums[1 - from][x] = sums", "sums[from][x] = sums"),
    "order_of_atomics": Bug(
        "reduce_atomic", "schedule_dependent", "atomicAdd(out, a[i])", "atomicExch(out, a[i])"
    ),
}
