"""A module checks a launch's arguments, offers CUDA's functions to kernels, and counts accesses."""

import subprocess
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.emulator import CompileError, Fresh, Module
from reference.emulator.compile import compile_library, refuse_state
from reference.emulator.elf import lasting_variables
from reference.emulator.lines import LineTable
from reference.emulator.thread_orders import Schedule, schedules_from
from tests.tables import by_name

FILL = """
extern "C" __global__ void fill(int n, float value, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = value;
}
"""


@pytest.fixture(scope="module")
def module(request, add_kernel_runtime):
    folder = request.config.cache.mkdir("kernels")
    return lambda source, **options: Module(source, folder=folder, **options)


@pytest.fixture
def new_folder(add_kernel_runtime, tmp_path):
    """Makes an empty folder for libraries, with the runtime."""

    def make(name: str = "libraries"):
        (tmp_path / name).mkdir()
        return add_kernel_runtime(tmp_path / name)

    return make


def launched(
    module, body, out, *arguments, parameters="", before="", grid=1, block=None, with_checks=True, **how
):
    """The run of a kernel whose last parameter is `out`, with one thread for each element."""
    kind = {"float32": "float", "float64": "double", "int32": "int", "int64": "long long"}[out.dtype.name]
    source = f"__global__ void kernel({parameters}{kind} *out)\n{{\n{body}\n}}\n"
    arguments_of_run = [*arguments, Fresh(out) if with_checks else out]
    run = module(source, with_checks=with_checks).launch(
        "kernel", grid, block or out.size, arguments_of_run, **how
    )
    assert run.findings == ()
    return run


def in_one_file(module, bodies, parameters):
    """A module with a kernel for each body, `kernel_0` and so on: together they compile as fast as one."""
    kernels = (f"__global__ void kernel_{n}({parameters})\n{{\n{body}\n}}\n" for n, body in enumerate(bodies))
    return module("".join(kernels))


