"""CUB's collectives: right kernels are not accused, and each bug is found at the line of the call."""

import numpy as np
import pytest

from reference.emulator import Module
from tests.tables import by_name

TYPES = """#include <cub/cub.cuh>
typedef cub::WarpScan<int> WarpScan;
typedef cub::BlockScan<int, 64> BlockScan;
typedef cub::BlockReduce<int, 64> BlockReduce;
"""
WARP = "__shared__ WarpScan::TempStorage temp[2];\nint i = threadIdx.x;\nWarpScan scan(temp[i / 32]);\n"
BLOCK = "__shared__ BlockScan::TempStorage temp;\nint i = threadIdx.x;\nBlockScan scan(temp);\n"


def checked(request, lines, block=64):
    """The kernel's source, its run by one block on an array of 128 zeros, and that array."""
    source = f"{TYPES}__global__ void k(int *out)\n{{\n{lines}\n}}\n"
    out = np.zeros(128, "int32")
    folder = request.config.cache.mkdir("kernels")
    return source, Module(source, folder=folder).check("k", 1, block, [out], schedules=4), out


RIGHT = {  # the lines of a kernel, and what it writes
    "a_scan_of_a_warp_in_global_memory": (
        f"{WARP}scan.InclusiveSum(1, out[i]);\n__syncthreads();\nout[64 + i] = out[63 - i];",
        lambda i: i % 32 + 1 if i < 64 else (127 - i) % 32 + 1,
    ),
    "a_scan_of_a_warp_in_shared_memory": (
        f"{WARP}__shared__ int s[64];\nscan.ExclusiveSum(1, s[i]);\n__syncthreads();\nout[i] = s[63 - i];",
        lambda i: (63 - i) % 32 if i < 64 else 0,
    ),
    "a_scan_of_a_block_in_shared_memory": (
        f"{BLOCK}__shared__ int s[64];\nscan.InclusiveSum(1, s[i]);\n__syncthreads();\nout[i] = s[63 - i];",
        lambda i: 64 - i if i < 64 else 0,
    ),
    "aggregates_in_memory": (
        f"{WARP}__shared__ int s[64];\nint v;\nscan.InclusiveSum(i, v, s[i]);\n__syncthreads();\n"
        "out[i] = s[63 - i];\n"
        "__shared__ BlockScan::TempStorage temp_of_block;\n"
        "BlockScan(temp_of_block).ExclusiveSum(1, v, out[64 + i]);",
        lambda i: 64 if i >= 64 else 1520 if i < 32 else 496,
    ),
    "several_values_of_a_thread_in_memory": (
        f"{BLOCK}__shared__ int s[64][2];\ns[i][0] = s[i][1] = 1;\nscan.ExclusiveSum(s[i], s[i]);\n"
        "__syncthreads();\nout[i] = s[63 - i][1];",
        lambda i: 2 * (63 - i) + 1 if i < 64 else 0,
    ),
    "one_memory_for_two_collectives": (
        "__shared__ union {\nBlockScan::TempStorage scan; // its own kind\nBlockReduce::TempStorage sum;\n"
        "int all[64];\n} t, other;\nint i = threadIdx.x, v;\nint sum = BlockReduce(other.sum).Sum(1);\n"
        "BlockScan(t.scan).InclusiveSum(1, v);\n__syncthreads();\nt.all[i] = v;\n__syncthreads();\n"
        "out[i] = t.all[63 - i];\nif (i == 0)\nout[64] = sum;",
        lambda i: 64 - i if i < 64 else 64 * (i == 64),
    ),
    "shared_members_of_a_type_with_a_name": (
        "__shared__ struct alignas(64) Row { int all[64]; alignas(8) char end; } rows[2];\n"
        "static_assert(sizeof(Row) == 320);\nint i = threadIdx.x;\nrows[1].all[i] = i;\n__syncthreads();\n"
        "out[i] = rows[1].all[63 - i];",
        lambda i: 63 - i if i < 64 else 0,
    ),
    "more_valid_values_than_threads": (
        "__shared__ BlockReduce::TempStorage temp;\nint sum = BlockReduce(temp).Sum(1, 450);\n"
        "if (threadIdx.x == 0)\nout[0] = sum;",
        lambda i: 64 if i == 0 else 0,
    ),
    "logical_warps_of_12_lanes": (
        "typedef cub::WarpReduce<int, 12> Reduce;\n__shared__ Reduce::TempStorage temp[4];\n"
        "int i = threadIdx.x, lane = i % 32;\nif (lane < 24) {\n"
        "int sum = Reduce(temp[i / 32 * 2 + lane / 12]).Sum(i);\nif (lane % 12 == 0)\nout[i] = sum;\n}",
        lambda i: 12 * i + 66 if i < 64 and i % 32 in (0, 12) else 0,
    ),
}


