"""The emulator finds faults other than races: each kernel of one file has one bug, found at its line."""

import time
from typing import Any

import numpy as np
import pytest

from reference.emulator import Fresh, Module
from reference.emulator.compile import compiler, poison_options
from reference.emulator.kernel_source import CompileError
from reference.emulator.kernel_source.unset_arrays import local_arrays
from tests.tables import by_name

# name: parameters, lines, kind; the bug is in the line that ends with `// here`
FAULTS = {
    "misaligned": (
        "const float *a, float *out",
        "float4 v = reinterpret_cast<const float4 *>(a + 1)[0]; // here\nout[threadIdx.x] = v.x + v.w;",
        "misaligned",
    ),
    "misaligned_store": (
        "float *out",
        "reinterpret_cast<float2 *>(out + 1)[threadIdx.x] = make_float2(1, 2); // here",
        "misaligned",
    ),
    "misaligned_in_shared_memory": (
        "float *out",
        "__shared__ char raw[264];\n*(double *)(raw + 4) = 1; // here\nout[0] = 0;",
        "misaligned",
    ),
    "next_row": (
        "float *out",
        "__shared__ float a[8][16];\na[threadIdx.x % 8][threadIdx.x / 8] = 1;\n__syncthreads();\n"
        "out[threadIdx.x] = a[0][threadIdx.x]; // here",
        "out_of_bounds",
    ),
    "local_array": ("float *out", "float a[4] = {};\nout[0] = a[threadIdx.x]; // here", "out_of_bounds"),
    "assertion": ("float *out", "assert(threadIdx.x < 3); // here\nout[threadIdx.x] = 0;", "trap"),
    "trap": ("float *out", "if (threadIdx.x == 5)\n__trap(); // here\nout[threadIdx.x] = 0;", "trap"),
    "division": ("int n, int *out", "int i = threadIdx.x;\nout[i] = out[i] / n; // here", "crashed"),
    "endless_recursion": (
        "int n, int *out",
        "out[threadIdx.x] = deeper(n, out);",
        "crashed",
    ),
    "large_frame": (
        "int n, int *out",
        "volatile int large[40000];\nlarge[n] = 1;\nout[threadIdx.x] = large[n];",
        "crashed",
    ),
    "flag_that_never_comes": (
        "volatile int *out",
        "if (threadIdx.x == 0)\nwhile (out[0] == 0); // here",
        "deadlock",
    ),
    "lock_never_let_go": ("int *out", "while (atomicExch(out, 1) != 0); // here\nout[1] += 1;", "deadlock"),
    "lock_by_cas_never_let_go": ("int *out", "while (atomicCAS(out, 0, 1) != 0); // here", "deadlock"),
    "single_bytes": (
        "unsigned char *out",
        "int i = threadIdx.x;\nout[i % 4] = i; // here",
        "race",
    ),
    "first_and_last_of_three": (  # the one between wrote another byte of the word
        "unsigned char *out",
        "int i = threadIdx.x;\nif (i == 0 || i == 33 || i == 64)\nout[i == 33] = i; // here",
        "race",
    ),
    "shuffle_for_a_barrier": (  # it orders no memory
        "int *out",
        "__shared__ int s[128];\nint i = threadIdx.x;\ns[i] = i;\n__shfl_sync(0xffffffff, i, 0);\n"
        "out[i] = s[i ^ 1]; // here",
        "race",
    ),
    "barrier_of_half_a_warp": (
        "int *out",
        "__shared__ int s[128];\nint i = threadIdx.x;\ns[i] = i;\n"
        "__syncwarp(i % 32 < 16 ? 0xffff : 0xffff0000);\nout[i] = s[i ^ 16]; // here",
        "race",
    ),
    "barrier_of_all_but_one_reader": (  # who is neither the first to read nor the last
        "int *out",
        "__shared__ int s;\nint i = threadIdx.x;\nif (i == 0)\ns = 1;\n__syncthreads();\nif (i < 32) {\n"
        "out[i] = s;\nif (i != 17)\n__syncwarp(~(1u << 17));\nif (i == 31)\ns = 2; // here\n}",
        "race",
    ),
    "barrier_used_before_it_is_made": (
        "int *out",
        "__shared__ cuda::barrier<cuda::thread_scope_block> bar;\nif (threadIdx.x == 0)\ninit(&bar, 128);\n"
        "bar.arrive(); // here\nout[threadIdx.x] = 1;",
        "uninitialized_read",
    ),
    "variable_of_the_device": ("int *out", "tally += 1; // here\nout[threadIdx.x] = 0;", "race"),
    "wait_for_a_variable_of_the_device": (
        "int *out",
        "while (*(volatile int *)&tally < 1 << 30); // here\nout[threadIdx.x] = 0;",
        "deadlock",
    ),
    "atomic_of_one_thread": (
        "int *out",
        "cuda::atomic_ref<int, cuda::thread_scope_thread> count(out[0]);\ncount.store(threadIdx.x); // here",
        "race",
    ),
    "lock_without_a_fence": (
        "int *out",
        "if (threadIdx.x % 32)\nreturn;\nwhile (atomicCAS(out, 0, 1) != 0);\nout[1] += 1; // here\n"
        "atomicExch(out, 0);",
        "race",
    ),
    "two_values_in_one_store": (
        "int *out",
        "__shared__ int s;\nif (threadIdx.x < 32)\ns = threadIdx.x / 31; // here\n__syncthreads();\n"
        "out[threadIdx.x] = s;",
        "race",
    ),
    "one_value_of_two_warps": (
        "int *out",
        "__shared__ int s;\ns = 1; // here\n__syncthreads();\nout[threadIdx.x] = s;",
        "race",
    ),
    "one_value_in_two_stores": (
        "int *out",
        "__shared__ int s;\nif (threadIdx.x == 0)\ns = 1;\nif (threadIdx.x == 1)\ns = 1; // here\n"
        "__syncthreads();\nout[threadIdx.x] = s;",
        "race",
    ),
}
RIGHT = {
    "aligned": ("const float *a, float4 *out", "out[threadIdx.x] = reinterpret_cast<const float4 *>(a)[1];"),
    "one_past_the_end": (
        "float *out",
        "float a[4] = {1, 2, 3, 4}, sum = 0;\n"
        "for (float *p = a; p < &a[4]; ++p)\nsum += *p;\nout[threadIdx.x] = sum;",
    ),
    "handed_over": (
        "int *out",
        "__shared__ int flag;\nif (threadIdx.x == 0)\nflag = 0;\n__syncthreads();\n"
        "if (threadIdx.x == 0)\nwhile (atomicAdd(&flag, 0) == 0);\nelse if (threadIdx.x == 40)\n"
        "atomicExch(&flag, 1);\nout[threadIdx.x] = 1;",
    ),
    "count_in_a_variable_of_the_device": ("int *out", "atomicAdd(&tally, 1);\nout[threadIdx.x] = 0;"),
    "lock": (
        "int *out",
        "while (atomicCAS(out, 0, 1) != 0);\nout[1] += 1;\n__threadfence();\natomicExch(out, 0);",
    ),
    "by_way_of_a_third": (  # lane 0, then 1, then 2
        "int *out",
        "__shared__ int s;\nint i = threadIdx.x;\nif (i == 0)\ns = 1;\nif (i < 2)\n__syncwarp(3);\n"
        "if (i == 1 || i == 2)\n__syncwarp(6);\nif (i == 2)\nout[0] = s;",
    ),
    "barrier_of_all_readers": (
        "int *out",
        "__shared__ int s;\nint i = threadIdx.x;\nif (i == 0)\ns = 1;\n__syncthreads();\nif (i < 16) {\n"
        "out[i] = s;\n__syncwarp(0xffff);\nif (i == 15)\ns = 2;\n}",
    ),
    "single_bytes_apart": ("unsigned char *out", "out[threadIdx.x] = threadIdx.x;"),
    "architecture": ("int *out", "#if __CUDA_ARCH__ >= 700\nout[threadIdx.x] = 1;\n#endif"),
    "one_value_in_one_store": (
        "int *out",
        "__shared__ int s;\nif (threadIdx.x < 32)\ns = 1; // here\n__syncthreads();\nout[threadIdx.x] = s;",
    ),
    "who_runs_together": (
        "int *out",
        "int i = threadIdx.x;\nout[i] = 0x55555555;\nif (i % 2 == 0)\nout[i] = __activemask();",
    ),
    "time_passes": (
        "int *out",
        "long long start = clock64();\nwhile (clock64() - start < 100);\nout[threadIdx.x] = 1;",
    ),
    "defaults": ("int *out, int n = -1, float x = 2.5f", "out[threadIdx.x] = n + 2 * x;"),
}
SOURCE = """#include <cuda/atomic>
#include <cuda/barrier>
__device__ int tally;
__device__ int deeper(int n, volatile int *out)
{ return n < 0 ? 0 : 1 + deeper(n + 1, out) + out[0]; }
"""


