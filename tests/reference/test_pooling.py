"""Pooling and normalization: both forms agree, and the gradients are those of the forward passes."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from reference import normalization, pooling
from reference.ndarray import NDArray, array, emulated
from reference.readable import normalization as readable_normalization
from reference.readable import pooling as readable_pooling
from tests.reference.conftest import MakeView

POOLS: tuple[ModuleType, ...] = (readable_pooling, pooling)
How = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]  # window, stride, padding


def integers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-8, 9, shape).astype("float32")


def drawn_pools() -> list[tuple[np.ndarray, How]]:
    """Images with window, stride and padding, on one to three axes; some of negative numbers alone."""
    rng = np.random.default_rng(90)
    cases = []
    for number in range(120):
        axes = number % 3 + 1
        while True:
            sizes, window, stride = (rng.integers(1, high, axes) for high in (9, 5, 5))
            padding = rng.integers(0, window)
            if (window <= sizes + 2 * padding).all():
                break
        x = integers(rng, int(rng.integers(1, 3)), *sizes, int(rng.integers(1, 4))) - (
            20 if number % 4 else 0
        )
        k, s, p = (tuple(map(int, each)) for each in (window, stride, padding))
        cases.append((x, (k, s, p)))
    return cases


CASES = drawn_pools()


def largest_of_each(x: np.ndarray, how: How, out_grad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """max_pool and its gradient window by window, where nothing can be mixed up."""
    window, stride, padding = how
    out, x_grad = np.empty_like(out_grad), np.zeros_like(x)
    for n, *at, c in np.ndindex(out.shape):
        spans = [
            slice(max(s * i - p, 0), max(s * i - p + k, 0))
            for i, k, s, p in zip(at, window, stride, padding, strict=True)
        ]
        pixels = x[(n, *spans, c)]
        out[(n, *at, c)] = pixels.max()
        first = np.unravel_index(pixels.argmax(), pixels.shape)
        place = (span.start + f for span, f in zip(spans, first, strict=True))
        x_grad[(n, *place, c)] += out_grad[(n, *at, c)]
    return out, x_grad


@pytest.fixture(params=[2**16, 7], ids=["one block", "small blocks"])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many numbers the fast form computes at once changes no result."""
    monkeypatch.setattr(pooling, "CACHED", request.param)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("module", POOLS, ids=["readable", "fast"])
def test_max_pool_and_its_gradient_are_those_of_each_window(module: ModuleType) -> None:
    """The gradient goes to the first of equal numbers, and padding never is the largest."""
    rng = np.random.default_rng(1)
    for x, how in CASES:
        out = module.max_pool(array(x), *how)
        out_grad = integers(rng, *out.shape)
        expected, x_grad = largest_of_each(x, how, out_grad)
        np.testing.assert_array_equal(expected, out.numpy(), err_msg=f"{x.shape}, {how}")
        actual = module.max_pool_grad(array(out_grad), array(x), *how).numpy()
        np.testing.assert_array_equal(x_grad, actual, err_msg=f"{x.shape}, {how}")


@pytest.mark.usefixtures("block")
def test_both_forms_of_average_pooling_agree_with_their_transposes() -> None:
    rng = np.random.default_rng(2)
    for x, how in CASES:
        count = np.prod(how[0], dtype=int)
        x = x * np.float32(count)  # so that means and shares are whole numbers
        out, other = (module.average_pool(array(x), *how).numpy() for module in POOLS)
        np.testing.assert_array_equal(out, other)
        out_grad = integers(rng, *out.shape) * np.float32(count)
        x_grad, other = (module.average_pool_grad(array(out_grad), x.shape, *how).numpy() for module in POOLS)
        np.testing.assert_array_equal(x_grad, other)
        assert (out.astype("int64") * out_grad.astype("int64")).sum() == (
            x.astype("int64") * x_grad.astype("int64")
        ).sum()


def test_global_average_pooling_is_a_mean_with_the_transpose_as_gradient() -> None:
    rng = np.random.default_rng(3)
    x, out_grad = integers(rng, 3, 4, 2, 5) * 8, integers(rng, 3, 5) * 8
    np.testing.assert_array_equal(
        x.mean((1, 2), dtype="float64"), pooling.global_average_pool(array(x)).numpy()
    )
    x_grad = pooling.global_average_pool_grad(array(out_grad), x.shape)
    np.testing.assert_array_equal(np.broadcast_to(out_grad[:, None, None] / 8, x.shape), x_grad.numpy())
    x_grad[0, 0, 0, 0] = 99.0  # a new array, in which no two elements share memory
    assert (x_grad.numpy() == 99).sum() == 1


