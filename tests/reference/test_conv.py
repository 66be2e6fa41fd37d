"""Convolution's laws: the forward against SciPy, the gradients against their definition, with ==."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest

from reference.backends import Device
from reference.conv import (
    col2im,
    conv,
    conv_w_grad,
    conv_x_grad,
    dilate,
    flip,
    im2col,
    output_shape,
    output_size,
    pad,
    pair,
    undilate,
)
from reference.ndarray import array, cpu


@dataclass(frozen=True)
class Geometry:
    """The sizes of one convolution, (height, width) where there are two."""

    n: int
    size: tuple[int, int]
    kernel: tuple[int, int]
    c_in: int
    c_out: int
    stride: tuple[int, int]
    padding: tuple[int, int]

    @property
    def x_shape(self):
        return (self.n, *self.size, self.c_in)

    @property
    def w_shape(self):
        return (*self.kernel, self.c_in, self.c_out)

    @property
    def axes(self):
        """(size, kernel, stride, padding) of the height, then of the width."""
        return list(zip(self.size, self.kernel, self.stride, self.padding, strict=True))


def drawn_geometries(count):
    rng = np.random.default_rng(10414)
    geometries: list[Geometry] = []
    while len(geometries) < count:
        size, kernel, stride, padding = (
            tuple(rng.integers(low, high, 2).tolist()) for low, high in [(1, 9), (1, 6), (1, 5), (0, 5)]
        )
        n, c_in, c_out = rng.integers(1, 4, 3).tolist()
        if all(k <= h + 2 * p for h, k, p in zip(size, kernel, padding, strict=True)):
            geometries.append(Geometry(n, size, kernel, c_in, c_out, stride, padding))
    return geometries


GEOMETRIES = drawn_geometries(400)
FIRST = 100  # so many are tested on a device whose operations take longer


@pytest.fixture
def geometries():
    """The convolutions that a law is tested on: all of them."""
    return GEOMETRIES


def integers(rng, shape, dtype="float32"):
    return rng.integers(-8, 9, shape).astype(dtype)


def padded(x, padding):
    p_h, p_w = padding
    return np.pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))


def scipy_conv(x, w, stride, padding):
    """One image, one channel, one kernel at a time."""
    correlate2d = pytest.importorskip("scipy.signal").correlate2d
    x = padded(x, padding)
    planes = [
        [sum(correlate2d(image[..., c], w[..., c, o], "valid") for c in range(x.shape[3])) for image in x]
        for o in range(w.shape[3])
    ]
    return np.moveaxis(np.array(planes), 0, -1)[:, :: stride[0], :: stride[1]]


def scattered_grads(x, w, out_grad, stride, padding):
    """The gradients window by window: what each output took from x and w, it gives back."""
    (k_h, k_w), (p_h, p_w) = w.shape[:2], padding
    x = padded(x, padding).astype("float64")
    x_grad, w_grad = np.zeros_like(x), np.zeros(w.shape)
    for i, j in np.ndindex(out_grad.shape[1:3]):
        window = np.s_[:, i * stride[0] : i * stride[0] + k_h, j * stride[1] : j * stride[1] + k_w]
        x_grad[window] += np.einsum("no,abco->nabc", out_grad[:, i, j], w)
        w_grad += np.einsum("no,nabc->abco", out_grad[:, i, j], x[window])
    return x_grad[:, p_h : x.shape[1] - p_h, p_w : x.shape[2] - p_w], w_grad


@pytest.mark.parametrize("count", [len(GEOMETRIES), FIRST])
def test_the_geometries_leave_bugs_nowhere_to_hide(count):
    """Every remainder of strides 1 to 4, p > K - 1, K = H, K = 1, K > s and K < s, on either axis."""
    assert len(GEOMETRIES) >= 300
    for axis in (0, 1):
        axes = [geometry.axes[axis] for geometry in GEOMETRIES[:count]]
        remainders = {(s, (h + 2 * p - k) % s) for h, k, s, p in axes}
        assert remainders == {(s, r) for s in range(1, 5) for r in range(s)}
        for hard in (
            lambda h, k, s, p: p > k - 1,
            lambda h, k, s, p: p == 0 and k == h,
            lambda h, k, s, p: k == 1 and s > 1,
            lambda h, k, s, p: k > s,
            lambda h, k, s, p: k > h,
        ):
            assert any(hard(*numbers) for numbers in axes)


def test_conv_equals_scipys_correlation(geometries):
    """conv is correlate2d, summed over the channels in, at every s-th position: ==, on integers."""
    rng = np.random.default_rng(1)
    for geometry in geometries:
        x, w = integers(rng, geometry.x_shape), integers(rng, geometry.w_shape)
        actual = conv(array(x), array(w), geometry.stride, geometry.padding)
        expected = scipy_conv(x, w, geometry.stride, geometry.padding)
        assert actual.shape == output_shape(x.shape, w.shape, geometry.stride, geometry.padding), geometry
        assert actual.dtype == "float32"
        np.testing.assert_array_equal(expected, actual.numpy(), str(geometry))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradients_give_back_what_each_window_took(geometries, dtype):
    """x_grad and w_grad equal the sum over the windows, ==, on integers."""
    rng = np.random.default_rng(2)
    for geometry in geometries:
        x, w = integers(rng, geometry.x_shape, dtype), integers(rng, geometry.w_shape, dtype)
        how = geometry.stride, geometry.padding
        out_grad = integers(rng, output_shape(x.shape, w.shape, *how), dtype)
        x_grad = conv_x_grad(array(out_grad), array(w), x.shape, *how)
        w_grad = conv_w_grad(array(x), array(out_grad), w.shape, *how)
        assert x_grad.dtype == w_grad.dtype == dtype
        expected_x_grad, expected_w_grad = scattered_grads(x, w, out_grad, *how)
        np.testing.assert_array_equal(expected_x_grad, x_grad.numpy(), str(geometry))
        np.testing.assert_array_equal(expected_w_grad, w_grad.numpy(), str(geometry))


def test_conv_and_its_gradients_are_adjoint(geometries):
    """<conv(v, w), g> == <v, x_grad(g, w)> and <conv(x, v), g> == <v, w_grad(x, g)>, with ==, on integers."""
    rng = np.random.default_rng(3)
    for geometry in geometries:
        x, w = array(integers(rng, geometry.x_shape)), array(integers(rng, geometry.w_shape))
        how = geometry.stride, geometry.padding
        out_grad = array(integers(rng, output_shape(x.shape, w.shape, *how)))
        out = conv(x, w, *how).numpy().astype("int64")
        inner = (out * out_grad.numpy().astype("int64")).sum()
        x_grad = conv_x_grad(out_grad, w, x.shape, *how).numpy().astype("int64")
        w_grad = conv_w_grad(x, out_grad, w.shape, *how).numpy().astype("int64")
        assert inner == (x.numpy().astype("int64") * x_grad).sum(), geometry
        assert inner == (w.numpy().astype("int64") * w_grad).sum(), geometry


def test_inputs_may_be_any_view_and_are_not_modified(awkward_view):
    """Layout changes no result, and no buffer that went in comes out changed."""
    rng = np.random.default_rng(4)
    for geometry in GEOMETRIES[:60]:
        how: Any = (geometry.stride, geometry.padding)
        hosts = [integers(rng, geometry.x_shape), integers(rng, geometry.w_shape)]
        hosts.append(integers(rng, output_shape(hosts[0].shape, hosts[1].shape, *how)))
        x, w, out_grad = views = [awkward_view(host, rng) for host in hosts]
        buffers = [view.buffer.copy() for view in views]
        results: list[Any] = [
            (conv, (x, w)),
            (conv_x_grad, (out_grad, w, x.shape)),
            (conv_w_grad, (x, out_grad, w.shape)),
        ]
        for function, arguments in results:
            compact = [array(a.numpy()) if hasattr(a, "numpy") else a for a in arguments]
            expected, actual = function(*compact, *how), function(*arguments, *how)
            np.testing.assert_array_equal(expected.numpy(), actual.numpy())
        for before, view in zip(buffers, views, strict=True):
            np.testing.assert_array_equal(before, view.buffer)


def test_real_data_stays_inside_the_error_bound():
    """In float32 each element is within 8 * 2^-24 * (|x| * |w|) of the float64 result, gradients too."""
    rng = np.random.default_rng(6)
    x, w, how = rng.standard_normal((2, 16, 15, 8)), rng.standard_normal((5, 3, 8, 16)), ((2, 1), (2, 0))
    out_grad = rng.standard_normal(output_shape(x.shape, w.shape, *how))
    for function, arguments in (
        (lambda a, b: conv(a, b, *how), (x, w)),
        (lambda a, b: conv_x_grad(a, b, x.shape, *how), (out_grad, w)),
        (lambda a, b: conv_w_grad(a, b, w.shape, *how), (x, out_grad)),
    ):
        single = [argument.astype("float32") for argument in arguments]
        expected = function(*(array(a, dtype="float64") for a in single)).numpy()
        bound = function(*(array(np.abs(a), dtype="float64") for a in single)).numpy()
        actual = function(*(array(a) for a in single)).numpy()
        assert np.all(np.abs(expected - actual) <= 8 * 2.0**-24 * bound)


def test_the_notes_example_starts_with_minus_six():
    """1 to 25 under three rows of (1, 0, -1): every window sums three times (n - (n + 2)) = -6."""
    x = np.arange(1, 26).reshape(1, 5, 5, 1).astype("float32")
    w = np.tile(np.array([1, 0, -1], "float32"), (3, 1)).reshape(3, 3, 1, 1)
    out = conv(array(x), array(w)).numpy()
    assert out[0, 0, 0, 0] == -6
    np.testing.assert_array_equal(out, np.full((1, 3, 3, 1), -6))


def test_an_empty_batch_and_no_channels_in_are_allowed():
    """No images give no outputs, and a sum over no channels or no images is 0."""
    x, w, out_grad = (array(np.ones(shape)) for shape in [(0, 5, 4, 2), (3, 2, 2, 3), (0, 3, 3, 3)])
    assert conv(x, w).shape == (0, 3, 3, 3)
    assert conv_x_grad(out_grad, w, x.shape).shape == x.shape
    np.testing.assert_array_equal(conv_w_grad(x, out_grad, w.shape).numpy(), np.zeros(w.shape))
    out = conv(array(np.ones((1, 3, 3, 0))), array(np.ones((2, 2, 0, 4))))
    np.testing.assert_array_equal(out.numpy(), np.zeros((1, 2, 2, 4)))


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "stride", "padding", "message"),
    [
        (
            (1, 4, 4, 2),
            (5, 3, 2, 1),
            1,
            0,
            r"\(5, 3, 2, 1\): .* 5 does not fit on 4 pixels padded by 0",
        ),
        ((1, 4, 4, 2), (3, 7, 2, 1), 1, (0, 1), "length 7 does not fit on 4 pixels padded by 1"),
        ((1, 4, 4, 2), (0, 3, 2, 1), 1, 0, "length 0"),
        ((1, 4, 4, 2), (3, 3, 2, 1), 0, 0, r"\(1, 4, 4, 2\) and w \(3, 3, 2, 1\): stride"),
        ((1, 4, 4, 2), (3, 3, 2, 1), (1, -1), 0, "stride"),
        ((1, 4, 4, 2), (3, 3, 2, 1), 1, -1, "padding"),
        ((1, 4, 4, 2), (3, 3, 2, 1), 1, (0, -1), "padding"),
        ((1, 4, 4, 2), (3, 3, 2, 1), (1, 1, 1), 0, "pair"),
        ((1, 4, 4, 2), (3, 3, 4, 1), 1, 0, r"\(1, 4, 4, 2\) and \(3, 3, 4, 1\)"),
        ((4, 4, 2), (3, 3, 2, 1), 1, 0, r"\(4, 4, 2\)"),
        ((1, 4, 4, 2), (3, 3, 2), 1, 0, r"\(3, 3, 2\)"),
    ],
)
def test_a_convolution_that_does_not_exist_is_a_value_error(x_shape, w_shape, stride, padding, message):
    """The same misuse gives the same error from conv and from both gradients."""
    x, w, out_grad = array(np.ones(x_shape)), array(np.ones(w_shape)), array(np.ones((1, 2, 2, 1)))
    with pytest.raises(ValueError, match=message):
        conv(x, w, stride, padding)
    with pytest.raises(ValueError, match=message):
        conv_x_grad(out_grad, w, x_shape, stride, padding)
    with pytest.raises(ValueError, match=message):
        conv_w_grad(x, out_grad, w_shape, stride, padding)


def test_arrays_on_two_devices_are_a_value_error_that_names_both():
    """Also where the other device's memory could be read: nothing is moved in silence."""
    elsewhere = Device("elsewhere", cpu().ops)
    here, there = (
        [array(np.ones(s), device=d) for s in ((1, 4, 4, 2), (3, 3, 2, 1), (1, 2, 2, 1))]
        for d in (cpu(), elsewhere)
    )
    for call in (
        lambda a, b: conv(a[0], b[1]),
        lambda a, b: conv_x_grad(a[2], b[1], a[0].shape),
        lambda a, b: conv_w_grad(a[0], b[2], a[1].shape),
    ):
        for a, b in ((here, there), (there, here)):
            with pytest.raises(ValueError, match=r"two devices: .*\(.*\) and .*use a.to"):
                call(a, b)