def kernel(name, parameters, lines, *_):
    return f"__global__ void {name}({parameters})\n{{\n{lines}\n}}\n"


@pytest.fixture(scope="module")
def module(request):
    source = SOURCE + "".join(kernel(name, *row) for name, row in (FAULTS | RIGHT).items())
    return Module(source, folder=request.config.cache.mkdir("kernels"))


def checked(module, name, parameters):
    """The run of a kernel on as much memory as its 128 threads can need, and its last array."""
    kinds = {"float": "float32", "int": "int32", "unsigned char": "uint8", "float4": "float32"}
    arguments: list[Any] = []
    for parameter in parameters.split(", "):
        if "*" not in parameter:
            arguments += [] if "=" in parameter else [0]
            continue
        kind = parameter.replace("const ", "").replace("volatile ", "").split(" *")[0]
        arguments.append(np.zeros(1024, kinds[kind]))
    return module.check(name, 1, 128, arguments, schedules=4), arguments[-1]


def line_of(module, name):
    """The line, in the whole file, that the kernel marks as the one of its bug."""
    lines = module._source.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith(f"__global__ void {name}("))
    return next(n for n in range(start, len(lines)) if lines[n].endswith("// here")) + 1


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_kind_line_and_thread(module, name):
    parameters, lines, kind = FAULTS[name]
    run, _ = checked(module, name, parameters)
    findings = [finding for finding in run.findings if finding.kind == kind]
    assert findings, [str(finding) for finding in run.findings]
    assert all(finding.thread is not None for finding in findings)
    if "// here" in lines:
        assert line_of(module, name) in {finding.line for finding in findings}