# Arguments.


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((4, 1.0), r"takes 3 arguments \(n, value, out\), not 2"),
        ((4, 1.0, np.zeros(4)), r"argument 3 of fill, out, is an array of float64; .* float32"),
        ((4, 1.0, np.zeros(8, "f")[::2]), "argument 3 of fill, out, .* not C-contiguous"),
        ((4, 1.0, np.frombuffer(bytes(16), "f")), "argument 3 of fill, out, .* not writeable"),
        ((4, 1.0, 5), "argument 3 of fill, out, is a pointer"),
        ((np.zeros(4, "f"), 1.0, np.zeros(4, "f")), "argument 1 of fill, n, takes a value of 4 bytes"),
        ((2**31, 1.0, np.zeros(4, "f")), "argument 1 of fill, n, .* cannot hold 2147483648"),
        ((1.5, 1.0, np.zeros(4, "f")), "argument 1 of fill, n, .* cannot hold 1.5"),
    ],
)
@pytest.mark.parametrize("with_checks", [True, False])
def test_a_wrong_argument_of_a_launch_is_named(module, with_checks, arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        module(FILL, with_checks=with_checks).launch("fill", 1, 32, arguments)


def test_an_unknown_kernel_is_named_with_those_that_there_are(module):
    with pytest.raises(ValueError, match="has no kernel 'full'; it has fill"):
        module(FILL).launch("full", 1, 32, [])


@pytest.mark.parametrize(
    ("grid", "block", "why"),
    [
        (0, 1, "empty"),
        ((1, 0), 1, "empty"),
        (1, (32, 33), "1056 threads"),
        (1, (1, 1, 65), "larger than"),
        ((1, 65536), 1, "larger than"),
    ],
)
def test_a_launch_that_a_gpu_refuses_is_a_finding_and_runs_nothing(module, grid, block, why):
    out = np.zeros(4, "float32")
    (finding,) = module(FILL).launch("fill", grid, block, [4, 1.0, out]).findings
    assert finding.kind == "bad_launch"
    assert why in finding.message
    assert not out.any()


def test_arrays_that_share_memory_share_it_in_the_kernel(module):
    source = """__global__ void shift(const float *a, float *b) { b[threadIdx.x] = a[threadIdx.x]; }"""
    for with_checks in (True, False):
        memory = np.arange(10, dtype="float32")
        module(source, with_checks=with_checks).launch("shift", 1, 5, [memory[:5], memory[5:]])
        np.testing.assert_array_equal([0, 1, 2, 3, 4] * 2, memory)
        same = np.arange(5, dtype="float32")
        assert not module(source, with_checks=with_checks).launch("shift", 1, 5, [same, same]).findings
    overlapping = np.arange(6, dtype="float32")
    run = module(source).launch("shift", 1, 5, [overlapping[:5], overlapping[1:]])
    assert {finding.kind for finding in run.findings} == {"race"}


def test_an_array_next_to_another_in_memory_is_out_of_its_bounds(module):
    """What lies behind the end of one slice is the next slice, and a kernel that goes there is found."""
    memory = np.zeros(10, "float32")
    other = "__global__ void two(float *a, float *b) { a[threadIdx.x] = b[0]; }"
    run = module(other).launch("two", 1, 6, [memory[:5], memory[5:]])
    assert [(f.kind, f.array) for f in run.findings] == [("out_of_bounds", "a")]


def test_fresh_memory_says_what_was_written(module):
    memory = Fresh(np.zeros(8, "float32"), must_be_filled=False)
    assert not module(FILL).launch("fill", 1, 32, [5, 1.0, memory]).findings
    assert memory.is_written.tolist() == [True] * 5 + [False] * 3
    assert not module(FILL).launch("fill", 1, 32, [5, 1.0, memory]).findings
    memory = Fresh(np.zeros(8, "float32"))
    (finding,) = module(FILL).launch("fill", 1, 32, [5, 1.0, memory]).findings
    assert (finding.kind, finding.array) == ("never_written", "out")
    assert "element 5 of out is never written, nor are 2 more of its 8" in finding.message


def test_a_constant_is_set_from_outside(module):
    kernels = module(
        "__constant__ float w[3];\n__global__ void kernel(float *out) { out[threadIdx.x] = w[threadIdx.x]; }"
    )
    kernels.constant("w", "float32", 3)[...] = [1, 2, 3]
    out = np.zeros(3, "float32")
    assert not kernels.launch("kernel", 1, 3, [out]).findings
    np.testing.assert_array_equal([1, 2, 3], out)
    with pytest.raises(ValueError, match="has no __constant__ v"):
        kernels.constant("v", "float32")


@pytest.mark.parametrize("with_checks", [True, False])
def test_a_stack_tells_nothing_of_an_earlier_launch(module, with_checks):
    """Neither the part that every thread uses, nor what lies deep in it."""
    source = """
        __global__ void left_over(float *out)
        {
            volatile int here[8192];
            int left = 0;
            for (int i = 0; i < 8192; ++i)
                left += here[i] == 12345;
            __syncthreads();
            for (int i = 0; i < 8192; ++i)
                here[i] = 12345;
            out[threadIdx.x] = left;
        }
    """
    kernels = module(source, with_checks=with_checks)
    for _ in range(2):
        out = np.ones(64, "float32")
        run = kernels.launch("left_over", 1, 64, [Fresh(out) if with_checks else out])
        assert {finding.kind for finding in run.findings} <= {"uninitialized_read"}
        assert not out.any()


LASTING = """
__device__ float of_the_file[3];
int with_a_value = 1;
static double for_this_file;
__constant__ int constant = 3;
struct S { static inline int member = 3; };
template <int N> int of_a_template = N;
template <class T> T f() { static T of_its_function; return of_its_function++; }
#include <cuda/atomic>
template <class T> struct Of { static inline int of_an_emulators_type; };
typedef Of<cuda::atomic<int>::Word> Kept;
int g()
{
    static int of_a_function;
    auto next = []() { static int of_a_lambda; return of_a_lambda++; };
    for_this_file += 1;
    ++Kept::of_an_emulators_type;
    return of_a_function++ + next() + f<int>() + ++S::member + ++of_a_template<3>;
}
__global__ void kernel(float *out) { out[0] = 1; }
"""


def test_a_variable_that_outlives_a_launch_is_named_with_its_line(request):
    folder = request.config.cache.mkdir("kernels")
    _, library, _ = compile_library(LASTING, "k.cu", {}, (), True, folder)
    assert lasting_variables(library.read_bytes()) == [
        "constant", "for_this_file", "member", "of_a_function", "of_a_lambda", "of_a_template",
        "of_an_emulators_type", "of_its_function", "of_the_file", "with_a_value",
    ]  # fmt: skip
    with pytest.raises(CompileError, match=r"k\.cu:5: the variable `constant` would outlive the launch"):
        refuse_state(library, LASTING, "k.cu")


def test_constants_and_shared_memory_outlive_nothing(request):
    source = """
        __device__ const float table[2] = {1, 2};
        static const char *const words[] = {"one", "two"};
        struct S { static constexpr int n = 3; };
        template <class T> __device__ T of_a_tile(T value)
        {
            __shared__ T tile[32];
            tile[threadIdx.x] = value;
            return tile[threadIdx.x];
        }
        __global__ void kernel(int n, float *out)
        {
            extern __shared__ float dynamic[];
            dynamic[0] = S::n;
            printf("%s", words[n]);
            out[0] = table[n] + of_a_tile(2.f) + of_a_tile(2);
        }
    """
    folder = request.config.cache.mkdir("kernels")
    refuse_state(compile_library(source, "k.cu", {}, (), True, folder)[1], source, "k.cu")


def test_launches_from_several_threads_take_turns(module):
    outs = [np.zeros(1000, "float32") for _ in range(8)]
    kernels = module(FILL)

    def work(number):
        for _ in range(20):
            kernels.launch("fill", 4, 256, [1000, float(number), outs[number]])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, out in enumerate(outs):
        np.testing.assert_array_equal(np.full(1000, number), out)


# What CUDA offers.


@pytest.mark.parametrize("with_checks", [True, False])
def test_indices_run_over_three_axes(module, with_checks):
    out = np.full(2 * 3 * 4 * 5 * 6 * 7, -1, "int32")
    body = """
    int block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    int thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    out[block * 210 + thread] = blockIdx.x * 100 + threadIdx.z;
    """
    launched(module, body, out, grid=(2, 3, 4), block=(5, 6, 7), with_checks=with_checks)
    blocks, threads = np.divmod(np.arange(out.size), 210)
    np.testing.assert_array_equal(blocks % 2 * 100 + threads // 30, out)


TURNS = """
    int number = blockIdx.x * blockDim.x + threadIdx.x;
    out[atomicAdd(&out[8], 1)] = number;
"""


def test_the_first_order_is_random_and_depends_on_the_seed_alone(module):
    source = 'extern "C" __global__ void kernel(int *out) {' + TURNS + "}"

    def turns(seed):
        out = np.zeros(9, "int32")
        run = module(source).check("kernel", 4, 2, [out], schedules=1, seed=seed)
        assert run.findings == ()
        return tuple(out[:8])

    orders = [turns(seed) for seed in range(20)]
    assert [turns(seed) for seed in range(20)] == orders
    assert {tuple(sorted(order)) for order in orders} == {tuple(range(8))}
    blocks = {tuple(number // 2 for number in order[::2]) for order in orders}
    assert len(blocks) > 10


def test_the_last_writer_runs_ahead_or_falls_behind(module):
    """Of two warps that meet step by step, one takes all its steps first, or both go on in turn."""
    body = """
    for (int step = 0; step < 3; ++step) {
        if (threadIdx.x % 32 == 0) {
            int turn = atomicAdd(&out[8], 1);
            out[turn] = threadIdx.x / 32;
        }
        __syncwarp();
    }
    """
    source = 'extern "C" __global__ void kernel(int *out) {' + body + "}"
    turns = {}
    for threads in ("last writer first", "last writer last"):
        out = np.zeros(9, "int32")
        module(source).launch("kernel", 1, 64, [out], order=Schedule("forward", threads))
        turns[threads] = list(out[:6])
    assert turns["last writer first"] in ([0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 0, 0])
    assert turns["last writer last"] == [0, 1, 0, 1, 0, 1]


def test_schedules_hold_both_orders_of_each_two_blocks():
    for count in range(1, 9):
        schedules = schedules_from(7, count)
        assert len(schedules) == len(set(schedules)) == count
        assert (schedules[0].blocks, schedules[0].threads) == ("random", "random")
        assert not set(schedules) & set(schedules_from(100, count))
    assert {"forward", "reverse"} <= {schedule.blocks for schedule in schedules_from(0, 3)}


LANES = np.arange(32)


EXCHANGES = {
    "shfl": ("__shfl_sync(~0u, i, 5)", np.full(32, 5)),
    "shfl_of_halves": ("__shfl_sync(~0u, i, 17, 16)", LANES // 16 * 16 + 1),
    "up": ("__shfl_up_sync(~0u, i, 3)", np.where(LANES < 3, LANES, LANES - 3)),
    "down": ("__shfl_down_sync(~0u, i, 3)", np.where(LANES > 28, LANES, LANES + 3)),
    "down_in_eights": ("__shfl_down_sync(~0u, i, 2, 8)", np.where(LANES % 8 > 5, LANES, LANES + 2)),
    "xor": ("__shfl_xor_sync(~0u, i, 9)", LANES ^ 9),
    "wide": ("(int)(__shfl_xor_sync(~0u, i * 5000000000LL, 1) / 5000000000LL)", LANES ^ 1),
    "ballot": ("(int)(__ballot_sync(~0u, i % 3 == 0) & 0xff)", np.full(32, 0b01001001)),
    "any": ("__any_sync(~0u, i == 7) + 2 * __any_sync(~0u, i == 40)", np.full(32, 1)),
    "all": ("__all_sync(~0u, i < 32) + 2 * __all_sync(~0u, i < 31)", np.full(32, 1)),
    "match": ("(int)__popc(__match_any_sync(~0u, i / 4))", np.full(32, 4)),
    "reduce_add": ("__reduce_add_sync(~0u, -i)", np.full(32, -496)),
    "reduce_min": ("__reduce_min_sync(~0u, 3 - i)", np.full(32, -28)),
    "reduce_max": ("(int)__reduce_max_sync(~0u, (unsigned)i)", np.full(32, 31)),
    "reduce_xor": ("(int)__reduce_xor_sync(~0u, 1u << i)", np.full(32, -1)),
    "half_of_a_warp": (
        "i < 16 ? __shfl_sync(0xffffu, i, 3) : __shfl_sync(0xffff0000u, i, 20)",
        np.where(LANES < 16, 3, 20),
    ),
    "count": ("__syncthreads_count(i % 2) + 100 * __syncthreads_and(i >= 0)", np.full(32, 116)),
    "or": ("__syncthreads_or(i == 5) + 2 * __syncthreads_and(i == 5)", np.full(32, 1)),
}


@pytest.fixture(scope="module")
def exchanges(module):
    bodies = (f"int i = threadIdx.x;\nout[i] = {expression};" for expression, _ in EXCHANGES.values())
    return in_one_file(module, bodies, "int *out")


@pytest.mark.parametrize("name", EXCHANGES)
@pytest.mark.parametrize("order", ["forward", "reverse", 3])
def test_lanes_exchange_values_and_votes(exchanges, name, order):
    kernel, out = f"kernel_{[*EXCHANGES].index(name)}", np.full(32, -99, "int32")
    assert not exchanges.launch(kernel, 1, 32, [Fresh(out)], order=order).findings
    np.testing.assert_array_equal(EXCHANGES[name][1], out)


ATOMICS = {
    "atomicAdd(at, i)": 3 + 496,
    "atomicSub(at, i)": 3 - 496,
    "atomicMax(at, i)": 31,
    "atomicMin(at, -i)": -31,
    "atomicAnd(at, i < 5 ? 2 : 3)": 2,
    "atomicOr(at, i)": 31,
    "atomicXor(at, 1 << i)": ~3,
    "atomicInc((unsigned *)at, 9)": (3 + 32) % 10,
    "atomicDec((unsigned *)at, 9)": (3 - 32) % 10,
    "atomicCAS(at, 3 + i, 4 + i)": 35,
    "atomicExch(at, 7)": 7,
}


@pytest.fixture(scope="module")
def atomics(module):
    return in_one_file(module, (f"int i = threadIdx.x; {operation};" for operation in ATOMICS), "int *at")


@pytest.mark.parametrize(("number", "expected"), [*enumerate(ATOMICS.values())], ids=ATOMICS)
def test_atomic_operations_are_whole(atomics, number, expected):
    at = np.array([3], "int32")
    assert not atomics.launch(f"kernel_{number}", 1, 32, [at]).findings
    assert at[0] == expected


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt, "cbrt": np.cbrt, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh,
    "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint, "fabs": np.abs, "abs": np.abs,
    "rsqrt": lambda x: 1 / np.sqrt(x), "exp10": lambda x: 10**x,
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_mathematical_functions_are_numpys_to_the_last_places(module, dtype):
    kind = {"float32": "float", "float64": "double"}[dtype]
    x = np.random.default_rng(0).uniform(0.1, 3, 64).astype(dtype)
    lines = "\n".join(f"out[{n} * 64 + i] = {name}(x[i]);" for n, name in enumerate(FUNCTIONS))
    out = np.empty(64 * len(FUNCTIONS), dtype)
    body = f"int i = threadIdx.x;\n{lines}"
    launched(module, body, out, x, parameters=f"const {kind} *x, ", block=64)
    for name, actual in zip(FUNCTIONS, out.reshape(-1, 64), strict=True):
        expected = FUNCTIONS[name](x)
        np.testing.assert_allclose(actual, expected, rtol=16 * np.finfo(dtype).eps, err_msg=name)


INTRINSICS = {
    "min(3, 5LL)": 3, "max(2u, 7u)": 7, "min(2.5f, 1.5f)": 1.5, "max(1, 2.5)": 2.5,
    "__clz(1)": 31, "__clz(0)": 32, "__popcll(255ULL)": 8, "__ffs(8)": 4, "(float)__brev(1u)": 2.0**31,
    "__umulhi(1u << 31, 6u)": 3, "__float_as_int(1.0f) == 0x3f800000": 1, "fmaf(2, 3, 4)": 10,
    "powf(2, 10)": 1024, "pow(2.0, 3)": 8, "fmodf(7, 4)": 3, "isnan(NAN)": 1, "isinf(INFINITY)": 1,
    "__float2int_rn(2.5f)": 2, "__float2int_ru(2.1f)": 3, "__saturatef(2)": 1, "warpSize": 32,
    "(int)sizeof(float4)": 16, "make_float2(1, 2).y": 2, "(int)dim3(4).y": 1, "__fdividef(6, 3)": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def intrinsics(module):
    return in_one_file(module, (f"out[0] = {expression};" for expression in INTRINSICS), "double *out")


@pytest.mark.parametrize(("number", "expected"), [*enumerate(INTRINSICS.values())], ids=INTRINSICS)
def test_intrinsics_give_what_cuda_documents(intrinsics, number, expected):
    out = np.zeros(1, "float64")
    assert not intrinsics.launch(f"kernel_{number}", 1, 1, [Fresh(out)]).findings
    assert out[0] == expected


def test_printf_writes_in_the_order_of_threads(module):
    source = '__global__ void kernel() { printf("%d/%d %.1f\\n", threadIdx.x, (int)blockIdx.x, 0.5); }'
    assert module(source).launch("kernel", 2, 2, []).output == "0/0 0.5\n1/0 0.5\n0/1 0.5\n1/1 0.5\n"
    assert module(source).launch("kernel", 1, 2, [], order="reverse").output == "1/0 0.5\n0/0 0.5\n"


def test_templates_are_launched_by_their_instances(module):
    source = "template <typename T, int N> __global__ void kernel(T *out) { out[threadIdx.x] = N; }"
    kernels = module(source, instances=["kernel<float, 3>", "kernel<int, 4>"])
    for name, dtype, expected in (("kernel<float, 3>", "float32", 3), ("kernel<int, 4>", "int32", 4)):
        out = np.zeros(2, dtype)
        assert not kernels.launch(name, 1, 2, [out]).findings
        assert out.tolist() == [expected, expected]


# What does not compile.


def test_a_kernel_that_does_not_compile_leaves_the_others(module, new_folder):
    """Whoever launches it is told, with all its errors; the others keep their lines and their numbers."""
    source = """__global__ void first(float *out) { out[0] = nothing;
    out[1] = "\\\\"; }
__global__ void second(float *out) { asm("nop"); out[0] = 1; }
__global__ void third(float *out)
{
    out[threadIdx.x] = 3;
}
"""
    kernels, out = module(source), np.zeros(1, "float32")
    assert not kernels.launch("third", 1, 1, [out]).findings
    libraries = compile_library(source, "kernels.cu", {}, (), True, new_folder())[:2]
    with pytest.raises(CompileError, match="nothing"):
        module(source, libraries=libraries).launch("first", 1, 1, [out])
    assert out[0] == 3
    assert [finding.line for finding in kernels.launch("third", 1, 2, [out]).findings] == [6]
    for name, errors in (
        ("first", ("kernels.cu:1:", "nothing", "kernels.cu:2:")),
        ("second", ("kernels.cu:3",)),
    ):
        with pytest.raises(CompileError) as caught:
            kernels.launch(name, 1, 1, [out])
        assert all(error in str(caught.value) for error in errors)
    assert "left out, as it does not compile: first" in kernels.warnings


def test_an_error_outside_of_kernels_or_in_all_of_them_is_one_of_the_file(module):
    good, bad = "__global__ void good(int *out) { out[0] = 1; }\n", "__global__ void bad(int *out) { no; }\n"
    for source in (bad, bad + bad.replace("bad", "worse"), good + "__device__ int f() { return no; }\n"):
        with pytest.raises(CompileError, match=r"kernels\.cu:"):
            module(source)


@pytest.mark.parametrize(
    ("line", "complaint"),
    by_name(
        {
            "assembly": ('asm("nop");', "inline assembly"),
            "launch": ("kernel<<<1, 1>>>(out);", "launched by the host"),
            "host": ("cudaMalloc(&out, 4);", "host's functions"),
            "header": ("#include <vector>", "no such header"),
            "own_header": ('#include "mine.h"', "no such header"),
            "groups": ("cooperative_groups::this_grid();", "cooperative_groups"),
            "heap": ("float *p = new float[4];", "device's heap"),
            "old_shuffle": ("out[0] = __shfl(out[0], 1);", "_sync"),
            "shared_in_a_macro": ("#define TILE __shared__ float tile[4]", "in a macro"),
            "shared_with_a_value": ("__shared__ int n = 4;", "without a value"),
            "shared_without_a_size": ("__shared__ int n[];", "declared with `extern`"),
            "the_emulators_own": ("emulator_barrier(0, 0);", "emulator's own"),
            "no_such_function": ("frobnicate(out);", "frobnicate"),
            "mistyped": ("out[0] = threadIdx.w;", "no member named"),
        }
    ),
)
def test_a_feature_that_is_not_emulated_is_an_error_with_its_line(module, line, complaint):
    source = f"// it is not here: cudaMalloc\n__global__ void kernel(float *out)\n{{\n{line}\n}}\n"
    with pytest.raises(CompileError, match=complaint) as error:
        module(source)
    assert "kernels.cu:4:" in str(error.value)


@pytest.mark.parametrize("name", ["system", "getenv", "__libc_start_main", "dlopen"])
@pytest.mark.parametrize("with_checks", [True, False])
def test_a_kernel_cannot_call_the_c_library(module, name, with_checks):
    source = f'extern "C" void {name}(const char *);\n__global__ void kernel() {{ {name}("true"); }}'
    with pytest.raises(CompileError, match=f"kernels.cu: `{name}` is not a function or variable"):
        module(source, with_checks=with_checks)


def test_shared_memory_at_the_files_level_is_refused(module):
    with pytest.raises(CompileError, match=r"kernels.cu:2: .* inside the kernel"):
        module("namespace a {\n__shared__ float tile[4];\n}\n__global__ void kernel() {}")


# What is kept, and what is counted.


def test_the_same_source_is_compiled_once(new_folder):
    folder = new_folder()
    first = Module(FILL, folder=folder)
    files = {path: path.stat().st_ino for path in folder.iterdir()}
    Module(FILL, folder=folder)
    assert files == {path: path.stat().st_ino for path in folder.iterdir()}
    Module(FILL + "// changed", folder=folder)
    assert len(list(folder.glob("*.so"))) == len([path for path in files if path.suffix == ".so"]) + 1
    assert first.warnings == ""


def test_kernels_from_several_folders_run_in_one_process(new_folder):
    for name in ("a", "b"):
        out = np.zeros(4, "float32")
        kernels = Module(FILL + f"// {name}", folder=new_folder(name))
        assert not kernels.launch("fill", 1, 4, [4, 2.0, out]).findings
        assert out.tolist() == [2, 2, 2, 2]


def test_a_compilers_warning_is_kept_with_the_library(new_folder):
    folder = new_folder()
    for _ in range(2):
        kernels = Module("__global__ void kernel(int *out) { int unused = 3; }", folder=folder)
        assert "kernels.cu:1" in kernels.warnings and "unused" in kernels.warnings


TRANSACTIONS = {"i": 4, "2 * i": 8, "31 - i": 4, "0": 1, "32 * i": 32, "i + 1": 5}


@pytest.fixture(scope="module")
def reads(module):
    bodies = (f"int i = threadIdx.x;\nout[i] = a[{index}];" for index in TRANSACTIONS)
    return in_one_file(module, bodies, "const float *a, float *out")


@pytest.mark.parametrize(("number", "transactions"), [*enumerate(TRANSACTIONS.values())], ids=TRANSACTIONS)
def test_a_warps_neighboring_floats_take_four_transactions(reads, number, transactions):
    """128 bytes are 4 sectors of 32; the further apart, the more, up to one for each lane."""
    arguments = [np.zeros(1024, "float32"), Fresh(np.zeros(32, "float32"))]
    run = reads.launch(f"kernel_{number}", 1, 32, arguments, count_transactions=True)
    assert not run.findings
    assert run.counters.global_requests == 2
    assert run.counters.global_transactions == transactions + 4


CONFLICTS = {"1": 0, "2": 1, "3": 0, "32": 31, "33": 0, "0": 0}


@pytest.fixture(scope="module")
def strides(module):
    bodies = [
        f"""
    __shared__ float tile[1056];
    int i = threadIdx.x;
    for (int k = i; k < 1056; k += 32)
        tile[k] = 0;
    __syncthreads();
    out[i] = tile[{stride} * i];
    """
        for stride in CONFLICTS
    ]
    return in_one_file(module, bodies, "float *out")


@pytest.mark.parametrize(
    ("number", "conflicts"), [*enumerate(CONFLICTS.values())], ids=[*map(str, CONFLICTS)]
)
def test_bank_conflicts_are_those_of_the_stride(strides, number, conflicts):
    """gcd(stride, 32) lanes meet in one bank; a word that all of them read is given to all at once."""
    out = np.zeros(32, "float32")
    run = strides.launch(f"kernel_{number}", 1, 32, [Fresh(out)], count_transactions=True)
    assert not run.findings
    assert run.counters.bank_conflicts == conflicts
    assert run.counters.shared_requests == 34


@pytest.mark.parametrize("dtype", ["int32", "float64"])
def test_random_reads_of_a_warp_count_as_their_distinct_units(module, dtype):
    """Near addresses and far ones, with lanes in any order, against sets of sectors and of words by bank."""
    kind = {"int32": "int", "float64": "double"}[dtype]
    body = f"""
    __shared__ {kind} s[2048];
    int i = threadIdx.x;
    for (int k = i; k < 2048; k += blockDim.x)
        s[k] = 1;
    __syncthreads();
    out[i] = a[index[i]] + s[index[i]];
    """
    source = f"__global__ void kernel(const int *index, const {kind} *a, {kind} *out) {{ {body} }}"
    size = np.dtype(dtype).itemsize
    rng = np.random.default_rng(0)
    for reach in (1, 2, 40, 300, 2048):
        index = rng.integers(0, reach, 96).astype("int32")
        for order in ("forward", 5):
            arguments = [index, np.ones(2048, dtype), np.zeros(96, dtype)]
            run = module(source).launch("kernel", 1, 96, arguments, order=order, count_transactions=True)
            sectors = passes = 0
            for warp in index.reshape(3, 32).tolist():
                sectors += len({i * size // 32 for i in warp})
                words = {i * size // 4 + part for i in warp for part in range(size // 4)}
                load = [sum(word % 32 == bank for word in words) for bank in range(32)]
                passes += max(load) - -(-len(words) // 32) + 1
            coalesced = 96 * 4 // 32 + 96 * size // 32  # of `index` and `out`
            stores = 2048 // 32
            assert run.counters.global_transactions == sectors + coalesced
            assert run.counters.shared_passes == passes + stores


def test_accesses_and_arithmetic_are_counted(module):
    a, out = np.ones(64, "float32"), np.zeros(64, "float32")
    body = "int i = threadIdx.x;\nout[i] = (a[i] + 1) * 2 / (a[i] + 3);"
    counters = launched(module, body, out, a, parameters="const float *a, ").counters
    assert (counters.threads, counters.global_reads, counters.global_writes) == (64, 64, 64)
    assert counters.global_bytes == 512
    assert counters.arithmetic == 4 * 64
    assert counters.arithmetic_per_byte == 0.5


def test_lines_are_those_of_binutils(new_folder):
    """Every row of the table, against addr2line's answer for that address."""
    folder = new_folder()
    kernels = Module(FILL, folder=folder)
    library = next(path for path in folder.glob("kernels_*.so"))
    table = LineTable(library.read_bytes())
    addresses = sorted({address for address, file, _ in table._rows if file})
    assert kernels.kernels == ("fill",)
    assert len(addresses) > 5
    try:
        process = subprocess.run(
            ["addr2line", "-e", library, *map(hex, addresses)], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("no addr2line here")
    for address, answer in zip(addresses, process.stdout.splitlines(), strict=True):
        file, _, line = answer.split(" ")[0].rpartition(":")
        assert (file.rpartition("/")[2], line) == (
            table.line_of(address)[0],
            str(table.line_of(address)[1] or "?"),
        )