@pytest.mark.parametrize("wrong", [(1, 2, 3, 1), (1, 3, 2, 1), (2, 2, 2, 1), (1, 2, 2, 3), (2, 2, 1)])
def test_an_out_grad_of_another_shape_is_a_value_error_that_names_both(wrong):
    x, w, out_grad = array(np.ones((1, 4, 4, 2))), array(np.ones((3, 3, 2, 1))), array(np.ones(wrong))
    message = rf"\({', '.join(map(str, wrong))}\).*\(1, 2, 2, 1\)"
    with pytest.raises(ValueError, match=message):
        conv_x_grad(out_grad, w, x.shape)
    with pytest.raises(ValueError, match=message):
        conv_w_grad(x, out_grad, w.shape)


def test_output_size_counts_windows():
    """The number of positions of a window, by walking it over the padded axis."""
    for size, kernel, stride, padding in {numbers for geometry in GEOMETRIES for numbers in geometry.axes}:
        starts = range(0, size + 2 * padding - kernel + 1, stride)
        assert output_size(size, kernel, stride, padding) == len(starts)


def test_one_int_is_a_pair_of_equals():
    assert pair(3) == (3, 3)
    assert pair((1, 2)) == (1, 2)
    assert pair(cast(Any, [1, 2])) == (1, 2)


