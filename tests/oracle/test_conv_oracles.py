"""Convolution against two implementations that are not ours, SciPy and JAX: `make oracle`.

Every number is a small integer, so every order of summation gives the same result, and comparisons are ==.
"""

import itertools
from collections import Counter
from functools import partial
from typing import Any

import jax
import numpy as np
import pytest
from scipy.signal import correlate2d

from reference.conv import conv, conv_w_grad, conv_x_grad, output_shape
from reference.ndarray import array

jax.config.update("jax_disable_most_optimizations", True)  # most of the time goes to compiling each shape

COUNT = 600
counts: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def printed_counts(request):
    """The counts are the last thing that a run prints."""
    yield
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + "\n".join(f"{number:6d}  {what}" for what, number in sorted(counts.items())))


def drawn_axis(rng):
    """(size, kernel, stride, padding) of one axis, where the kernel fits."""
    while True:
        size, kernel, stride, padding = (
            int(rng.integers(low, high)) for low, high in [(1, 12), (1, 7), (1, 5), (0, 7)]
        )
        if kernel <= size + 2 * padding:
            return size, kernel, stride, padding


def drawn_configurations():
    """Random ones, and for each stride and remainder one whose height has that remainder."""
    rng = np.random.default_rng(60311)
    heights = [(s + r + k - 1, k, s, 0) for s in range(1, 5) for r in range(s) for k in (1, 2, 5)]
    heights += [(k, k, s, 0) for k in range(1, 5) for s in (1, 2, 3)]  # K = H
    heights += [(h, k, s, k + 1) for h in (1, 4) for k in (1, 2, 3) for s in (1, 2, 3)]  # p > K - 1
    heights += [drawn_axis(rng) for _ in range(COUNT - len(heights))]
    for height in heights:
        n, c_in, c_out = rng.integers(1, 5, 3).tolist()
        yield n, c_in, c_out, height, drawn_axis(rng)
    for c_in, c_out in ((32, 40), (64, 64), (96, 33)):  # many channels take another way through the fast form
        yield 2, c_in, c_out, (9, 3, 1, 1), (30, 3, 1, 1)
        yield 2, c_in, c_out, (8, 2, 2, 1), (27, 3, 1, 2)


CONFIGURATIONS = list(drawn_configurations())


@pytest.fixture(scope="module")
def examples():
    """Every configuration with inputs and our three results, as float64 NumPy arrays."""
    rng = np.random.default_rng(1)
    cases = []
    for n, c_in, c_out, height, width in CONFIGURATIONS:
        size, kernel, stride, padding = zip(height, width, strict=True)
        x = rng.integers(-8, 9, (n, *size, c_in)).astype("float32")
        w = rng.integers(-8, 9, (*kernel, c_in, c_out)).astype("float32")
        how = stride, padding
        out_grad = rng.integers(-8, 9, output_shape(x.shape, w.shape, *how)).astype("float32")
        ours = (
            conv(array(x), array(w), *how),
            conv_x_grad(array(out_grad), array(w), x.shape, *how),
            conv_w_grad(array(x), array(out_grad), w.shape, *how),
        )
        counts["configurations"] += 1
        cases.append((how, x, w, out_grad, *(result.numpy() for result in ours)))
    return cases


def test_the_configurations_leave_bugs_nowhere_to_hide():
    """At least 500, with every remainder of strides 1 to 4, p > K - 1, K = H, K = 1, K > s and K < s."""
    assert len(CONFIGURATIONS) >= 500
    for axis in (3, 4):
        axes = [configuration[axis] for configuration in CONFIGURATIONS]
        remainders = Counter((s, (h + 2 * p - k) % s) for h, k, s, p in axes)
        assert remainders.keys() == {(s, r) for s in range(1, 5) for r in range(s)}
        counts["fewest configurations of one stride and remainder"] = min(
            min(remainders.values()), counts["fewest configurations of one stride and remainder"] or COUNT
        )
        for name, hard in {
            "with p > K - 1": lambda h, k, s, p: p > k - 1,
            "with K = H": lambda h, k, s, p: k == h and p == 0,
            "with K = 1": lambda h, k, s, p: k == 1,
            "with K > s": lambda h, k, s, p: k > s,
            "with K < s": lambda h, k, s, p: k < s,
        }.items():
            number = sum(hard(*numbers) for numbers in axes)
            assert number >= 10
            counts[f"axes {name}"] += number


