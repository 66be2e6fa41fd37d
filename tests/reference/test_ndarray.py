"""NDArray's laws: numbers, operators and mistakes give the same results as in NumPy."""

import ast
import operator
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import reference
from reference.ndarray import NDArray, array, cpu, cuda, empty, from_dlpack, full, normalize_axes, zeros
from tests.reference.laws import assert_same, given, hnp, numbered, settings, st

exact = settings(derandomize=True, deadline=None, max_examples=150)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
SOURCE = Path(reference.__file__).parent


# Mistakes.


@pytest.mark.parametrize(
    "misuse",
    [
        lambda a: a[2],
        lambda a: a[-3],
        lambda a: a[0, 3],
        lambda a: a[0, 0, 0],
        lambda a: a[..., 0, ...],
        lambda a: a[1.0],
        lambda a: a["x"],
        lambda a: a[::0],
        lambda a: a[0.5:],
        lambda a: a.reshape((4, 2)),
        lambda a: a.reshape((-1, 4)),
        lambda a: a.reshape((-1, -1)),
        lambda a: a[:0].reshape((0, -1)),
        lambda a: a.reshape((2.0, 3)),
        lambda a: a.sum(axis=2),
        lambda a: a.sum(axis=(0, 0)),
        lambda a: a.sum(axis=(0, -2)),
        lambda a: a.max(axis=-3),
        lambda a: a[:0].max(),
        lambda a: a[:0].max(axis=0),
        lambda a: a @ a,
        lambda a: a @ 2,
        lambda a: a + a[:, :2],
        lambda a: a * None,
        lambda a: "x" - a,
        lambda a: a.__setitem__(..., np.ones((3, 2))),
        lambda a: a.__setitem__(0, np.ones((2, 3))),
        lambda a: a.__setitem__((0, 5), 1),
        lambda a: bool(a == a),
        lambda a: float(a),
        lambda a: {a: 1},
    ],
)
def test_a_mistake_raises_what_numpy_raises(misuse):
    """The same misuse of a NumPy array and of an NDArray: the same built-in class of exception."""
    host, a = numbered((2, 3))
    with pytest.raises((IndexError, ValueError, TypeError)) as expected:
        misuse(host)
    with pytest.raises((IndexError, ValueError, TypeError)) as actual:
        misuse(a)
    assert issubclass(expected.type, actual.type)
    np.testing.assert_array_equal(host.reshape(-1), a.buffer)


@pytest.mark.parametrize(
    ("misuse", "error", "message"),
    [
        (lambda a: a[True], IndexError, "True"),
        (lambda a: a[[0, 1]], IndexError, r"\[0, 1\]"),
        (lambda a: a.permute((0,)), ValueError, r"\(2, 3\)"),
        (lambda a: a.permute((0, 0)), ValueError, r"twice.*\(2, 3\)"),
        (lambda a: a.permute((0, 2)), IndexError, r"out of range.*\(2, 3\)"),
        (lambda a: a.sum((1, -1)), ValueError, r"twice.*\(2, 3\)"),
        (lambda a: a.max(-3), IndexError, r"out of range.*\(2, 3\)"),
        (lambda a: a.broadcast_to((3, 2)), ValueError, r"\(2, 3\).*\(3, 2\)"),
        (lambda a: a.broadcast_to((3,)), ValueError, r"\(2, 3\).*\(3,\)"),
        (lambda a: a.flip((1, -1)), ValueError, r"twice.*\(2, 3\)"),
        (lambda a: a.flip(2), IndexError, r"out of range.*\(2, 3\)"),
        (lambda a: a.pad(((0, 0),)), ValueError, r"\(2, 3\)"),
        (lambda a: a.pad(((0, -1), (0, 0))), ValueError, "-1"),
        (lambda a: a.reshape((2, -3)), ValueError, r"\(2, 3\), size 6, into \(2, -3\)"),
        (lambda a: a.reshape((-2, -3)), ValueError, r"\(-2, -3\)"),
        (lambda a: a.__setitem__(..., np.ones((3, 2))), ValueError, r"\(3, 2\).*\(2, 3\)"),
        (
            lambda a: (
                a[:1].broadcast_to((4, 3)).__setitem__(0, 1) or a.broadcast_to((2, 2, 3)).__setitem__(..., 1)
            ),
            ValueError,
            "broadcast view",
        ),
        (lambda a: a + np.ones((3, 2)), ValueError, r"\(2, 3\) and \(3, 2\)"),
        (lambda a: a @ a, ValueError, r"\(2, 3\) and \(2, 3\)"),
        (lambda a: a[0] @ a, ValueError, r"\(3,\)"),
        (lambda a: a.maximum([1, 2]), TypeError, "list"),
        (lambda a: zeros((2, -1)), ValueError, "-1"),
        (lambda a: zeros((2,), dtype="int32"), TypeError, "int32"),
        (lambda a: zeros((2,), "float32"), TypeError, "dtype='float32'"),  # type: ignore[arg-type]
        (lambda a: array([1], dtype="float16"), TypeError, "float16"),
        (lambda a: a.__array__(copy=False), ValueError, "copy"),
    ],
)
def test_an_error_says_what_was_found(misuse, error, message):
    with pytest.raises(error, match=message):
        misuse(numbered((2, 3))[1])


