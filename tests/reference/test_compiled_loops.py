"""Compiled loops and NumPy's forms compute what the readable forms do, NaN and infinity too."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import compiled_loops, conv_nd, depthwise_rows, pooling
from reference.ndarray import array
from reference.readable import conv_nd as readable_conv
from reference.readable import pooling as readable_pooling
from tests.reference.conftest import MakeView

WITHOUT_NUMBA = pytest.mark.skipif(not compiled_loops.is_installed(), reason="Numba is not installed")
NOT_FINITE = (np.nan, np.inf, -np.inf)
laws = settings(derandomize=True, deadline=None, max_examples=80)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def unreachable(*arguments: Any) -> None:
    raise AssertionError("NumPy's form was called")


@pytest.fixture(scope="module", params=[pytest.param("Numba", marks=WITHOUT_NUMBA), "NumPy"])
def form(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which of the two forms computes all that both can."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "Numba":
            patch.setattr(compiled_loops, "LARGE", 0)
            patch.setattr(compiled_loops, "MANY_CHANNELS", 0)
            for name in ("correlate", "correlate_x_grad", "correlate_w_grad"):
                patch.setattr(depthwise_rows, name, unreachable)
            patch.setattr(pooling, "_spread", unreachable)
        else:
            patch.setattr(compiled_loops, "is_installed", lambda: False)
        yield request.param


class Axis(NamedTuple):
    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int


@st.composite
def axes_of(draw: st.DrawFn, dilations: int, more_padding: int) -> list[Axis]:
    """One or two axes: strides may leave gaps, windows may lie beyond the images, or be one in number."""
    axes = []
    for _ in range(draw(st.integers(1, 2))):
        kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, dilations))
        padding = draw(st.integers(0, kernel - 1 + more_padding))
        shortest = max(dilation * (kernel - 1) + 1 - 2 * padding, 1)
        size = draw(st.integers(shortest, shortest + 6))
        axes.append(Axis(size, kernel, draw(st.integers(1, 5)), padding, dilation))
    return axes


def numbers(rng: np.random.Generator, shape: tuple[int, ...], dtype: str, strange: bool) -> np.ndarray:
    """Whole numbers; if `strange`, some are NaN or infinite."""
    values = rng.integers(-8, 9, shape).astype(dtype)
    if strange:
        places = rng.random(shape) < 0.1
        values[places] = rng.choice(NOT_FINITE, int(places.sum()))
    return values


dtypes = st.sampled_from(["float32", "float64"])
strange_arrays = st.sampled_from([(False, False), (False, False), (True, False), (False, True)])


@laws
@given(
    axes=axes_of(dilations=3, more_padding=3),
    n=st.integers(0, 2),
    c=st.integers(2, 5),
    multiplier=st.integers(1, 3),
    dtype=dtypes,
    strange=strange_arrays,
    rng=seeds,
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_depthwise_convolution_and_its_gradients_are_those_of_the_readable_form(
    form: str,
    awkward_view: MakeView,
    axes: list[Axis],
    n: int,
    c: int,
    multiplier: int,
    dtype: str,
    strange: tuple[bool, bool],
    rng: np.random.Generator,
) -> None:
    sizes, kernel, stride, padding, dilation = zip(*axes, strict=True)
    how = stride, padding, dilation, c
    x = numbers(rng, (n, *sizes, c), dtype, strange[0])
    w = numbers(rng, (*kernel, 1, c * multiplier), dtype, strange[1])
    out_grad = numbers(rng, readable_conv.conv_shape(x.shape, w.shape, *how), dtype, strange[0])
    values = []
    for module, to in ((readable_conv, array), (conv_nd, array), (conv_nd, lambda a: awkward_view(a, rng))):
        results = (
            module.conv(to(x), to(w), *how),
            module.conv_x_grad(to(out_grad), to(w), x.shape, *how),
            module.conv_w_grad(to(x), to(out_grad), w.shape, *how),
        )
        assert [each.dtype for each in results] == [dtype] * 3
        values.append([each.numpy() for each in results])
    for expected, *actual in zip(*values, strict=True):
        for each in actual:
            np.testing.assert_array_equal(expected, each)


@laws
@given(
    axes=axes_of(dilations=1, more_padding=0),
    n=st.integers(0, 2),
    c=st.integers(1, 5),
    dtype=dtypes,
    strange=strange_arrays,
    rng=seeds,
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_gradients_of_pooling_are_those_of_the_readable_form(
    form: str,
    awkward_view: MakeView,
    axes: list[Axis],
    n: int,
    c: int,
    dtype: str,
    strange: tuple[bool, bool],
    rng: np.random.Generator,
) -> None:
    sizes, window, stride, padding, _ = zip(*axes, strict=True)
    how = window, stride, padding
    x = numbers(rng, (n, *sizes, c), dtype, strange[0])
    lengths = readable_pooling.pool_lengths(x.shape, *how)
    out_grad = numbers(rng, (n, *lengths, c), dtype, strange[1]) * x.dtype.type(np.prod(window))
    values = []
    for module, to in (
        (readable_pooling, array),
        (pooling, array),
        (pooling, lambda a: awkward_view(a, rng)),
    ):
        results = (
            module.max_pool_grad(to(out_grad), to(x), *how),
            module.average_pool_grad(to(out_grad), x.shape, *how),
        )
        assert [each.dtype for each in results] == [dtype] * 2
        values.append([each.numpy() for each in results])
    for expected, *actual in zip(*values, strict=True):
        for each in actual:
            np.testing.assert_array_equal(expected, each)


def test_the_gradient_of_a_window_with_a_nan_goes_nowhere_and_that_of_minus_infinity_to_a_pixel(
    form: str,
) -> None:
    """Windows of two pixels, of which the first and the last reach beyond the images."""
    x = array(np.array([[[-np.inf], [2], [np.nan], [3], [3], [-np.inf]]], "float32"))
    out_grad = array(np.array([[[1], [2], [4], [8]]], "float32"))
    for module in (readable_pooling, pooling):
        x_grad = module.max_pool_grad(out_grad, x, 2, 2, 1).numpy()
        np.testing.assert_array_equal([[[1], [0], [0], [4], [0], [8]]], x_grad)


@WITHOUT_NUMBA
def test_three_axes_and_two_dtypes_are_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_loops, "LARGE", 0)
    monkeypatch.setattr(compiled_loops, "MANY_CHANNELS", 0)
    monkeypatch.setattr(compiled_loops, "compiled", unreachable)
    rng = np.random.default_rng(1)
    for x, w in (
        (numbers(rng, (2, 3, 4, 5, 2), "float32", False), numbers(rng, (2, 2, 2, 1, 2), "float32", False)),
        (numbers(rng, (2, 4, 5, 2), "float32", False), numbers(rng, (2, 2, 1, 2), "float64", False)),
    ):
        np.testing.assert_array_equal(
            readable_conv.conv(array(x), array(w), 1, 1, 1, 2).numpy(),
            conv_nd.conv(array(x), array(w), 1, 1, 1, 2).numpy(),
        )


def test_a_sum_over_many_pixels_keeps_its_digits(form: str) -> None:
    """w_grad adds up 65,536 products of about 1, in float32."""
    rng = np.random.default_rng(2)
    x, out_grad = (rng.random((16, 64, 64, 2), "float32") + np.float32(0.5) for _ in range(2))
    expected = (x * out_grad).sum((0, 1, 2), dtype="float64")
    actual = conv_nd.conv_w_grad(array(x), array(out_grad), (1, 1, 1, 2), 1, 0, 1, 2).numpy()
    np.testing.assert_allclose(actual.reshape(2), expected, rtol=1e-5)


def test_numba_is_not_imported_for_small_arrays() -> None:
    program = """
import sys
import numpy as np
from reference import conv_nd, layers
from reference.ndarray import array
x, w = array(np.ones((2, 8, 8, 16), "float32")), array(np.ones((3, 3, 1, 16), "float32"))
out = conv_nd.conv(x, w, 1, 1, 1, 16)
conv_nd.conv_x_grad(out, w, x.shape, 1, 1, 1, 16)
conv_nd.conv_w_grad(x, out, w.shape, 1, 1, 1, 16)
out = layers.max_pool(x, 2, 2)
layers.max_pool_grad(out, x, 2, 2)
layers.average_pool_grad(out, x.shape, 2, 2)
sys.exit("numba" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
