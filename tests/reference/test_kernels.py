"""The kernels' laws, without a GPU: they compile for one, and emulated they do what NumPy's backend does."""

import inspect
import math
import re

import numpy as np
import pytest

from reference import backends
from reference.backends import numpy as numpy_backend
from reference.backends.cupy import unavailable
from reference.backends.emulator import EmulatedOperations, KernelBug
from reference.backends.kernel_operations import (
    KERNELS,
    MATRIX,
    REAL,
    VIEW,
    KernelOperations,
    pieces,
    view_struct,
)
from reference.backends.operations import Operations
from reference.backends.view import View
from reference.emulator.kernel_source import kernels_of as kernels_in
from reference.emulator.nvrtc import diagnose

FILES = sorted(path.name for path in KERNELS.glob("*.cu"))
SIZES = [0, 1, 31, 33, 255, 256, 257, 1000]
BINARY = ["add", "subtract", "multiply", "divide", "power", "maximum", "equal", "greater_equal"]
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


@pytest.fixture(scope="module")
def ops(request):
    return EmulatedOperations(with_checks=True, folder=request.config.cache.mkdir("kernels"))


def kernels_of(source):
    return [kernel.name for kernel in kernels_in(source)]


def integers(rng, size, dtype, low=-8):
    return rng.integers(low, 9, size).astype(dtype)


def on_device(ops, values):
    out = ops.empty(values.size, values.dtype.name)
    ops.from_host(values.reshape(-1), out)
    return out


def row_major(buffer, rows, columns):
    return View(buffer, (rows, columns), (columns, 1), 0)


def square(buffer):
    return row_major(buffer, 16, 16)


def assert_equal(ops, expected, actual):
    np.testing.assert_array_equal(expected, ops.to_host(actual))


def test_a_device_is_made_by_a_function_that_stays_one():
    """Importing a backend must not put a module of the same name in the function's place."""
    for make in (backends.cpu, backends.emulated):
        make()
        assert make is getattr(backends, make.__name__)


def test_the_backend_offers_numpys_operations_with_numpys_arguments():
    """Each function of backends/numpy.py is a method with the same parameters and defaults; no other is.

    What `backends/__init__.py` names as the CPU's alone is left out.
    """
    functions = dict(inspect.getmembers(numpy_backend, inspect.isfunction))
    for name in ("sum_axes", "max_axes", "multiply_matrices"):
        del functions[name]
    methods = dict(inspect.getmembers(KernelOperations, inspect.isfunction))
    operations = dict(inspect.getmembers(Operations, inspect.isfunction))
    assert set(functions) == {name for name in methods if not name.startswith("_")} - {"launch"}
    assert set(functions) == {name for name in operations if not name.startswith("_")}
    for name, function in functions.items():
        expected = [(p.name, p.default) for p in inspect.signature(function).parameters.values()]
        actual = [(p.name, p.default) for p in inspect.signature(methods[name]).parameters.values()]
        assert expected == actual[1:], name


# Element by element.


@dtypes
@pytest.mark.parametrize("operation", BINARY)
def test_an_operation_on_two_operands_is_numpys(ops, operation, dtype):
    """Two buffers, a buffer and a number, a number and a buffer; sizes that fill no block."""
    rng = np.random.default_rng(1)
    for size in SIZES:
        a, b = integers(rng, size, dtype), integers(rng, size, dtype)
        if operation in ("divide", "power"):
            b = np.abs(b) + 1
        if operation == "power":
            a = np.clip(a, -3, 3)
        for operands in ((a, b), (a, 3.0), (3.0, b)):
            expected, actual = np.empty(size, dtype), ops.empty(size, dtype)
            getattr(numpy_backend, operation)(*operands, expected)
            arguments = [on_device(ops, x) if isinstance(x, np.ndarray) else x for x in operands]
            getattr(ops, operation)(*arguments, actual)
            assert_equal(ops, expected, actual)


@dtypes
def test_powers_that_are_no_products_are_numpys_to_a_few_places(ops, dtype):
    a = np.random.default_rng(2).uniform(0.1, 3, 257).astype(dtype)
    for exponent in (-1.0, -2.0, 0.5, 2.5, 9.0, 7.0):
        out = ops.empty(a.size, dtype)
        ops.power(on_device(ops, a), exponent, out)
        np.testing.assert_allclose(ops.to_host(out), a**exponent, rtol=8 * np.finfo(dtype).eps)


