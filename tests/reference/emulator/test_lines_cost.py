"""The emulator counts transactions, bank conflicts and idle lanes by line of source."""

from itertools import pairwise

import numpy as np
import pytest

from reference.emulator import LineCost, Module, WarpRequest

SOURCE = """__global__ void kernel(const float *a, float *out)
{
    __shared__ float s[32][32];
    int i = threadIdx.x;
    s[i][0] = a[i];
    s[0][i] = a[32 * i];
    if (i % 4 == 0)
        out[i] = 1;
    atomicAdd(&out[0], 1);
}
"""


@pytest.fixture(scope="module")
def lines(request):
    module = Module(SOURCE, folder=request.config.cache.mkdir("kernels"))
    run = module.launch("kernel", 1, 32, [np.zeros(1024, "f"), np.zeros(32, "f")], count_transactions=True)
    return {line.line: line for line in run.lines}


def test_each_line_has_its_own_costs(lines):
    assert lines[5] == LineCost(5, 1, 4, 4, 1, 32, 64, 64)  # a column of shared memory, a row of global
    assert lines[6] == LineCost(6, 1, 32, 4, 1, 1, 64, 64)  # the other way round
    assert lines[8] == LineCost(8, 1, 4, 1, 0, 0, 8, 32)  # a quarter of the lanes
    assert lines[9] == LineCost(9, 1, 1, 1, 0, 0, 32, 32)  # one address for all


def test_wasteful_lines_are_named_with_their_cost(lines):
    assert lines[5].complaints == ("31 bank conflicts in 1 requests",)
    assert lines[6].complaints == ("32 transactions of global memory, where 4 would do",)
    assert lines[8].complaints == (
        "4 transactions of global memory, where 1 would do",
        "75% of the lanes are idle",
    )
    assert lines[9].complaints == ()


def test_uncounted_runs_have_no_costs(request):
    module = Module(SOURCE, folder=request.config.cache.mkdir("kernels"))
    assert module.launch("kernel", 1, 32, [np.zeros(1024, "f"), np.zeros(32, "f")]).lines == ()


def test_the_most_wasteful_request_is_kept_with_the_lanes_addresses(lines):
    assert str(lines[6].worst) == (
        "a warp asks for elements 0 to 992 of a (4 bytes each), 32 apart: 32 transactions of 32 bytes, where "
        "4 would do"
    )
    assert lines[5].worst.array == "" and lines[5].worst.units == 32
    assert {b - a for a, b in pairwise(lines[5].worst.elements)} == {32}
    assert lines[8].worst.elements == tuple(range(0, 32, 4))
    assert lines[9].worst is None


def test_accesses_without_a_pattern_are_listed():
    request = WarpRequest("", (3, 35, 2), 4, 2, 1)
    assert str(request) == "a warp asks for words 3 35 2 of shared memory: 2 passes, where 1 would do"
