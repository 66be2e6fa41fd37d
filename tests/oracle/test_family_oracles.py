"""Dilated, grouped and transposed convolution, and pooling, on any number of axes: against JAX and torch.

Every number is a small integer, so every order of summation gives the same result, and comparisons are ==.
"""

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import numpy as np
import pytest

from reference import conv_nd, normalization, pooling
from reference.ndarray import array

jax.config.update("jax_disable_most_optimizations", True)  # most of the time goes to compiling each shape

COUNT = 240
Steps = tuple[tuple[int, ...], ...]  # stride, padding, dilation, by axis


def integers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-8, 9, shape).astype("float32")


def drawn_axis(rng: np.random.Generator) -> tuple[int, ...]:
    while True:
        size, kernel, stride, padding, dilation = (
            int(rng.integers(low, high)) for low, high in [(1, 11), (1, 6), (1, 5), (0, 6), (1, 5)]
        )
        if dilation * (kernel - 1) < size + 2 * padding:
            return size, kernel, stride, padding, dilation


def configurations() -> Iterator[tuple[np.ndarray, np.ndarray, Steps, int]]:
    """x, w, steps and groups: random ones, and each remainder of each stride under each dilation."""
    rng = np.random.default_rng(8)
    remainders = [
        (s + r + d * (k - 1) + 1, k, s, 0, d)
        for s, d, k in itertools.product(range(1, 5), range(1, 4), (2, 3))
        for r in range(s)
    ]
    for number in range(COUNT):
        first = remainders[number] if number < len(remainders) else drawn_axis(rng)
        axes = [first, *(drawn_axis(rng) for _ in range(number % 3))]
        sizes, kernel, *steps = zip(*axes, strict=True)
        groups, c, o, n = (int(rng.integers(1, 4)) for _ in range(4))
        yield (
            integers(rng, n, *sizes, groups * c),
            integers(rng, *kernel, c, groups * o),
            tuple(steps),
            groups,
        )


CONFIGURATIONS = list(configurations())
LAYOUTS = {1: ("NHC", "HIO", "NHC"), 2: ("NHWC", "HWIO", "NHWC"), 3: ("NDHWC", "DHWIO", "NDHWC")}


def test_every_remainder_of_every_stride_is_among_the_configurations() -> None:
    seen = {
        (s, (n + 2 * p - d * (k - 1) - 1) % s)
        for x, w, steps, _ in CONFIGURATIONS
        for n, k, s, p, d in zip(x.shape[1:], w.shape, *steps, strict=False)
    }
    assert seen == {(s, r) for s in range(1, 5) for r in range(s)}


@partial(jax.jit, static_argnums=(3, 4))
def jax_results(x: Any, w: Any, out_grad: Any, steps: Steps, groups: int) -> Any:
    stride, padding, dilation = steps

    def forward(x: Any, w: Any) -> Any:
        return jax.lax.conv_general_dilated(
            x,
            w,
            stride,
            [(p, p) for p in padding],
            rhs_dilation=dilation,
            dimension_numbers=LAYOUTS[len(stride)],
            feature_group_count=groups,
        )

    out, pull_back = jax.vjp(forward, x, w)
    return out, *pull_back(out_grad)


@pytest.mark.parametrize("part", range(4))
def test_convolution_and_its_gradients_are_jaxs(part: int) -> None:
    """conv_general_dilated with rhs_dilation and feature_group_count, and jax.vjp; so is conv_transpose."""
    rng = np.random.default_rng(part)
    for x, w, steps, groups in CONFIGURATIONS[part::4]:
        how: Any = (*steps, groups)
        shape = conv_nd.conv_shape(x.shape, w.shape, *how)
        out_grad = integers(rng, *shape)
        expected = jax_results(x, w, out_grad, steps, groups)
        left_over = tuple(
            (n + 2 * p - d * (k - 1) - 1) % s
            for n, k, s, p, d in zip(x.shape[1:-1], w.shape[:-2], *steps, strict=True)
        )
        ours = (
            conv_nd.conv(array(x), array(w), *how),
            conv_nd.conv_x_grad(array(out_grad), array(w), x.shape, *how),
            conv_nd.conv_w_grad(array(x), array(out_grad), w.shape, *how),
        )
        for one, other in zip(expected, ours, strict=True):
            np.testing.assert_array_equal(
                np.asarray(one), other.numpy(), err_msg=f"{x.shape} {w.shape} {how}"
            )
        transposed: Any = (*how, left_over)
        longer = conv_nd.conv_transpose(array(out_grad), array(w), *transposed)
        np.testing.assert_array_equal(np.asarray(expected[1]), longer.numpy())