WORDS = {  # what each kernel does to its array, and the words about it
    "a_part_of_a_shared_array": (
        "__shared__ float tile[4][33];\nout[i] = tile[2][7 + i / 64];",
        "reads tile[2][7], which no thread has written",
    ),
    "a_shared_number": ("__shared__ float mean;\nout[i] = mean;", "reads mean, which no thread has written"),
    "a_field_of_a_shared_struct": (
        "struct Both { float x, y; };\n__shared__ Both all[8];\nout[i] = all[5].y;",
        "reads all[5], which no thread has written",
    ),
    "beyond_a_shared_array": (
        "__shared__ float s[8];\nfloat *p = s;\nout[i] = p[9 + i / 64];",
        "reads element 9 of s, which has 8",
    ),
    "far_beyond_an_array": (
        "out[i * 100000 + 64] = 1;",
        "writes an address far from every array",
    ),
    "a_lane_that_takes_no_part": (
        "out[i] = 0;\nif (i < 3)\nout[i] = __shfl_down_sync(0xffffffff, i, 1);",
        "takes a value from thread (3, 0, 0), which does not take part",
    ),
    "a_lane_without_a_thread": (
        "out[i] = __shfl_down_sync(0xffffffff, i, 1);",
        "takes a value from a lane that has no thread: the size of the block is no multiple of 32",
    ),
    "a_barrier_left_out": (
        "if (i == 35)\nreturn;\n__syncthreads();\nout[i] = 1;",
        "waits at a barrier that thread (35, 0, 0) never reaches",
    ),
    "two_barriers": (
        "if (i < 32)\n__syncthreads();\nelse\n__syncthreads();\nout[i] = 1;",
        "waits at a barrier while thread (32, 0, 0) waits at the one in line {}",
    ),
    "a_warp_and_a_barrier": (
        "if (i % 32 == 4)\n__syncthreads();\nelse\n__syncwarp(0xffffffff);\nout[i] = 1;",
        "waits for lanes of its warp that never come: thread (4, 0, 0) waits at line {}",
    ),
    "a_vector_out_of_place": (
        "out[i] = reinterpret_cast<const float4 *>(out + 1)->x;",
        "reads `const float4` at element 1 of out, at an address that is no multiple of 16",
    ),
}