# The rearrangements.

SHAPES = [(5,), (1,), (0,), (2, 3), (4, 0, 2), (2, 3, 4, 3), ()]


@pytest.mark.parametrize("shape", SHAPES)
def test_pad_reads_zeros_wherever_the_array_has_no_element(shape, awkward_view):
    """On each axis out[i] = a[i - low] or 0, for any signs of low and high, crops beyond the array too."""
    rng = np.random.default_rng(7)
    for _ in range(60):
        host = integers(rng, shape)
        padding = [tuple(rng.integers(-4, 9, 2).tolist()) for _ in shape]
        lengths = [n + low + high for n, (low, high) in zip(shape, padding, strict=True)]
        view = awkward_view(host, rng)
        before = view.buffer.copy()
        if min(lengths, default=0) < 0:
            with pytest.raises(ValueError, match="cuts more off"):
                pad(view, padding)
            continue
        expected = np.zeros(lengths)
        for index in np.ndindex(*lengths):
            source = tuple(i - low for i, (low, _) in zip(index, padding, strict=True))
            if all(0 <= i < n for i, n in zip(source, shape, strict=True)):
                expected[index] = host[source]
        out = pad(view, padding)
        assert out.is_compact()
        np.testing.assert_array_equal(expected, out.numpy())
        out[...] = 99
        np.testing.assert_array_equal(before, view.buffer, "out is an alias of a")


