"""Convolution on any number of axes: both forms agree exactly, and each gradient is the transpose."""

import itertools

import numpy as np
import pytest

from reference import conv_as_products, depthwise_rows
from reference import conv_nd as fast
from reference.conv import conv as conv_of_pictures
from reference.ndarray import NDArray, array, emulated
from reference.readable import conv_nd as readable
from tests.reference.conftest import MakeView

Axis = tuple[int, int, int, int, int]  # size, kernel, stride, padding, dilation


def drawn_axis(rng: np.random.Generator) -> Axis:
    while True:
        size, kernel, stride, padding, dilation = (
            int(rng.integers(low, high)) for low, high in [(1, 9), (1, 5), (1, 5), (0, 5), (1, 5)]
        )
        if dilation * (kernel - 1) < size + 2 * padding:
            return size, kernel, stride, padding, dilation


def integers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-8, 9, shape).astype("float32")


class DrawnCase:
    """One configuration with its inputs: `how` holds stride, padding, dilation and groups."""

    def __init__(self, rng: np.random.Generator, axes: list[Axis], groups: int, c: int, o: int) -> None:
        sizes, kernel, stride, padding, dilation = zip(*axes, strict=True)
        self.how = stride, padding, dilation, groups
        self.x = integers(rng, int(rng.integers(1, 3)), *sizes, groups * c)
        self.w = integers(rng, *kernel, c, groups * o)
        shape = readable.conv_shape(self.x.shape, self.w.shape, *self.how)
        self.out_grad = integers(rng, *shape)
        # the length that a transposed convolution must be told to come back to
        self.left_over = tuple((n + 2 * p - d * (k - 1) - 1) % s for n, k, s, p, d in axes)

    def __repr__(self) -> str:
        return f"x {self.x.shape}, w {self.w.shape}, stride, padding, dilation, groups {self.how}"


def draw_cases() -> list[DrawnCase]:
    """Random ones on one, two and three axes, and all pairs of a stride and a dilation up to 4."""
    rng = np.random.default_rng(4711)
    cases = [
        DrawnCase(rng, [drawn_axis(rng) for _ in range(axes)], *rng.integers(1, 4, 3).tolist())
        for axes in (1, 2, 3)
        for _ in range(25)
    ]
    for s, d in itertools.product(range(1, 5), repeat=2):
        cases.append(DrawnCase(rng, [(11, 3, s, 1, d), (12, 2, d, 0, s)], 1, 2, 3))
    for multiplier in (1, 3):
        lengths = [(40, 3, 1, 1, 1), (30, 3, 2, 1, 1)]  # more than a block
        cases.append(DrawnCase(rng, lengths, 40, 1, multiplier))
    return cases


CASES = draw_cases()


def results(module, case: DrawnCase, to=array) -> list[np.ndarray]:
    """out, x_grad, w_grad of conv, and the transposed convolution of out_grad with its two gradients."""
    x, w, out_grad = to(case.x), to(case.w), to(case.out_grad)
    transposed = *case.how, case.left_over
    arrays = [
        module.conv(x, w, *case.how),
        module.conv_x_grad(out_grad, w, case.x.shape, *case.how),
        module.conv_w_grad(x, out_grad, case.w.shape, *case.how),
        module.conv_transpose(out_grad, w, *transposed),
        module.conv_transpose_x_grad(x, w, case.out_grad.shape, *transposed),
        module.conv_transpose_w_grad(out_grad, x, case.w.shape, *transposed),
    ]
    return [each.numpy() for each in arrays]


