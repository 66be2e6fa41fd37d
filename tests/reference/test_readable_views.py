"""NDArray's form to read and its form to run are one: the same views, the same values, the same refusals."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import ndarray
from reference.readable import views
from tests.reference.laws import numbered
from tests.reference.test_views import exact, same_size_shapes, seeds, shapes, step

FORMS = pytest.mark.parametrize("form", [ndarray, views], ids=["run", "read"])


def twins(shape):
    """The numbers 1, 2, ... in both forms."""
    host, _ = numbered(shape)
    return ndarray.array(host), views.array(host)


def assert_same(expected, actual):
    """Both forms see the same part of their buffers in the same way."""
    assert (expected.shape, expected.offset) == (actual.shape, actual.offset)
    for n, ours, theirs in zip(expected.shape, expected.strides, actual.strides, strict=True):
        assert expected.size == 0 or n == 1 or ours == theirs
    assert expected.dtype == actual.dtype
    np.testing.assert_array_equal(expected.numpy(), actual.numpy())
    assert expected.is_compact() == actual.is_compact()
    np.testing.assert_array_equal(expected.compact().buffer, actual.compact().buffer)


def refusal(call):
    """The class of the exception that a call raises, None where it raises none."""
    try:
        call()
    except (IndexError, ValueError) as error:
        return type(error)
    return None


@exact
@given(data=st.data(), shape=shapes)
def test_a_chain_of_views_is_that_of_the_form_to_run(data, shape):
    host, _ = numbered(shape)
    tuned, plain = twins(shape)
    for _ in range(data.draw(st.integers(1, 6))):
        # The law's own step draws an operation for NumPy and one of the forms; the other one follows it.
        log: list[tuple[str, Any]] = []
        before = (tuned.buffer, plain.buffer)
        host, tuned = step(data, host, Recorder(tuned, log))
        ((name, arguments),) = log
        plain = getattr(plain, name)(*arguments)
        assert_same(tuned, plain)
        if tuned.size:
            assert (tuned.buffer is before[0]) == (plain.buffer is before[1])


class Recorder:
    """An array that notes which of its methods is called."""

    def __init__(self, array, log):
        self._array, self._log = array, log

    def __getitem__(self, index):
        return self._call("__getitem__", index)

    def __getattr__(self, name):
        return lambda *arguments: self._call(name, *arguments)

    def _call(self, name, *arguments):
        self._log.append((name, arguments))
        return getattr(self._array, name)(*arguments)


@exact
@given(data=st.data(), shape=shapes)
def test_a_reshape_is_that_of_the_form_to_run(data, shape):
    lengths = data.draw(same_size_shapes(shape))
    tuned, plain = twins(shape)
    assert_same(tuned.reshape(lengths), plain.reshape(lengths))


@exact
@given(rng=seeds, shape=st.lists(st.integers(0, 4), max_size=3))
def test_positions_are_where_a_formula_says(rng, shape):
    strides, offset = rng.integers(-5, 6, len(shape)).tolist(), int(rng.integers(0, 9))
    expected = [
        offset + sum(i * s for i, s in zip(index, strides, strict=True))
        for index in itertools.product(*map(range, shape))
    ]
    places = views.positions(shape, strides, offset)

    assert places.tolist() == expected
    assert places.dtype == np.int64


@exact
@given(data=st.data())
def test_an_assignment_is_that_of_the_form_to_run(data):
    """Values that broadcast and values that overlap what they are written to."""
    tuned, plain = twins((4, 4))
    part = st.sampled_from([slice(0, 3), slice(1, 4), slice(2, None, -1), slice(None, 0, -1)])
    target, source = (data.draw(st.tuples(part, part)) for _ in range(2))
    order = data.draw(st.permutations(range(2)))
    what = data.draw(st.sampled_from(["itself", "row", "number", "NumPy array"]))
    for a in (tuned, plain):
        value = a[source].permute(order)
        value = {"itself": value, "row": value[0], "number": 7.0, "NumPy array": -value.numpy()}[what]
        a.permute(order)[target] = value
    np.testing.assert_array_equal(tuned.buffer, plain.buffer)


@exact
@given(data=st.data(), shape=shapes, keepdims=st.booleans(), name=st.sampled_from(["sum", "max"]))
def test_a_reduction_is_that_of_the_form_to_run(data, shape, keepdims, name):
    axes = data.draw(st.none() | st.sets(st.integers(0, len(shape) - 1)).map(tuple)) if shape else None
    tuned, plain = (a.flip() for a in twins(shape))
    refused = refusal(lambda: getattr(tuned, name)(axes, keepdims))

    assert refusal(lambda: getattr(plain, name)(axes, keepdims)) == refused
    if refused is None:
        assert_same(getattr(tuned, name)(axes, keepdims), getattr(plain, name)(axes, keepdims))


@exact
@given(data=st.data(), shape=shapes)
def test_a_padding_is_that_of_the_form_to_run(data, shape):
    pairs = [data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) for _ in shape]
    tuned, plain = (a.flip() for a in twins(shape))
    assert_same(tuned.pad(pairs), plain.pad(pairs))
    assert plain.pad(pairs).buffer is not plain.buffer


@FORMS
@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda a: a.permute((1, 1)), ValueError),
        (lambda a: a.permute((0,)), ValueError),
        (lambda a: a.permute((0, 2)), IndexError),
        (lambda a: a.broadcast_to((2, 6)), ValueError),
        (lambda a: a.broadcast_to((3,)), ValueError),
        (lambda a: a.flip((0, -2)), ValueError),
        (lambda a: a[2], IndexError),
        (lambda a: a[-3], IndexError),
        (lambda a: a[0, 0, 0], IndexError),
        (lambda a: a[..., 0, ...], IndexError),
        (lambda a: a[True], IndexError),
        (lambda a: a[0.0], IndexError),
        (lambda a: a.__setitem__(..., a.permute((1, 0))), ValueError),
        (lambda a: a[:1].broadcast_to((2, 3)).__setitem__(..., a), ValueError),
        (lambda a: a.reshape((4,)), ValueError),
        (lambda a: a.reshape((4, -1)), ValueError),
        (lambda a: a.reshape((-1, -1)), ValueError),
        (lambda a: a.reshape((-2, -3)), ValueError),
        (lambda a: a.pad(((0, 0),)), ValueError),
        (lambda a: a.pad(((-1, 0), (0, 0))), ValueError),
        (lambda a: a[:0].max(0), ValueError),
        (lambda a: a.as_strided((2, 3), (3,)), ValueError),
        (lambda a: a.as_strided((2, 3), (3, -1)), ValueError),
        (lambda a: a.as_strided((7,), (1,), 0), ValueError),
    ],
)
def test_both_forms_refuse_the_same(form, call, error):
    with pytest.raises(error):
        call(form.array(np.arange(6).reshape(2, 3)))


def test_an_array_is_a_copy_in_the_dtype_that_is_asked_for():
    host = np.arange(6.0).reshape(2, 3)
    for dtype in ("float32", "float64"):
        a = views.array(host.T, device=views.cpu(), dtype=dtype)
        a.buffer[...] = 0
        assert (a.dtype, a.size, a.ndim, a.strides) == (dtype, 6, 2, (2, 1))
    np.testing.assert_array_equal(np.arange(6.0).reshape(2, 3), host)
    assert "strides=(2, 1), offset=0" in repr(a)


lengths = st.integers(1, 5)


@settings(exact, max_examples=60)
@given(rng=seeds, m=lengths, k=lengths, n=lengths, tile=st.integers(1, 6))
def test_a_matrix_product_is_numpys_for_any_tile_and_any_view(rng, m, k, n, tile):
    left, right = rng.integers(-8, 9, (m, k)), rng.integers(-8, 9, (k, n))
    a = views.array(left.T).permute((1, 0))
    b = views.array(np.flip(right)).flip()
    out = views.array(np.ones((n, m))).permute((1, 0))
    views.add_product(a, b, out)

    np.testing.assert_array_equal(1 + left @ right, out.numpy())
    for product in (views.matmul(a, b), views.matmul_tiled(a, b, tile)):
        np.testing.assert_array_equal(left @ right, product.numpy())
        assert product.is_compact()
        assert product.dtype == "float32"


@settings(exact, max_examples=60)
@given(rng=seeds, m=lengths, n=lengths, tile=st.integers(1, 6))
def test_tiles_hold_every_element_once_and_zeros_elsewhere(rng, m, n, tile):
    host = rng.integers(1, 9, (m, n))
    out = views.tiles(views.array(host.T).permute((1, 0)), tile)

    assert out.shape == (math.ceil(m / tile), math.ceil(n / tile), tile, tile)
    assert out.is_compact()
    for i, j in np.ndindex(m, n):
        assert out.numpy()[i // tile, j // tile, i % tile, j % tile] == host[i, j]
    assert out.numpy().sum() == host.sum()


@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (3, 2))])
def test_matrices_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match="cannot multiply matrices of shapes"):
        views.matmul(*(views.zeros(shape) for shape in shapes))
