"""Each construct of CUDA C++ gives what its documentation says, and NVIDIA's compiler accepts it."""

import numpy as np
import pytest

from reference.emulator import CompileError, Fresh, Module
from reference.emulator.nvrtc import diagnose

NUMBERS = {  # an expression on one thread: what it comes to
    "make_float1(3).x": 3, "make_float4(1, 2, 3, 4).w": 4, "make_int3(1, 2, 3).z": 3,
    "make_uchar4(1, 2, 3, 255).w": 255, "make_char2(-1, 2).x": -1, "make_short4(1, 2, 3, -4).w": -4,
    "make_ushort2(1, 65535).y": 65535, "make_long2(1, 2).y": 2, "make_ulonglong2(1, 2).y": 2,
    "sizeof(float3)": 12, "sizeof(double2)": 16, "sizeof(char4)": 4, "alignof(float4)": 16,
    "alignof(double4)": 16, "alignof(short2)": 4, "dim3(blockDim).x": 1, "dim3(make_uint3(4, 5, 6)).z": 6,
    "__ldg(f + 1)": 1.5, "__ldcg(&f[2])": 2.5, "__ldcs(f)": 0.5, "__ldca(f)": 0.5, "__ldcv(f)": 0.5,
    "__fsub_rn(5, 3)": 2, "__dadd_rn(5, 3)": 8, "__dmul_rn(5, 3)": 15, "__ddiv_rn(6, 3)": 2,
    "__frsqrt_rn(4)": 0.5, "__dsqrt_rn(9)": 3, "__log10f(100)": 2, "rcbrtf(8)": 0.5, "rhypotf(3, 4)": 0.2,
    "norm3df(1, 2, 2)": 3, "norm4df(2, 2, 2, 2)": 4, "scalbnf(3, 2)": 12, "logbf(8)": 3, "ilogbf(8)": 3,
    "lroundf(2.5f)": 3, "lrintf(2.5f)": 2, "llround(-2.5)": -3, "nextafterf(1, 2) > 1": 1,
    "sinpif(0.5f)": 1, "cospif(1)": -1, "normcdff(0)": 0.5, "labs(-4L)": 4, "llabs(-5LL)": 5,
    "__float2uint_rn(2.5f)": 2, "__float2uint_ru(2.1f)": 3, "__double2int_rz(-2.9)": -2,
    "__uint2float_rn(7u)": 7, "__ll2float_rn(1ll << 40)": 2.0**40, "__double2float_rn(0.5)": 0.5,
    "__brevll(1) == 1ull << 63": 1, "__umul24(1 << 25 | 3, 5)": 15, "__funnelshift_l(1u << 31, 1, 1)": 3,
    "__funnelshift_r(0, 1, 1) == 1u << 31": 1, "__byte_perm(0x33221100, 0x77665544, 0x7240)": 0x77224400,
    "__dp4a(0x01020304, 0x01010101, 10)": 20, "__dp4a(0x000000ff, 0x00000002, 0)": -2,
    "umin(1u, 2u)": 1, "umax(1u, 2u)": 2, "INT_MIN": -(2**31), "LLONG_MAX == 0x7fffffffffffffffll": 1,
    "SHRT_MAX": 32767, "UINT_MAX": 2**32 - 1, "HUGE_VALF > FLT_MAX": 1, "isnan(CUDART_NAN_F)": 1,
    "(int)(M_PI * 1e6)": 3141592,
}  # fmt: skip
STATEMENTS = {  # of one thread that ends with `out[0] = ...`
    "float s, c; sincosf(0, &s, &c); out[0] = s + 2 * c;": 2,
    "double s, c; sincos(0, &s, &c); out[0] = s + 2 * c;": 2,
    "float whole; out[0] = modff(-2.5f, &whole) + 10 * whole;": -20.5,
    "float4 v = make_float4(1, 2, 3, 4); v.x += v.w; out[0] = v.x;": 5,
    "__shared__ float4 tile[2][3]; tile[1][2] = make_float4(1, 2, 3, 4); out[0] = tile[1][2].z;": 3,
    "float a = 4; __stcg(&a, 5.f); out[0] = a;": 5,
    "constexpr int N = 8; __shared__ float s[N * 2]; s[N] = 3; out[0] = s[N];": 3,
    "extern __shared__ __align__(16) double most[]; most[1] = 7; out[0] = most[1];": 7,
    "out[0] = 0;\n#pragma unroll\nfor (int i = 0; i < 4; ++i) out[0] += i;": 6,
    "auto twice = [&](double x) { return 2 * x; }; out[0] = twice(4);": 8,
    "if constexpr (sizeof(int) == 4) out[0] = 1;": 1,
    "int n = 3; atomicCAS_block(&n, 3, 4); atomicAdd_system(&n, 5); out[0] = n;": 9,
}
HALVES = {
    "__half2float(hrsqrt(__float2half(4)))": 0.5, "__half2int_rn(__float2half(2.5f))": 2,
    "__low2float(__floats2half2_rn(1, 2))": 1, "__high2float(__float2half2_rn(3))": 3,
    "__half22float2(__hadd2(__floats2half2_rn(1, 2), __floats2half2_rn(3, 4))).y": 6,
    "__half22float2(__hfma2(__float2half2_rn(2), __floats2half2_rn(3, 4), __float2half2_rn(1))).x": 7,
    "__high2float(__floats2half2_rn(1, 2) * __floats2half2_rn(3, 5))": 10,
    "__low2float(__lowhigh2highlow(__floats2half2_rn(1, 2)))": 2, "sizeof(half2)": 4,
    "__hge(__float2half(1), __float2half(1))": 1, "__hisnan(__float2half(NAN))": 1,
}  # fmt: skip