@pytest.mark.parametrize(("lines", "value"), by_name(RIGHT))
def test_a_right_use_of_a_collective_is_not_accused(request, lines, value):
    _, run, out = checked(request, lines)
    assert run.findings == ()
    assert [value(i) for i in range(128)] == out.tolist()


WRONG = {  # the lines of a kernel, its block, and the words about its line that ends with `// here`
    "a_scan_beyond_an_array": (
        f"{WARP}scan.InclusiveSum(1, out[i + 65]); // here",
        64,
        "writes element 128 of out, which has 128",
    ),
    "a_scan_far_from_every_array": (
        f"{WARP}scan.InclusiveSum(1, out[i + 100000000]); // here",
        64,
        "writes an address far from every array",
    ),
    "a_scan_of_two_warps_to_one_place": (
        f"{WARP}scan.ExclusiveSum(1, out[i % 32]); // here",
        64,
        "which thread",
    ),
    "a_result_that_others_read_without_a_barrier": (
        f"{BLOCK}__shared__ int s[64];\nscan.InclusiveSum(1, s[i]);\nout[i] = s[63 - i]; // here",
        64,
        "wrote since the last barrier",
    ),
    "an_aggregate_beyond_an_array": (
        f"{BLOCK}int v;\nscan.ExclusiveSum(1, v, out[i + 65]); // here",
        64,
        "writes element 128 of out, which has 128",
    ),
    "several_values_that_no_thread_has_written": (
        f"{BLOCK}__shared__ int s[64][2];\nint v[2];\nscan.ExclusiveSum(s[i], v); // here\nout[i] = v[1];",
        64,
        "which no thread has written",
    ),
    "a_union_that_no_thread_has_written": (
        "__shared__ union {\nint a[64];\nfloat b[64];\n} t;\nout[threadIdx.x] = t.a[threadIdx.x]; // here",
        64,
        "which no thread has written",
    ),
    "a_block_of_another_shape": (
        "__shared__ BlockReduce::TempStorage temp;\nout[0] = BlockReduce(temp).Sum(1); // here",
        (16, 4),
        "blocks of (64, 1, 1) threads in a block of (16, 4, 1)",
    ),
    "a_block_whose_axes_are_exchanged": (
        "typedef cub::BlockScan<int, 16, cub::BLOCK_SCAN_RAKING, 4> Scan;\n"
        "__shared__ Scan::TempStorage temp;\n"
        "Scan(temp).InclusiveSum(1, out[threadIdx.x]); // here",
        (4, 16),
        "blocks of (16, 4, 1) threads in a block of (4, 16, 1)",
    ),
    "a_lane_of_no_logical_warp": (
        "typedef cub::WarpReduce<int, 24> Reduce;\n__shared__ Reduce::TempStorage temp[2];\n"
        "out[threadIdx.x] = Reduce(temp[threadIdx.x / 32]).Sum(1); // here",
        64,
        "in a lane that belongs to no logical warp",
    ),
}


@pytest.mark.parametrize(("lines", "block", "words"), by_name(WRONG))
def test_a_wrong_use_of_a_collective_is_found_at_its_line(request, lines, block, words):
    source, run, _ = checked(request, lines, block)
    here = next(n for n, line in enumerate(source.split("\n"), 1) if line.endswith("// here"))
    assert any(one.line == here and words in one.message for one in run.findings), run.findings


def test_without_checks_a_crash_in_a_collective_is_found_at_the_line_that_calls_it(request):
    source = f"{TYPES}__global__ void k(int *out)\n{{\n{WARP}scan.InclusiveSum(1, out[i + 100000000]);\n}}\n"
    module = Module(source, with_checks=False, folder=request.config.cache.mkdir("kernels"))
    (finding,) = module.launch("k", 1, 64, [np.zeros(64, "int32")]).findings
    assert ("crashed", source.count("\n") - 1) == (finding.kind, finding.line)