@partial(jax.jit, static_argnums=(2, 3))
def jax_pools(x: Any, out_grad: Any, how: Steps, largest: bool) -> Any:
    window, stride, padding = ((1, *numbers, 1) for numbers in (how[0], how[1], how[2]))
    edges = [(0, 0), *((p, p) for p in padding[1:-1]), (0, 0)]
    start, join = (-np.inf, jax.lax.max) if largest else (0.0, jax.lax.add)
    out, pull_back = jax.vjp(lambda x: jax.lax.reduce_window(x, start, join, window, stride, edges), x)
    return out, *pull_back(out_grad)


def test_pooling_and_its_gradients_are_jaxs() -> None:
    """reduce_window of max, whose gradient goes to the first of equal numbers, and of sums, with jax.vjp."""
    rng = np.random.default_rng(5)
    for number in range(40):
        axes = number % 2 + 1
        while True:
            sizes, window, stride = (rng.integers(1, high, axes) for high in (10, 5, 5))
            padding = rng.integers(0, window)
            if (window <= sizes + 2 * padding).all():
                break
        x = integers(rng, 2, *sizes, 3) - 20 * (number % 4 == 0)
        how = tuple(tuple(map(int, each)) for each in (window, stride, padding))
        out_grad = integers(rng, 2, *pooling.pool_lengths(x.shape, *how), 3)
        gradient = array(out_grad)
        for expected, actual in zip(
            jax_pools(x, out_grad, how, True),
            (pooling.max_pool(array(x), *how), pooling.max_pool_grad(gradient, array(x), *how)),
            strict=True,
        ):
            np.testing.assert_array_equal(np.asarray(expected), actual.numpy(), err_msg=f"{x.shape} {how}")
        count = np.float32(np.prod(window))
        for expected, actual in zip(
            jax_pools(x, out_grad, how, False),
            (
                pooling.average_pool(array(x * count), *how),
                pooling.average_pool_grad(array(out_grad * count), x.shape, *how),
            ),
            strict=True,
        ):
            np.testing.assert_array_equal(np.asarray(expected), actual.numpy(), err_msg=f"{x.shape} {how}")


def test_normalization_and_its_gradients_are_jaxs() -> None:
    """The formula written in JAX, and jax.vjp of it: real numbers, within 10^-4."""
    rng = np.random.default_rng(6)
    for axes, name in (((0, 1, 2), "batch_norm"), ((-1,), "layer_norm")):

        def forward(x: Any, gamma: Any, beta: Any, axes: Any = axes) -> Any:
            scale = jax.lax.rsqrt(x.var(axes, keepdims=True) + 1e-5)
            return (x - x.mean(axes, keepdims=True)) * scale * gamma + beta

        for _ in range(3):
            shape = tuple(int(n) for n in rng.integers(2, 7, 4))
            x, out_grad = (rng.standard_normal(shape).astype("float32") for _ in range(2))
            gamma, beta = (rng.standard_normal(shape[-1:]).astype("float32") for _ in range(2))
            out, pull_back = jax.vjp(forward, x, gamma, beta)
            ours = getattr(normalization, name)(array(x), array(gamma), array(beta))
            np.testing.assert_allclose(np.asarray(out), ours.numpy(), rtol=1e-4, atol=1e-4)
            gradients = getattr(normalization, f"{name}_grad")(array(out_grad), array(x), array(gamma))
            for one, other in zip(pull_back(out_grad), gradients, strict=True):
                np.testing.assert_allclose(np.asarray(one), other.numpy(), rtol=1e-3, atol=1e-3)


def test_convolution_and_its_transpose_are_torchs() -> None:
    """torch's convolutions with dilation and groups, and conv_transpose with output_padding."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)

    def channels_second(values: np.ndarray) -> Any:
        return torch.from_numpy(np.ascontiguousarray(np.moveaxis(values, -1, 1)))

    for x, w, steps, groups in CONFIGURATIONS:
        axes, (stride, padding, dilation) = x.ndim - 2, steps
        how: Any = (*steps, groups)
        kernel = torch.from_numpy(np.ascontiguousarray(np.moveaxis(w, (-1, -2), (0, 1))))
        convolve = getattr(torch.nn.functional, f"conv{axes}d")
        expected = convolve(channels_second(x), kernel, None, stride, padding, dilation, groups)
        out = conv_nd.conv(array(x), array(w), *how).numpy()
        np.testing.assert_array_equal(np.moveaxis(expected.numpy(), 1, -1), out)
        # torch takes an output_padding below the stride or the dilation, ours below the stride.
        gradient, more = integers(rng, *out.shape), tuple(int(rng.integers(0, s)) for s in stride)
        transposed: Any = (*how, more)
        try:
            ours = conv_nd.conv_transpose(array(gradient), array(w), *transposed).numpy()
        except ValueError:
            continue  # the padding leaves nothing
        transpose = getattr(torch.nn.functional, f"conv_transpose{axes}d")
        theirs = transpose(channels_second(gradient), kernel, None, stride, padding, more, groups, dilation)
        np.testing.assert_array_equal(np.moveaxis(theirs.numpy(), 1, -1), ours)
