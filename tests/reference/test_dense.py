"""The laws of the dense layer, ReLU and the softmax cross-entropy."""

import inspect

import numpy as np
import pytest

from reference import dense as module
from reference.dense import (
    cross_entropy,
    cross_entropy_grad,
    dense,
    dense_b_grad,
    dense_w_grad,
    dense_x_grad,
    relu,
    relu_grad,
    softmax,
    unbroadcast,
)
from reference.ndarray import NDArray, array


def integers(rng, *shape):
    return rng.integers(-8, 9, shape).astype("float32")


def one_hot(classes, rng, samples):
    return np.eye(classes)[rng.integers(0, classes, samples)]


def slope(function, x, v, h=1e-5):
    """The central difference of a function of one NumPy array, along v."""
    return (function(x + h * v) - function(x - h * v)) / (2 * h)


@pytest.fixture(params=[(2, 3, 5), (1, 1, 1), (7, 4, 2), (0, 3, 2), (3, 0, 2)])
def layer(request, awkward_view):
    """x, w and out_grad as NumPy arrays and as views of awkward layout."""
    n, i, o = request.param
    rng = np.random.default_rng(5)
    hosts = integers(rng, n, i), integers(rng, i, o), integers(rng, n, o)
    return hosts, [awkward_view(host, rng) for host in hosts]


def test_dense_is_the_matrix_product(layer):
    """dense(x, w) = X W."""
    (x, w, _), (x_view, w_view, _) = layer
    np.testing.assert_array_equal(dense(x_view, w_view).numpy(), x @ w)


def test_every_sample_gets_the_same_bias(layer, awkward_view):
    """dense(x, w, b) = X W + b."""
    (x, w, _), (x_view, w_view, _) = layer
    b = integers(np.random.default_rng(6), w.shape[1])
    b_view = awkward_view(b, np.random.default_rng(7))
    np.testing.assert_array_equal(dense(x_view, w_view, b_view).numpy(), x @ w + b)


def test_x_grad_and_w_grad_are_the_transposes_of_dense(layer):
    """<dense(v, w), g> == <v, x_grad> and <dense(x, v), g> == <v, w_grad> for each v of a basis."""
    (x, w, _), (x_view, w_view, g_view) = layer
    x_grad, w_grad = dense_x_grad(g_view, w_view).numpy(), dense_w_grad(x_view, g_view).numpy()
    assert (x_grad.shape, w_grad.shape) == (x.shape, w.shape)
    for index in np.ndindex(x.shape):
        v = np.zeros_like(x)
        v[index] = 1
        assert float((dense(array(v), w_view) * g_view).sum()) == x_grad[index]
    for index in np.ndindex(w.shape):
        v = np.zeros_like(w)
        v[index] = 1
        assert float((dense(x_view, array(v)) * g_view).sum()) == w_grad[index]


def test_b_grad_is_the_gradient_of_the_broadcast_bias(layer):
    """b is copied to every sample, so its gradient is unbroadcast's: the sum over the batch."""
    (_, _, g), (_, _, g_view) = layer
    np.testing.assert_array_equal(g.sum(0), dense_b_grad(g_view).numpy())
    np.testing.assert_array_equal(unbroadcast(g_view, g.shape[1:]).numpy(), dense_b_grad(g_view).numpy())


def test_shapes_that_do_not_fit_are_named_in_a_value_error():
    x, w, g = array(np.ones((2, 3))), array(np.ones((4, 5))), array(np.ones((3, 6)))
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(4, 5\)"):
        dense(x, w)
    with pytest.raises(ValueError, match=r"\(3, 6\).*\(5, 4\)"):
        dense_x_grad(g, w)
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(3, 6\)"):
        dense_w_grad(x, g)
    for function in (cross_entropy, cross_entropy_grad):
        with pytest.raises(ValueError, match=r"\(2, 3\).*\(3, 6\)"):
            function(x, g)