# Arithmetic.

BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "equal": lambda a, b: a == b,
    "greater_equal": lambda a, b: a >= b,
    "maximum": lambda a, b: a.maximum(b) if isinstance(a, NDArray) else np.maximum(a, b),
}
REFLECTED = {"add", "subtract", "multiply", "divide", "equal"}  # there is no <= to reflect >=


def numbers(rng, shape, dtype="float32"):
    """Multiples of 1/4 between -2 and 2, none of them 0."""
    return np.asarray(rng.choice([-1, 1], shape) * rng.integers(1, 9, shape) / 4, dtype)


@exact
@given(
    operation=st.sampled_from(sorted(BINARY)),
    lengths=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4),
    rng=seeds,
    data=st.data(),
)
def test_operators_broadcast_as_numpys(awkward_view, operation, lengths, rng, data):
    """Views on either side, float32 beside float64: NumPy's values and dtype, and no input modified."""
    dtypes = st.sampled_from(["float32", "float64"])
    left, right = (numbers(rng, shape, data.draw(dtypes)) for shape in lengths.input_shapes)
    a, b = awkward_view(left, rng), awkward_view(right, rng)
    buffers = a.buffer.copy(), b.buffer.copy()
    actual = BINARY[operation](a, b)
    dtype = np.result_type(left.dtype, right.dtype)
    expected = np.asarray(BINARY[operation](left.astype(dtype), right.astype(dtype)), dtype)
    assert_same(expected, actual)
    assert actual.is_compact()
    for before, view in zip(buffers, (a, b), strict=True):
        np.testing.assert_array_equal(before, view.buffer)


