"""Each construct of CUDA C++ gives what its documentation says, and NVIDIA's compiler accepts it."""

import numpy as np
import pytest

from reference.emulator import CompileError, Fresh, Module
from reference.emulator.kernel_source import kernels_of


@pytest.fixture(scope="module")
def folder(add_kernel_runtime, tmp_path_factory):
    return add_kernel_runtime(tmp_path_factory.mktemp("kernels"))


def test_a_group_waits_for_its_own_threads_only(folder):
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
        assert {finding.kind for finding in run.findings} - {"uninitialized_read"} == kinds


@pytest.mark.parametrize(
    "write", ["atomicMax(at, i)", "__stcg(at, i)", "sincosf(0, f, f)", "at[0] = __ldg(n)"]
)
def test_a_finding_in_a_header_has_the_calling_line(folder, write):
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
        ("float x = __fadd_rz(1, 2);", "only rounding to the nearest"),
        ("unsigned n = __cvta_generic_to_shared(f);", "not emulated"),
        ("n = erfinvf(1);", "erfinvf"),
        ("((float (*)(int))(size_t)n)(n);", "called by a pointer"),
        ("void *to[] = {&&here, &&there}; goto *to[n]; here: n = 1; there: n = 2;", "called by a pointer"),
    ],
)
def test_a_missing_header_is_refused_at_its_line(folder, line, complaint):
    with pytest.raises(CompileError, match=complaint) as error:
        Module(f"__global__ void kernel(int n)\n{{\n{line}\n}}\n", folder=folder)
    assert "kernels.cu:3:" in str(error.value)


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


def test_no_thread_reaches_the_stack_of_another(folder):
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


BY_MACROS = """
#define KERNEL(name, ...) extern "C" __global__ void name(const float *x, float *y) \\
    { float v = x[threadIdx.x]; y[threadIdx.x] = __VA_ARGS__; }
#define TYPES(X) X(int) X(float)
#define FILL(T) __global__ void fill_##T(const float *x, T *y) { y[threadIdx.x] = T(x[threadIdx.x]); }
#define GLOBAL __global__ void
KERNEL(square, v * v)
KERNEL(most, fmaxf(v, 2))
TYPES(FILL)
GLOBAL plain(const float *x, float *y) { y[threadIdx.x] = x[threadIdx.x]; }
"""


def test_every_kernel_that_macros_define_can_be_launched(folder):
    module = Module(BY_MACROS, folder=folder)
    assert module.kernels == ("square", "most", "fill_int", "fill_float", "plain")
    x = np.array([1.5, 3], "float32")
    results = {}
    for kernel in module.kernels:
        y = np.zeros(2, "int32" if kernel == "fill_int" else "float32")
        assert module.check(kernel, 1, 2, [x, y]).findings == ()
        results[kernel] = y.tolist()
    assert results == {
        "square": [2.25, 9], "most": [2, 3], "fill_int": [1, 3], "fill_float": [1.5, 3], "plain": [1.5, 3],
    }  # fmt: skip


def test_a_list_of_macros_without_end_ends():
    assert kernels_of("#define A(X) X(a) X(b)\n#define K(n) A(K) __global__ void n() {}\nA(K)\n")