@dtypes
@pytest.mark.parametrize("operation", ["negative", "log", "exp", "tanh"])
def test_a_function_of_one_operand_is_numpys_to_the_last_places(ops, operation, dtype):
    for size in SIZES:
        a = np.random.default_rng(3).uniform(0.1, 3, size).astype(dtype)
        expected, actual = np.empty(size, dtype), ops.empty(size, dtype)
        getattr(numpy_backend, operation)(a, expected)
        getattr(ops, operation)(on_device(ops, a), actual)
        np.testing.assert_allclose(ops.to_host(actual), expected, rtol=4 * np.finfo(dtype).eps, atol=0)


def test_nan_passes_through_maximum_and_max_and_equals_nothing(ops):
    nan = np.nan
    a, b = np.array([nan, 1, nan, 2, 1]), np.array([1, nan, nan, 1, 2])
    for operation in ("maximum", "equal", "greater_equal"):
        expected, actual = np.empty(5), ops.empty(5, "float64")
        getattr(numpy_backend, operation)(a, b, expected)
        getattr(ops, operation)(on_device(ops, a), on_device(ops, b), actual)
        assert_equal(ops, expected, actual)
    for position in (0, 100, 299):
        row = np.arange(300.0)
        row[position] = nan
        out = ops.empty(1, "float64")
        ops.max_rows(on_device(ops, row), 300, out)
        assert np.isnan(ops.to_host(out)[0])


@dtypes
def test_fill_sets_every_element(ops, dtype):
    for size in SIZES:
        out = ops.empty(size, dtype)
        ops.fill(2.5, out)
        assert_equal(ops, np.full(size, 2.5), out)


# Strided views.


def drawn_view(rng, ndim, repeats=False):
    """(shape, strides, offset, size of the buffer): axes permuted, steps of -2 to 2, perhaps repetitions."""
    shape = rng.integers(1, 4 if ndim > 4 else 8, ndim).tolist()
    steps = rng.choice([-2, -1, 1, 2], ndim).tolist()
    strides, offset, size = [0] * ndim, 0, 1
    for axis in rng.permutation(ndim).tolist():
        strides[axis] = steps[axis] * size
        offset -= min(0, strides[axis] * (shape[axis] - 1))
        size *= abs(steps[axis]) * (shape[axis] - 1) + 1
    if repeats:
        strides = [0 if rng.integers(3) == 0 else stride for stride in strides]
    return tuple(shape), tuple(strides), offset + 3, size + 2 * abs(offset) + 5


VIEWS = [(ndim, seed) for ndim in range(9) for seed in range(6)]


@dtypes
def test_compact_gathers_any_view(ops, dtype):
    """Up to 8 axes, permuted, negative and zero strides, offset: what NumPy's backend gathers."""
    for ndim, seed in VIEWS:
        rng = np.random.default_rng(seed)
        shape, strides, offset, size = drawn_view(rng, ndim, repeats=True)
        a = integers(rng, size, dtype)
        expected, actual = np.empty(math.prod(shape), dtype), ops.empty(math.prod(shape), dtype)
        numpy_backend.compact(a, shape, strides, offset, expected)
        ops.compact(on_device(ops, a), shape, strides, offset, actual)
        assert_equal(ops, expected, actual)


@dtypes
def test_assignment_writes_the_views_elements_and_no_others(ops, dtype):
    """assign, assign_scalar and accumulate leave the same buffer as NumPy's backend, between elements too."""
    for ndim, seed in VIEWS:
        rng = np.random.default_rng(seed)
        *place, size = drawn_view(rng, ndim)
        shape, strides, offset = place
        before, values = integers(rng, size, dtype), integers(rng, math.prod(shape), dtype)
        # accumulate walks its two views in two ways: this one backwards.
        source = tuple(-math.prod(shape[axis + 1 :]) for axis in range(ndim)), values.size - 1
        for operation in ("assign", "assign_scalar", "accumulate"):
            expected, actual = before.copy(), on_device(ops, before)
            for backend, a, out in (
                (numpy_backend, values, expected),
                (ops, on_device(ops, values), actual),
            ):
                if operation == "assign":
                    backend.assign(a, out, *place)
                elif operation == "assign_scalar":
                    backend.assign_scalar(7.0, out, *place)
                else:
                    backend.accumulate(a, *source, out, strides, offset, shape)
            assert_equal(ops, expected, actual)