def correlated(x, w, stride, padding):
    """conv by SciPy: one image, one channel in and one channel out at a time."""
    (p_h, p_w), (s_h, s_w) = padding, stride
    x = np.pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    out = [
        [sum(correlate2d(i[..., c], w[..., c, o], "valid") for c in range(x.shape[3])) for i in x]
        for o in range(w.shape[3])
    ]
    return np.moveaxis(np.array(out), 0, -1)[:, ::s_h, ::s_w]


def test_conv_is_scipys_correlate2d(examples):
    for (stride, padding), x, w, _, out, *_ in examples:
        if x.shape[3] * w.shape[3] <= 64:
            np.testing.assert_array_equal(correlated(x, w, stride, padding), out)
            counts["conv equal to scipy.signal.correlate2d"] += 1


def test_the_gradients_are_scipys_correlations(examples):
    """The definition of a gradient of a linear map: what each unit vector of the input is sent to.

    For one channel and stride 1 that is a full correlation, and with x for the kernel a valid one.
    """
    for (stride, padding), x, w, out_grad, _, x_grad, w_grad in examples:
        if stride != (1, 1) or x.shape[3] * w.shape[3] > 64:
            continue
        (p_h, p_w), (_, height, width, _) = padding, x.shape
        padded = np.pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
        for c, o in itertools.product(range(x.shape[3]), range(w.shape[3])):
            expected = sum(
                correlate2d(i[..., c], g[..., o], "valid") for i, g in zip(padded, out_grad, strict=True)
            )
            np.testing.assert_array_equal(expected, w_grad[..., c, o])
        for c, n in itertools.product(range(x.shape[3]), range(x.shape[0])):
            expected = sum(
                correlate2d(out_grad[n, ..., o], w[::-1, ::-1, c, o], "full") for o in range(w.shape[3])
            )
            np.testing.assert_array_equal(expected[p_h : p_h + height, p_w : p_w + width], x_grad[n, ..., c])
        counts["gradients equal to scipy.signal.correlate2d, stride 1"] += 1


@partial(jax.jit, static_argnums=(3, 4))
def jax_conv_and_gradients(x, w, out_grad, stride, padding):
    """conv and its vector-Jacobian products by JAX."""
    out, pull_back = jax.vjp(
        lambda x, w: jax.lax.conv_general_dilated(
            x, w, stride, [(p, p) for p in padding], dimension_numbers=("NHWC", "HWIO", "NHWC")
        ),
        x,
        w,
    )
    return out, *pull_back(out_grad)


def test_conv_and_its_gradients_are_jaxs(examples):
    """The forward pass and jax.vjp of conv_general_dilated."""
    for how, x, w, out_grad, *ours in examples:
        for expected, actual in zip(jax_conv_and_gradients(x, w, out_grad, *how), ours, strict=True):
            np.testing.assert_array_equal(np.asarray(expected), actual)
        counts["conv, x_grad and w_grad equal to JAX's"] += 1


def test_the_adjoint_identity_is_exact(examples):
    """<conv(x, w), g> == <x, x_grad(g, w)> == <w, w_grad(x, g)>, on other numbers too."""
    rng = np.random.default_rng(2)
    for how, x, w, out_grad, _, x_grad, w_grad in examples:
        v, u = (rng.integers(-8, 9, a.shape).astype("float32") for a in (x, w))
        inner = [
            (conv(array(a), array(b), *how).numpy().astype("int64") * out_grad.astype("int64")).sum()
            for a, b in ((v, w), (x, u))
        ]
        assert inner[0] == (v.astype("int64") * x_grad.astype("int64")).sum()
        assert inner[1] == (u.astype("int64") * w_grad.astype("int64")).sum()
        counts["adjoint identities, in x and in w"] += 2


def test_a_kernel_that_does_not_fit_is_an_error_of_all_three():
    """K > H + 2p on either axis: a ValueError that names both lengths."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        size, padding = int(rng.integers(1, 6)), int(rng.integers(0, 3))
        kernel, stride = size + 2 * padding + int(rng.integers(1, 4)), int(rng.integers(1, 4))
        for flip in (1, -1):
            x = array(np.ones((1, *(size, 20)[::flip], 2)))
            w = array(np.ones((*(kernel, 2)[::flip], 2, 3)))
            out_grad = array(np.ones((1, 1, 1, 3)))
            how = stride, (padding, 0)[::flip]
            calls: list[Any] = [
                (conv, (x, w)),
                (conv_x_grad, (out_grad, w, x.shape)),
                (conv_w_grad, (x, out_grad, w.shape)),
            ]
            for function, arguments in calls:
                with pytest.raises(ValueError, match=f"length {kernel} does not fit on {size} pixels"):
                    function(*arguments, *how)
            counts["refused, K > H + 2p"] += 1
