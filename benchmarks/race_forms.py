"""More whole kernels of the race suite: scopes, memory orders, groups, parts of words, memory used twice."""

HEADERS = (
    "".join(
        f"#include <{name}>\n"
        for name in ("cooperative_groups.h", "cuda/atomic", "cuda/barrier", "cub/cub.cuh")
    )
    + "__device__ int tally;\n"
)
SHARED = "__shared__ int s[64];\nint t = threadIdx.x, i = blockIdx.x * 64 + t;\n"
GROUP = "namespace cg = cooperative_groups;\n"
FLAG = (
    "if (blockIdx.x) return;\ncuda::atomic_ref<int, cuda::thread_scope_device> flag(cells[0]);\n"
    "if (threadIdx.x == 0) {\nx[0] = 5;\nSTORE\n}\nif (threadIdx.x == 32) {\nLOAD\nx[1] = x[0];\n}"
)
WARPS = (
    "if (blockIdx.x) return;\ncuda::atomic_ref<int, cuda::thread_scope_block> flag(cells[0]);\n"
    "int t = threadIdx.x;\n"
)
STORED = "flag.store(1, cuda::memory_order_release);"


def flag(store: str, load: str) -> str:
    """A kernel in which one thread hands a number to another."""
    return FLAG.replace("STORE", store).replace("LOAD", load)