def test_both_forms_agree_exactly() -> None:
    """On 93 configurations, of every stride and dilation, in groups and depthwise, on one to three axes."""
    for case in CASES:
        for one, other in zip(results(readable, case), results(fast, case), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=repr(case))


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks smaller than a row of windows, in which most windows reach beyond the images."""
    expected = [results(fast, case) for case in CASES[::4]]
    monkeypatch.setattr(depthwise_rows, "CACHED", 20)
    monkeypatch.setattr(conv_as_products, "FEW_COLUMNS", 1)
    for cached, product, terms in ((20, 30, 1), (300, 200, 1), (300, 2000, 10)):
        monkeypatch.setattr(conv_as_products, "CACHED", cached)
        monkeypatch.setattr(conv_as_products, "SMALL_PRODUCT", product)
        monkeypatch.setattr(conv_as_products, "MANY_TERMS", terms)
        for case, whole in zip(CASES[::4], expected, strict=True):
            for one, other in zip(whole, results(fast, case), strict=True):
                np.testing.assert_array_equal(one, other, err_msg=repr(case))


def test_each_gradient_is_the_transpose_of_its_convolution() -> None:
    """<conv(v, w), g> == <v, x_grad>, <conv(x, u), g> == <u, w_grad>; and so of conv_transpose, exactly."""
    rng = np.random.default_rng(1)

    def inner(a: np.ndarray, b: np.ndarray) -> int:
        return int((a.astype("int64") * b.astype("int64")).sum())

    for case in CASES:
        _, x_grad, w_grad, longer, shorter, of_w = results(fast, case)
        v, u = integers(rng, *case.x.shape), integers(rng, *case.w.shape)
        x, w, g = array(case.x), array(case.w), case.out_grad
        assert inner(fast.conv(array(v), w, *case.how).numpy(), g) == inner(v, x_grad), case
        assert inner(fast.conv(x, array(u), *case.how).numpy(), g) == inner(u, w_grad), case
        np.testing.assert_array_equal(x_grad, longer, err_msg=repr(case))
        h = integers(rng, *g.shape)
        how = *case.how, case.left_over
        assert inner(fast.conv_transpose(array(h), w, *how).numpy(), case.x) == inner(h, shorter), case
        assert inner(fast.conv_transpose(array(g), array(u), *how).numpy(), case.x) == inner(u, of_w), case


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_no_images_give_no_results_and_no_gradient(groups: int) -> None:
    x, w = array(np.ones((0, 5, 6, 4))), array(np.ones((3, 2, 4 // groups, 8)))
    how = (2, 1), 1, (1, 2), groups
    shape = fast.conv_shape(x.shape, w.shape, *how)
    out_grad = array(np.ones(shape))

    assert fast.conv(x, w, *how).shape == shape
    assert fast.conv_x_grad(out_grad, w, x.shape, *how).shape == x.shape
    w_grad = fast.conv_w_grad(x, out_grad, w.shape, *how).numpy()
    np.testing.assert_array_equal(np.zeros(w.shape), w_grad)


def test_without_dilation_and_groups_it_is_the_convolution_of_pictures() -> None:
    rng = np.random.default_rng(2)
    x, w = array(integers(rng, 2, 7, 6, 3)), array(integers(rng, 3, 2, 3, 4))
    expected = conv_of_pictures(x, w, (2, 1), (1, 0)).numpy()
    for module in (readable, fast):
        np.testing.assert_array_equal(expected, module.conv(x, w, (2, 1), (1, 0)).numpy())


def test_x_w_and_out_grad_may_be_any_view_and_stay_as_they_were(awkward_view: MakeView) -> None:
    rng = np.random.default_rng(3)
    for case in CASES[::5]:

        def view(values: np.ndarray) -> NDArray:
            return awkward_view(values, rng)

        for one, other in zip(results(fast, case), results(fast, case, view), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=repr(case))


def test_a_device_that_runs_kernels_gives_the_same() -> None:
    """The emulated GPU, which has no path of the CPU's own."""
    for case in CASES[:75:25]:

        def there(values: np.ndarray) -> NDArray:
            return array(values, emulated())

        for one, other in zip(results(fast, case), results(fast, case, there), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=repr(case))


@pytest.mark.parametrize(
    ("x", "w", "how", "words"),
    [
        pytest.param((1, 5, 2), (3, 2, 4), (0,), "stride", id="stride of 0"),
        pytest.param((1, 5, 2), (3, 2, 4), (1, -1), "padding", id="negative padding"),
        pytest.param((1, 5, 2), (3, 2, 4), (1, 0, 0), "dilation", id="dilation of 0"),
        pytest.param((1, 5, 2), (3, 2, 4), (1, 0, 3), "covers 7", id="window over the axis"),
        pytest.param((1, 5, 4), (3, 2, 3), (1, 0, 1, 2), "2 groups", id="channels out do not divide"),
        pytest.param((1, 5, 3), (3, 2, 4), (1, 0, 1, 2), "2 groups", id="channels in do not divide"),
        pytest.param((1, 5, 2), (3, 3, 2, 4), (1,), "shapes", id="axes of w"),
        pytest.param((5, 2), (2, 4), (1,), "shapes", id="no axis"),
        pytest.param((1, 5, 2), (3, 2, 4), ((1, 2),), "one for each axis", id="strides for two axes"),
    ],
)
def test_shapes_that_do_not_fit_are_a_value_error(x, w, how, words) -> None:
    for module in (readable, fast):
        with pytest.raises(ValueError, match=words):
            module.conv(array(np.ones(x)), array(np.ones(w)), *how)


def test_an_out_grad_or_output_padding_that_does_not_fit_is_refused() -> None:
    x, w, out_grad = (array(np.ones(shape)) for shape in ((1, 7, 2), (3, 2, 4), (1, 4, 4)))
    for module in (readable, fast):
        for call in (
            lambda m=module: m.conv_x_grad(out_grad, w, x.shape, 2),
            lambda m=module: m.conv_w_grad(x, out_grad, w.shape, 2),
            lambda m=module: m.conv_transpose_x_grad(x, w, out_grad.shape, 2),
            lambda m=module: m.conv_transpose_w_grad(out_grad, x, w.shape, 2),
        ):
            with pytest.raises(ValueError, match="out_grad has shape"):
                call()
        with pytest.raises(ValueError, match="output_padding is at least 0 and below the stride 2, not 2"):
            module.conv_transpose(out_grad, w, 2, 0, 1, 1, 2)
        with pytest.raises(ValueError, match="leaves nothing"):
            module.conv_transpose(out_grad, w, 1, 4)
