"""Products of matrices by a warp (`nvcuda::wmma`): exact on integers, and what goes wrong has its line."""

import numpy as np
import pytest

from reference.emulator import Fresh, Module
from tests.tables import by_name

HEAD = """
#include <mma.h>
#include <cuda_fp16.h>
#include <cuda_bf16.h>
using namespace nvcuda;
template <typename T, typename S, typename C, int M, int N, int K, typename LA, typename LB>
__global__ void product(const S *a, const S *b, C *out, int lda, int ldb, int ldc, int by_rows)
{
    wmma::fragment<wmma::matrix_a, M, N, K, T, LA> x;
    wmma::fragment<wmma::matrix_b, M, N, K, T, LB> y;
    wmma::fragment<wmma::accumulator, M, N, K, C> sum;
    wmma::layout_t layout = by_rows ? wmma::mem_row_major : wmma::mem_col_major;
    wmma::fill_fragment(sum, 2.0f);
    wmma::load_matrix_sync(x, a, lda);
    wmma::load_matrix_sync(y, b, ldb);
    for (int i = 0; i < x.num_elements; ++i)
        x.x[i] = x.x[i] + x.x[i];
    wmma::mma_sync(sum, x, y, sum);
    wmma::store_matrix_sync(out, sum, ldc, layout);
}
"""
ROW, COL = "wmma::row_major", "wmma::col_major"
# T, what memory holds, the accumulator, M, N, K, layouts of a, b and the result, room behind each row
FORMS = {
    "half": ("half", "half", "float", 16, 16, 16, "R", "R", "R", 0),
    "half_by_columns": ("half", "half", "float", 16, 16, 16, "C", "C", "C", 8),
    "half_mixed": ("half", "half", "float", 16, 16, 16, "R", "C", "R", 16),
    "half_in_half": ("half", "half", "half", 16, 16, 16, "R", "C", "R", 0),
    "tall": ("half", "half", "float", 32, 8, 16, "R", "C", "R", 0),
    "wide": ("half", "half", "float", 8, 32, 16, "C", "R", "C", 0),
    "bfloat16": ("__nv_bfloat16", "__nv_bfloat16", "float", 16, 16, 16, "R", "C", "R", 0),
    "tf32": ("wmma::precision::tf32", "float", "float", 16, 16, 8, "R", "C", "R", 4),
}
DTYPES = {"half": np.float16, "float": np.float32, "__nv_bfloat16": np.uint16}


def instance(form):
    t, memory, accumulator, m, n, k, in_a, in_b, _, _ = form
    layouts = ", ".join({"R": ROW, "C": COL}[one] for one in (in_a, in_b))
    return f"product<{t}, {memory}, {accumulator}, {m}, {n}, {k}, {layouts}>"


@pytest.fixture(scope="module")
def module(request):
    """Every form, compiled once."""
    instances = [instance(form) for form in FORMS.values()]
    return Module(HEAD, instances=instances, folder=request.config.cache.mkdir("kernels"))


def in_memory(values, kind, layout, room):
    """(memory, leading dimension): a matrix as a kernel gets it, with `room` elements behind each row."""
    values = values if layout == "R" else values.T
    padded = np.pad(values, ((0, 0), (0, room)))
    if kind == "__nv_bfloat16":
        padded = (padded.astype("f4").view("u4") >> 16).astype("u2")
    return np.ascontiguousarray(padded.astype(DTYPES[kind])), padded.shape[1]


@pytest.mark.parametrize("name", FORMS)
def test_a_product_of_integers_is_exact(module, name):
    form = FORMS[name]
    _, memory, accumulator, m, n, k, in_a, in_b, in_c, room = form
    rng = np.random.default_rng(7)
    a, b = rng.integers(-8, 9, (m, k)), rng.integers(-8, 9, (k, n))
    x, lda = in_memory(a, memory, in_a, room)
    y, ldb = in_memory(b, memory, in_b, room)
    out, ldc = in_memory(np.zeros((m, n)), accumulator, in_c, room)
    arguments = [x, y, Fresh(out, must_be_filled=room == 0), lda, ldb, ldc, int(in_c == "R")]
    run = module.check(instance(form), 1, 32, arguments, schedules=4)

    assert run.findings == ()
    result = out[:, : out.shape[1] - room]
    np.testing.assert_array_equal(2 * a @ b + 2, result if in_c == "R" else result.T)


WRONG = {  # threads, a's first element, its leading dimension; kind, a word of the message
    "too_few_lanes": (16, 0, 16, "divergent_barrier", "without all 32 lanes"),
    "a_matrix_off_its_place": (
        32,
        2,
        16,
        "misaligned",
        "`a matrix` at element 0 of a, at an address that is no multiple of 32",
    ),
    "rows_off_their_place": (32, 0, 18, "misaligned", "`a row of a matrix`"),
    "beyond_the_array": (32, 0, 24, "out_of_bounds", "which has 256"),
}


@pytest.mark.parametrize(("threads", "first", "lda", "kind", "says"), by_name(WRONG))
def test_code_that_a_gpu_refuses_is_found_at_its_line(module, threads, first, lda, kind, says):
    whole = np.zeros(256 + first, np.float16)
    out = np.zeros((16, 16), np.float32)
    arguments = [whole[first:], np.zeros(256, np.float16), out, lda, 16, 16, 1]
    run = module.check(instance(FORMS["half"]), 1, threads, arguments, schedules=2)
    findings = {f.kind: f for f in run.findings}

    assert kind in findings
    assert says in findings[kind].message
    assert "load_matrix_sync(x" in HEAD.split("\n")[findings[kind].line - 1]


def test_lanes_that_do_not_meet_are_found(add_kernel_runtime, tmp_path):
    source = (
        HEAD
        + """
__global__ void apart(const half *a, float *out)
{
    wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> x;
    if (threadIdx.x < 16)
        wmma::load_matrix_sync(x, a, 16);
    else
        wmma::load_matrix_sync(x, a, 16); // another line
    out[threadIdx.x] = x.x[0];
}
"""
    )
    module = Module(source, folder=add_kernel_runtime(tmp_path))
    run = module.check("apart", 1, 32, [np.zeros(256, np.float16), Fresh(np.zeros(32, np.float32))])

    assert {f.kind for f in run.findings} == {"divergent_barrier"}
