"""Kernels may contain only CUDA C++: any access to the emulator, or past its checks, is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.import_rules.cuda_rules import INCLUDES, problem_of
from grader.judge.import_rules.cuda_source import as_compiled, text_of
from reference.emulator import kernel_source

ROOT = Path(__file__).parents[4]
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
    while (atomicCAS(&first, 0, 1) != 0 || atomicAdd(&out[i], 1) > (i * (*a))) { }
}
"""


@pytest.mark.parametrize(
    "path", ["reference/cuda_kernels/solutions.cu", "assignments/cuda_kernels/mutants.cu"]
)
def test_the_solution_and_every_mutant_keep_to_it(path: str) -> None:
    assert problem_of((ROOT / path).read_bytes()) == (0, "")


def test_ordinary_kernels_are_not_refused() -> None:
    assert problem_of(HONEST.encode()) == (0, "")


@pytest.mark.parametrize(
    "form",
    [
        'extern "C" {\n__global__ void f(int *a) { a[0] = 1; }\n}',
        'extern "C" __launch_bounds__(256, 2) __global__ void f(int *a) {}',
        'extern "C" void __global__ f(int *a) {}',
        "#ifndef _KERNELS_CU_\n#define _KERNELS_CU_\n#endif",
        '#ifdef __cplusplus\nextern "C" {\n#endif',
        "[[nodiscard]] __device__ int f();",
        "int bytes = sizeof(float *) * n;",
        "typedef struct { float values[4 * 4]; } Tile;",
        "typedef struct { float *elements; int width; } Matrix;",
        "typedef struct { int width; float *elements; } Matrix;",
        "typedef struct Node { struct Node *next; } Node;",
        "typedef struct { float x; float twice(float &y) { return x * y; } } Method;",
        "using Tile = float[4 * 4];",
        "#ifndef __CUDACC__\n#define __CUDACC__\n#endif",
        "#ifdef __INTELLISENSE__\nvoid __syncthreads();\n#endif",
        "#if defined(_MSC_VER) || defined(_WIN32)\n#define INLINE __forceinline\n#endif",
        "#pragma region kernels\n#pragma endregion",
        "#pragma nv_diag_suppress 177, 550",
        "#pragma hd_warning_disable",
        '#warning "not fast yet"',
    ],
)
def test_forms_that_change_no_check_are_not_refused(form: str) -> None:
    assert problem_of(f"{form}\n".encode()) == (0, "")


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("float system;", "a name of the C library"),
        ("#pragma GCC ivdep", "`#pragma unroll`, `once` and `region` may stay"),
        ('#pragma GCC diagnostic ignored "-Wuninitialized"', "could change what is checked"),
        ("#pragma regional", "could change what is checked"),
        ("#undef __CUDACC__", "the language's own"),
        ("decltype(x) y;", "write the type"),
        ("#ifdef _LP64\n#endif", "a guard such as _KERNELS_CU_"),
        ("#ifndef _STDIO_H\n#endif", "a guard such as _KERNELS_CU_"),
        ("#if __cplusplus > 201703L\n#endif", "a condition may test only"),
        ("#if defined(__cplusplus) && __cplusplus > 201703L\n#endif", "a condition may test only"),
        ('extern "C" void abort();', "defined elsewhere"),
        ('extern "C" { extern int x; }', "defined elsewhere"),
        ("[[noreturn]] void f();", "gets around the checks"),
        ("[[nodiscard, gnu::noipa]] int f();", "gets around the checks"),
        ("p = mysizeof(float *)q;", "makes a pointer"),
    ],
)
def test_what_resembles_an_ordinary_form_is_refused_with_its_own_reason(form: str, why: str) -> None:
    assert why in problem_of(f"{form}\n".encode())[1]


def test_a_macro_may_put_names_together_and_make_texts() -> None:
    text = '#define KERNEL(T) __global__ void fill_##T(T *out) \\\n    { printf("%s", #T); }\nKERNEL(float)\n'
    assert problem_of(text.encode()) == (0, "")