SYNCHRONIZATION_KERNELS = {
    # memory orders, scopes and fences
    "flag, acquired": flag(STORED, "while (flag.load(cuda::memory_order_{relaxed|acquire}) == 0);"),
    "flag, released": flag(
        "flag.store(1, cuda::memory_order_{relaxed|release});",
        "while (flag.load(cuda::memory_order_acquire) == 0);",
    ),
    "flag, fence of the reader": flag(
        STORED,
        "while (flag.load(cuda::memory_order_relaxed) == 0);\n"
        "{|cuda::atomic_thread_fence(cuda::memory_order_acquire);}",
    ),
    "flag, fence of the writer": flag(
        "{|cuda::atomic_thread_fence(cuda::memory_order_release);}\n"
        "flag.store(1, cuda::memory_order_relaxed);",
        "while (flag.load(cuda::memory_order_acquire) == 0);",
    ),
    "flag, a release of another word": flag(
        "cuda::atomic_ref<int, cuda::thread_scope_device> other(cells[1]);\n"
        "{other|flag}.store(1, cuda::memory_order_release);\n{flag.store(1, cuda::memory_order_relaxed);|}",
        "while (flag.load(cuda::memory_order_acquire) == 0);",
    ),
    "an update continues a release, a store does not": WARPS
    + "if (t == 0) {\nx[0] = 5;\nflag.store(1, cuda::memory_order_release);\n}\n"
    "if (t == 32) {\nwhile (flag.load(cuda::memory_order_relaxed) != 1);\n"
    "{flag.store(2, cuda::memory_order_relaxed)|flag.fetch_add(1, cuda::memory_order_relaxed)};\n}\n"
    "if (t == 40) {\nwhile (flag.load(cuda::memory_order_acquire) != 2);\nx[1] = x[0];\n}",
    "flag, a release of another word, across blocks": "if (threadIdx.x) return;\n"
    "cuda::atomic_ref<int, cuda::thread_scope_device> flag(cells[0]), other(cells[1]);\n"
    "if (blockIdx.x == 0) {\nx[0] = 5;\n{other|flag}.store(1, cuda::memory_order_release);\n"
    "{flag.store(1, cuda::memory_order_relaxed);|}\n"
    "} else if (flag.load(cuda::memory_order_acquire)) cells[blockIdx.x + 1] = x[0];",
    "passed on by a third block": "if (threadIdx.x) return;\n"
    "if (blockIdx.x == 0) {\nx[0] = 5;\n__threadfence();\natomicExch(cells, 1);\n}\n"
    "if (blockIdx.x == 1) {\n{__threadfence();|}\nint seen = atomicAdd(cells, 0);\n{|__threadfence();}\n"
    "if (seen) atomicExch(cells + 1, 1);\n}\n"
    "if (blockIdx.x == 2) if (atomicAdd(cells + 1, 0)) cells[2] = x[0];",
    # order is transitive, over barriers of a warp and over several releases
    "a lane releases for its warp": WARPS + "if (t < 32) {\nx[t] = a[t];\n{|__syncwarp();}\n"
    f"if (t == 5) {STORED}\n"
    "} else {\nwhile (flag.load(cuda::memory_order_acquire) == 0);\ncells[8 + t] = x[63 - t];\n}",
    "a lane acquires for its warp": WARPS
    + "if (t == 0) {\nx[0] = 5;\nflag.store(1, cuda::memory_order_release);\n}\nif (t >= 32) {\n"
    "if (t == 40) while (flag.load(cuda::memory_order_acquire) == 0);\n{|__syncwarp();}\n"
    "cells[8 + t] = x[0];\n}",
    "a lane's fence before its warp's barrier": WARPS
    + "if (t < 32) {\nx[t] = a[t];\n{if (t == 5) __threadfence();|}\n__syncwarp();\n"
    "if (t == 5) {\n{|__threadfence();}\nflag.store(1, cuda::memory_order_relaxed);\n}\n"
    "} else {\nwhile (flag.load(cuda::memory_order_acquire) == 0);\ncells[8 + t] = x[63 - t];\n}",
    "passed on by a third thread": WARPS
    + "cuda::atomic_ref<int, cuda::thread_scope_block> other(cells[1]);\n"
    "if (t == 0) {\nx[0] = 5;\nflag.store(1, cuda::memory_order_release);\n}\n"
    "if (t == 32) {\nwhile (flag.load(cuda::memory_order_{relaxed|acquire}) == 0);\n"
    "other.store(1, cuda::memory_order_release);\n}\n"
    "if (t == 33) {\nwhile (other.load(cuda::memory_order_acquire) == 0);\nx[1] = x[0];\n}",
    "flag of a block, across blocks": "cuda::atomic_ref<int, cuda::thread_scope_{block|device}> "
    "flag(cells[0]);\n"
    "if (threadIdx.x) return;\nif (blockIdx.x == 0) {\nx[0] = 5;\nflag.store(1);\n"
    "} else if (flag.load()) cells[blockIdx.x] = x[0];",
    "count of a block, across blocks": "atomicAdd{_block|}(&cells[0], a[threadIdx.x]);",
    "maximum of a block, across blocks": "atomicMax{_block|}(&cells[0], a[threadIdx.x]);",
    "sums and maxima at one cell": "if (threadIdx.x & 1) atomicAdd(&cells[0], 1);\n"
    "else {atomicMax_block|atomicMax}(&cells[0], 5);",
    "last block, fence of a block": "__shared__ bool last;\nif (threadIdx.x == 0) {\n"
    "x[blockIdx.x] = a[blockIdx.x];\n"
    "{__threadfence_block()|__threadfence()};\nlast = atomicAdd(cells, 1) == gridDim.x - 1;\n"
    "if (last) cells[1] = x[0] + x[1] + x[2];\n}",
    "lock by a memory order": "cuda::atomic_ref<int, cuda::thread_scope_device> lock(cells[0]);\n"
    "while (lock.exchange(1, cuda::memory_order_{relaxed|acquire}));\ncells[1] += 1;\n"
    "lock.store(0, cuda::memory_order_{relaxed|release});",
    "a plain start for atomics": "if (blockIdx.x) return;\nif (threadIdx.x == 0) cells[0] = 5;\n"
    "{|__syncthreads();}\natomicAdd(&cells[0], 1);",
    "a plain look before the exchange": "unsigned long long *p = (unsigned long long *)cells, old = "
    "{*p|atomicAdd(p, 0)}, seen;\n"
    "do {\nseen = old;\nold = atomicCAS(p, seen, seen + 1);\n} while (seen != old);",
    "a byte of an atomic word": "atomicAdd(&cells[0], 1);\n"
    "if (threadIdx.x == 1) ((unsigned char *)&cells[{0|1 + blockIdx.x}])[1] = 3;",
    # groups and barriers
    "sub-tiles of a warp": GROUP
    + SHARED
    + "auto tile = cg::tiled_partition<{8|16}>(cg::this_thread_block());\n"
    "s[t] = a[i];\ntile.sync();\nx[i] = s[t ^ 8];",
    "a tile's shuffle is no barrier": GROUP
    + SHARED
    + "auto tile = cg::tiled_partition<16>(cg::this_thread_block());\n"
    "s[t] = a[i];\n{t += 0 * tile.shfl(t, 3)|tile.sync()};\nx[i] = s[t ^ 8];",
    "coalesced threads": GROUP
    + SHARED
    + "if (t % 2 == 0) {\nauto group = cg::coalesced_threads();\ns[t] = a[i];\n"
    "{|group.sync();}\nx[i] = s[t ^ 2];\n}",
    "a group of two": GROUP + SHARED + "auto warp = cg::tiled_partition<32>(cg::this_thread_block());\n"
    "auto half = cg::binary_partition(warp, t % 32 < 16);\n"
    "s[t] = a[i];\nhalf.sync();\nx[i] = s[t ^ {16|8}];",
    "the block as a group": GROUP + SHARED + "s[t] = a[i];\n"
    "{cg::tiled_partition<32>(cg::this_thread_block())|cg::this_thread_block()}.sync();\nx[i] = s[63 - t];",
    "a count is a barrier, a vote is none": SHARED
    + "s[t] = a[i];\nint all = {__any_sync(0xffffffff, t < 70)|__syncthreads_or(t < 70)};\n"
    "x[i] = s[t ^ 32] * (all != 0);",
    "a reduction is no barrier": SHARED
    + "s[t] = a[i];\nunsigned sum = {__reduce_add_sync(0xffffffff, t)|(__syncwarp(), 1)};\n"
    "x[i] = sum ? s[t ^ 1] : 0;",
    "arrived, not waited": SHARED + "__shared__ cuda::barrier<cuda::thread_scope_block> bar;\n"
    "if (t == 0) init(&bar, 64);\n__syncthreads();\ns[t] = a[i];\nauto token = bar.arrive();\n"
    "{|bar.wait(static_cast<decltype(token) &&>(token));}\nx[i] = s[t ^ 32];",
    "arrived before it was made": SHARED + "__shared__ cuda::barrier<cuda::thread_scope_block> bar;\n"
    "if (t == 0) init(&bar, 64);\n{|__syncthreads();}\nbar.arrive();\nx[i] = t;",
    "a barrier of one thread's scope": SHARED
    + "__shared__ cuda::barrier<cuda::thread_scope_{thread|block}> bar;\n"
    "if (t == 0) init(&bar, 64);\n__syncthreads();\ns[t] = a[i];\nbar.arrive_and_wait();\nx[i] = s[t ^ 32];",
    "an atomic of one thread's scope": "cuda::atomic_ref<int, cuda::thread_scope_{thread|device}> "
    "count(cells[0]);\ncount.fetch_add(a[threadIdx.x]);",
    "a sum's storage used again": "typedef cub::BlockReduce<int, 64> Reduce;\n"
    "__shared__ Reduce::TempStorage temp;\nint i = blockIdx.x * 64 + threadIdx.x;\n"
    "int sum = Reduce(temp).Sum(a[i]);\n{|__syncthreads();}\n"
    "int most = Reduce(temp).Reduce(a[i], cub::Max());\nif (threadIdx.x == 0) x[i] = sum + most;",
    "a variable of the device": "{tally += a[threadIdx.x]|atomicAdd(&tally, a[threadIdx.x])};",
    "a lane left out of the mask": SHARED + "s[t] = a[i];\nif (t % 32 != 5) __syncwarp(0xffffffdf);\n"
    "x[i] = t % 32 == 6 ? s[t ^ {3|1}] : s[t];",
    "a barrier in each branch": SHARED + "s[t] = a[i];\nif (t < 32) __syncwarp(); else __syncwarp();\n"
    "x[i] = s[t ^ {32|1}];",
    # one buffer, used twice
    "two buffers, one barrier": "__shared__ int s[2][64];\n"
    "int t = threadIdx.x, i = blockIdx.x * 64 + t, sum = 0;\n"
    "for (int k = 0; k < 4; ++k) {\ns[{0|k & 1}][t] = a[(t + k) % n];\n__syncthreads();\n"
    "sum += s[{0|k & 1}][63 - t];\n}\nx[i] = sum;",
    "buffers by pointers": "__shared__ int s[2][64];\n"
    "int t = threadIdx.x, i = blockIdx.x * 64 + t, *from = s[0], *to = s[1];\n"
    "from[t] = a[i];\nfor (int k = 0; k < 3; ++k) {\n__syncthreads();\nto[t] = from[(t + 1) % 64];\n"
    "int *old = from;\nfrom = {from|to};\nto = old;\n}\nx[i] = from[t];",
    "the next phase's array": SHARED
    + "s[t] = a[i];\n__syncthreads();\nint v = s[t ^ 33];\n{|__syncthreads();}\ns[t] = v;\n"
    "__syncthreads();\nx[i] = s[t ^ 32];",
    "one array cut in two": "__shared__ __align__(8) char raw[512];\n"
    "int t = threadIdx.x, *first = (int *)raw;\n"
    "float *second = (float *)(raw + {128|256});\nfirst[t] = t;\nsecond[t] = t;\n__syncthreads();\n"
    "x[blockIdx.x * 64 + t] = first[t] + (int)second[t];",
    "carried to the next turn": "__shared__ int carry;\nint t = threadIdx.x;\n"
    "if (t == 0) carry = 0;\n__syncthreads();\n"
    "for (int k = 0; k < 3; ++k) {\nint before = carry;\n{|__syncthreads();}\n"
    "if (t == 63) carry = before + a[k];\n"
    "__syncthreads();\nx[blockIdx.x * 64 + t] = before;\n}",
    "a leader's number": "__shared__ int slot[2];\nint t = threadIdx.x, warp = t / 32;\n"
    "if (t % 32 == 0) slot[warp] = atomicAdd(&cells[0], 32);\n{|__syncwarp();}\n"
    "if (slot[warp] < n) x[slot[warp] + t % 32] = t;",
    # parts of words, and indices
    "readers of a byte, and a store to its neighbor": "__shared__ unsigned char v[4];\n"
    "int t = threadIdx.x, *count = &cells[blockIdx.x], *out = x + blockIdx.x * 64;\n"
    "if (t < 4) v[t] = t;\n__syncthreads();\n"
    "if (t == 0) {\n__threadfence_block();\nout[t] = v[0];\n"
    "{|__threadfence_block();\natomicAdd(count, 1);}\n}\n"
    "if (t == 8 \\|\\| t == 16) {\nout[t] = v[0];\n__threadfence_block();\natomicAdd(count, 1);\n}\n"
    "if (t == 40) {\nwhile (atomicAdd(count, 0) < {2|3});\n__threadfence_block();\nv[1] = 3;\nv[0] = 9;\n}",
    "fields of a struct of bytes": "struct Pixel { unsigned char red, green; };\n"
    "__shared__ Pixel p[32];\nint t = threadIdx.x;\n"
    "if (t < 32) p[t].red = t; else p[t - 32].{red|green} = t;\n__syncthreads();\n"
    "x[blockIdx.x * 64 + t] = p[t % 32].red;",
    "fields of bits": "struct Pair { unsigned char low{ : 4|}, high{ : 4|}; };\n__shared__ Pair p[32];\n"
    "int t = threadIdx.x;\nif (t < 32) p[t] = Pair();\n__syncthreads();\n"
    "if (t < 32) p[t].low = t; else p[t - 32].high = t;\n"
    "__syncthreads();\nx[blockIdx.x * 64 + t] = p[t % 32].low;",
    "a union's members": "union Both { int words[2]; short halves[4]; };\n__shared__ Both both;\n"
    "int t = threadIdx.x;\n"
    "if (t == 0) both.words[0] = 1;\nif (t == 32) both.halves[{1|2}] = 2;\n__syncthreads();\n"
    "if (t == 0) x[blockIdx.x] = both.words[0];",
    "vectors stored, numbers read": SHARED.replace("int s[64]", "__align__(16) int s[64]")
    + "if (t < 16) ((int4 *)s)[t] = ((const int4 *)a)[t];\n{|__syncthreads();}\nx[i] = s[t];",
    "eight bytes over four": "int i = blockIdx.x * 64 + threadIdx.x;\n"
    "if (i % 2 == 0) ((long long *)x)[i / 2] = i;\n"
    "else {x|(cells + 8)}[i] = i;",
    "a row too short": "int t = threadIdx.x;\nx[blockIdx.x * 64 + t / 8 * {7|8} + t % 8] = t;",
    "a stride too short": "for (int i = blockIdx.x * 64 + threadIdx.x; i < n; i += "
    "{blockDim.x|blockDim.x * gridDim.x}) x[i] = a[i] + i;",
    "by reference": SHARED
    + "auto put = [&](int at) { s[at] = a[i]; };\nput(t {/ 2|});\n__syncthreads();\nx[i] = s[t];",
}
