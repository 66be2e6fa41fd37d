"""What kernels are written with: each gives what CUDA documents, and NVIDIA's compiler takes it as well."""

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


def program(lines):
    """A kernel for each of these statements, all in one file."""
    kernels = (
        f"__global__ void kernel_{n}(const float *f, double *out)\n{{\n{line}\n}}\n"
        for n, line in enumerate(lines)
    )
    return "#include <cfloat>\n#include <math.h>\n#include <climits>\n" + "".join(kernels)


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


@pytest.mark.parametrize("table", [NUMBERS, STATEMENTS], ids=["expressions", "statements"])
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
        ("__nv_bfloat16 b;", "use half or float"),
        ("n = __vadd4(1, 2);", "bytes of a word"),
        ("float x = __fadd_rz(1, 2);", "only rounding to the nearest"),
        ("__pipeline_commit();", "not emulated"),
        ("cuda::barrier<1> b;", "not emulated"),
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
