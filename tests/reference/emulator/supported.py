"""A snippet for each construct that docs/cuda.md lists, row by row, and the value that it has.

A value that is a number belongs to one thread. A function gives the value of each of 64 threads, in two
blocks of one warp; `i` is the thread's number in the grid. `f` points to 0.5, 1.5 and 2.5.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Value = float | Callable[[int], float]


@dataclass(frozen=True)
class Row:
    """The snippets of a row by their text, each an expression, or statements that set `out[i]`.

    `declared` stands before the kernels: functions, variables, and the headers that the row needs.
    """

    snippets: Mapping[str, Value]
    declared: str = ""


def lane(i: int) -> int:
    """A thread's number in its warp."""
    return i % 32


def first(i: int) -> int:
    """The number of the first thread of a thread's warp."""
    return i // 32 * 32


def always(value: float) -> Callable[[int], float]:
    """One value for all threads."""
    return lambda i: value


VECTORS = {
    **dict.fromkeys(("char", "short", "int", "long", "longlong", "float", "double"), 1),
    **dict.fromkeys(("uchar", "ushort", "uint", "ulong", "ulonglong"), 1),
}
SIZES = {"char": 1, "short": 2, "int": 4, "long": 8, "longlong": 8, "float": 4, "double": 8}
CUB_BLOCK = (
    "typedef cub::BlockReduce<int, 32> BlockReduce; typedef cub::BlockScan<int, 32> BlockScan; "
    "__shared__ typename BlockReduce::TempStorage r; __shared__ BlockScan::TempStorage s; "
    "__shared__ cub::BlockReduce<cub::KeyValuePair<int, float>, 32>::TempStorage a; int lane = threadIdx.x;"
)
CUB_WARP = (
    "typedef cub::WarpReduce<int, 8> WarpReduce; typedef cub::WarpScan<int> WarpScan; "
    "__shared__ WarpReduce::TempStorage w[4]; __shared__ WarpScan::TempStorage t[1]; int lane = threadIdx.x;"
)
NAN = float("nan")
# what NVIDIA's own header gives on a host, of cuRAND 10.4, from state `s`
XORWOW = {
    "curand(&s)": 3857148075,
    "curand_uniform(&s)": 0.898062289,
    "curand_uniform_double(&s)": 0.0416523851993324,
    "curand_normal(&s), curand_normal(&s)": 0.447925121,
    "curand_normal2(&s).y": 0.447925121,
    "curand_normal_double(&s), curand_normal_double(&s)": 2.4767170499240874,
    "curand_normal2_double(&s).y": 2.4767170499240874,
    "curand_log_normal(&s, 1, 0.5f)": 2.8863399,
    "curand_log_normal2(&s, 1, 0.5f).y": 3.4006362,
    "curand_log_normal_double(&s, 1, 0.5)": 2.1469807188394308,
    "curand_log_normal2_double(&s, 1, 0.5).y": 9.37792501657499,
    "skipahead(1001, &s), curand(&s)": 2730614954,
    "skipahead_sequence(77, &s), curand(&s)": 2200867917,
}
PHILOX = {
    "curand(&s)": 347447205,
    "curand_uniform(&s)": 0.0808963552,
    "curand_uniform_double(&s)": 0.08089635660871863,
    "curand_normal(&s), curand_normal(&s)": 2.10764909,
    "curand_normal2(&s).y": 2.10764909,
    "curand_normal_double(&s), curand_normal_double(&s)": -0.229460998804006,
    "curand_normal2_double(&s).y": -0.229460998804006,
    "curand_log_normal(&s, 1, 0.5f)": 1.85321927,
    "curand_log_normal2(&s, 1, 0.5f).y": 7.7976656,
    "curand_log_normal_double(&s, 1, 0.5)": 3.0772116148895496,
    "curand_log_normal2_double(&s, 1, 0.5).y": 2.4236374752272694,
    "curand4(&s).w": 1584017598,
    "curand_uniform4(&s).w": 0.368807822,
    "curand_uniform2_double(&s).y": 0.3688081170412298,
    "curand_normal4(&s).w": -0.543232203,
    "skipahead(1001, &s), curand(&s)": 96131199,
    "skipahead_sequence(77, &s), curand(&s)": 790644180,
}
OPERATIONS = {  # of an atomic operation on 5 with 3: what it leaves
    "atomicAdd": 8, "atomicSub": 2, "atomicExch": 3, "atomicMin": 3, "atomicMax": 5, "atomicInc": 0,
    "atomicDec": 3, "atomicAnd": 1, "atomicOr": 7, "atomicXor": 6,
}  # fmt: skip


def vectors() -> dict[str, Value]:
    """Each vector type: its parts, its size, and its alignment."""
    programs: dict[str, Value] = {}
    for name in VECTORS:
        size = SIZES[name.removeprefix("u") if name != "uint" else "int"]
        for parts, last in enumerate("xyzw", 1):
            numbers = ", ".join(map(str, range(1, parts + 1)))
            kind = f"{name}{parts}"
            programs[f"{kind} v = make_{kind}({numbers}); out[i] = v.{last} + 100 * sizeof({kind});"] = (
                parts + 100 * size * parts
            )
    return programs