def test_pad_by_nothing_is_still_a_copy():
    a = array([1.0, 2.0])
    out = pad(a, ((0, 0),))
    out[...] = 0
    np.testing.assert_array_equal(a.numpy(), [1, 2])


@pytest.mark.parametrize("padding", [((1, 1),), ((1, 1), (0, 0), (0, 0))])
def test_pad_takes_one_pair_an_axis(padding):
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        pad(array(np.ones((2, 3))), padding)


def axes_of(shape, rng):
    axes = [axis for axis in range(len(shape)) if rng.integers(2)]
    return [axis - len(shape) * int(rng.integers(2)) for axis in axes]


@pytest.mark.parametrize("shape", SHAPES)
def test_flip_is_numpys_flip_and_its_own_inverse_without_a_copy(shape, awkward_view):
    rng = np.random.default_rng(8)
    for _ in range(10):
        host, axes = integers(rng, shape), axes_of(shape, rng)
        view = awkward_view(host, rng)
        once = flip(view, axes)
        assert once.buffer is view.buffer
        np.testing.assert_array_equal(np.flip(host, axes), once.numpy())
        np.testing.assert_array_equal(host, flip(once, axes).numpy())


@pytest.mark.parametrize("shape", SHAPES)
def test_dilate_adds_zeros_after_each_element_and_undilate_removes_them(shape, awkward_view):
    """n becomes n * (d + 1); every (d + 1)-th is a's, all others 0; undilate is the left inverse."""
    rng = np.random.default_rng(9)
    for dilation in range(4):
        host, axes = integers(rng, shape), axes_of(shape, rng)
        view = awkward_view(host, rng)
        before = view.buffer.copy()
        expected = host
        for axis in axes:
            zeros = np.zeros_like(expected)
            expected = np.stack([expected, *[zeros] * dilation], axis=axis % len(shape) + 1)
            expected = expected.reshape(
                [n * (1 + dilation * (i == axis % len(shape))) for i, n in enumerate(zeros.shape)]
            )
        out = dilate(view, axes, dilation)
        np.testing.assert_array_equal(expected, out.numpy())
        np.testing.assert_array_equal(host, undilate(out, axes, dilation).numpy())
        out[...] = 99
        np.testing.assert_array_equal(before, view.buffer, "out is an alias of a")