@pytest.mark.parametrize(("lines", "words"), by_name(WORDS))
def test_a_finding_names_the_element_and_the_other_thread_as_the_kernel_does(request, lines, words):
    name = request.node.callspec.id
    source = kernel(name, "float *out", f"int i = threadIdx.x;\n{lines}")
    run = Module(source, folder=request.config.cache.mkdir("kernels")).check(
        name, 1, 40, [np.zeros(64, "float32")], schedules=3
    )
    written = source.split("\n")
    expected = {words.format(n) for n, line in enumerate(written, 1) if "__sync" in line or "{}" not in words}
    assert any(one in finding.message for finding in run.findings for one in expected), run.findings


@pytest.mark.parametrize("name", RIGHT)
def test_correct_kernels_are_not_accused(module, name):
    run, _ = checked(module, name, RIGHT[name][0])
    assert run.findings == ()


UNINITIALIZED = """
__device__ float twice(float x) { return 2 * x; }
__global__ void never(float *out, int n) { float v; out[threadIdx.x] = twice(v); }
__global__ void in_a_loop(float *out, int n) { float v; for (; n > 0; --n) v += n; out[threadIdx.x] = v; }
__global__ void in_a_branch(float *out, int n) { float v; if (n > 4) v = n; out[threadIdx.x] = v; }
__global__ void where_needed(float *out, int n)
{ float v; if (n > 4) v = n; __syncthreads(); if (n > 4) out[threadIdx.x] = v; }
"""


def test_a_variable_without_a_value_is_a_finding_or_if_unsure_a_note(request):
    if compiler()[1] != "gcc":
        pytest.skip("clang says nothing of what may be without a value")
    module = Module(UNINITIALIZED, folder=request.config.cache.mkdir("kernels"))
    messages = {}
    for name in module.kernels:
        run = module.check(name, 1, 4, [np.zeros(4, "float32"), 5], schedules=2)
        messages[name] = [(one.kind, one.line, one.array) for one in run.findings + run.notes]
    assert messages == {
        "never": [("uninitialized_read", 3, "v")],
        "in_a_loop": [("maybe_uninitialized", 4, "v")],
        "in_a_branch": [("maybe_uninitialized", 5, "v")],
        "where_needed": [],
    }


def test_a_sum_that_begins_without_a_value_is_not_right_by_luck(request):
    module = Module(UNINITIALIZED, folder=request.config.cache.mkdir("kernels"))
    if not poison_options():
        pytest.skip("this compiler cannot poison variables")
    out = np.zeros(4, "float32")
    module.launch("in_a_loop", 1, 4, [out, 5])
    assert not np.isclose(out, 15).any()


