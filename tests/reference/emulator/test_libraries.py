"""Libraries that work on the device: Thrust, CUB, cuBLAS, cuRAND, helpers of NVIDIA's samples."""

from pathlib import Path

import pytest

from reference.emulator.programs import Program, program_into
from tests.reference.emulator.test_programs import run

LIBRARIES = Path(__file__).with_name("libraries.cu").read_text(encoding="utf-8")
PRINTED = """\
2 10 1 7 9
7 7 1 7 4 4
10 1 7 9
7 7
759710
10 1 7 9
2 10 1 7 9

3 2 1 0 -1 -2
6 4 2 0 -2 -4
-6 -4 -2 0 2 4
3 4 5 6 7 8
336-20
3 5 6 6 5 3
10 13 15 16 16 15
10 13 15 15 16 16
16 16 15 15 13 10
0132101035
3 1 -1
1 1 0 1 2 3
1 0 1 2 3
1 0 1 3
9 7 8
8 9 7
2 4 1 3
264
201030
612
101
13 9 -3
5 2 7 16 16 13
0 5 2 7 16 16
-3 -3 0 5 5 9
3 0 2 4 1 5
0 2 4 1 3 5
0 1 2 3 4 5
5
19
0071 90 90 116
15 17 49
5 12 7
11
0107
101"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory, add_program_runtime):
    """How a program of all libraries ends, and its report."""
    folder = tmp_path_factory.mktemp("libraries")
    written = Program(LIBRARIES, "libraries.cu")
    program_into(written, add_program_runtime(folder), folder / "cases")
    return run((written, folder / "cases"), "--width=7")


def test_a_library_does_what_its_documentation_says(ran):
    done, report = ran
    assert [line.strip() for line in done.stdout.splitlines()] == PRINTED.splitlines()
    assert (done.returncode, report.findings, report.notes) == (0, (), ())


VECTORS = """#include <thrust/device_vector.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
int main()
{
    thrust::device_vector<float> full(8, 1.f), small(4);
    thrust::transform(full.begin(), full.end(), small.begin(), thrust::negate<float>());
    float *raw;
    cudaMalloc(&raw, 32);
    thrust::sort(thrust::device, raw, raw + 8);
    cudaFree(raw);
    float a = full[7], b = full[8];
    return a == 1 && b == 1;
}
"""


def test_an_algorithm_of_thrust_is_checked_as_a_kernel_is(tmp_path, add_program_runtime):
    written = Program(VECTORS, "vectors.cu")
    program_into(written, add_program_runtime(tmp_path), tmp_path / "cases")
    _, report = run((written, tmp_path / "cases"), "")
    assert {(one.line, one.kind, one.array) for one in report.findings} == {
        (7, "out_of_bounds", "small"),
        (10, "uninitialized_read", "raw"),
        (12, "out_of_bounds", ""),
    }