def test_undilate_is_the_adjoint_of_dilate():
    """<dilate(a), b> == <a, undilate(b)>, for b of any length that dilate can make."""
    rng = np.random.default_rng(11)
    for dilation in range(4):
        a, b = integers(rng, (2, 3, 4)), integers(rng, (2, 3 * (dilation + 1), 4 * (dilation + 1)))
        left = float((dilate(array(a), (1, -1), dilation) * b).sum())
        assert left == float((undilate(array(b), (1, -1), dilation) * a).sum())


def test_dilate_of_a_row_reads_as_written():
    np.testing.assert_array_equal(dilate(array([1.0, 2.0]), 0, 2).numpy(), [1, 0, 0, 2, 0, 0])


@pytest.mark.parametrize(
    "rearrange", [flip, lambda a, axes: dilate(a, axes, 1), lambda a, axes: undilate(a, axes, 1)]
)
def test_axes_out_of_range_and_named_twice_raise(rearrange):
    a = array(np.ones((2, 3)))
    for axes in (2, -3, (0, 2)):
        with pytest.raises(IndexError, match=r"out of range.*shape \(2, 3\)"):
            rearrange(a, axes)
    for axes in ((0, 0), (1, -1)):
        with pytest.raises(ValueError, match=r"twice.*shape \(2, 3\)"):
            rearrange(a, axes)


