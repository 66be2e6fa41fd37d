"""The emulator sees each read of a struct that a function takes by value, inlined or not."""

from typing import Any

import numpy as np
import pytest

from reference.emulator import Fresh, Module, compile
from reference.emulator.compile import compiler, run
from reference.emulator.kernel_source import CompileError
from reference.emulator.messages import COPIED, lines_of_unseen_arguments
from reference.emulator.programs import Program, program_into
from tests.reference.emulator.test_programs import run as run_program
from tests.tables import by_name

HELPERS = """
struct Four { float x, y, z, w; };
struct Many { float values[16]; };
struct Derived : Four {};
struct Holder { int n; Four inner; };
__device__ __noinline__ float by_value(Four f) { return f.x + f.y + f.z + f.w; }
__device__ __noinline__ float of_a_vector(float4 f) { return f.x + f.y + f.z + f.w; }
__device__ __noinline__ float of_many(Many m, int n)
{
    float sum = 0;
    for (int i = 0; i < n; ++i)
        sum += m.values[i];
    return sum;
}
__device__ __noinline__ float of_the_base(Four f) { return f.x; }
__device__ __noinline__ float of_an_inner(Four f) { return f.x; }
__device__ float recursive(Four f, int n) { return n == 0 ? f.x : recursive(f, n - 1) + 1; }
template <typename... T> __device__ __noinline__ float of_a_pack(T... each) { return (each.x + ...); }
struct Method {
    float x, y, z, w;
    __device__ __noinline__ float plus(Method other) const { return x + other.x; }
    __device__ __noinline__ float operator+(Method other) const { return x + other.x; }
};
// Nothing forbids to inline it. It is only too large.
__device__ float of_a_large_function(Many r, int n)
{
    float sum = 0, largest = 0;
    for (int i = 0; i < n; ++i)
        largest = fmaxf(largest, fabsf(r.values[i]));
    if (largest == 0)
        return 0;
    for (int i = 0; i < n; ++i)
        sum += r.values[i] / largest * (r.values[i] / largest);
    for (int k = 0; k < 3; ++k)
        for (int i = 0; i + 1 < n; ++i)
            if (r.values[i] > r.values[i + 1]) {
                float other = r.values[i];
                r.values[i] = r.values[i + 1];
                r.values[i + 1] = other;
            }
    return largest * sqrtf(sum) + r.values[0];
}
"""
# name: the type, and an expression that reads element `at` of the array `a` of that type
FORMS = {
    "no_call": ("Four", "a[at].x + a[at].y"),
    "value": ("Four", "by_value(a[at])"),
    "vector": ("float4", "of_a_vector(a[at])"),
    "many": ("Many", "of_many(a[at], 16)"),
    "base": ("Derived", "of_the_base(a[at])"),
    "inner": ("Holder", "of_an_inner(a[at].inner)"),
    "recursive": ("Four", "recursive(a[at], 3)"),
    "pack": ("Four", "of_a_pack(a[at], a[at])"),
    "method": ("Method", "Method{1}.plus(a[at])"),
    "operator": ("Method", "Method{1} + a[at]"),
    "one_of_two": ("Four", "by_value(at < 0 ? a[0] : a[at])"),
    "lambda": ("Four", "[](Four f) { return recursive(f, 2); }(a[at])"),
    "large": ("Many", "of_a_large_function(a[at], 16) + of_a_large_function(a[at], 8)"),
}
FLOATS = {"Four": 4, "float4": 4, "Derived": 4, "Method": 4, "Many": 16, "Holder": 5}


def kernels_of(name: str) -> str:
    """Three kernels, each with the read in the line that ends with `// here`."""
    of, read = FORMS[name]
    return f"""
__global__ void {name}_in_global(int at, const {of} *a, float *out)
{{
    out[threadIdx.x] =
        {read}; // here
}}
__global__ void {name}_in_shared(float *out)
{{
    __shared__ {of} a[32];
    int at = 31 - threadIdx.x;
    a[threadIdx.x] = {{}};
    out[threadIdx.x] =
        {read}; // here
}}
__global__ void {name}_before_a_value(float *out)
{{
    __shared__ {of} a[32];
    int at = threadIdx.x;
    out[threadIdx.x] =
        {read}; // here
}}
"""


ONLY_GCC = pytest.mark.skipif(compiler()[1] != "gcc", reason="only GCC hides arguments from its sanitizer")
SOURCE = HELPERS + "".join(map(kernels_of, FORMS))


