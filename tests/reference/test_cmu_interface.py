"""NDArray and convolution as students of CMU 10-414/714 know them: the names, the calls and what they return.

That course's exercises ask for these by the same names. Every test calls one as its students would, beside
the same in NumPy.
"""

import math

import numpy as np
import pytest

from reference import ndarray as nd
from reference.conv import conv, conv_w_grad, conv_x_grad, dilate, flip, pad, undilate

RNG = np.random.default_rng(714)


def pair_of(*shape):
    """A random array, for NumPy and for us."""
    host = RNG.standard_normal(shape).astype("float32")
    return host, nd.array(host, device=nd.cpu())


def assert_equal(expected, actual):
    assert actual.shape == expected.shape
    np.testing.assert_array_equal(expected, actual.numpy())


# Views: what an array is made of, and that no element moves.


@pytest.mark.parametrize("transform", ["reshape", "permute", "broadcast_to", "getitem", "chain"])
def test_a_view_has_numpys_strides_in_elements_and_shares_its_memory(transform):
    host, a = pair_of(4, 1, 6)
    expected, actual = {
        "reshape": lambda: (host.reshape(2, 2, 6), a.reshape((2, 2, 6))),
        "permute": lambda: (host.transpose(2, 0, 1), a.permute((2, 0, 1))),
        "broadcast_to": lambda: (np.broadcast_to(host, (4, 5, 6)), a.broadcast_to((4, 5, 6))),
        "getitem": lambda: (host[1:4:2, :, 2:], a[1:4:2, :, 2:]),
        "chain": lambda: (host[1:].transpose(2, 1, 0)[::3], a[1:].permute((2, 1, 0))[::3]),
    }[transform]()
    assert_equal(expected, actual)
    for n, theirs, ours in zip(expected.shape, expected.strides, actual.strides, strict=True):
        assert n == 1 or theirs == ours * host.itemsize
    start = expected.__array_interface__["data"][0] - host.__array_interface__["data"][0]
    assert actual.offset * host.itemsize == start
    a[...] = 3
    np.testing.assert_array_equal(actual.numpy(), np.full(expected.shape, 3))


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_compact_after_permute_is_row_major(axes):
    host, a = pair_of(3, 4, 5)
    view = a.permute(axes)
    out = view.compact()
    assert out.is_compact()
    assert out.strides == tuple(math.prod(out.shape[i + 1 :]) for i in range(3))
    assert view.is_compact() == (axes == (0, 1, 2))
    assert_equal(host.transpose(axes), out)


def test_reshape_to_another_size_is_a_value_error():
    _, a = pair_of(4, 3)
    with pytest.raises(ValueError, match=r"\(4, 3\)"):
        a.reshape((5, 2))


@pytest.mark.parametrize(
    "index",
    [
        (slice(0, 4), slice(0, 3)),
        (slice(1, 3), slice(1, 2)),
        (slice(None, None, 2), slice(2, None)),
        (slice(3, None, -1), slice(None, None, -2)),
        (slice(2, 2), slice(None)),
        (2, slice(None)),
        (slice(None), -1),
        (1, 2),
    ],
)
def test_getitem_selects_and_setitem_writes_what_numpy_does(index):
    host, a = pair_of(4, 3)
    assert_equal(np.asarray(host[index]), a[index])
    host[index] = 5
    a[index] = 5
    assert_equal(host, a)
    value, ours = pair_of(*np.shape(host[index]))
    host[index] = value
    a[index] = ours
    assert_equal(host, a)


def test_setitem_takes_a_view_from_elsewhere():
    host, a = pair_of(4, 5)
    other, b = pair_of(5, 8)
    host[1:3, :4] = other.T[2:6:2, 1:]
    a[1:3, :4] = b.permute((1, 0))[2:6:2, 1:]
    assert_equal(host, a)


# Arithmetic.


@pytest.mark.parametrize(
    "apply",
    [
        lambda a, b: a + b,
        lambda a, b: a * b,
        lambda a, b: a - b,
        lambda a, b: a / b,
        lambda a, b: a + 2,
        lambda a, b: 1 - a,
        lambda a, b: -a,
        lambda a, b: a == b,
        lambda a, b: a >= 0.1,
        lambda a, b: (a * a) ** 2,
    ],
)
def test_operators_are_numpys(apply):
    (x, a), (y, b) = pair_of(3, 4), pair_of(3, 4)
    for left, right, ours, theirs in ((x, y, a, b), (x.T, y.T, a.permute((1, 0)), b.permute((1, 0)))):
        actual = apply(ours, theirs)
        np.testing.assert_allclose(actual.numpy(), apply(left, right).astype("float32"), rtol=1e-6)


def test_functions_of_each_element_are_numpys():
    (x, a), (y, b) = pair_of(3, 4), pair_of(3, 4)
    np.testing.assert_allclose(a.exp().numpy(), np.exp(x), rtol=1e-6)
    np.testing.assert_allclose(a.tanh().numpy(), np.tanh(x), rtol=1e-6)
    np.testing.assert_allclose((a * a + 1).log().numpy(), np.log(x * x + 1), rtol=1e-5)
    assert_equal(np.maximum(x, y), a.maximum(b))
    assert_equal(np.maximum(x, np.float32(0)), a.maximum(0))