UNSET = """
struct Pair { float a, b[2]; }; __device__ int launches;
struct Set { float a[2]; __device__ Set() { a[0] = a[1] = 0; } };
__device__ float of_four(const float *x, int n)
{
    float four[4];
    for (int i = 0; i < n; ++i)
        four[i] = x[i];
    return four[0] + four[3];
}
__global__ void sums(const float *x, float *out, int n)
{ float sum[2][2]; for (int i = 0; i < n; ++i) sum[i % 2][0] += x[i]; out[threadIdx.x] = sum[1][0]; }
__global__ void in_a_function(const float *x, float *out, int n) { out[threadIdx.x] = of_four(x, n); }
__global__ void indices(const float *x, float *out, int n)
{ unsigned int where[3], i; for (i = 0; i < n; ++i) where[i] = i; out[threadIdx.x] = where[2]; }
__global__ void structs(const float *x, float *out, int n)
{ Pair p[2]; for (int i = 0; i < n; ++i) p[1].b[i] = x[i]; out[threadIdx.x] = p[1].b[1] + p[0].b[1]; }
__global__ void largest(const float *x, float *out, int n)
{ float most[1]; for (int i = 0; i < n; ++i) most[0] = fmaxf(most[0], x[i]); out[threadIdx.x] = most[0]; }
__global__ void written(const float *x, float *out, int n)
{ float a[4], b[4]; for (int i = 0; i < 4; ++i) a[i] = b[i] = x[i]; out[threadIdx.x] = a[n] + b[n]; }
__global__ void part(const float *x, float *out, int n)
{ volatile float a[8]; for (int i = 0; i < n; ++i) a[i] = x[i]; out[threadIdx.x] = n ? a[n - 1] : 0; }
__global__ void zeros(const float *x, float *out, int n)
{ float a[4] = {}; Set s[2]; half h[2]; h[0] = 1; out[threadIdx.x] = a[n] + s[1].a[0] + (float)h[0]; }
__global__ void members(const float *x, float *out, int n)
{ struct Local { float a[2]; int k; }; Local l = {};
  auto f = [&](int i) { float a[1]; a[0] = i; return a[0]; };
  if (n) { float t[2]; t[0] = f(n); l.k = t[0]; } out[threadIdx.x] = l.k; }
__global__ void counts(const float *x, float *out, int n)
{ int a[2]; a[0] = threadIdx.x ? 0 : ++launches; if (a[0]) out[0] = a[0]; }
__global__ void length(const float *x, float *out, int n)
{ int count[2]; count[0] = n; float s = 0; for (int i = 0; i < count[1]; ++i) s += 1; out[threadIdx.x] = s; }
"""
WITHOUT_VALUES = {
    "sums": (12, "sum"),
    "in_a_function": (6, "four"),
    "indices": (15, "where"),
    "structs": (17, "p"),
    "largest": (19, "most"),
}


def test_a_local_array_that_is_read_before_it_is_written_is_found_by_its_declaration(request):
    """Only where a result shows it; in `length` no element reaches a result, and no loop is endless."""
    if not poison_options():
        pytest.skip("this compiler cannot fill the other variables")
    module = Module(UNSET, folder=request.config.cache.mkdir("kernels"))
    for name in module.kernels:
        arguments: list[Any] = [np.arange(4, dtype="f"), np.zeros(32, "f"), 2]
        run = module.check(name, 1, 32, arguments, schedules=2)
        findings = [
            (f.kind, f.line, f.array) for f in run.findings if f.kind != "schedule_dependent"
        ]  # as a count of launches is
        where = WITHOUT_VALUES.get(name)
        assert findings == ([("uninitialized_read", *where)] if where else []), name