def test_shapes_that_do_not_fit_are_a_value_error() -> None:
    x = array(np.ones((1, 5, 2)))
    for module in POOLS:
        for pool in (module.max_pool, module.average_pool):
            with pytest.raises(ValueError, match="must be smaller than the window"):
                pool(x, 2, 1, 2)
            with pytest.raises(ValueError, match="covers 6 does not fit"):
                pool(x, 6, 1)
        with pytest.raises(ValueError, match="out_grad has shape"):
            module.max_pool_grad(x, x, 2, 1)
        with pytest.raises(ValueError, match="out_grad has shape"):
            module.average_pool_grad(x, x.shape, 2, 1)
        with pytest.raises(ValueError, match="with a pixel"):
            module.global_average_pool(array(np.ones((2, 0, 3))))


def normalized(
    module: ModuleType, x: NDArray, gamma: NDArray, beta: NDArray, out_grad: NDArray
) -> list[NDArray]:
    return [
        module.normalize(x, (0, 2)),
        module.normalize_grad(out_grad, x, (0, 2)),
        module.batch_norm(x, gamma, beta),
        *module.batch_norm_grad(out_grad, x, gamma),
        module.layer_norm(x, gamma, beta),
        *module.layer_norm_grad(out_grad, x, gamma),
    ]


def normal_inputs(shape: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    return [rng.standard_normal(s) * 3 + 2 for s in (shape, shape[-1:], shape[-1:], shape)]


@pytest.mark.parametrize("shape", [(4, 3, 5, 6), (7, 3, 2)], ids=str)
def test_both_forms_of_normalization_agree(shape: tuple[int, ...]) -> None:
    inputs = [array(values) for values in normal_inputs(shape)]
    for module in (readable_normalization, normalization):
        assert [each.dtype for each in normalized(module, *inputs)] == ["float64"] * 10
    for one, other in zip(
        normalized(readable_normalization, *inputs), normalized(normalization, *inputs), strict=True
    ):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-12, atol=1e-12)


def test_the_gradients_of_normalization_are_slopes() -> None:
    """Central differences in float64, of each input in turn, along random directions."""
    rng = np.random.default_rng(6)
    x, gamma, beta, out_grad = normal_inputs((3, 4, 5))
    for name in ("batch_norm", "layer_norm"):
        forward, gradients = getattr(normalization, name), getattr(normalization, f"{name}_grad")
        slopes = gradients(array(out_grad), array(x), array(gamma))
        for number, gradient in enumerate(slopes):
            inputs = [x, gamma, beta]
            direction, values = rng.standard_normal(inputs[number].shape), []
            for step in (1e-5, -1e-5):
                moved = [a + step * direction if k == number else a for k, a in enumerate(inputs)]
                values.append((forward(*map(array, moved)).numpy() * out_grad).sum())
            slope = (values[0] - values[1]) / 2e-5
            assert (gradient.numpy() * direction).sum() == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_normalization_refuses_shapes_that_do_not_fit() -> None:
    x, channels = array(np.ones((2, 3, 4))), array(np.ones(3))
    for module in (readable_normalization, normalization):
        for norm in (module.batch_norm, module.layer_norm):
            with pytest.raises(ValueError, match="do not have the channels"):
                norm(x, channels, channels)
        with pytest.raises(ValueError, match="no mean"):
            module.normalize(array(np.ones((0, 3))), (0,))
        with pytest.raises(ValueError, match="out_grad has shape"):
            module.normalize_grad(channels, x, (0,))


def test_views_and_other_devices_give_the_same(awkward_view: MakeView) -> None:
    rng = np.random.default_rng(7)
    for x, how in CASES[:9]:
        for to in (lambda a: awkward_view(a, rng), lambda a: array(a, emulated())):
            for name in ("max_pool", "average_pool"):
                pool = getattr(pooling, name)
                np.testing.assert_array_equal(pool(array(x), *how).numpy(), pool(to(x), *how).numpy())
            out_grad = integers(rng, *pooling.max_pool(array(x), *how).shape)
            for arguments in (
                (pooling.max_pool_grad, (out_grad, x)),
                (pooling.average_pool_grad, (out_grad,)),
            ):
                function: Any = arguments[0]
                arrays: Any = arguments[1]
                shape = () if len(arrays) == 2 else (x.shape,)
                expected = function(*map(array, arrays), *shape, *how).numpy()
                np.testing.assert_array_equal(expected, function(*map(to, arrays), *shape, *how).numpy())
    inputs = [values.astype("float32") for values in normal_inputs((3, 4, 5))]
    for one, other in zip(
        normalized(normalization, *map(array, inputs)),
        normalized(normalization, *(array(each, emulated()) for each in inputs)),
        strict=True,
    ):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-4, atol=1e-5)