@pytest.mark.parametrize("rearrange", [dilate, undilate])
def test_a_negative_dilation_is_a_value_error(rearrange):
    with pytest.raises(ValueError, match="-1"):
        rearrange(array([1.0]), 0, -1)


# im2col, its adjoint, and the gradient in the bias.


def test_the_rows_of_im2col_are_the_windows():
    """Row (n, i, j) is the window that out[n, i, j] sees, so that the product with w is conv's result."""
    rng = np.random.default_rng(12)
    for geometry in GEOMETRIES[:100]:
        x, w = integers(rng, geometry.x_shape), integers(rng, geometry.w_shape)
        how = geometry.stride, geometry.padding
        columns = im2col(array(x), geometry.kernel, *how)
        out_shape = output_shape(x.shape, w.shape, *how)
        (s_h, s_w), (k_h, k_w), big = geometry.stride, geometry.kernel, padded(x, geometry.padding)
        rows = iter(columns.numpy())
        for n, i, j in np.ndindex(*out_shape[:3]):
            window = big[n, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]
            np.testing.assert_array_equal(window.reshape(-1), next(rows))
        assert next(rows, None) is None
        product = columns @ array(w).reshape((columns.shape[1], geometry.c_out))
        np.testing.assert_array_equal(scipy_conv(x, w, *how), product.numpy().reshape(out_shape))


def test_im2col_and_col2im_are_adjoint(awkward_view):
    """<im2col(v), c> == <v, col2im(c)>, with ==, on integers, for views too; what went in is not modified."""
    rng = np.random.default_rng(13)
    for geometry in GEOMETRIES[:150]:
        how = geometry.kernel, geometry.stride, geometry.padding
        v = awkward_view(integers(rng, geometry.x_shape), rng)
        image = im2col(v, *how)
        columns = awkward_view(integers(rng, image.shape), rng)
        before = columns.buffer.copy()
        back = col2im(columns, v.shape, *how)
        assert back.shape == v.shape
        assert (image.numpy() * columns.numpy()).sum() == (v.numpy() * back.numpy()).sum()
        np.testing.assert_array_equal(before, columns.buffer)


def test_im2col_of_a_1x1_kernel_is_a_copy_too():
    x = array(np.ones((1, 2, 2, 3)))
    im2col(x, (1, 1))[...] = 0
    np.testing.assert_array_equal(np.ones((1, 2, 2, 3)), x.numpy())


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "message"),
    [((5, 3), 1, 0, "length 5"), ((3, 3), 0, 0, "stride"), ((3, 3), 1, -1, "padding")],
)
def test_im2col_and_col2im_refuse_what_conv_refuses(kernel, stride, padding, message):
    with pytest.raises(ValueError, match=message):
        im2col(array(np.ones((1, 4, 4, 2))), kernel, stride, padding)
    with pytest.raises(ValueError, match=message):
        col2im(array(np.ones((4, 18))), (1, 4, 4, 2), kernel, stride, padding)


def test_col2im_of_another_shape_is_a_value_error_that_names_both():
    with pytest.raises(ValueError, match=r"\(4, 17\).*\(4, 18\)"):
        col2im(array(np.ones((4, 17))), (1, 4, 4, 2), (3, 3))
    with pytest.raises(ValueError, match=r"\(4, 4, 2\)"):
        im2col(array(np.ones((4, 4, 2))), (3, 3))
