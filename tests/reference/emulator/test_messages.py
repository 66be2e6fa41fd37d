"""Laws of the compiler's messages that a student reads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reference.emulator.compile import compile_kernels, compile_library
from reference.emulator.kernel_source import CompileError
from reference.emulator.messages import MOST, errors_in

STUB = "__global__ void stub(float* out, int n) {\n    // to be written\n}\n"


@pytest.fixture
def folder(add_kernel_runtime: Callable[[Path], Path], tmp_path: Path) -> Path:
    return add_kernel_runtime(tmp_path)


def complaint_of(source: str, folder: Path) -> str:
    with pytest.raises(CompileError) as error:
        compile_kernels(source, "kernels.cu", {}, [], True, folder, broken={})
    return str(error.value)


def test_a_missing_semicolon_is_the_only_message_and_has_its_line(folder: Path) -> None:
    """Unused parameters of the handout's stubs draw warnings, and no student reads them."""
    message = complaint_of(STUB + "__global__ void f(float* out) {\n    out[0] = 1.0f\n}\n", folder)

    first, second = message.splitlines()
    assert first.startswith("kernels.cu:5:") and "error" in first
    assert second == "    out[0] = 1.0f"


def test_at_most_ten_errors_are_shown(folder: Path) -> None:
    body = "".join(f"    out[{n}] = missing_{n};\n" for n in range(25))
    message = complaint_of(f"__global__ void f(float* out) {{\n{body}}}\n", folder)

    assert message.count("error:") == MOST
    assert message.splitlines()[-1] == "and 15 more errors"


def test_errors_elsewhere_are_kept_whole() -> None:
    output = "/usr/bin/ld: cannot find -lm"
    assert errors_in(output, "kernels.cu", "") == output


def warnings_of(source: str, folder: Path) -> str:
    return compile_library(source, "kernels.cu", {}, [], True, folder)[2]


def test_a_variable_in_shared_memory_draws_no_warning(folder: Path) -> None:
    declared = "__shared__ float one, row[4], tile[2][2]; extern __shared__ float rest[];"
    uses = "one = row[0] = tile[0][0] = rest[0] = 1; __syncthreads(); *out = one;"
    assert warnings_of(f"__global__ void f(float *out) {{ {declared} {uses} }}\n", folder) == ""


def test_a_kernel_that_is_left_out_shows_its_error_alone(folder: Path) -> None:
    """Its parameters are unused then, which is no fault of the student's."""
    warnings = warnings_of(f"{STUB}__global__ void f(float *out, int n) {{ out[n] = missing; }}\n", folder)
    assert "missing" in warnings and "warning" not in warnings


@pytest.mark.parametrize(
    "body",
    ["__shared__ float sums[n]; out[0] = sums[n - 1];", "static float kept = out[n]; out[0] = kept;"],
    ids=["shared_array_of_a_variable_length", "static_variable"],
)
def test_an_error_of_the_linker_has_a_line_and_a_remedy(folder: Path, body: str) -> None:
    message = complaint_of(f"__global__ void f(float* out, int n) {{\n{body}\n}}\n", folder)

    assert message.startswith("kernels.cu:2: the length of a shared array must be a constant")
    assert "may be `static`" in message and "undefined reference" not in message and "/ld" not in message


def test_an_error_shows_the_line_as_it_was_written(folder: Path) -> None:
    """The emulator prepares some lines for its compiler, and a student looks for their own."""
    line = "__shared__ float sums[4]; sums[0] = missing;"
    message = complaint_of(f"__global__ void f(float* out) {{\n    {line}\n}}\n", folder)
    assert message.splitlines()[1] == f"    {line}"