@pytest.fixture
def new_folder(add_kernel_runtime, tmp_path):
    """Has the emulator's runtime, and no kernels."""
    add_kernel_runtime(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def module(request):
    return Module(SOURCE, folder=request.config.cache.mkdir("kernels"))


def found_in(module, kernel: str, threads: int, *arguments) -> set[tuple[str, bool]]:
    """The kind of each finding, and whether it is at the kernel's line with `// here`."""
    line = 1 + SOURCE.count("\n", 0, SOURCE.index("// here", SOURCE.index(f"void {kernel}(")))
    findings = module.check(kernel, 1, threads, [*arguments, np.zeros(32, "f")], seed=0).findings
    return {(one.kind, one.line == line) for one in findings}


def structs(name: str) -> np.ndarray:
    """Eight structs of the type that a form reads."""
    return np.zeros(8, [("floats", "f", FLOATS[FORMS[name][0]])])


@pytest.mark.parametrize("name", FORMS)
def test_a_read_beyond_an_array_is_found_at_its_line(module, name):
    assert ("out_of_bounds", True) in found_in(module, f"{name}_in_global", 1, 8, structs(name))
    assert found_in(module, f"{name}_in_global", 1, 7, structs(name)) == set()


@pytest.mark.parametrize("name", FORMS)
def test_a_race_is_found_at_its_line(module, name):
    assert ("race", True) in found_in(module, f"{name}_in_shared", 32)


@pytest.mark.parametrize("name", FORMS)
def test_a_read_before_any_write_is_found_at_its_line(module, name):
    assert ("uninitialized_read", True) in found_in(module, f"{name}_before_a_value", 32)


@pytest.mark.parametrize("name", FORMS)
def test_every_read_is_counted(module, name):
    arguments = [7, structs(name), np.zeros(32, "f")]
    counters = module.launch(f"{name}_in_global", 1, 32, arguments, count_transactions=True).counters
    assert counters.global_reads >= 32
    assert counters.global_bytes >= 32 * (4 + 4)


PLAIN = """
struct F { float x; };
__device__ __forceinline__ float get(F f) { return f.x; }
__global__ void inlined(const F *a, float *out) { out[threadIdx.x] = get(a[threadIdx.x]); }
"""


@ONLY_GCC
def test_a_file_is_compiled_again_only_for_an_argument_in_memory(monkeypatch, new_folder):
    """Copies of all structs would read more of them than the kernel does."""
    commands = []

    def recorded(command, *rest):
        commands.append(command)
        return run(command, *rest)

    monkeypatch.setattr(compile, "run", recorded)
    for source, count in ((PLAIN, 0), (PLAIN.replace("__forceinline__", "__noinline__"), 1)):
        commands.clear()
        Module(source, folder=new_folder)
        assert sum(COPIED in command for command in commands) == count


# name: a statement as GCC writes it, and whether the call reads an argument from memory
STATEMENTS = {
    "pointer": ("  _1 = get (*_3);", True),
    "member": ("  _1 = M::plus (&m, _5->inner);", True),
    "cast": ("  _4 = get (MEM[(const struct F &)_3], 3); [tail call]", True),
    "element": ("  get (s[_5]);", True),
    "behind_a_character": ('  _1 = get<\'"\'> (*_3, &"x"[0]);', True),
    "behind_operators": ("  f (&MEM <A<operator<>> [(A *)&s + 4B], *_3, &MEM <A<operator>>> [&s]);", True),
    "no_first_bracket": ("  get *_3);", True),
    "variable": ("  _1 = get (f, D.2401, _3, x_2(D), 3, -1.0e+0);", False),
    "address": ("  _1 = get (&MEM <struct A<int, 3>> [(struct A<int, 3> *)&s + 16B], &a[_4], 0B);", False),
    "text": ('  emulator_trap (&"(*_3, a[2]);"[0], 5);', False),
    "load": ("  _1 = *_3;", False),
    "store_of_a_result": ("  *_3 = get (f);", False),
}


@pytest.mark.parametrize(("statement", "reads"), by_name(STATEMENTS))
def test_an_argument_in_memory_is_told_from_others(statement, reads):
    located = f"  [k.cu:7:3 discrim 1] {statement.lstrip()}"
    assert list(lines_of_unseen_arguments(f"f ()\n{{\n{located}\n}}\n", "k.cu")) == [7] * reads


def test_a_struct_is_a_parameter_of_a_kernel_beside_them(new_folder):
    """The runtime's copy of an argument is no read of the kernel's."""
    source = """
struct Shape { int size; float factor[4]; };
struct F { float x; };
__device__ __noinline__ float get(F f) { return f.x; }
__device__ __noinline__ float factor_of(Shape s, int i) { return s.factor[i % s.size]; }
__global__ void kernel(Shape s, const F *a, float *out, int shift = 0)
{
    int i = threadIdx.x;
    out[i] = get(a[i]) * factor_of(s, i + shift);
}
"""
    shape = np.array([(4, [1, 2, 3, 4])], [("size", "i4"), ("factor", "f", 4)])
    a, out = np.arange(8, dtype="f"), np.zeros(8, "f")
    module: Any = Module(source, folder=new_folder)
    for arguments in ([shape, a, out], [shape, a, out, 0]):
        out[:] = 0
        result = module.check("kernel", 1, 8, arguments, seed=0, count_transactions=True)
        assert result.findings == ()
        assert result.counters.global_reads == 8
        assert out.tolist() == [0, 2, 6, 12, 4, 10, 18, 28]


@ONLY_GCC
def test_what_no_copy_makes_visible_is_refused(new_folder):
    source = """
struct F { float x; __device__ float get() const { return x; } };
struct Held { float (F::*method)() const; };
__device__ __noinline__ bool is_get(float (F::*method)() const) { return method == &F::get; }
__global__ void kernel(const Held *a, float *out)
{
    out[0] = is_get(a[0].method);
}
"""
    with pytest.raises(CompileError, match=r"k\.cu:7: .* copy the argument to a variable first"):
        Module(source, "k.cu", folder=new_folder)


PARTS = """
struct Padded { char tag; int n; };
struct Wide { double sum; int count; };
struct Twin { float used, unused; };
__device__ __noinline__ int of_padded(Padded p) { return p.n; }
__device__ __noinline__ double of_wide(Wide w) { return w.sum + w.count; }
__device__ __noinline__ float of_twin(Twin t) { return t.used; }
__global__ void padded(Padded *a, float *out)
{
    a[0].tag = 1, a[0].n = 2;
    Padded mine = a[0];
    a[1] = mine;
    out[0] = of_padded(a[0]) + of_padded(a[1]);
}
__global__ void wide(Wide *a, float *out)
{
    a[0].sum = 1, a[0].count = 2;
    a[1] = a[0];
    out[0] = of_wide(a[1]);
}
__global__ void twin(Twin *a, float *out)
{
    a[0].used = 3, a[1].used = 4;
    out[0] = of_twin(a[0]);
}
"""


@pytest.mark.parametrize(("kernel", "size", "value"), [("padded", 8, 4), ("wide", 16, 3), ("twin", 8, 3)])
@pytest.mark.parametrize("noinline", ["__noinline__", ""])
def test_a_copy_of_a_struct_needs_no_padding_and_no_unused_member(request, kernel, size, value, noinline):
    """Compiled again or not: a struct of which one member has a value is no finding where it is copied."""
    source = PARTS.replace("__noinline__", noinline)
    module = Module(source, folder=request.config.cache.mkdir("kernels"))
    out = np.zeros(1, "f")
    structs = Fresh(np.zeros(2, f"V{size}"))
    assert module.check(kernel, 1, 1, [structs, out], seed=0).findings == ()
    assert out[0] == value


MAIN = """
template <typename T, typename K> void launch(K kernel, int at)
{
    T *a;
    float *out;
    cudaMalloc(&a, 8 * sizeof(T)), cudaMemset(a, 0, 8 * sizeof(T)), cudaMalloc(&out, 32 * sizeof(float));
    kernel<<<1, 1>>>(at, a, out);
    cudaDeviceSynchronize(), cudaFree(a), cudaFree(out);
}
template <typename K> void launch_shared(K kernel)
{
    float *out;
    cudaMalloc(&out, 32 * sizeof(float));
    kernel<<<1, 32>>>(out);
    cudaDeviceSynchronize(), cudaFree(out);
}
int main(int, char **words)
{
    std::string name(words[1]);
"""
ENDS = {  # what a case adds to a kernel's name, and what is found at its line
    "_in_global": {"out_of_bounds"},
    "_at_the_end": set(),
    "_in_shared": {"race"},
    "_before_a_value": {"uninitialized_read"},
}


@pytest.fixture(scope="module")
def program(tmp_path_factory, add_program_runtime):
    """A whole program with all kernels, and its executable; the name of a case chooses one."""
    lines = []
    for name, (of, _) in FORMS.items():
        for end, at in (("_in_global", 8), ("_at_the_end", 7)):
            call = f"launch<{of}>({name}_in_global, {at});"
            lines.append(f'if (name == "{name}{end}") {call}\n')
        for end in ("_in_shared", "_before_a_value"):
            lines.append(f'if (name == "{name}{end}") launch_shared({name}{end});\n')
    folder = tmp_path_factory.mktemp("by_value")
    written = Program(f"#include <string>\n{SOURCE}{MAIN}{''.join(lines)}}}\n", "by_value.cu")
    program_into(written, add_program_runtime(folder), folder / "cases")
    return written, folder / "cases"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", FORMS)
def test_a_whole_program_finds_the_same_at_the_same_line(program, name, end):
    done, report = run_program(program, f"{name}{end}")
    kernel = f"{name}_in_global" if end == "_at_the_end" else f"{name}{end}"
    source = program[0].source
    line = 1 + source.count("\n", 0, source.index("// here", source.index(f"void {kernel}(")))
    assert {one.kind for one in report.findings if one.line == line} >= ENDS[end]
    assert bool(report.findings) == bool(ENDS[end])
    assert (done.returncode, [one for one in report.notes if one.kind == "unseen_argument"]) == (0, [])


SHALLOW = """
#include <cstdio>
struct F { float x; };
__device__ __noinline__ float get(F f) { return f.x; }
__global__ void kernel(const F *a, float *out)
{
    out[threadIdx.x] =
        get(a[threadIdx.x]); // here
}
struct Buffer {
    float *start;
    Buffer(int n) { cudaMalloc(&start, n * sizeof(float)); cudaMemset(start, 0, n * sizeof(float)); }
    COPY
    ~Buffer() { puts("freed"); cudaFree(start); }
};
Buffer made(int n)
{
    Buffer buffer(n);
    return buffer;
}
int main()
{
    Buffer a = made(32), out = made(32);
    kernel<<<1, 32>>>((const F *)a.start, out.start);
    cudaDeviceSynchronize();
}
"""
MOVED = "Buffer(Buffer &&other) : start(other.start) { other.start = nullptr; }"


@ONLY_GCC
def test_a_result_that_must_not_be_copied_is_not(tmp_path, add_program_runtime):
    """The second compilation would free a copied result twice. A note says what is not checked."""
    runtime = add_program_runtime(tmp_path)
    for copy, kinds in (
        ("", {"unseen_argument"}),
        ("Buffer(const Buffer &other) = delete;\n" + MOVED, set()),
    ):
        written = Program(SHALLOW.replace("COPY", copy), "shallow.cu")
        program_into(written, runtime, tmp_path / "cases")
        done, report = run_program((written, tmp_path / "cases"), "")
        assert (done.returncode, report.findings, {one.kind for one in report.notes}) == (0, (), kinds)
        line = 1 + written.source[: written.source.index("// here")].count("\n")
        assert {one.line for one in report.notes} <= {line}
        if not copy:
            assert done.stdout == "freed\n" * 2


def test_an_atomic_sum_of_pairs_is_no_plain_access(new_folder):
    """Compiled again, the file copies each struct by a constructor, which the sanitizer sees."""
    source = """
#include <cuda_fp16.h>
__device__ __noinline__ float low(half2 pair) { return __low2float(pair); }
__global__ void kernel(const half2 *a, half2 *sum, float *out)
{
    out[threadIdx.x] = low(a[threadIdx.x]);
    atomicAdd(sum, a[threadIdx.x]);
}
"""
    a, total, out = np.ones(64, "float16"), np.zeros(2, "float16"), np.zeros(32, "f")
    run = Module(source, folder=new_folder).check("kernel", 1, 32, [a, total, out], schedules=2)
    assert (run.findings, total.tolist()) == ((), [32, 32])


def test_the_padding_of_a_result_is_no_result(new_folder):
    """Its bytes depend on what a thread's stack held, and so on the order of threads."""
    source = """
struct Best { double value; int place; };
__global__ void of_members(Best *out) { out[threadIdx.x].value = 1; out[threadIdx.x].place = threadIdx.x; }
__global__ void of_structs(Best *out) { out[threadIdx.x] = Best{1, (int)threadIdx.x}; }
"""
    dtype = np.dtype([("value", "f8"), ("place", "i4")], align=True)
    module: Any = Module(source, folder=new_folder)
    for kernel in module.kernels:
        out = np.zeros(128, dtype)
        assert module.check(kernel, 1, 128, [Fresh(out)], seed=0).findings == ()
        np.testing.assert_array_equal(np.arange(128), out["place"])