PADDED = """
struct Best { double key; int index; }; struct Flag { float key; bool valid; };
__global__ void padded(const float *x, unsigned char *out)
{
    Best best[2];
    for (int i = 0; i < 2; ++i) { best[i].key = x[i]; best[i].index = i; }
    ((Best *)out)[threadIdx.x] = best[threadIdx.x & 1];
}
__global__ void padded_twice(const float *x, unsigned char *out)
{
    volatile int n = 2; Flag flag[2][2];
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) { flag[i][j].key = x[j]; flag[i][j].valid = true; }
    ((Flag *)out)[threadIdx.x] = flag[threadIdx.x & 1][1];
}
__global__ void truths(const float *x, unsigned char *out)
{ bool seen[4]; seen[0] = x[0] == 0; for (int i = 0; i < 4; ++i) out[i] = 2 * seen[i]; }
__global__ void part_of_padded(const float *x, unsigned char *out)
{ Best best[2]; best[0].key = x[0]; ((double *)out)[threadIdx.x] = best[threadIdx.x & 1].key; }
__global__ void vectors(const float *x, unsigned char *out)
{ float4 v[2]; v[0].x = x[0]; ((float *)out)[threadIdx.x] = v[threadIdx.x & 1].x; }
"""


def local_reads(module, name, arguments, schedules=2):
    run = module.check(name, 1, 32, arguments, schedules=schedules)
    return [(f.line, f.array) for f in run.findings if f.kind == "uninitialized_read"]


def test_padding_and_truth_values_of_local_arrays_are_left_alone(request):
    """A struct may be copied whole when its members have values."""
    if not poison_options() or compiler()[1] != "gcc":
        pytest.skip("this compiler cannot clear padding")
    module = Module(PADDED, folder=request.config.cache.mkdir("kernels"))
    findings = {
        name: local_reads(module, name, [np.ones(4, "f"), np.zeros(1024, "u1")]) for name in module.kernels
    }
    assert findings == {
        "padded": [],
        "padded_twice": [],
        "truths": [],
        "part_of_padded": [(19, "best")],
        "vectors": [(21, "v")],
    }


COPY = """
__global__ void copy(const float *x, float *out)
{ V a; for (int i = 0; i < 4; ++i) a.v[i] = x[i]; float b[4]; b[0] = a.v[0]; out[threadIdx.x] = b[x[0] > 0]; }
"""
CLASSES = (
    "struct __attribute__((aligned(16))) V { float v[4]; };",
    "#define ALIGN(n) __align__(n)\nstruct ALIGN(16) V { float v[4]; };",
    "template <typename T, int N> struct alignas((sizeof(T) * N) < 16 ? (sizeof(T) * N) : 16) W\n"
    "{ T v[N]; };\n"
    "template <int N> struct D : W<float, (N > 4 ? 4 : N)> { float w[N]; }; using V = D<4>;",
    "struct V { float v[4]; __device__ void no(bool *a) { for (int i = 0; not a[i]; ++i) ; } };",
)


def test_members_of_a_class_are_no_local_arrays(request):
    if not poison_options():
        pytest.skip("this compiler cannot fill the other variables")
    for head in CLASSES:
        module = Module(head + COPY, folder=request.config.cache.mkdir("kernels"))
        findings = local_reads(module, "copy", [np.ones(4, "f"), np.zeros(32, "f")])
        assert findings == [(3 + head.count("\n"), "b")], head


BRACES = """
#define N 4
#if N > 4
__global__ void k(const float *x, float *out) {
#else
__global__ void k(const float *__restrict__ x, float *out) {
#endif
  float a[N]; for (int i = 0; i < N; ++i) a[i] = x[i];
  out[threadIdx.x] = a[threadIdx.x % N];
}
struct Host { float v[4]; };
float table[4];
"""


def test_a_source_with_indistinguishable_local_arrays_compiles_without_a_second_run(request):
    """Its errors are those of the source as it is."""
    folder = request.config.cache.mkdir("kernels")
    for _ in range(2):
        module = Module(BRACES, folder=folder)
        assert local_reads(module, "k", [np.ones(4, "f"), np.zeros(32, "f")]) == []
    with pytest.raises(CompileError) as error:
        Module(BRACES.replace("a[i] = x[i]", "a[i] = y[i]"), folder=folder)
    assert "kernels.cu:8:" in str(error.value)
    assert "unset" not in str(error.value)
    with pytest.raises(CompileError) as error:
        Module("__global__ void k(float *out) { missing a[2]; out[0] = 1; }", folder=folder)
    assert "missing" in str(error.value)
    assert "unset" not in str(error.value)


