"""The dense layer's laws."""

import numpy as np
import pytest

from reference.dense import dense, dense_w_grad, dense_x_grad
from reference.ndarray import array


def integers(rng, *shape):
    return rng.integers(-8, 9, shape).astype("float32")


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


def test_shapes_that_do_not_fit_are_named_in_a_value_error():
    x, w, g = array(np.ones((2, 3))), array(np.ones((4, 5))), array(np.ones((3, 6)))
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(4, 5\)"):
        dense(x, w)
    with pytest.raises(ValueError, match=r"\(3, 6\).*\(5, 4\)"):
        dense_x_grad(g, w)
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(3, 6\)"):
        dense_w_grad(x, g)


def test_the_notes_example_of_a_gradient():
    """dX = dZ W^T: with W = [[1, 2], [3, 4]] and dZ = [1, 10], dX = [1 + 20, 3 + 40]."""
    x_grad = dense_x_grad(array([[1.0, 10.0]]), array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(x_grad.numpy(), [[21, 43]])