def atomics() -> dict[str, Value]:
    """Each atomic operation in each scope: what it returns, and what it leaves."""
    programs: dict[str, Value] = {}
    for name, operand in OPERATIONS.items():
        for scope in ("", "_block", "_system"):
            programs[f"unsigned n = 5; out[i] = 100 * {name}{scope}(&n, 3u); out[i] += n;"] = 500 + operand
    for scope in ("", "_block", "_system"):
        programs[f"int n = 5; out[i] = 100 * atomicCAS{scope}(&n, 5, 7); out[i] += n;"] = 507
    for kind in ("float", "double"):
        programs[f"{kind} x = 0.5; out[i] = 100 * atomicAdd(&x, ({kind})0.25); out[i] += x;"] = 50.75
    return programs


# Words whose bytes and halves meet every bound; what the intrinsics make of a pair of parts.
A, B = 0x80FF7F01, 0x01807FFE
COMPARED = {
    "eq": operator.eq, "ne": operator.ne, "ge": operator.ge, "gt": operator.gt, "le": operator.le,
    "lt": operator.lt,
}  # fmt: skip


def all_bits_if(holds: Callable[[int, int], bool]) -> Callable[[int, int], int]:
    """-1 for a pair for which it holds, else 0."""
    return lambda x, y: -1 if holds(x, y) else 0