@pytest.mark.parametrize(
    "trick",
    [
        'asm("nop");',
        "goto *(there + 1);",
        "goto\n    /* on */ *there;",
        '__asm__ volatile("" ::: "memory");',
        "float *p = (float *)0x1000;",
        "float *p = (float*) address;",
        "long n = 1; float *p = (const float *)(n);",
        "float *p = reinterpret_cast<float *>(n);",
        "float *p = static_cast<float *>(q);",
        "union { long n; float *p; } u;",
        "typedef float *pointer;",
        "using pointer = float *;",
        "typedef struct { float x; } *pointer;",
        "typedef struct { float a[2]; float x; } S, *pointer;",
        "typedef float (*pointer)[4 * 4];",
        "typedef float &reference;",
        "using pointer = struct S { float x; } *;",
        "using pointer = float (*)[4 * 4];",
        "struct S { int n; typedef float *pointer; };",
        "float *p = __builtin_bit_cast(float *, n);",
        "memcpy(&p, &n, 8);",
        "uintptr_t n = 1;",
        'extern "C" int system(const char *);',
        "extern int emulated;",
        "emulator_report(0);",
        "EMULATOR_ENTRY(0, f)",
        "__tsan_read4(p);",
        "void __ubsan_handle_out_of_bounds(void *, long) {}",
        "out[0] = clock64();",
        "__nanosleep(9);",
        '__attribute__((no_sanitize("thread"))) void f();',
        "__attribute__((constructor)) void f();",
        "[[gnu::constructor]] void f();",
        "#pragma GCC optimize 3",
        '_Pragma("GCC poison x")',
        "#include <stdlib.h>",
        '#include "/etc/passwd"',
        "#include HEADER",
        "#line 1",
        "a ## b",
        "#define J(a, b) a##b\n#if J(__GN, UC__)\n#endif",
        "#define J(a, b) a ## b\nint J(x, __LINE__);",
        "#define J(a, b) a##b\nint J(x, __COUNTER__);",
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
        "((void (*)(int))n)(1);",
        "((void (* const volatile)(int))n)(1);",
        "int (S::*m)() = (int (S::*)())n;",
        "int my_emulator_slot;",
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
    """Regardless of the text before and after it."""
    line, why = problem_of(f"int a;\n\n{trick}\n".encode())
    assert line == 3 + trick.startswith(("#define X", "#define J"))
    assert why


AS_SAVED = {
    "byte_order_mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "old_mac": lambda text: text.replace("\n", "\r").encode(),
    "utf_16": lambda text: text.encode("utf-16"),
    "all_of_windows": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("save", AS_SAVED.values(), ids=AS_SAVED)
def test_how_an_editor_saves_a_file_changes_nothing(save: Callable[[str], bytes]) -> None:
    saved = save(HONEST)

    assert as_compiled(saved) == HONEST.encode()
    assert problem_of(saved) == (0, "")
    assert problem_of(save("int a;\n\nasm(0);\n"))[0] == 3


def test_a_comment_in_latin_1_is_a_comment() -> None:
    assert problem_of("// Gr\u00f6\u00dfe\nint a; /* \u00e9 */\n".encode("latin-1")) == (0, "")


@pytest.mark.parametrize("byte", [bytes([number]) for number in range(0x80, 0x100)], ids=bytes.hex)
def test_a_byte_that_is_no_text_hides_nothing_from_the_rules(byte: bytes) -> None:
    """Neither itself, nor the end of the comment or string after it, nor what follows."""
    assert problem_of(b"int a;\n" + byte)[0] == 2
    for around in (b"// %b\nasm(0);", b"/* %b*/\nasm(0);", b'char t[] = "%b";\nasm(0);'):
        assert problem_of(around.replace(b"%b", byte))[0] == 2
    assert problem_of(b"\nas" + byte + b"m(0);")[0] == 2


@pytest.mark.parametrize(
    "byte", [bytes([n]) for n in (*range(9), *range(11, 13), *range(14, 32), 127)], ids=bytes.hex
)
def test_a_control_character_is_refused_wherever_it_stands(byte: bytes) -> None:
    """g++ treats a vertical tab or a form feed before `#include` as a blank."""
    for around in (
        b"\n%b#include <xmmintrin.h>",
        b"\n#%bpragma GCC optimize 3",
        b"\n// %b",
        b'\nchar t[] = "%b";',
    ):
        line, why = problem_of(around.replace(b"%b", byte))
        assert line == 2
        assert "character" in why


@pytest.mark.parametrize(
    "source",
    [
        "int a = 1'0; asm(\"nop\"); char b = 'x';",
        "float a = 1.e+1'0; asm(\"nop\"); char b = 'x';",
        "#error it's\nasm(0); char b = 'x';",
        '#error "it is\nasm(0); char b[] = "x";',
    ],
)
def test_a_quote_that_begins_no_text_hides_nothing(source: str) -> None:
    """A quote in a number, and one that is not closed on its line."""
    assert "asm" in problem_of(source.encode())[1]


def test_a_number_may_be_written_with_quotes() -> None:
    assert problem_of(b"#define N 1'024\n#if N > 1'000\n#endif\nint n = N; // it's") == (0, "")


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_the_compiler_gets_the_text_that_was_read(content: bytes) -> None:
    compiled = as_compiled(content)

    assert compiled.decode("utf-8") == text_of(content)
    assert b"\r" not in compiled
    assert problem_of(compiled) == problem_of(content)


def test_every_header_that_the_rules_allow_is_one_that_the_emulator_has() -> None:
    assert INCLUDES <= kernel_source.INCLUDES


@pytest.mark.parametrize("header", sorted(kernel_source.INCLUDES - INCLUDES))
def test_the_refusal_of_a_cuda_header_does_not_call_it_missing(header: str) -> None:
    is_of_c = header in ("cstdlib", "cstring", "stdlib.h", "string.h")  # the host's
    expected = "device code has no such header" if is_of_c else "a submission may not include it"

    assert problem_of(f"#include <{header}>\n".encode()) == (1, f"`#include <{header}>`: {expected}")