def test_a_view_without_elements_starts_no_kernel(ops):
    ops.launched.clear()
    nothing = ops.empty(0, "float32")
    some = on_device(ops, np.ones(3, "float32"))
    ops.compact(some, (2, 0), (1, 1), 0, nothing)
    ops.assign(nothing, some, (2, 0), (1, 1), 0)
    ops.assign_scalar(7.0, some, (0,), (1,), 0)
    ops.accumulate(some, (1,), 0, some, (1,), 0, (0,))
    ops.fill(1.0, nothing)
    ops.sum_rows(nothing, 3, nothing)
    ops.matmul(View(nothing, (0, 1), (5, 1), 0), View(some, (1, 3), (3, 1), 0), nothing)
    ops.from_host(np.empty(0, "float32"), nothing)
    assert ops.launched == {}
    assert_equal(ops, np.ones(3), some)


def test_axes_that_are_one_run_of_memory_are_one_axis():
    """Row-major, whatever the number of axes: one. And nine axes that are nine are a ValueError."""
    one = view_struct((2, 3, 1, 4), (12, 4, 99, 1), 5)[0]
    assert (one["ndim"], one["shape"][0], one["strides"][0], one["offset"]) == (1, 24, 1, 5)
    assert view_struct((2, 3), (1, 2), 0)[0]["ndim"] == 2
    assert view_struct((), (), 0)[0]["ndim"] == 0
    with pytest.raises(ValueError, match="at most 8 axes"):
        view_struct((2,) * 9, tuple(3**axis for axis in range(9)), 0)


# Rows and matrices.


@dtypes
@pytest.mark.parametrize("row_length", [1, 2, 31, 33, 256, 257, 4097])
def test_reductions_are_numpys_for_rows_that_fit_no_block(ops, dtype, row_length):
    for rows in (1, 3, 31) if row_length < 4000 else (2,):
        a = (
            integers(np.random.default_rng(rows), rows * row_length, dtype) - 20
        )  # negative: a max from 0 fails
        for reduction in ("sum_rows", "max_rows"):
            expected, actual = np.empty(rows, dtype), ops.empty(rows, dtype)
            getattr(numpy_backend, reduction)(a, row_length, expected)
            getattr(ops, reduction)(on_device(ops, a), row_length, actual)
            assert_equal(ops, expected, actual)


def test_the_sum_of_empty_rows_is_zero(ops):
    out = ops.empty(5, "float32")
    ops.sum_rows(ops.empty(0, "float32"), 0, out)
    assert_equal(ops, np.zeros(5), out)