@pytest.mark.parametrize("name", ["sum", "max"])
@pytest.mark.parametrize(
    ("axis", "keepdims"), [(None, False), (0, False), (1, True), (2, False), (-1, True), ((0, 2), False)]
)
def test_reductions_are_numpys(name, axis, keepdims):
    host, a = pair_of(3, 4, 5)
    expected = np.asarray(getattr(host, name)(axis=axis, keepdims=keepdims))
    actual = getattr(a, name)(axis=axis, keepdims=keepdims)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-5, atol=1e-5)
    expected = np.asarray(getattr(host.transpose(2, 0, 1), name)(axis=axis, keepdims=keepdims))
    actual = getattr(a.permute((2, 0, 1)), name)(axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("m", "n", "p"), [(8, 8, 8), (1, 7, 1), (16, 32, 3), (17, 31, 65), (128, 128, 128)])
def test_matmul_of_any_sizes_is_numpys(m, n, p):
    (x, a), (y, b) = pair_of(m, n), pair_of(n, p)
    np.testing.assert_allclose((a @ b).numpy(), x @ y, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        (b.permute((1, 0)) @ a.permute((1, 0))).numpy(), (x @ y).T, rtol=1e-4, atol=1e-4
    )


# What convolution is made of.


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((10, 5), (0,)), ((10, 5), (1,)), ((10, 5), (0, 1)), ((2, 3, 3, 8), (0, 1)), ((3, 3, 6, 8), (1, 2))],
)
def test_flip_reverses_axes_as_method_and_as_function(shape, axes):
    host, a = pair_of(*shape)
    assert_equal(np.flip(host, axes), a.flip(axes))
    assert_equal(np.flip(host, axes), flip(a, axes))
    assert a.flip(axes).offset == sum(a.strides[axis] * (shape[axis] - 1) for axis in axes)


@pytest.mark.parametrize(
    "padding", [((0, 0), (1, 1), (1, 1), (0, 0)), ((0, 0), (2, 2), (0, 1), (0, 0)), ((1, 0), (0, 0)) * 2]
)
def test_pad_puts_zeros_around_as_method_and_as_function(padding):
    host, a = pair_of(2, 5, 4, 3)
    assert_equal(np.pad(host, padding), a.pad(padding))
    assert_equal(np.pad(host, padding), pad(a, padding))


@pytest.mark.parametrize(
    ("host", "dilation", "axes", "expected"),
    [
        ([[6, 1], [4, 4]], 0, (0,), [[6, 1], [4, 4]]),
        ([[7, 9], [8, 8]], 1, (0,), [[7, 9], [0, 0], [8, 8], [0, 0]]),
        ([[7, 6], [7, 4]], 1, (1,), [[7, 0, 6, 0], [7, 0, 4, 0]]),
        ([[0, 1], [0, 7]], 1, (0, 1), [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 7, 0], [0, 0, 0, 0]]),
        ([[3, 1]], 2, (1,), [[3, 0, 0, 1, 0, 0]]),
    ],
)
def test_dilate_adds_zeros_after_each_element_and_undilate_removes_them(host, dilation, axes, expected):
    out = dilate(nd.array(host), axes, dilation)
    assert_equal(np.array(expected), out)
    assert_equal(np.array(host), undilate(out, axes, dilation))


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "stride", "padding"),
    [
        ((3, 14, 14, 8), (3, 3, 8, 16), 1, 0),
        ((3, 14, 14, 8), (3, 3, 8, 16), 1, 1),
        ((3, 16, 16, 8), (3, 3, 8, 16), 1, 2),
        ((3, 16, 16, 8), (3, 3, 8, 14), 2, 0),
        ((3, 17, 17, 8), (5, 5, 8, 16), 2, 2),
        ((3, 17, 17, 1), (5, 5, 1, 16), 1, 0),
        ((3, 17, 17, 16), (1, 1, 16, 1), 3, 0),
        ((1, 14, 14, 2), (3, 3, 2, 2), 2, 1),
    ],
)
def test_conv_takes_nhwc_and_hwio_and_has_finite_difference_gradients(x_shape, w_shape, stride, padding):
    """The forward pass window by window; the gradients by what a step in a random direction changes."""
    (x, a), (w, b) = pair_of(*x_shape), pair_of(*w_shape)
    out = conv(a, b, stride=stride, padding=padding)
    big = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    k_h, k_w = w_shape[:2]
    for i, j in np.ndindex(*out.shape[1:3]):
        window = big[:, i * stride : i * stride + k_h, j * stride : j * stride + k_w]
        expected = np.einsum("nabc,abco->no", window, w)
        np.testing.assert_allclose(out[:, i, j].numpy(), expected, rtol=1e-3, atol=1e-4)

    (_, g), (_, v), (_, u) = pair_of(*out.shape), pair_of(*x_shape), pair_of(*w_shape)
    a, b, g, v, u = (array.copy("float64") for array in (a, b, g, v, u))
    x_grad = conv_x_grad(g, b, x_shape, stride=stride, padding=padding)
    w_grad = conv_w_grad(a, g, w_shape, stride=stride, padding=padding)
    here = conv(a, b, stride, padding)
    for moved, gradient, direction in (
        (conv(a + v, b, stride, padding), x_grad, v),
        (conv(a, b + u, stride, padding), w_grad, u),
    ):
        change = float(((moved - here) * g).sum())
        assert math.isclose(change, float((gradient * direction).sum()), rel_tol=1e-9, abs_tol=1e-9)