GROUPS = {  # on each of 64 threads, i: what it comes to
    "block.thread_rank() + 100 * block.size()": lambda i: i + 6400,
    "block.group_index().x + block.dim_threads().x + cg::this_grid().thread_rank()": lambda i: 64 + i,
    "warp.meta_group_rank() + 10 * warp.meta_group_size()": lambda i: i // 32 + 20,
    "cg::reduce(warp, i, cg::plus<int>())": lambda i: (496, 1520)[i // 32],
    "cg::reduce(half, i, cg::less<int>()) + cg::reduce(half, i, cg::greater<>())": lambda i: (
        i // 16 * 32 + 15
    ),
    "cg::inclusive_scan(half, 1) + 100 * cg::exclusive_scan(half, 1)": lambda i: 1 + 101 * (i % 16),
    "warp.shfl(i, 3) + half.shfl(i, 2)": lambda i: i // 32 * 32 + 3 + i // 16 * 16 + 2,
    "half.shfl_up(i, 1) + 100 * half.shfl_down(i, 2)": lambda i: (
        i - (i % 16 > 0) + 100 * (i + 2 * (i % 16 < 14))
    ),
    "half.shfl_xor(i, 5)": lambda i: i ^ 5,
    "half.ballot(i % 16 < 3) + 16 * half.any(i == 20) + 32 * half.all(i > 20)": lambda i: (
        7 + 16 * (i // 16 == 1) + 32 * (i > 31)
    ),
    "half.match_any(i % 16 / 8)": lambda i: 0xFF << i % 16 // 8 * 8,
    "cg::tiled_partition(block, 8).thread_rank()": lambda i: i % 8,
    "cg::labeled_partition(warp, i % 2).size() + cg::binary_partition(warp, i % 4 == 0).thread_rank()": (
        lambda i: 16 + (i % 32 // 4 if i % 4 == 0 else i % 32 - 1 - i % 32 // 4)
    ),
    "i % 3 ? 0 : thirds()": lambda i: 0 if i % 3 else 1100 + i % 32 // 3,
}
STANDARD = {
    "std::max(2.5f, 1.f) + std::min<double>(1, 2)": 3.5, "std::exp(0.f) + std::tanh(0.f)": 1,
    "std::clamp(7, 1, 5)": 5, "std::numeric_limits<int>::min() == INT_MIN": 1,
    "std::numeric_limits<float>::max() == FLT_MAX": 1, 
    "std::numeric_limits<double>::epsilon() * 4503599627370496": 1,
    "std::numeric_limits<float>::infinity() > FLT_MAX": 1, "std::is_same_v<float, double>": 0,
    "NULL == nullptr": 1, "sizeof(ssize_t)": 8, "__CUDA_ARCH__": 800,
    "float a = 1, b = 2; std::swap(a, b); out[0] = a - b;": 1,
    "__builtin_assume(f != nullptr); out[0] = f[0];": 0.5,
    "assert(f[0] < 1 && f[1] > 1); out[0] = 2;": 2,
}  # fmt: skip
BFLOAT16 = {
    "__bfloat162float(__float2bfloat16(1.00390625f))": 1,
    "__bfloat162float(__float2bfloat16(1.01171875f))": 1.015625,
    "(float)(__float2bfloat16(3) * __float2bfloat16(2.5f))": 7.5, "sizeof(__nv_bfloat162)": 4,
    "__high2float(__hfma2(__float2bfloat162_rn(2), __floats2bfloat162_rn(3, 4), __float2bfloat162_rn(1)))": 9,
    "__hgt(__float2bfloat16(2), __float2bfloat16(1))": 1, "__hisnan(__float2bfloat16(NAN))": 1,
    "__bfloat162float(__float2bfloat16(3.4e38f)) > FLT_MAX": 1, "(float)hsqrt(__float2bfloat16(16))": 4,
}  # fmt: skip


def program(lines):
    """A kernel for each of these statements, all in one file."""
    kernels = (
        f"__global__ void kernel_{n}(const float *f, double *out)\n{{\n{line}\n}}\n"
        for n, line in enumerate(lines)
    )
    return "#include <cfloat>\n#include <math.h>\n#include <climits>\n#include <algorithm>\n" + "".join(
        kernels
    )


def comes_to(module, expected):
    f = np.array([0.5, 1.5, 2.5], "float32")
    for n, (line, value) in enumerate(expected.items()):
        out = np.zeros(1)
        run = module.check(f"kernel_{n}", 1, 1, [f, Fresh(out)], shared_bytes=64)
        assert not run.findings, (line, run.findings)
        assert out[0] == pytest.approx(value, rel=1e-6), line


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kernels")


@pytest.mark.parametrize(
    "table", [NUMBERS, STATEMENTS, STANDARD], ids=["expressions", "statements", "standard"]
)
def test_kernels_say_what_cuda_documents(folder, table):
    lines = [line if line.endswith((";", "}")) else f"out[0] = {line};" for line in table]
    source = program(lines)
    comes_to(Module(source, folder=folder), table)
    diagnosis = diagnose(source)
    if diagnosis is not None:
        assert diagnosis.errors == ()


def test_numbers_of_16_bits_come_alone_and_in_pairs(folder):
    source = program([f"out[0] = {line};" for line in HALVES])
    comes_to(Module(f"#include <cuda_fp16.h>\n{source}", folder=folder), HALVES)


def test_numbers_of_16_bits_may_have_the_range_of_float(folder):
    source = program([f"out[0] = {line};" for line in BFLOAT16])
    comes_to(Module(f"#include <cuda_bf16.h>\n{source}", folder=folder), BFLOAT16)


def test_groups_are_the_threads_that_cuda_says(folder):
    source = """#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;
__device__ int thirds() { auto g = cg::coalesced_threads(); return 100 * g.size() + g.thread_rank(); }
"""
    for n, line in enumerate(GROUPS):
        source += f"""__global__ void kernel_{n}(long long *out)
{{
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<32> warp = cg::tiled_partition<32>(block);
    auto half = cg::tiled_partition<16>(warp);
    int i = block.thread_rank();
    cg::sync(half);
    out[i] = {line};
}}
"""
    module = Module(source, folder=folder)
    for n, (line, expected) in enumerate(GROUPS.items()):
        out = np.zeros(64, "int64")
        run = module.check(f"kernel_{n}", 1, 64, [Fresh(out)], schedules=4)
        assert not run.findings, (line, [str(finding) for finding in run.findings])
        assert out.tolist() == [expected(i) for i in range(64)], line


def test_what_a_group_waits_for_is_its_own_threads(folder):
    """A tile orders its lanes and no others, a group of lanes that run together likewise."""
    source = """#include <cooperative_groups.h>
namespace cg = cooperative_groups;
__global__ void kernel(int *out, int other)
{
    __shared__ int s[32];
    auto tile = cg::tiled_partition<8>(cg::this_thread_block());
    s[threadIdx.x] = threadIdx.x;
    tile.sync();
    out[threadIdx.x] = s[threadIdx.x ^ other];
}
"""
    module = Module(source, folder=folder)
    for other, kinds in ((7, set()), (8, {"race"})):
        run = module.check("kernel", 1, 32, [np.zeros(32, "int32"), other], schedules=1)
        assert {finding.kind for finding in run.findings} - {"uninitialised_read"} == kinds


@pytest.mark.parametrize(
    "write", ["atomicMax(at, i)", "__stcg(at, i)", "sincosf(0, f, f)", "at[0] = __ldg(n)"]
)
def test_what_a_header_does_is_told_at_the_line_that_asks_for_it(folder, write):
    source = f"""__global__ void kernel(int *n, float *f)
{{
    int i = threadIdx.x;
    int *at = n + 4;
    f += 4;
    {write};
}}
"""
    run = Module(source, folder=folder).check("kernel", 1, 1, [np.zeros(4, "int32"), np.zeros(4, "float32")])
    assert {finding.kind for finding in run.findings} == {"out_of_bounds"}
    assert {finding.line for finding in run.findings} == {6}


@pytest.mark.parametrize(
    "bounds", ["__launch_bounds__(256)", "__launch_bounds__(16 * 16, 2)", "__launch_bounds__(max(1, 2))"]
)
@pytest.mark.parametrize("place", ["__global__ void {}", "{} __global__ void", "__global__ {} void"])
def test_a_kernel_may_say_its_launch_bounds(folder, bounds, place):
    source = f"{place.format(bounds)} kernel(int n, float *out) {{ out[threadIdx.x] = n; }}"
    module = Module(source, folder=folder)
    out = np.zeros(2, "float32")
    assert not module.launch("kernel", 1, 2, [3, out]).findings
    assert (module.kernels, out.tolist()) == (("kernel",), [3, 3])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("__nv_fp8_e4m3 b;", "use half or float"),
        ("n = __vadd4(1, 2);", "bytes of a word"),
        ("float x = __fadd_rz(1, 2);", "only rounding to the nearest"),
        ("unsigned n = __cvta_generic_to_shared(f);", "not emulated"),
        ("n = erfinvf(1);", "erfinvf"),
        ("((float (*)(int))(size_t)n)(n);", "called by a pointer"),
        ("void *to[] = {&&here, &&there}; goto *to[n]; here: n = 1; there: n = 2;", "called by a pointer"),
    ],
)
def test_what_is_not_there_is_refused_at_its_line(folder, line, complaint):
    with pytest.raises(CompileError, match=complaint) as caught:
        Module(f"__global__ void kernel(int n)\n{{\n{line}\n}}\n", folder=folder)
    assert "kernels.cu:3:" in str(caught.value)


def test_a_switch_and_a_recursion_are_no_calls_by_a_pointer(folder):
    source = """
__device__ int step(int n) { return n < 2 ? n : step(n - 1) + step(n - 2); }
__global__ void kernel(int n, int *out)
{
    switch (n) {
    case 0: out[0] = 5; break; case 1: out[0] = step(9); break; case 2: out[0] = 7; break;
    case 3: out[0] = 1; break; case 4: out[0] = 2; break; case 5: out[0] = 3; break;
    default: out[0] = 8;
    }
}
__global__ void other(int n, int *out) { out[0] = n; }
"""
    out = np.zeros(1, "int32")
    Module(source, folder=folder).launch("kernel", 1, 1, [1, out])
    assert out[0] == 34


def test_a_threads_own_stack_is_nobody_elses(folder):
    """A pointer to a local variable, given to another thread, is an address far from every array."""
    source = """__global__ void kernel(float *out)
{
    __shared__ float *its[2];
    float mine = threadIdx.x;
    its[threadIdx.x] = &mine;
    __syncthreads();
    out[threadIdx.x] = *its[1 - threadIdx.x];
}
"""
    run = Module(source, folder=folder).check("kernel", 1, 2, [Fresh(np.zeros(2, "float32"))])
    assert "out_of_bounds" in {finding.kind for finding in run.findings}


@pytest.mark.parametrize(
    "trick",
    ["#define a other", "#define kernel(...) (other(), 0)", "#define visibility none", "#define I 3"],
)
def test_a_sources_macros_do_not_reach_the_emulators_code(folder, trick):
    source = "__global__ void fill(int n, float *out) { out[0] = n; }\n__device__ int other() { return 1; }\n"
    out = np.zeros(1, "float32")
    Module(source + trick + "\n", folder=folder).launch("fill", 1, 1, [3, out])
    assert out[0] == 3


def test_a_sources_macros_do_not_reach_the_headers_that_it_asks_for(folder):
    """They stand before all of the source, wherever it includes them."""
    macros = "#define lanes 0\n#define size other\n#define T int\n#define line 0\n#define value 7\n"
    source = f"""{macros}#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <limits>
__global__ void kernel(float *out)
{{
    auto warp = cooperative_groups::tiled_partition<32>(cooperative_groups::this_thread_block());
    out[threadIdx.x] = cooperative_groups::reduce(warp, 0.5f, cooperative_groups::plus<float>())
        + std::max(1.5f, 0.f);
}}
"""
    out = np.zeros(32, "float32")
    assert not Module(source, folder=folder).check("kernel", 1, 32, [Fresh(out)]).findings
    assert out.tolist() == [17.5] * 32


@pytest.mark.parametrize(
    ("call", "printed"),
    [
        (r'printf("%d %5.2f|%-4u|%c %s %%\n", -3, 1.5, 7u, 65, "text")', "-3  1.50|7   |A text %\n"),
        (r'printf("%*d|%.*f|%x|%#o|%e", 4, 7, 1, 2.25, 255, 8, 1.0)', "   7|2.2|ff|010|1.000000e+00"),
        (
            r'printf("%+lld|%zu|%lu|%hhd", 1ll << 40, sizeof(int), at, 44)',
            "+1099511627776|4|1099511627776|44",
        ),
        (r'printf("%s|%d", (const char *)at, 3)', "(none)|3"),
        (r'printf("a%nb", (int *)at)', "ab"),
        (r'printf("100%")', "100%"),
        (r"printf((const char *)at)", ""),
    ],
)
def test_printf_prints_as_c_does_and_touches_no_foreign_memory(folder, call, printed):
    """Its %n writes nothing, and of %s only a text of the kernel's own is read."""
    source = f"__global__ void kernel(size_t at) {{ {call}; }}"
    assert Module(source, folder=folder).launch("kernel", 1, 1, [np.uint64(1 << 40)]).output == printed


@pytest.mark.parametrize("size", ["1 << 12", "1 << 20"])
@pytest.mark.parametrize("start", ["out", "(float *)&local"])
def test_a_struct_that_leaves_memory_at_its_other_end_is_stopped(folder, size, start):
    """What lies behind the arrays, and behind a thread's stack, are the emulator's own notes."""
    source = f"""struct Large {{ char bytes[{size}]; }};
__global__ void kernel(float *out, float *from)
{{
    float local = 0;
    *(Large *)({start}) = *(Large *)from;
    out[0] = local;
}}
"""
    arrays = [np.zeros(4, "float32"), np.zeros(4, "float32")]
    run = Module(source, folder=folder).check("kernel", 1, 1, arrays)
    assert "out_of_bounds" in {finding.kind for finding in run.findings}
