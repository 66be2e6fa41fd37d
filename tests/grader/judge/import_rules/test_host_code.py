"""Host code is removed before a kernel file is checked, and the compiler gets the text that was checked."""

import re

import pytest

from grader.judge.import_rules import read_sources
from grader.judge.import_rules.cuda_rules import problem_of
from grader.judge.import_rules.host_code import host_code_in
from grader.judge.import_rules.read_sources import without_host_code
from tests.tables import by_name

KERNEL = "__global__ void k(float *out)\n{\n    out[threadIdx.x] = 1;\n}\n"
LEFT_OUT = {
    "main": "int main() { float *d; cudaMalloc((void **)&d, 4); k<<<1, 1>>>(d); }\n",
    "a_launcher": "void launch(float *d)\n{\n    k<<<1, 1>>>(d);\n}\n",
    "what_calls_a_launcher": (
        "void launch(float *d) { k<<<1, 1>>>(d); }\nvoid twice(float *d) { launch(d); launch(d); }\n"
    ),
    "a_macro_that_checks": (
        "#define CHECK(x) \\\n    if ((x) != cudaSuccess) exit(1)\nint main() { CHECK(cudaFree(0)); }\n"
    ),
    "a_class": (
        "struct Array { Array() { cudaMalloc(&p, 4); } float *p; };\n"
        "void f(Array *a) { k<<<1, 1>>>(a->p); }\n"
    ),
    "headers": "#include <iostream>\n#include <vector>\n",
    "variables": (
        "float here[1000], *there;\nint COUNT = 1000;\n"
        "int main() { cudaMalloc(&there, COUNT); return here[0] == COUNT; }\n"
    ),
    "a_function_that_only_the_host_calls": (
        "float *as_floats(void *p) { return (float *)p; }\n"
        "void check(float *a) { memset(as_floats(a), 0, 4); }\n"
        "int main() { float a; check(&a); }\n"
    ),
    "a_template_in_a_namespace": "namespace n {\ntemplate <typename T> void f(T *d) { k<<<1, 1>>>(d); }\n}\n",
    "a_module_of_python": (
        "#include <pybind11/pybind11.h>\n"
        'PYBIND11_MODULE(a, m) { m.def("f", [](int x) { std::vector<int> v; return x; }); }\n'
    ),
}
NEEDED_BY_KERNELS = {
    "a_function_of_kernels": (
        "float twice(float x) { return 2 * x; }\n__global__ void j(float *out) { *out = twice(1); }\n"
    ),
    "a_type_and_a_macro": "#define N 4\nstruct Pair { float x, y; };\n",
    "one_of_two_constants": (
        "constexpr int N = 3, M = 4;\n__global__ void j(int *out) { *out = M; }\nint main() { return N; }\n"
    ),
    "a_constant_from_a_call": (
        "constexpr int f(int n) { return n; }\nconstexpr int N = f(3);\n"
        "__global__ void j(int *out) { *out = N; }\nint main() { return N; }\n"
    ),
    "an_operator": (
        "struct P { int x; };\nP operator+(P a, P b) { return {a.x + b.x}; }\n"
        "__global__ void j(P *out) { *out = *out + *out; }\nint main() { P b; return b.x; }\n"
    ),
    "shared_by_both": (
        "constexpr int N = 3;\n__global__ void j(int *out) { *out = N; }\nint main() { return N; }\n"
    ),
}
# Each is refused: the line, and a word of the reason.
STILL_REFUSED = {
    "host_code_that_a_kernel_names": (
        "float f() { cudaFree(0); return asm(1); }\n__device__ float g() { return f(); }\n",
        1,
        "asm",
    ),
    "a_trick_beside_it": ("int main() { k<<<1, 1>>>(0); }\nvoid f() { asm(0); }\n", 2, "asm"),
    "a_trick_in_a_kernel": ("int main() { cudaFree(0); }\n__device__ void f() { asm(0); }\n", 2, "asm"),
    "half_of_a_condition": (
        "int main() {\n#if A\ncudaFree(0); }\n#endif\nvoid f() { asm(0); }\n",
        2,
        "condition",
    ),
    "brackets_that_do_not_pair": ("int main() { cudaFree(0);\nvoid f() { asm(0); }\n", 2, "asm"),
    "a_header_of_its_own": ('#include "mine.h"\nint main() {}\n', 1, "mine.h"),
}


@pytest.mark.parametrize("host", by_name(LEFT_OUT))
def test_host_code_is_left_out_and_every_line_stays(host: str) -> None:
    text = f"#define SIZE 4\n{KERNEL}{host}{KERNEL.replace('k(', 'last(')}"
    kernels, note = without_host_code("kernels.cu", text.encode())

    lines = kernels.decode().split("\n")
    behind = text.count("\n", 0, text.index("__global__ void last")) + 1
    assert [text.count("\n") + 1, behind] == [len(lines), 1 + lines.index("__global__ void last(float *out)")]
    assert not re.search(r"<<<|cuda[A-Z]|main|iostream|pybind", kernels.decode())
    assert kernels.decode().count("out[threadIdx.x] = 1;") == 2
    assert problem_of(kernels) == (0, "")
    assert ("leaves out its host code" in note) == (host != LEFT_OUT["headers"])


@pytest.mark.parametrize("code", by_name(NEEDED_BY_KERNELS))
def test_code_that_kernels_need_stays(code: str) -> None:
    kernels = without_host_code("kernels.cu", f"{KERNEL}{code}int main() {{ k<<<1, 1>>>(0); }}\n".encode())[
        0
    ].decode()

    for line in code.split("\n"):
        assert line in kernels or "main" in line
    assert "<<<" not in kernels


@pytest.mark.parametrize(("code", "line", "why"), by_name(STILL_REFUSED))
def test_leaving_host_code_out_hides_nothing_that_is_compiled(code: str, line: int, why: str) -> None:
    kernels = without_host_code("kernels.cu", code.encode())[0]
    line_of_problem, problem = problem_of(kernels)

    assert (line, True) == (line_of_problem, why in problem)


def test_a_file_without_host_code_is_as_it_was() -> None:
    assert host_code_in(KERNEL.encode()) == ()
    assert without_host_code("kernels.cu", KERNEL.encode()) == (KERNEL.encode(), "")


def test_a_file_that_exceeds_the_limits_on_reading_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The import rules read it next, under the same limits, and refuse it."""
    content = (KERNEL * 4000 + "int main() { cudaFree(0); }").encode()
    assert without_host_code("kernels.cu", content)[0] != content

    read_sources._process().close()  # a new reader has no freed memory that it could use again
    monkeypatch.setitem(read_sources.LIMITS, "memory_bytes", 1 << 20)
    assert without_host_code("kernels.cu", content) == (content, "")