def test_a_length_is_cut_into_parts_none_of_which_is_empty():
    for length in (0, 1, 5, 4096, 4097, 10**6 + 1, 2**40 + 3):
        for size in (1, 2, 3, 512, 4096):
            parts = pieces(length, size)
            part = -(-length // parts)
            assert part <= size
            assert length == 0 or (parts - 1) * part < length <= parts * part


SHAPES = [
    *[(1, 1, 1), (31, 33, 2), (16, 16, 16), (17, 15, 18), (33, 31, 65), (65, 40, 130), (129, 17, 128)],
    *[(257, 3, 1), (1, 257, 33), (5, 0, 4), (3, 2000, 20), (30, 1025, 30)],
]


@dtypes
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_the_matrix_product_is_numpys_for_any_strides(ops, sizes, dtype):
    """Plain, transposed, spaced and flipped matrices, at an offset; written over a result, or added."""
    m, k, n = sizes
    rng = np.random.default_rng(m)
    before = integers(rng, m * n + 7, dtype)
    layouts = [
        ((k, 1), 0, (n, 1), 0),
        ((1, m), 0, (1, k), 0),
        ((2 * k + 1, 2), 3, (-n, 1), max(k - 1, 0) * n),
        ((0, 1), 2, (1, k + 1), 1),
    ]
    for number, (a_strides, a_offset, b_strides, b_offset) in enumerate(layouts):
        a, b = integers(rng, 5 + 2 * (m + 1) * (k + 1), dtype), integers(rng, 5 + (n + 1) * (k + 1), dtype)
        place = (5, number % 2 == 1) if number else ()
        expected, actual = before.copy(), on_device(ops, before)
        a_view, b_view = View(a, (m, k), a_strides, a_offset), View(b, (k, n), b_strides, b_offset)
        numpy_backend.matmul(a_view, b_view, expected, *place)
        views = (view._replace(buffer=on_device(ops, view.buffer)) for view in (a_view, b_view))
        ops.matmul(*views, actual, *place)
        assert_equal(ops, expected, actual)


@dtypes
def test_real_sums_are_inside_their_bound_and_the_same_bits_every_time(ops, dtype):
    """8 * 2^-24 * (|a| @ |b|), cut into parts too; threads that finish in any order change nothing."""
    rng = np.random.default_rng(4)
    m, k, n = 3, 2500, 5
    a, b = rng.standard_normal((m, k)).astype(dtype), rng.standard_normal((k, n)).astype(dtype)
    bound = 4 * np.finfo(dtype).eps * (np.abs(a).astype("float64") @ np.abs(b).astype("float64"))
    row = on_device(ops, rng.standard_normal(20_001).astype(dtype))
    for _ in range(2):
        first, again = ops.empty(m * n + 1, dtype), ops.empty(m * n + 1, dtype)
        for out in (first, again):
            ops.matmul(row_major(on_device(ops, a), m, k), row_major(on_device(ops, b), k, n), out)
            ops.sum_rows(row, row.size, out[m * n :])
        np.testing.assert_array_equal(first, again)
        exact = a.astype("longdouble") @ b.astype("longdouble")
        assert np.all(np.abs(exact - first[:-1].reshape(m, n)) <= bound)
        total = row.astype("longdouble").sum()
        assert abs(total - first[-1]) <= 4 * np.finfo(dtype).eps * np.abs(row).sum()


def test_operands_of_the_other_dtype_are_converted(ops):
    """float32 beside float64: NumPy's result, for every operation that reads a buffer."""
    rng = np.random.default_rng(5)
    for dtype, other in (("float32", "float64"), ("float64", "float32")):
        a, b, before = integers(rng, 257, other), integers(rng, 257, dtype), integers(rng, 257, dtype)
        for write in (
            lambda backend, a, b, out: backend.compact(a, (257,), (-1,), 256, out),
            lambda backend, a, b, out: backend.assign(a, out, (257,), (-1,), 256),
            lambda backend, a, b, out: backend.accumulate(a, (1,), 0, out, (1,), 0, (257,)),
            lambda backend, a, b, out: backend.add(a, b, out),
            lambda backend, a, b, out: backend.subtract(b, a, out),
            lambda backend, a, b, out: backend.negative(a, out),
            lambda backend, a, b, out: backend.sum_rows(a[:256], 16, out[:16]),
            lambda backend, a, b, out: backend.max_rows(a[:256], 16, out[:16]),
            lambda backend, a, b, out: backend.matmul(square(a), square(b), out),
            lambda backend, a, b, out: backend.matmul(
                row_major(b, 16, 16), row_major(a, 16, 16), out, 1, True
            ),
        ):
            expected, actual = before.copy(), on_device(ops, before)
            write(numpy_backend, a, b, expected)
            write(ops, on_device(ops, a), on_device(ops, b), actual)
            assert_equal(ops, expected, actual)


def use_every_kernel(ops, size):
    """Calls that launch each kernel at least once, on buffers of `size` elements."""
    a, out = on_device(ops, np.ones(size, "float32")), ops.empty(size, "float32")
    ops.fill(1.0, out)
    ops.compact(a, (size,), (1,), 0, out)
    ops.assign(a, out, (size,), (1,), 0)
    ops.assign_scalar(1.0, out, (size,), (1,), 0)
    ops.accumulate(a, (1,), 0, out, (1,), 0, (size,))
    for operation in BINARY:
        getattr(ops, operation)(a, a, out)
    for operation in ("negative", "log", "exp", "tanh"):
        getattr(ops, operation)(a, out)
    for reduction in ("sum_rows", "max_rows"):
        getattr(ops, reduction)(a, 90, out[: size // 90])
    for m, k, n in ((2, 600, 3), (20, 2, 20), (65, 1, 66)):
        ops.matmul(row_major(a, m, k), row_major(a, k, n), ops.empty(m * n, "float32"))
    double = ops.empty(size, "float64")
    ops.negative(a, double)
    ops.negative(double, out)


def test_every_kernel_has_a_use(ops):
    """The backend launches each kernel for some operation that it offers."""
    ops.launched.clear()
    use_every_kernel(ops, 1800)
    kernels = {
        f"{file}:{name}"
        for file in FILES
        for name in kernels_of((KERNELS / file).read_text(encoding="utf-8"))
    }
    assert set(ops.launched) == kernels


@pytest.mark.slow
def test_no_kernel_is_accused_over_200_schedules(request):
    """A KernelBug would be raised: nothing is found, and no order of threads and blocks changes a bit."""
    use_every_kernel(
        EmulatedOperations(with_checks=True, folder=request.config.cache.mkdir("kernels"), schedules=200),
        1800,
    )


def test_a_kernels_bug_is_an_error_where_it_happens(ops):
    """A read of memory that nobody has written, and a matrix that is not all there."""
    out = ops.empty(10, "float32")
    with pytest.raises(KernelBug, match=r"elementwise.cu:\d+: uninitialized_read in negative"):
        ops.negative(ops.empty(10, "float32"), out)
    a = on_device(ops, np.ones(10, "float32"))
    with pytest.raises(KernelBug, match=r"strided.cu:\d+: out_of_bounds in compact: .* element 10 of a"):
        ops.compact(a, (10,), (1,), 1, out)


# NVIDIA's own compiler. It needs no GPU and no driver.


@pytest.fixture(scope="module")
def ptx_of():
    """Compiles for a GPU: a source without a warning, to PTX."""

    def compile(file, dtype):
        source = (KERNELS / file).read_text(encoding="utf-8")
        diagnosis = diagnose(source, file, {"REAL": REAL[dtype]})
        if diagnosis is None:
            pytest.skip("no NVRTC here: nvidia-cuda-nvrtc-cu12 is not installed, or not for this system")
        assert (diagnosis.accepted, diagnosis.messages) == (True, "")
        return diagnosis.ptx

    return compile


@dtypes
@pytest.mark.parametrize("file", FILES)
def test_nvidias_compiler_takes_every_kernel(ptx_of, file, dtype):
    """For a real architecture, without a warning; and what the PTX shows of the promises that sources make.

    Registers hold what is meant to lie in registers, float kernels never compute in double, and there is no
    atomic operation, no tensor core and no TF32.
    """
    source = (KERNELS / file).read_text(encoding="utf-8")
    ptx = ptx_of(file, dtype)
    for name in kernels_of(source):
        assert f".visible .entry {name}(" in ptx
    assert kernels_of(source)
    assert ".local" not in ptx
    assert not re.search(r"^\s*(@!?%\w+ )?(atom|red|mma|wmma)\.", ptx, re.MULTILINE)
    assert "tf32" not in ptx
    if dtype == "float32" and file != "convert.cu":
        assert ".f64" not in ptx


def test_structs_have_the_size_that_nvidias_compiler_gives_them(ptx_of):
    for file, kernel, parameter, struct in (
        ("strided.cu", "compact", 1, VIEW),
        ("strided.cu", "accumulate", 2, VIEW),
        ("matmul.cu", "matmul_64", 4, MATRIX),
    ):
        param = f".param .align 8 .b8 {kernel}_param_{parameter}[{struct.itemsize}]"
        assert param in ptx_of(file, "float32")


# What cuda() says.


@pytest.mark.parametrize(
    ("driver", "advice"),
    [
        ((12, 4), "supports CUDA 12.4. CuPy for that: pip install cupy-cuda12x."),
        ((13, 0), "supports CUDA 13.0. CuPy for that: pip install cupy-cuda13x."),
        (None, "no NVIDIA driver was found."),
    ],
)
def test_the_error_names_what_was_found_and_the_package_for_the_driver(driver, advice):
    message = unavailable("CuPy is not installed", driver)
    assert message.startswith("cuda() is not available: CuPy is not installed; ")
    assert advice in message
    assert message.endswith("Use cpu() if there is no GPU.")
    assert driver is not None or ("cupy-cuda12x" in message and "cupy-cuda13x" in message)
