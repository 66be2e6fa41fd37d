"""Kernels say nothing but CUDA C++: what reaches for the emulator, or past its checks, is refused."""

from pathlib import Path

import pytest

from grader.judge.cuda_policy import problem_of

ROOT = Path(__file__).parents[3]
HONEST = """\
#include <cuda_runtime.h>
#define TILE 16
#define AT(i, j) ((i) * TILE + (j)) /* (float *)1 */
#if TILE > 8 && (!defined(DEBUG) || TILE < 0x20)
#pragma unroll 4
#endif
#ifndef M_PI
#define M_PI 3.14159
#endif
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 600
#endif
// asm("nop") and emulator_report are fine in a comment, as is \\
   reinterpret_cast on a continued line
extern "C" __global__ void twice(int n, const float *__restrict__ a, float *out)
{
    extern __shared__ float scratch[];
    int i = blockIdx.x * (blockDim.x) + threadIdx.x;
    float *row = out + (i * n) * 2, &first = out[0];
    if (i < n)
        out[i] = (float)a[i] * (a[i] + 1) * 2 + sizeof(int);
    printf("asm %d\\n", i);
}
"""


@pytest.mark.parametrize("path", ["reference/cuda_kernels.cu", "assignments/cuda_kernels/mutants.cu"])
def test_the_solution_and_every_mutant_keep_to_it(path: str) -> None:
    assert problem_of((ROOT / path).read_bytes()) == (0, "")


def test_what_students_write_is_no_trick() -> None:
    assert problem_of(HONEST.encode()) == (0, "")


@pytest.mark.parametrize(
    "trick",
    [
        'asm("nop");',
        '__asm__ volatile("" ::: "memory");',
        "float *p = (float *)0x1000;",
        "float *p = (float*) address;",
        "long n = 1; float *p = (const float *)(n);",
        "float *p = reinterpret_cast<float *>(n);",
        "float *p = static_cast<float *>(q);",
        "union { long n; float *p; } u;",
        "typedef float *pointer;",
        "using pointer = float *;",
        "float *p = __builtin_bit_cast(float *, n);",
        "memcpy(&p, &n, 8);",
        "uintptr_t n = 1;",
        'extern "C" int system(const char *);',
        "extern int emulated;",
        "emulator_report(0);",
        "EMULATOR_ENTRY(0, f)",
        "__tsan_read4(p);",
        '__attribute__((no_sanitize("thread"))) void f();',
        "__attribute__((constructor)) void f();",
        "[[gnu::constructor]] void f();",
        "#pragma GCC optimize 3",
        '_Pragma("GCC poison x")',
        "#include <stdlib.h>",
        '#include "/etc/passwd"',
        "#include HEADER",
        "#line 1",
        "#define JOIN(a, b) a ## b",
        "#define TEXT(a) #a",
        "%:define A",
        "as\\\nm(\"nop\");",
        "as\\  \nm(\"nop\");",
        "\\u0061sm(0);",
        "int caf\u00e9;",
        'const char *t = R"(a)";',
        "/* without end",
        "float *p = (decltype(q))n;",
        "float *p = (__typeof__(q))n;",
        "long (&n)[1] = (long (&)[1])p;",
        "#define void int",
        "#define __attribute__(x)",
        "#undef __restrict__",
        "#ifdef __SANITIZE_THREAD__",
        "#if defined(__OPTIMIZE__)",
        "#if __INT_MAX__ > 5",
        "#if INT_MAX > 5",
        "#define X 1 - __global__ - 1\n#if X\n#endif",
        "#define X(a) a\n#if X(1)\n#endif",
        "#ifdef __PIC__\n#endif\n#define __PIC__",
    ],
)  # fmt: skip
def test_a_trick_is_refused_at_its_line(trick: str) -> None:
    """Whatever stands before and after it."""
    line, why = problem_of(f"int a;\n\n{trick}\n".encode())
    assert line == 3 + trick.startswith("#define X")
    assert why


def test_bytes_that_are_no_text_are_refused() -> None:
    assert problem_of(b"int a;\xff")[1]