@exact
@given(
    operation=st.sampled_from(sorted(BINARY)),
    shape=shapes,
    rng=seeds,
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_either_operand_may_be_a_number_or_a_numpy_array(awkward_view, operation, shape, rng, dtype):
    """The result keeps the NDArray's dtype, whatever the number's or the NumPy array's."""
    apply, host = BINARY[operation], numbers(rng, shape, dtype)
    a = awkward_view(host, rng)
    for number in (2, -0.75, True, np.float64(0.5), np.int64(3)):
        assert_same(np.asarray(apply(host, float(number))).astype(dtype), apply(a, number))
        if operation in REFLECTED:
            assert_same(np.asarray(apply(float(number), host)).astype(dtype), apply(number, a))
    other = numbers(rng, shape, "float64")
    assert_same(np.asarray(apply(host, other.astype(dtype))).astype(dtype), apply(a, other))
    if operation in REFLECTED:
        assert_same(np.asarray(apply(other.astype(dtype), host)).astype(dtype), apply(other, a))


@exact
@given(shape=shapes, rng=seeds, dtype=st.sampled_from(["float32", "float64"]))
def test_functions_of_one_array_are_numpys(awkward_view, shape, rng, dtype):
    """-a, exp, tanh, log, a ** k: to a few units in the last place, as NumPy's own loops differ by that."""
    host = numbers(rng, shape, dtype)
    a = awkward_view(host, rng)
    before = a.buffer.copy()
    pairs = [
        (-host, -a),
        (np.exp(host), a.exp()),
        (np.tanh(host), a.tanh()),
        (np.log(np.abs(host)), (a * a**0).maximum(-a).log()),
        (host**2, a**2),
        (host**-1.0, a**-1),
    ]
    for expected, actual in pairs:
        assert (expected.shape, dtype) == (actual.shape, actual.dtype)
        np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(before, a.buffer)


@exact
@given(shape=shapes, rng=seeds, data=st.data(), keepdims=st.booleans())
def test_reductions_are_numpys(awkward_view, shape, rng, data, keepdims):
    """sum and max over none, one, several or all axes; of all-negative data, too; a sum of nothing is 0."""
    host = -rng.integers(1, 9, shape).astype("float32")
    a = awkward_view(host, rng)
    axis = data.draw(st.none() | st.sets(st.integers(-len(shape), -1)).map(tuple) if shape else st.none())
    if axis and len(axis) == 1 and data.draw(st.booleans()):
        (axis,) = axis
    assert_same(np.asarray(np.sum(host, axis=axis, keepdims=keepdims)), a.sum(axis, keepdims))
    try:
        expected = np.asarray(np.max(host, axis=axis, keepdims=keepdims))
    except ValueError:
        with pytest.raises(ValueError, match="no maximum"):
            a.max(axis, keepdims)
    else:
        assert_same(expected, a.max(axis, keepdims))


def test_a_broadcast_views_sum_counts_every_repetition():
    assert float(full((1, 3), 2.0).broadcast_to((4, 3)).sum()) == 24


@exact
@given(m=st.integers(0, 5), k=st.integers(0, 5), n=st.integers(0, 5), rng=seeds)
def test_the_matrix_product_is_numpys(awkward_view, m, k, n, rng):
    left, right = rng.integers(-8, 9, (m, k)).astype("float32"), rng.integers(-8, 9, (k, n)).astype("float32")
    a, b = awkward_view(left, rng), awkward_view(right, rng)
    assert_same(left @ right, a @ b)
    assert_same((left @ right).astype("float64"), a.copy("float64") @ b)
    assert_same(left @ right, a @ right)


@pytest.mark.parametrize(
    "compare", [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_comparisons_are_numpys(compare):
    """1 where it holds and 0 elsewhere, of arrays, numbers and NumPy arrays, NaN among them."""
    x = np.array([1, 2, 3, np.nan, np.nan, np.inf], "float32")
    y = np.array([1, 3, 2, np.nan, 0, np.inf], "float32")
    a, b = array(x), array(y)
    np.testing.assert_array_equal(compare(x, y), compare(a, b).numpy())
    np.testing.assert_array_equal(compare(x, y), compare(a, y).numpy())
    np.testing.assert_array_equal(compare(x, y), compare(x, b).numpy())
    np.testing.assert_array_equal(compare(x, 2), compare(a, 2).numpy())
    np.testing.assert_array_equal(compare(2, x), compare(2, a).numpy())


def test_nan_is_kept_and_equals_nothing():
    a = array([np.nan, 1.0])
    assert np.isnan(float(a.max()))
    assert np.isnan(float(a.maximum(0)[0]))
    np.testing.assert_array_equal((a == a).numpy(), [0, 1])


# Construction, devices and NumPy.


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.ones(2, "float32"), "float32"),
        (np.ones(2, "float64"), "float64"),
        (np.ones(2, ">f8"), "float64"),
        (np.ones(2, "int64"), "float32"),
        (np.float64(1), "float64"),
        (full((2,), 1, dtype="float64"), "float64"),
        ([1.0, 2.0], "float32"),
        (3, "float32"),
    ],
)
def test_array_keeps_a_float_dtype_and_makes_all_else_float32(values, dtype):
    assert array(values).dtype == dtype
    assert array(values, dtype="float64").dtype == "float64"


@exact
@given(shape=shapes, rng=seeds)
def test_numpy_to_array_and_back_shares_no_memory(awkward_view, shape, rng):
    """Writing to what went in or to what came out changes no NDArray."""
    host = np.asarray(numbers(rng, shape))
    expected = host.copy()
    assert_same(host.T, array(host.T))
    a = array(host)
    host[...] = 0
    for out in (a.numpy(), np.asarray(a), np.array(a, dtype="float64")):
        np.testing.assert_array_equal(expected, out)
        out[...] = 0
    np.testing.assert_array_equal(expected, a.numpy())
    assert awkward_view(expected, rng).numpy().flags.c_contiguous