OF_BYTES: dict[str, Callable[[int, int], int]] = {
    **dict.fromkeys(("vadd", "vaddss", "vaddus"), operator.add),
    **dict.fromkeys(("vsub", "vsubss", "vsubus"), operator.sub),
    **dict.fromkeys(("vabsdiffs", "vabsdiffu", "vsads", "vsadu"), lambda x, y: abs(x - y)),
    **{"vavgu": lambda x, y: (x + y + 1) // 2, "vhaddu": lambda x, y: (x + y) // 2},
    **dict.fromkeys(("vmaxs", "vmaxu"), max),
    **dict.fromkeys(("vmins", "vminu"), min),
}
for _name, _compared in COMPARED.items():
    for _sign in ("",) if _name in ("eq", "ne") else ("s", "u"):
        OF_BYTES[f"vset{_name}{_sign}"] = _compared
        OF_BYTES[f"vcmp{_name}{_sign}"] = all_bits_if(_compared)
OF_ONE_WORD: dict[str, Callable[[int], int]] = {
    **dict.fromkeys(("vneg", "vnegss"), operator.neg),
    **dict.fromkeys(("vabs", "vabsss"), abs),
}


def of_bytes(name: str, bits: int) -> int:
    """A, or A and B, part by part; a sum for `vsad`."""
    is_signed = name in OF_ONE_WORD or (name.endswith("s") and not name.endswith("us"))
    words = (A,) if name in OF_ONE_WORD else (A, B)
    results = []
    for at in range(0, 32, bits):
        values = [word >> at & (1 << bits) - 1 for word in words]
        values = [v - (1 << bits) if is_signed and v >> bits - 1 else v for v in values]
        result = int((OF_ONE_WORD.get(name) or OF_BYTES[name])(*values))
        if name.endswith(("ss", "us")):
            low = -(1 << bits - 1) if name.endswith("ss") else 0
            result = max(low, min(low + (1 << bits) - 1, result))
        results.append(result & (1 << bits) - 1)
    if name.startswith("vsad"):
        return sum(results)
    return sum(result << bits * i for i, result in enumerate(results))


ROWS: dict[str, Row] = {
    "Threads": Row(
        {
            "threadIdx.x + 100 * blockIdx.x": lambda i: lane(i) + 100 * (i // 32),
            "blockDim.x + 100 * gridDim.x + 1000 * warpSize": 32 + 0 - 31 + 100 + 32000,
            "blockDim.z + gridDim.y": 2,
        }
    ),
    "Functions": Row(
        {
            "twice(3) + sum<int>(4, 5)": 15,
            "auto twice = [&](double x) { return 2 * x; }; out[i] = twice(4);": 8,
            "if constexpr (sizeof(int) == 4) out[i] = 1;": 1,
        },
        "__device__ __forceinline__ int once(int x) { return x; }\n"
        "__host__ __device__ __noinline__ int twice(int x) { return once(x) + x; }\n"
        "template <typename T> __device__ T sum(T a, T b) { return a + b; }\n"
        "__global__ void __launch_bounds__(256, 2) bounded(int *out, int n = 3) { out[0] = n; }\n",
    ),
    "Memory": Row(
        {
            "__shared__ float4 tile[2][3]; tile[1][2] = make_float4(1, 2, 3, 4); out[i] = tile[1][2].z;": 3,
            "constexpr int N = 8; __shared__ float s[N * 2]; s[N] = 3; out[i] = s[N];": 3,
            "extern __shared__ __align__(16) double most[]; most[1] = 7; out[i] = most[1];": 7,
            "const float *__restrict__ g = f; out[i] = weights[1] + g[1] + sizeof(pair);": 19.5,
            "counter = 4; out[i] = counter;": 4,
        },
        "__constant__ float weights[2] = {1, 2};\n__device__ int counter;\n"
        "struct __align__(16) pair { float x; };\n",
    ),
    "Barriers": Row(
        {
            "__shared__ int s[32]; s[threadIdx.x] = i; __syncthreads(); out[i] = s[31 - threadIdx.x];": (
                lambda i: first(i) + 31 - lane(i)
            ),
            "__syncthreads_count(i % 3 == 0)": lambda i: 11,
            "__syncthreads_and(i < 40) + 2 * __syncthreads_or(i == 40)": lambda i: 1 if i < 32 else 2,
            "__shared__ int s[32]; s[threadIdx.x] = i; __syncwarp(); out[i] = s[threadIdx.x ^ 1];": (
                lambda i: i ^ 1
            ),
            "__threadfence(); __threadfence_block(); __threadfence_system(); out[i] = i;": lambda i: i,
        }
    ),
    "Warps": Row(
        {
            "__shfl_sync(~0u, i, 3) + 100 * __shfl_up_sync(~0u, i, 1)": (
                lambda i: first(i) + 3 + 100 * (i - (lane(i) > 0))
            ),
            "__shfl_down_sync(~0u, i, 1) + 100 * __shfl_xor_sync(~0u, i, 4)": (
                lambda i: i + (lane(i) < 31) + 100 * (i ^ 4)
            ),
            **{
                f"__shfl_sync(~0u, ({kind})i, 5, 8)": lambda i: i // 8 * 8 + 5
                for kind in (
                    "int", "unsigned", "long", "unsigned long", "long long", "unsigned long long",
                    "float", "double", "short", "unsigned char",
                )
            },
            "__ballot_sync(~0u, i % 2) == 0xaaaaaaaau": lambda i: 1,
            "__any_sync(~0u, i == 3) + 2 * __all_sync(~0u, i < 32)": lambda i: 3 if i < 32 else 0,
            "__match_any_sync(~0u, i % 32 / 16)": lambda i: 0xFFFF << lane(i) // 16 * 16,
            "int all; auto m = __match_all_sync(~0u, i / 32, &all); out[i] = all + (m == ~0u);": lambda i: 2,
            "__reduce_add_sync(~0u, i)": lambda i: sum(range(first(i), first(i) + 32)),
            "__reduce_min_sync(~0u, i) + 100 * __reduce_max_sync(~0u, -i)": (
                lambda i: first(i) - 100 * first(i)
            ),
            "__reduce_and_sync(~0u, i | 64u) + __reduce_or_sync(~0u, (unsigned)i)": (
                lambda i: 64 + first(i) + 31 + first(i)
            ),
            "__reduce_xor_sync(~0u, (unsigned)i << 1 | 1)": lambda i: 0,
            "i < 40 ? __popc(__activemask()) : 8": lambda i: 32 if i < 32 else 8,
        }
    ),
    "Cooperative groups": Row(
        {
            "block.thread_rank() + 100 * block.size()": lambda i: lane(i) + 3200,
            "cg::this_grid().thread_rank() + 100 * cg::this_grid().size()": lambda i: i + 6400,
            "i + cg::this_grid().is_valid()": lambda i: i,  # no cooperative launch
            "warp.meta_group_rank() + 10 * half.meta_group_size() + 100 * half.meta_group_rank()": (
                lambda i: 20 + 100 * (lane(i) // 16)
            ),
            "cg::reduce(warp, i, cg::plus<int>())": lambda i: sum(range(first(i), first(i) + 32)),
            "cg::reduce(half, i, cg::less<int>()) + cg::reduce(half, i, cg::greater<>())": (
                lambda i: i // 16 * 32 + 15
            ),
            "cg::reduce(half, i, cg::bit_and<int>()) + cg::reduce(half, i, cg::bit_or<int>())": (
                lambda i: i // 16 * 32 + 15
            ),
            "cg::reduce(half, i, cg::bit_xor<int>())": lambda i: 0,
            "cg::inclusive_scan(half, 1) + 100 * cg::exclusive_scan(half, 1)": lambda i: 1 + 101 * (i % 16),
            "warp.shfl(i, 3) + half.shfl(i, 2)": lambda i: first(i) + 3 + i // 16 * 16 + 2,
            "half.shfl_up(i, 1) + 100 * half.shfl_down(i, 2)": (
                lambda i: i - (i % 16 > 0) + 100 * (i + 2 * (i % 16 < 14))
            ),
            "half.shfl_xor(i, 5)": lambda i: i ^ 5,
            "half.ballot(i % 16 < 3) + 16 * half.any(i == 20) + 32 * half.all(i > 20)": (
                lambda i: 7 + 16 * (i // 16 == 1) + 32 * (i > 31)
            ),
            "half.match_any(i % 16 / 8)": lambda i: 0xFF << i % 16 // 8 * 8,
            "int all; half.match_all(i / 16, all); out[i] = all;": lambda i: 1,
            "cg::tiled_partition(block, 8).thread_rank() + 10 * cg::tiled_partition<4>(warp).size()": (
                lambda i: i % 8 + 40
            ),
            "cg::labeled_partition(warp, i % 2).size() + "
            "cg::binary_partition(warp, i % 4 == 0).thread_rank()": (
                lambda i: 16 + (lane(i) // 4 if i % 4 == 0 else lane(i) - 1 - lane(i) // 4)
            ),
            "i % 32 % 3 ? 0 : thirds()": lambda i: 0 if lane(i) % 3 else 1100 + lane(i) // 3,
            "__shared__ int s[32]; s[threadIdx.x] = i; half.sync(); cg::sync(block); "
            "out[i] = s[31 - threadIdx.x];": lambda i: first(i) + 31 - lane(i),
            "__shared__ int s[32], g[32]; s[threadIdx.x] = i; block.sync(); "
            "cg::memcpy_async(block, g, s, sizeof s); cg::wait(block); out[i] = g[31 - threadIdx.x];": (
                lambda i: first(i) + 31 - lane(i)
            ),
            "__shared__ int s[32], g[32]; s[threadIdx.x] = i; block.sync(); "
            "cg::memcpy_async(block, g, 32, s, 32); cg::wait_prior<0>(block); out[i] = g[threadIdx.x ^ 1];": (
                lambda i: i ^ 1
            ),
        },
        "#include <cooperative_groups.h>\n#include <cooperative_groups/reduce.h>\n"
        "#include <cooperative_groups/memcpy_async.h>\nnamespace cg = cooperative_groups;\n"
        "__device__ int thirds() { auto g = cg::coalesced_threads(); "
        "return 100 * g.size() + g.thread_rank(); }\n"
        "#define block cg::this_thread_block()\n#define warp cg::tiled_partition<32>(block)\n"
        "#define half cg::tiled_partition<16>(warp)\n",
    ),
    "Atomics": Row(atomics()),
    "Types": Row(
        {
            **vectors(),
            "alignof(float4) + alignof(double4) + alignof(short2) + sizeof(float3)": 48,
            "dim3(blockDim).y + dim3(make_uint3(4, 5, 6)).z + dim3(7, 8).z + dim3().x": 9,
            "sizeof(half) + sizeof(half2) + sizeof(int8_t) + sizeof(uint64_t)": 15,
            "sizeof(__nv_bfloat16) + sizeof(__nv_bfloat162)": 6,
            "float4 v = make_float4(1, 2, 3, 4); v.x += v.w; out[i] = v.x;": 5,
        },
        "#include <cuda_fp16.h>\n#include <cuda_bf16.h>\n",
    ),
    "Cache hints (each is an ordinary load or store)": Row(
        {
            "__ldg(f + 1) + __ldca(f) + __ldcg(&f[2]) + __ldcs(f) + __ldcv(f) + __ldlu(f)": 6,
            "float a[4]; __stwb(a, 5.f); __stcg(a + 1, 1.f); __stcs(a + 2, 2.f); __stwt(a + 3, 3.f); "
            "out[i] = a[0] + a[1] + a[2] + a[3];": 11,
        }
    ),
    "Mathematics": Row(
        {
            "rsqrt(4.0) + exp10(2.0) + norm3df(1, 2, 2)": 103.5,
            "float s, c; sincosf(0, &s, &c); out[i] = s + 2 * c;": 2,
            "float s, c; sincospif(0.5f, &s, &c); out[i] = 2 * s + c;": 2,
            "double s, c; sincos(0, &s, &c); out[i] = s + 2 * c;": 2,
            "float whole; out[i] = modff(-2.5f, &whole) + 10 * whole;": -20.5,
            "__expf(0) + __logf(1) + __powf(2, 3) + __fdividef(6, 4) + __saturatef(7)": 11.5,
            "__fadd_rn(1, 2) + __fmul_rn(2, 3) + __fsqrt_rn(16) + __fmaf_rn(1, 2, 3)": 18,
            "__fsub_rn(5, 3) + __dadd_rn(5, 3) + __dmul_rn(5, 3) + __ddiv_rn(6, 3)": 27,
            "__frsqrt_rn(4) + __dsqrt_rn(9) + __log10f(100) + rcbrtf(8)": 6,
            "rhypotf(3, 4)": 0.2, "norm4df(2, 2, 2, 2)": 4, "scalbnf(3, 2)": 12, "logbf(8)": 3,
            "ilogbf(8)": 3, "lroundf(2.5f)": 3, "lrintf(2.5f)": 2, "llround(-2.5)": -3,
            "nextafterf(1, 2) > 1": 1, "sinpif(0.5f)": 1, "cospif(1)": -1, "normcdff(0)": 0.5,
            "labs(-4L)": 4, "llabs(-5LL)": 5, "pow(2.f, 3) + fmod(7.5, 2.0) + fmaxf(1, 2)": 11.5,
            "erff(0) + tgammaf(5) + cbrt(27.0) + hypot(3.0, 4.0) + fma(2.0, 3.0, 4.0)": 42,
            "isnan(NAN) + isinf(INFINITY) + isfinite(1.f) + signbit(-1.f)": 4,
            "umin(1u, 2u) + umax(1u, 2u) + min(3, 4) + max(3.f, 4.f)": 10,
        }
    ),
    "Bits": Row(
        {
            "__popc(255) + __popcll(1ull << 40) + __clz(1) + __clzll(1) + __ffs(8) + __ffsll(16)": 112,
            "__brev(1) == 1u << 31 && __brevll(1) == 1ull << 63": 1,
            "__byte_perm(0x33221100, 0x77665544, 0x7240)": 0x77224400,
            "__funnelshift_l(1u << 31, 1, 1)": 3, "__funnelshift_r(0, 1, 1) == 1u << 31": 1,
            "__umulhi(1u << 31, 6) + __mulhi(1 << 30, -8)": 1, "__umul24(1 << 25 | 3, 5)": 15,
            "__mul24(-3, 5)": -15,
            "__dp4a(0x01020304, 0x01010101, 10)": 20, "__dp4a(0x000000ff, 0x00000002, 0)": -2,
            "__dp4a(0x000000ffu, 0x00000002u, 0u)": 510,
            "__float_as_int(1.f) == 0x3f800000 && __int_as_float(0x40000000) == 2": 1,
            "__float_as_uint(-0.f) >> 31 && __uint_as_float(0) == 0": 1,
            "__longlong_as_double(__double_as_longlong(2.5))": 2.5,
            "__float2int_rn(2.5f) + 10 * __float2int_rz(-2.9f)": -18,
            "__float2int_rd(-2.1f) + 10 * __float2int_ru(2.1f)": 27,
            "__float2uint_rn(2.5f)": 2, "__float2uint_ru(2.1f)": 3, "__double2int_rz(-2.9)": -2,
            "__uint2float_rn(7u)": 7, "__ll2float_rn(1ll << 40)": 2.0**40, "__double2float_rn(0.5)": 0.5,
        }
    ),
    "SIMD within a word": Row(
        {
            **{f"__{name}4({A}u, {B}u)": of_bytes(name, 8) for name in OF_BYTES},
            **{f"__{name}2({A}u, {B}u)": of_bytes(name, 16) for name in OF_BYTES},
            **{f"__{name}4({A}u)": of_bytes(name, 8) for name in OF_ONE_WORD},
            **{f"__{name}2({A}u)": of_bytes(name, 16) for name in OF_ONE_WORD},
        }
    ),
    "Of `cuda_fp16.h`": Row(
        {
            "__half2float(hexp(H(0))) + __half2float(hlog(H(1))) + __half2float(hsqrt(H(9)))": 4,
            "__half2float(hrsqrt(H(4)))": 0.5, "__half2int_rn(H(2.5f))": 2, "__hge(H(1), H(1))": 1,
            "(float)(H(3) * H(2) + H(1)) + (float)__hfma(H(2), H(3), H(1))": 14,
            "__hisnan(H(NAN)) + __hlt(H(1), H(2)) + (H(1) < H(2))": 3,
            "__low2float(__hadd2(P(1, 2), P(3, 4))) + __high2float(__hsub2(P(1, 7), P(3, 4)))": 7,
            "__low2float(__hmul2(P(2, 2), P(3, 4))) + __high2float(__h2div(P(1, 8), P(3, 4)))": 8,
            "__low2float(__hfma2(P(2, 2), P(3, 4), P(1, 1))) + __high2float(__hneg2(P(1, 8)))": -1,
            "__low2float(__habs2(P(-2, 2))) + __high2float(__hmin2(P(1, 8), P(3, 4)))": 6,
            "__low2float(__hmax2(P(-2, 2), P(1, 1)))": 1,
            "__high2float(P(1, 2) * P(3, 5) + P(1, 1) - P(0, 2) / P(1, 2))": 10,
            "__low2float(__lowhigh2highlow(P(1, 2)))": 2,
            "half2 s = P(1, 2); atomicAdd(&s, P(3, 4)); out[i] = __high2float(s);": 6,
            "half s = H(1); atomicAdd(&s, H(3)); out[i] = __half2float(s);": 4,
        },
        "#include <cuda_fp16.h>\n#define H(x) __float2half(x)\n#define P(x, y) __floats2half2_rn(x, y)\n",
    ),
    "Of `cuda_bf16.h`": Row(
        {
            "__bfloat162float(__float2bfloat16(1.00390625f))": 1,
            "__bfloat162float(__float2bfloat16(1.01171875f))": 1.015625,
            "(float)(__nv_bfloat16(3) * __nv_bfloat16(2.5f)) + sizeof(__nv_bfloat162)": 11.5,
            "__high2float(__hfma2(__float2bfloat162_rn(2), __floats2bfloat162_rn(3, 4), "
            "__float2bfloat162_rn(1)))": 9,
            "__hgt(__float2bfloat16(2), __float2bfloat16(1)) + __hisnan(__float2bfloat16(NAN))": 2,
            "__bfloat162float(__float2bfloat16(3.4e38f)) > FLT_MAX": 1, "(float)hsqrt(__nv_bfloat16(16))": 4,
            "__nv_bfloat16 s = 1; atomicAdd(&s, __nv_bfloat16(3)); out[i] = (float)s;": 4,
        },
        "#include <cuda_bf16.h>\n",
    ),
    "Of `std::`": Row(
        {
            "std::max(2.5f, 1.f) + std::min<double>(1, 2)": 3.5, "std::exp(0.f) + std::tanh(0.f)": 1,
            "std::clamp(7, 1, 5)": 5, "std::is_same_v<float, double> + std::is_same<int, int>::value": 1,
            "std::numeric_limits<int>::min() == INT_MIN": 1,
            "std::numeric_limits<float>::max() == FLT_MAX": 1,
            "std::numeric_limits<double>::epsilon() * 4503599627370496": 1,
            "std::numeric_limits<float>::infinity() > FLT_MAX": 1,
            "float a = 1, b = 2; std::swap(a, b); out[i] = a - b;": 1,
            "int a = 3, b = std::move(a); out[i] = b + std::forward<int>(a);": 6,
        },
        "#include <algorithm>\n#include <limits>\n#include <utility>\n",
    ),
    "Of `cuda::`": Row(
        {
            "int n = 5; cuda::atomic_ref<int> a(n); a.store(6); "
            "out[i] = a.load() + 10 * a.exchange(7) + n;": 73,
            "int n = 5; cuda::atomic_ref<int, cuda::thread_scope_device> a(n); a.fetch_add(4); "
            "a.fetch_sub(2); a.fetch_and(6); a.fetch_or(8); a.fetch_xor(1); out[i] = n;": 15,
            "cuda::atomic<int> a(5); a.fetch_min(3); a.fetch_max(4, cuda::memory_order_relaxed); "
            "out[i] = a;": 4,
            "cuda::atomic<int> a(5); int old = 5; out[i] = a.compare_exchange_strong(old, 6) "
            "+ 10 * a.compare_exchange_weak(old, 7) + 100 * old; a.wait(5);": 601,
            "cuda::atomic_thread_fence(cuda::memory_order_seq_cst, cuda::thread_scope_block); out[i] = 1;": 1,
            "__shared__ barrier all; __shared__ int s[32]; if (threadIdx.x == 0) init(&all, 32); "
            "__syncthreads(); s[threadIdx.x] = i; all.wait(all.arrive()); out[i] = s[threadIdx.x ^ 1];": (
                lambda i: i ^ 1
            ),
            "__shared__ barrier all; __shared__ int s[32]; if (threadIdx.x == 0) init(&all, 32); "
            "__syncthreads(); cuda::memcpy_async(s + threadIdx.x, n + threadIdx.x, 4, all); "
            "if (threadIdx.x % 2) all.arrive_and_drop(); else all.arrive_and_wait(); "
            "out[i] = threadIdx.x % 2 ? 0 : s[threadIdx.x + 1];": lambda i: 0 if i % 2 else lane(i) + 1,
            "__shared__ int s[32]; auto pipe = cuda::make_pipeline(); pipe.producer_acquire(); "
            "cuda::memcpy_async(s + threadIdx.x, n + threadIdx.x, 4, pipe); pipe.producer_commit(); "
            "pipe.consumer_wait(); out[i] = s[threadIdx.x]; pipe.consumer_release();": lane,
            "__shared__ int s[32]; auto pipe = cuda::make_pipeline(); pipe.producer_acquire(); "
            "cuda::memcpy_async(s + threadIdx.x, n + threadIdx.x, 4, pipe); pipe.producer_commit(); "
            "cuda::pipeline_consumer_wait_prior<0>(pipe); out[i] = s[threadIdx.x];": lane,
            "__shared__ int s[32]; "
            "__shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 1> state; "
            "auto role = threadIdx.x < 16 ? cuda::pipeline_role::producer : cuda::pipeline_role::consumer; "
            "auto pipe = cuda::make_pipeline(cooperative_groups::this_thread_block(), &state, role); "
            "if (threadIdx.x < 16) { pipe.producer_acquire(); "
            "cuda::memcpy_async(s + threadIdx.x, n + threadIdx.x, 4, pipe); pipe.producer_commit(); } "
            "else { pipe.consumer_wait(); } out[i] = threadIdx.x < 16 ? 0 : s[31 - threadIdx.x];": (
                lambda i: 0 if lane(i) < 16 else 31 - lane(i)
            ),
        },
        "#include <cuda/atomic>\n#include <cuda/barrier>\n#include <cuda/pipeline>\n"
        "#include <cooperative_groups.h>\n"
        "using barrier = cuda::barrier<cuda::thread_scope_block>;\n"
        f"__constant__ const int n[32] = {{{', '.join(map(str, range(32)))}}};\n",
    ),
    "Pipelines of C (`cuda_pipeline.h`)": Row(
        {
            "__shared__ int s[32]; __pipeline_memcpy_async(s + threadIdx.x, m + threadIdx.x, 4); "
            "__pipeline_commit(); __pipeline_wait_prior(0); out[i] = s[threadIdx.x];": lane,
        },
        "#include <cuda_pipeline.h>\n"
        f"__constant__ const int m[32] = {{{', '.join(map(str, range(32)))}}};\n",
    ),
    "Random numbers (`curand_kernel.h`)": Row(
        {
            f"{state} s = started<{state}>(); out[i] = ({drawn});": value
            for state, numbers in (("curandState", XORWOW), ("curandStatePhilox4_32_10_t", PHILOX))
            for drawn, value in numbers.items()
        },
        "#include <curand_kernel.h>\n"
        "template <typename S> __device__ S started() { S s; curand_init(1234, 3, 5, &s); return s; }\n",
    ),
    "Of CUB (`cub/cub.cuh`)": Row(
        {
            f"{CUB_BLOCK} out[i] = BlockReduce(r).Sum(i);": (
                lambda i: 496 + 1024 * (i // 32) if i % 32 == 0 else -1
            ),
            f"{CUB_BLOCK} out[i] = BlockReduce(r).Reduce(i, cub::Max(), 20);": (
                lambda i: i + 19 if i % 32 == 0 else -1
            ),
            f"{CUB_BLOCK} out[i] = BlockReduce(r).Reduce(1, cuda::std::plus<>());": (
                lambda i: 32 if i % 32 == 0 else -1
            ),
            f"{CUB_BLOCK} int v; BlockScan(s).InclusiveScan(lane % 7, v, cuda::maximum<>()); out[i] = v;": (
                lambda i: min(lane(i), 6)
            ),
            f"{CUB_BLOCK} int v; BlockScan(s).InclusiveScan(lane, v, cuda::minimum<int>{{}}); out[i] = v;": (
                always(0)
            ),
            f"{CUB_BLOCK} int v[2] = {{i, 1}}; out[i] = BlockReduce(r).Reduce(v, cub::Min());": (
                lambda i: (i > 0) if i % 32 == 0 else -1
            ),
            f"{CUB_BLOCK} cub::KeyValuePair<int, float> p = {{lane, f[lane % 3]}}; "
            "cub::BlockReduce<cub::KeyValuePair<int, float>, 32> b(a); "
            "p = b.Reduce(p, cub::ArgMax()); out[i] = p.key;": lambda i: 2 if i % 32 == 0 else -1,
            f"{CUB_BLOCK} cub::KeyValuePair<int, float> p = {{lane, f[lane % 3]}}; "
            "cub::BlockReduce<cub::KeyValuePair<int, float>, 32> b(a); "
            "p = b.Reduce(p, cub::ArgMin()); out[i] = p.value;": lambda i: 0.5 if i % 32 == 0 else NAN,
            f"{CUB_BLOCK} int v; BlockScan(s).InclusiveSum(lane, v); out[i] = v;": (
                lambda i: lane(i) * (lane(i) + 1) // 2
            ),
            f"{CUB_BLOCK} int v, all; BlockScan(s).ExclusiveSum(lane, v, all); out[i] = v + 1000 * all;": (
                lambda i: lane(i) * (lane(i) - 1) // 2 + 496_000
            ),
            f"{CUB_BLOCK} int v; BlockScan(s).InclusiveScan(lane % 7, v, cub::Max()); out[i] = v;": (
                lambda i: min(lane(i), 6)
            ),
            f"{CUB_BLOCK} int v; BlockScan(s).ExclusiveScan(lane, v, -5, cub::Max()); out[i] = v;": (
                lambda i: lane(i) - 1 if i % 32 else -5
            ),
            f"{CUB_BLOCK} int v[2] = {{1, 2}}; BlockScan(s).ExclusiveSum(v, v); out[i] = v[1] * 100 "
            "+ v[0];": (
                lambda i: 303 * lane(i) + 100
            ),
            f"{CUB_BLOCK} int v[2] = {{1, 2}}; BlockScan(s).InclusiveSum(v, v); out[i] = v[1] * 100 "
            "+ v[0];": (
                lambda i: 303 * lane(i) + 301
            ),
            f"{CUB_WARP} out[i] = WarpReduce(w[lane / 8]).Sum(lane);": (
                lambda i: 8 * lane(i) + 28 if i % 8 == 0 else -1
            ),
            f"{CUB_WARP} out[i] = WarpReduce(w[lane / 8]).Reduce(lane, cub::Max(), 3);": (
                lambda i: lane(i) + 2 if i % 8 == 0 else -1
            ),
            f"{CUB_WARP} int v; WarpScan(t[0]).InclusiveSum(lane, v); out[i] = v;": (
                lambda i: lane(i) * (lane(i) + 1) // 2
            ),
            f"{CUB_WARP} int v; WarpScan(t[0]).ExclusiveSum(1, v); out[i] = v;": lane,
            f"{CUB_WARP} int v; WarpScan(t[0]).ExclusiveScan(lane, v, -5, cub::Max()); out[i] = v;": (
                lambda i: lane(i) - 1 if i % 32 else -5
            ),
            f"{CUB_WARP} int v; WarpScan(t[0]).InclusiveScan(lane, v, cub::Max()); out[i] = v "
            "+ WarpScan(t[0]).Broadcast(lane, 3);": lambda i: lane(i) + 3,
        },
        "#include <cub/cub.cuh>\n",
    ),
    "Tensor cores (`mma.h`)": Row(
        {
            f"product<{kinds}>(s, t) + wmma::__float_to_tf32(0)": always(6 * depth + 1)
            for kinds, depth in {
                "half, half, float, 16, 16, 16": 16,
                "half, half, half, 32, 8, 16": 16,
                "__nv_bfloat16, __nv_bfloat16, float, 8, 32, 16": 16,
                "signed char, signed char, int, 16, 16, 16": 16,
                "unsigned char, unsigned char, int, 32, 8, 16": 16,
                "wmma::precision::tf32, float, float, 16, 16, 8": 8,
            }.items()
        },
        "#include <mma.h>\n#include <cuda_fp16.h>\n#include <cuda_bf16.h>\nusing namespace nvcuda;\n"
        "#define s 0\n#define t 0\n"
        "template <typename T, typename S, typename C, int M, int N, int K> "
        "__device__ double product(int, int)\n{\n"
        "    __shared__ __align__(32) S a[M * K];\n    __shared__ __align__(32) C c[M * N];\n"
        "    for (int at = threadIdx.x; at < M * K; at += 32)\n        a[at] = (S)2;\n"
        "    __syncwarp();\n"
        "    wmma::fragment<wmma::matrix_a, M, N, K, T, wmma::row_major> x;\n"
        "    wmma::fragment<wmma::matrix_b, M, N, K, T, wmma::col_major> y;\n"
        "    wmma::fragment<wmma::accumulator, M, N, K, C> sum;\n"
        "    wmma::load_matrix_sync(x, a, K);\n    wmma::fill_fragment(y, 3);\n"
        "    wmma::fill_fragment(sum, 1);\n    wmma::mma_sync(sum, x, y, sum);\n"
        "    wmma::store_matrix_sync(c, sum, N, wmma::mem_row_major);\n    __syncwarp();\n"
        "    return (double)(float)c[threadIdx.x];\n}\n",
    ),
    "Assertions, traps and clocks": Row(
        {
            "assert(f[0] < 1 && f[1] > 1); out[i] = 2;": 2,
            "if (f[0] > 1) __trap(); if (f[0] > 2) __brkpt(); out[i] = 1;": 1,
            "long long start = clock64(); __nanosleep(10); out[i] = clock64() > start;": 1,
            "int start = clock(); out[i] = clock() > start;": 1,
        }
    ),
    "The rest": Row(
        {
            'out[i] = printf("%d", 5) > 0;': 1,
            "out[i] = 0;\n#pragma unroll\nfor (int k = 0; k < 4; ++k) out[i] += k;": 6,
            "NULL == nullptr": 1, "sizeof(ssize_t)": 8, "__CUDA_ARCH__": 800, "__CUDACC__": 1,
            "__builtin_assume(f != nullptr); out[i] = f[0];": 0.5,
            "INFINITY > FLT_MAX && INT_MAX == 2147483647": 1, "INT_MIN": -(2**31), "SHRT_MAX": 32767,
            "LLONG_MAX == 0x7fffffffffffffffll": 1, "UINT_MAX": 2**32 - 1, "HUGE_VALF > FLT_MAX": 1,
            "isnan(CUDART_NAN_F)": 1, "(int)(M_PI * 1e6)": 3141592,
        }
    ),
    "Headers": Row(
        {"sizeof(int)": 4},
        "".join(
            f"#include <{name}>\n"
            for name in (
                "cuda_runtime.h", "cuda_runtime_api.h", "cuda_fp16.h", "cuda_bf16.h",
                "cooperative_groups.h", "cooperative_groups/reduce.h", "cooperative_groups/memcpy_async.h",
                "mma.h", "cuda/atomic", "cuda/barrier", "cuda/pipeline", "cuda_pipeline.h",
                "curand_kernel.h", "math_constants.h", "algorithm", "limits", "utility", "cassert",
                "cub/cub.cuh",
            )
        ),
    ),
}  # fmt: skip