TOGGLED = """
__device__ int phase;
__global__ void toggled(const float *x, float *out)
{
    float v[2]; v[0] = x[0]; v[1] = x[1];
    if (threadIdx.x == 0) { phase ^= 1; out[0] = v[0] + phase; } else out[threadIdx.x] = v[1];
}
__global__ void one_declaration(const float *x, float *out)
{ float a[4], b[4]; b[0] = x[0]; out[threadIdx.x] = a[1] + b[0]; }
__global__ void one_line(const float *x, float *out)
{ { float c[2]; c[0] = x[0]; out[threadIdx.x] = c[0]; } { float d[4]; out[threadIdx.x] += d[1]; } }
"""


def test_only_the_array_that_is_read_is_accused(request):
    """Neither its neighbors in the line, nor one of a kernel whose result changes back by itself."""
    if not poison_options():
        pytest.skip("this compiler cannot fill the other variables")
    module = Module(TOGGLED, folder=request.config.cache.mkdir("kernels"))
    arrays = [np.ones(4, "f"), np.zeros(32, "f")]
    findings = {name: local_reads(module, name, arrays, schedules=1) for name in module.kernels}
    assert findings == {"toggled": [], "one_declaration": [(9, "a")], "one_line": [(11, "d")]}


def test_the_time_to_find_local_arrays_grows_with_the_source():
    def seconds(blocks: int) -> float:
        source = "__global__ void k() {\n" + "{ int a[2]; a[0] = 1; }\n" * blocks + "}\n"
        times = []
        for _ in range(5):
            start = time.process_time()
            assert len(local_arrays(source)) == blocks
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(1600) < 9 * max(
        seconds(400), 0.002
    )  # linear work takes four times as long, quadratic sixteen


def test_one_value_of_one_warp_in_one_store_is_a_note_and_no_finding(module):
    run, _ = checked(module, "one_value_in_one_store", "int *out")
    (note,) = run.notes
    assert (note.kind, note.line) == ("same_value", line_of(module, "one_value_in_one_store"))
    assert "writes s, as thread" in note.message


def test_parameters_with_a_default_may_be_left_out(module):
    for arguments, expected in (((), 4), ((3,), 8), ((3, 0.5), 4)):
        out = np.zeros(4, "int32")
        assert not module.launch("defaults", 1, 4, [out, *arguments]).findings
        assert out.tolist() == [expected] * 4
    with pytest.raises(ValueError, match=r"takes 3 arguments \(out, n, x\), not 0"):
        module.launch("defaults", 1, 4, [])


def test_vectors_take_plain_arrays_of_their_parts_and_no_others(module):
    out = np.zeros(8, "float32")
    assert not module.launch("aligned", 1, 2, [np.arange(8, dtype="f"), out]).findings
    assert out.tolist() == [4, 5, 6, 7] * 2
    for wrong in (np.zeros(8, "int32"), np.zeros(7, "float32"), np.zeros(8)):
        with pytest.raises(ValueError, match=r"argument 2 of aligned, out, .* a struct of 16 bytes"):
            module.launch("aligned", 1, 2, [np.arange(8, dtype="f"), wrong])


def test_a_crash_leaves_the_next_launch_as_it_is(module):
    out = np.ones(4, "int32")
    for _ in range(3):
        (finding,) = module.launch("division", 1, 4, [0, out]).findings
        assert "divides an integer by zero" in finding.message
        assert not module.launch("division", 1, 4, [1, out]).findings


