"""An error of NVIDIA's compiler is shown with its line and the function that contains it."""

import pytest

from reference.emulator.nvrtc import Diagnosis, diagnose, function_at

SOURCE = """\
// helper { is no function
struct Size { int n; };
__device__ float half_of(float a)
{
    if (a > 0) {
        return a / 2;
    }
    return 0;
}

extern "C" __global__ void __launch_bounds__(128) fill(int size, float *out)
{
    out[threadIdx.x] = half_of(size);
}
"""


def refused(source):
    diagnosis = diagnose(source)
    if diagnosis is None:
        pytest.skip("no NVRTC here: nvidia-cuda-nvrtc-cu12 is not installed, or not for this system")
    return diagnosis.errors


@pytest.mark.parametrize(
    ("line", "name"),
    [(1, ""), (2, ""), (3, "half_of"), (6, "half_of"), (9, "half_of"), (10, ""), (13, "fill"), (99, "")],
)
def test_a_line_belongs_to_the_function_around_it(line, name):
    assert function_at(SOURCE, line) == name


def test_code_that_a_gpu_accepts_has_no_errors():
    assert refused(SOURCE) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("__device__ float", "static float", 3, "without execution space annotations"),
        ("    if (a", "    float b[int(a)]; if (a", 5, "constant"),
        ("a / 2", "__builtin_parity(3)", 6, "__builtin_parity"),
        ("struct", "#error nothing\nstruct", 2, "nothing"),
        ("// helper", "#include <vector>\n// helper", 1, "vector"),
    ],
)
def test_every_error_has_its_line_and_no_advice_on_flags(old, new, line, message):
    errors = refused(SOURCE.replace(old, new, 1))
    assert line in [at for at, _ in errors]
    assert message in errors[0][1]
    assert not any("-default-device" in text for _, text in errors)


HOST = """\
struct P {
    float x;
    P(float a) : x(a) {}
    __device__ P(float a, float b) : x(a + b) {}
};
float of_the_host(float a) { return a; }
__global__ void fill(uint *out, ssize_t n) { assert(n > 0 && NULL == nullptr); out[0] = BODY; }
"""


@pytest.mark.parametrize(
    ("body", "lines"),
    [("uint(n)", []), ("of_the_host(n)", [3, 6]), ("P(1.f).x", [3, 6]), ("undefined", [3, 6, 7])],
)
def test_host_functions_are_no_errors_unless_the_gpu_calls_them(body, lines):
    assert [line for line, _ in refused(HOST.replace("BODY", body))] == lines


def test_an_error_without_a_line_is_not_lost():
    assert Diagnosis(False, "error: out of patience").errors == ((0, "out of patience"),)
    assert Diagnosis(False, "no such device").errors == ((0, "no such device"),)
    assert Diagnosis(False, "").errors


def test_registers_are_those_that_the_assembler_uses():
    """More variables alive at once need more registers, and each kernel has its own number."""
    source = """
namespace deep { __global__ void few(float *out) { out[0] = 1; } }
template <int N> __global__ void many(const float *in, float *out)
{
    float kept[N];
#pragma unroll
    for (int i = 0; i < N; ++i) kept[i] = in[i];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < N; ++i) out[N - 1 - i] = kept[i] * kept[(i + 1) % N];
}
extern "C" __global__ void plain(float *out) { out[0] = 1; }
"""
    diagnosis = diagnose(source, instances=["many<40>"])
    if diagnosis is None:
        pytest.skip("no NVRTC here: nvidia-cuda-nvrtc-cu12 is not installed, or not for this system")
    assert diagnosis.messages == ""
    few, many = diagnosis.registers_of("deep::few"), diagnosis.registers_of("many<40>")
    assert few == diagnosis.registers_of("plain")
    assert few is not None and many is not None and 4 <= few < 40 < many <= 255
    assert diagnosis.registers_of("none") is None