@exact
@given(shape=shapes, rng=seeds, dtype=st.sampled_from(["float32", "float64"]))
def test_dlpack_carries_a_view_out_and_in_without_a_copy(awkward_view, shape, rng, dtype):
    """Any view, negative strides too: the same values, and what is written on either side is seen on both."""
    expected = numbers(rng, shape, dtype)
    view = awkward_view(expected, rng)
    assert view.__dlpack_device__() == (1, 0)
    host = np.from_dlpack(view)
    np.testing.assert_array_equal(expected, host)
    assert expected.size == 0 or np.may_share_memory(host, view.buffer)

    source = np.asarray(np.flip(expected.copy().T))
    back = from_dlpack(source)
    assert_same(source, back)
    back[...] = 7
    np.testing.assert_array_equal(np.full_like(source, 7), source)
    again = from_dlpack(view)
    again[...] = 7
    np.testing.assert_array_equal(np.full_like(expected, 7), view.numpy())


def test_dlpack_keeps_the_strides_of_a_broadcast_view():
    view = array([1.0, 2.0]).broadcast_to((3, 2))
    assert from_dlpack(view).strides == (0, 1)
    assert_same(view.numpy(), from_dlpack(view))


def test_dlpack_of_what_no_ndarray_holds_is_an_error_that_says_what():
    class Elsewhere:
        def __dlpack_device__(self):
            return (10, 0)  # a ROCm GPU

    with pytest.raises(TypeError, match="int64"):
        from_dlpack(np.arange(3))
    with pytest.raises(ValueError, match="kind 10"):
        from_dlpack(Elsewhere())


def test_attributes_describe_the_array():
    a = zeros((2, 3, 4))[1, :, 1::2]
    assert (a.shape, a.strides, a.offset, a.size, a.ndim) == ((3, 2), (4, 2), 13, 6, 2)
    assert (a.dtype, a.device, a.is_compact()) == ("float32", cpu(), False)
    assert all(word in repr(a) for word in ("(3, 2)", "(4, 2)", "13", "float32", "cpu()", "0."))


def test_new_arrays_are_compact_and_hold_what_was_asked_for():
    shapes: list[Any] = [((2, 3), (2, 3)), (3, (3,)), ((), ()), ((2, 0), (2, 0))]
    for shape, lengths in shapes:
        assert_same(np.full(lengths, 2.5, "float32"), full(shape, 2.5))
        assert_same(np.zeros(lengths), zeros(shape, cpu(), "float64"))
        assert empty(shape).shape == lengths
        assert zeros(shape).is_compact()


def test_compact_of_a_compact_array_is_that_array_and_copy_is_not():
    _, a = numbered((2, 3))
    assert a.compact() is a
    assert a.reshape((3, 2)).is_compact()
    assert a.copy().buffer is not a.buffer
    assert not a[:1].is_compact()
    assert not a.permute((1, 0)).is_compact()


def test_truth_and_float_are_for_one_element():
    assert bool(array(1.0) == 1)
    assert not bool(array([1.0]) == 2)
    assert float(array(2.5)) == 2.5


def test_an_array_stays_on_its_device():
    _, a = numbered((2, 3))
    assert a.to(cpu()) is a
    assert cpu() == cpu()


def test_a_missing_gpu_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)  # as if CuPy were not installed, also where it is
    cuda.cache_clear()
    with pytest.raises(RuntimeError, match=r"cuda\(\) is not available.*Use cpu\(\)"):
        cuda()


def test_normalize_axes_counts_from_the_front():
    assert normalize_axes((-1, 0), 3) == (2, 0)
    assert normalize_axes(cast(Any, np.int64(-2)), 3) == (1,)
    assert normalize_axes([], 0) == ()


# The handout takes ndarray.py and backends/ as the package `ndarray`, without the methods it asks for.


def test_the_library_works_under_another_package_name(tmp_path):
    package = tmp_path / "ndarray"
    shutil.copytree(SOURCE / "backends", package / "backends", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SOURCE / "ndarray.py", package)
    (package / "__init__.py").write_text("from .ndarray import *\n")
    program = "import sys, ndarray; print(ndarray.zeros((2, 3)).sum().shape, 'reference' in sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert process.stdout == "() False\n"


def test_no_method_leans_on_one_that_an_exercise_may_ask_for():
    """Nobody in ndarray.py uses .flip or .pad, nor do the two conv.py: each can be taken away."""
    for name in ("ndarray.py", "conv.py", "readable/conv.py"):
        tree = ast.parse((SOURCE / name).read_text())
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not attributes & {"flip", "pad"}