def test_shapes_that_would_broadcast_are_refused_too():
    x, w, logits = array(np.ones((3, 4))), array(np.ones((4, 2))), array(np.ones((3, 2)))
    for shape in ((1,), (3, 2), ()):
        with pytest.raises(ValueError, match="one number for each output"):
            dense(x, w, array(np.ones(shape)))
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2,\)"):
        relu_grad(logits, logits[0])
    for function in (cross_entropy, cross_entropy_grad):
        with pytest.raises(ValueError, match=r"\(3, 2\).*\(3, 1\)"):
            function(logits, logits[:, :1])


def test_the_notes_example_of_a_gradient():
    """dX = dZ W^T: with W = [[1, 2], [3, 4]] and dZ = [1, 10], dX = [1 + 20, 3 + 40]."""
    x_grad = dense_x_grad(array([[1.0, 10.0]]), array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(x_grad.numpy(), [[21, 43]])


BROADCASTS = [  # (shape, the shape that it is broadcast to)
    ((3,), (3, 3)),
    ((2, 1, 4), (2, 3, 4)),
    ((3, 1), (2, 3, 4)),
    ((1, 1), (5, 4)),
    ((), (3, 2)),
    ((), ()),
    ((2, 3), (2, 3)),
    ((1, 3), (0, 3)),
    ((3,), (0, 3)),
    ((0, 1), (2, 0, 4)),
    ((1, 1, 2), (1, 1, 2)),
]


@pytest.mark.parametrize(("shape", "larger"), BROADCASTS)
def test_unbroadcast_is_the_transpose_of_broadcasting(shape, larger, awkward_view):
    """<broadcast(v), g> == <v, unbroadcast(g)> for each v of a basis, on views as well."""
    rng = np.random.default_rng(8)
    g = integers(rng, *larger)
    result = unbroadcast(awkward_view(g, rng), shape).numpy()
    assert result.shape == shape
    for index in np.ndindex(shape):
        v = np.zeros(shape)
        v[index] = 1
        assert (np.broadcast_to(v, larger) * g).sum() == result[index]


@pytest.mark.parametrize(
    ("shape", "larger"), [((2,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (1, 3)), ((1,), ())]
)
def test_unbroadcast_refuses_a_shape_that_does_not_broadcast(shape, larger):
    with pytest.raises(ValueError, match="does not broadcast"):
        unbroadcast(array(np.ones(larger)), shape)


def test_relu_keeps_what_is_positive_and_its_gradient_passes_there_alone(awkward_view):
    """At 0 the gradient is 0, and it passes or not whatever its own sign."""
    rng = np.random.default_rng(9)
    a, g = integers(rng, 9, 8), integers(rng, 9, 8)
    assert (a == 0).any()
    a_view, g_view = awkward_view(a, rng), awkward_view(g, rng)
    np.testing.assert_array_equal(relu(a_view).numpy(), np.where(a > 0, a, 0))
    np.testing.assert_array_equal(relu_grad(g_view, a_view).numpy(), np.where(a > 0, g, 0))


def test_relu_grad_is_the_slope_of_relu_away_from_zero():
    rng = np.random.default_rng(10)
    a, v, g = (rng.standard_normal((3, 4)) for _ in range(3))
    assert abs(a).min() > 1e-3
    claimed = float((relu_grad(array(g), array(a)) * v).sum())
    assert slope(lambda a: float((relu(array(a)) * g).sum()), a, v) == pytest.approx(claimed, rel=1e-9)


def test_softmax_shares_one_out_in_every_row():
    """The exponentials 1, 2, 5 and 3, 3, 2 are in proportion to the result."""
    logits = array(np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]]))
    np.testing.assert_allclose(softmax(logits).numpy() * 8, [[1, 2, 5], [3, 3, 2]], rtol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_shift_of_a_row_changes_neither_softmax_nor_loss_nor_gradient(dtype):
    """Whole logits shifted by powers of two: the shifts are exact, so the results are equal, not close."""
    rng = np.random.default_rng(11)
    logits, labels = integers(rng, 4, 6).astype(dtype), array(one_hot(6, rng, 4), dtype=dtype)
    shift = np.array([[1024], [-4096], [0], [65536]])
    here, there = array(logits), array(logits + shift, dtype=dtype)
    np.testing.assert_array_equal(softmax(here).numpy(), softmax(there).numpy())
    np.testing.assert_array_equal(
        cross_entropy_grad(here, labels).numpy(), cross_entropy_grad(there, labels).numpy()
    )
    spacing = np.finfo(dtype).eps * 65536
    assert abs(float(cross_entropy(here, labels)) - float(cross_entropy(there, labels))) <= spacing


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("level", [0, 30000, -30000])
def test_logits_far_apart_give_exact_zeros_and_ones(dtype, level):
    """Neither overflow nor 0 / 0 nor log 0, where the label is right as where it is wrong."""
    logits = array([[0, 1000, 3000], [2000, 0, -1000]], dtype=dtype) + float(level)
    labels = array([[0, 0, 1], [0, 1, 0]], dtype=dtype)
    np.testing.assert_array_equal(softmax(logits).numpy(), [[0, 0, 1], [1, 0, 0]])
    assert float(cross_entropy(logits, labels)) == (0 + 2000) / 2
    np.testing.assert_array_equal(cross_entropy_grad(logits, labels).numpy(), [[0, 0, 0], [0.5, -0.5, 0]])


@pytest.mark.parametrize("classes", [2, 4, 8])
def test_equal_logits_share_equally(classes):
    """softmax = 1 / C, and so exact for a power of two; the loss is log C."""
    rng = np.random.default_rng(12)
    logits, labels = array(np.full((2, classes), -7.0)), one_hot(classes, rng, 2)
    np.testing.assert_array_equal(softmax(logits).numpy(), np.full((2, classes), 1 / classes))
    np.testing.assert_array_equal(
        cross_entropy_grad(logits, array(labels)).numpy(), (1 / classes - labels) / 2
    )
    assert float(cross_entropy(logits, array(labels))) == pytest.approx(np.log(classes), abs=1e-14)


def test_the_loss_is_the_mean_of_minus_log_softmax_at_the_label():
    rng = np.random.default_rng(13)
    logits, labels = rng.standard_normal((5, 4)), one_hot(4, rng, 5)
    loss = cross_entropy(array(logits), array(labels))
    assert loss.shape == ()
    powers = np.exp(logits)
    expected = -np.log((powers / powers.sum(1, keepdims=True))[labels == 1]).mean()
    assert float(loss) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_cross_entropy_grad_is_the_slope_of_cross_entropy(seed):
    rng = np.random.default_rng(seed)
    logits, v, labels = rng.standard_normal((4, 6)), rng.standard_normal((4, 6)), array(one_hot(6, rng, 4))
    claimed = float((cross_entropy_grad(array(logits), labels) * v).sum())
    measured = slope(lambda z: float(cross_entropy(array(z), labels)), logits, v)
    assert measured == pytest.approx(claimed, rel=1e-8, abs=1e-9)


def test_results_have_the_dtype_of_the_inputs_which_stay_unchanged(awkward_view):
    rng = np.random.default_rng(14)
    hosts = {"x": (3, 4), "w": (4, 5), "b": (5,), "out_grad": (3, 5), "grad": (3, 5), "a": (3, 5)}
    hosts |= {"logits": (3, 5)}
    for dtype in ("float32", "float64"):
        arrays = {name: awkward_view(integers(rng, *s).astype(dtype), rng) for name, s in hosts.items()}
        arrays["labels"] = awkward_view(one_hot(5, rng, 3).astype(dtype), rng)
        before = {name: a.numpy() for name, a in arrays.items()}
        for function in (f for _, f in inspect.getmembers(module, inspect.isfunction)):
            names = inspect.signature(function).parameters
            result = function(**{name: (3, 1) if name == "shape" else arrays[name] for name in names})
            assert isinstance(result, NDArray)
            assert result.dtype == dtype
        for name, values in before.items():
            np.testing.assert_array_equal(arrays[name].numpy(), values)