def test_without_checks_a_crash_is_reported_too(request):
    source = kernel("division", *FAULTS["division"])
    module = Module(source, with_checks=False, folder=request.config.cache.mkdir("kernels"))
    (finding,) = module.launch("division", 1, 4, [0, np.ones(4, "int32")]).findings
    assert (finding.kind, finding.line) == ("crashed", 4)


READERS_OF_A_BYTE = """
__global__ void kernel(int *count, int *out)
{
    __shared__ unsigned char v[4];
    int t = threadIdx.x;
    if (t < 4)
        v[t] = t;
    __syncthreads();
    if (t == 0) {
        __threadfence_block();
        out[t] = v[0]; // nothing orders this
    }
    if (t == 8 || t == 16) {
        out[t] = v[0];
        __threadfence_block();
        atomicAdd(count, 1);
    }
    if (t == 40) {
        while (atomicAdd(count, 0) < 2);
        __threadfence_block();
        v[1] = 3;
        v[0] = 9;
    }
}
"""


@pytest.mark.parametrize("order", ["forward", "reverse", 0, 1, 2, 3])
def test_a_store_to_one_byte_forgets_no_reader_of_another(request, order):
    module = Module(READERS_OF_A_BYTE, folder=request.config.cache.mkdir("kernels"))
    run = module.launch("kernel", 1, 64, [np.zeros(1, "int32"), np.zeros(64, "int32")], order=order)
    assert {finding.kind for finding in run.findings} == {"race"}


PARTS = """
struct Odd { double d; int i; };
__device__ float both(float4 v) { return v.x + v.y; }
__global__ void a_member_of_a_vector(const float *a, Odd *odd, float *out)
{
    __shared__ float4 s[32];
    s[threadIdx.x].x = a[threadIdx.x];
    __syncthreads();
    float4 v = s[31 - threadIdx.x];
    out[threadIdx.x] = both(v);
}
__global__ void a_member_in_global_memory(const float *a, Odd *odd, float *out)
{
    odd[threadIdx.x].d = a[threadIdx.x];
    Odd o = odd[threadIdx.x];
    out[threadIdx.x] = o.d + o.i;
}
__global__ void a_member_that_no_result_needs(const float *a, Odd *odd, float *out)
{
    __shared__ float4 s[32];
    s[threadIdx.x].x = a[threadIdx.x];
    __syncthreads();
    float4 v = s[31 - threadIdx.x];
    out[threadIdx.x] = v.x;
}
__global__ void padding(const float *a, Odd *odd, float *out)
{
    __shared__ Odd s[32];
    s[threadIdx.x] = Odd{a[threadIdx.x], 1};
    odd[threadIdx.x].d = 2;
    odd[threadIdx.x].i = 3;
    __syncthreads();
    Odd o = s[31 - threadIdx.x], p = odd[threadIdx.x];
    odd[threadIdx.x] = o;
    out[threadIdx.x] = o.d + o.i + p.d * p.i;
}
"""


@pytest.mark.parametrize(
    ("kernel", "line"),
    {"a_member_of_a_vector": 9, "a_member_in_global_memory": 15}.items(),
)
def test_a_part_of_a_copied_struct_that_a_result_depends_on_needs_a_value(request, kernel, line):
    assert found_in_parts(request, kernel) == [("uninitialized_read", line)]


@pytest.mark.parametrize("kernel", ["a_member_that_no_result_needs", "padding"])
def test_a_part_of_a_copied_struct_that_no_result_depends_on_needs_none(request, kernel):
    assert found_in_parts(request, kernel) == []


def found_in_parts(request, kernel):
    odd = Fresh(np.zeros(32, np.dtype([("d", "f8"), ("i", "i4")], align=True)), must_be_filled=False)
    arguments: list[Any] = [np.arange(32, dtype="f"), odd, Fresh(np.zeros(32, "f"))]
    run = Module(PARTS, folder=request.config.cache.mkdir("kernels")).check(kernel, 1, 32, arguments)
    return [(finding.kind, finding.line) for finding in run.findings]
