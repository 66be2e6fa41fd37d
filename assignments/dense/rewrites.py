"""Correct versions of the exercises, written in other ways. All of them must earn full marks."""

import numpy as np
from ndarray import array, zeros

# `solution` is the solution as it is rendered from the templates.
from solution import softmax

from grader.model.mutant import rewrite


def like(values, a):
    """The values as an array with a's device and dtype."""
    return array(values, a.device, a.dtype)


def wide(a):
    """The numbers of an array in float64."""
    return a.numpy().astype(np.float64)


def same_shapes(one, other):
    """Raises ValueError if the shapes differ."""
    if one.shape != other.shape:
        raise ValueError((one.shape, other.shape))


# dense


def one_for_each_output(w, b):
    """Raises ValueError for a bias of another shape."""
    if b is not None and b.shape != (w.shape[1],):
        raise ValueError((w.shape, b.shape))


@rewrite(of="dense")
def dense_in_numpy(x, w, b=None):
    """NumPy's own product, and its broadcast."""
    one_for_each_output(w, b)
    z = x.numpy() @ w.numpy()
    return like(z if b is None else z + b.numpy(), x)


@rewrite(of="dense")
def dense_in_double_precision(x, w, b=None):
    """All sums in float64, by einsum."""
    one_for_each_output(w, b)
    z = np.einsum("ni,io->no", wide(x), wide(w))
    return like(z if b is None else z + wide(b), x)


@rewrite(of="dense")
def dense_input_by_input(x, w, b=None):
    """The bias first, and then one outer product for each input."""
    one_for_each_output(w, b)
    if x.shape[1] != w.shape[0]:
        raise ValueError((x.shape, w.shape))
    z = zeros((x.shape[0], w.shape[1]), x.device, x.dtype)
    z = z if b is None else z + b
    for i in range(x.shape[1]):
        z = z + x[:, i : i + 1] * w[i : i + 1]
    return z


@rewrite(of="dense")
def dense_with_a_column_of_ones(x, w, b=None):
    """The bias as one more row of w, and a 1 in each sample."""
    one_for_each_output(w, b)
    if b is None:
        return x @ w
    ones = np.ones((x.shape[0], 1), x.dtype)
    return like(np.hstack([x.numpy(), ones]) @ np.vstack([w.numpy(), b.numpy()[None]]), x)


# dense_x_grad


@rewrite(of="dense_x_grad")
def x_grad_by_rows_of_w(out_grad, w):
    """A product of out_grad with each row of w."""
    rows = [(out_grad.numpy() * w.numpy()[i]).sum(axis=1) for i in range(w.shape[0])]
    return like(np.stack(rows, axis=1), out_grad)


@rewrite(of="dense_x_grad")
def x_grad_transposed_twice(out_grad, w):
    """The transpose of a product is the product of the transposes, in the opposite order."""
    return (w @ out_grad.permute((1, 0))).permute((1, 0))


@rewrite(of="dense_x_grad")
def x_grad_by_einsum(out_grad, w):
    """One line, summed in float64."""
    return like(np.einsum("no,io->ni", wide(out_grad), wide(w)), out_grad)


# dense_w_grad


@rewrite(of="dense_w_grad")
def w_grad_sample_by_sample(x, out_grad):
    """The sum of one outer product for each sample."""
    if x.shape[0] != out_grad.shape[0]:
        raise ValueError((x.shape, out_grad.shape))
    out = zeros((x.shape[1], out_grad.shape[1]), x.device, x.dtype)
    for n in range(x.shape[0]):
        out = out + x[n].reshape((x.shape[1], 1)) * out_grad[n]
    return out


@rewrite(of="dense_w_grad")
def w_grad_transposed_twice(x, out_grad):
    """The other product, transposed."""
    return (out_grad.permute((1, 0)) @ x).permute((1, 0))


@rewrite(of="dense_w_grad")
def w_grad_by_tensordot(x, out_grad):
    """A sum over the first axis of both, in float64."""
    return like(np.tensordot(wide(x), wide(out_grad), ([0], [0])), x)


# dense_b_grad


@rewrite(of="dense_b_grad")
def b_grad_by_ones(out_grad):
    """A product with a row of ones."""
    ones = array(np.ones((1, out_grad.shape[0])), out_grad.device, out_grad.dtype)
    return (ones @ out_grad).reshape((out_grad.shape[1],))


@rewrite(of="dense_b_grad")
def b_grad_from_the_last_row(out_grad):
    """A loop over the rows, from the last one on."""
    out = zeros((out_grad.shape[1],), out_grad.device, out_grad.dtype)
    for n in reversed(range(out_grad.shape[0])):
        out = out + out_grad[n]
    return out


# unbroadcast


@rewrite(of="unbroadcast")
def unbroadcast_axis_by_axis(grad, shape):
    """Sums one axis at a time, in NumPy."""
    added = grad.ndim - len(shape)
    if added < 0 or any(m not in (1, n) for n, m in zip(grad.shape[added:], shape, strict=True)):
        raise ValueError((grad.shape, shape))
    values = grad.numpy()
    for _ in range(added):
        values = values.sum(axis=0)
    for axis, m in enumerate(shape):
        if m == 1 and values.shape[axis] != 1:
            values = values.sum(axis=axis, keepdims=True)
    return like(values, grad)


@rewrite(of="unbroadcast")
def unbroadcast_by_adding_at(grad, shape):
    """Adds each element to its place in the original array: np.add.at with broadcast places."""
    try:
        places = np.arange(int(np.prod(shape))).reshape(shape)
        of = np.broadcast_to(places, grad.shape)
    except ValueError:
        raise ValueError((grad.shape, shape)) from None
    out = np.zeros(int(np.prod(shape)))
    np.add.at(out, of.reshape(-1), grad.numpy().reshape(-1))
    return like(out.reshape(shape), grad)


# relu


@rewrite(of="relu")
def relu_by_where(a):
    """A choice between two arrays."""
    values = a.numpy()
    return like(np.where(values > 0, values, np.zeros_like(values)), a)


@rewrite(of="relu")
def relu_by_a_mask(a):
    """A product with 0 and 1."""
    return a * (a > 0)


@rewrite(of="relu")
def relu_by_half_of_a_sum(a):
    """Half of a and its absolute value."""
    values = a.numpy()
    return like((values + np.abs(values)) / 2, a)


# relu_grad


@rewrite(of="relu_grad")
def relu_grad_by_where(out_grad, a):
    """A choice between two arrays."""
    same_shapes(out_grad, a)
    return like(np.where(a.numpy() > 0, out_grad.numpy(), 0), a)


@rewrite(of="relu_grad")
def relu_grad_by_a_mask(out_grad, a):
    """A product with 0 and 1."""
    same_shapes(out_grad, a)
    return (a > 0.0) * out_grad


@rewrite(of="relu_grad")
def relu_grad_by_writing_zeros(out_grad, a):
    """A copy in which some elements are overwritten."""
    same_shapes(out_grad, a)
    values = out_grad.numpy().copy()
    values[a.numpy() <= 0] = 0
    return like(values, a)


# softmax


@rewrite(of="softmax")
def softmax_by_logarithms(logits):
    """exp of the logarithm of the softmax, in float64."""
    z = wide(logits)
    z = z - z.max(axis=1, keepdims=True)
    return like(np.exp(z - np.log(np.exp(z).sum(axis=1, keepdims=True))), logits)


@rewrite(of="softmax")
def softmax_row_by_row(logits):
    """A loop over the rows."""
    rows = []
    for row in logits.numpy():
        powers = np.exp(row - max(row))
        rows.append(powers / powers.sum())
    return like(np.array(rows).reshape(logits.shape), logits)


@rewrite(of="softmax")
def softmax_by_logaddexp(logits):
    """NumPy's own logarithm of a sum of powers."""
    z = logits.numpy()
    return like(np.exp(z - np.logaddexp.reduce(z.astype(np.float64), axis=1, keepdims=True)), logits)


@rewrite(of="softmax")
def softmax_by_reciprocal(logits):
    """1 divided by the sum of exp(other logit - this logit) over all classes."""
    z = wide(logits)
    with np.errstate(over="ignore"):
        return like(1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2), logits)


# cross_entropy


@rewrite(of="cross_entropy")
def cross_entropy_by_index(logits, labels):
    """Looks up the right class of each sample."""
    same_shapes(logits, labels)
    z = wide(logits)
    right = labels.numpy().argmax(axis=1)
    z = z - z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), right]
    return like(losses.mean(), logits)


@rewrite(of="cross_entropy")
def cross_entropy_by_logaddexp(logits, labels):
    """NumPy's own logarithm of a sum of powers, less the dot product with the labels."""
    same_shapes(logits, labels)
    z, y = wide(logits), wide(labels)
    return like(np.mean(np.logaddexp.reduce(z, axis=1) - (z * y).sum(axis=1)), logits)


@rewrite(of="cross_entropy")
def cross_entropy_sample_by_sample(logits, labels):
    """A loop in single precision."""
    same_shapes(logits, labels)
    total = np.float32(0)
    for row, label in zip(logits.numpy(), labels.numpy(), strict=True):
        row = row - row.max()
        total += np.log(np.exp(row).sum()) - (row * label).sum()
    return like(total / len(logits.numpy()), logits)


# cross_entropy_grad


@rewrite(of="cross_entropy_grad")
def cross_entropy_grad_by_index(logits, labels):
    """Takes 1 from the probability of the right class."""
    same_shapes(logits, labels)
    out = softmax(logits).numpy().copy()
    out[np.arange(len(out)), labels.numpy().argmax(axis=1)] -= 1
    return like(out / len(out), logits)


@rewrite(of="cross_entropy_grad")
def cross_entropy_grad_in_double_precision(logits, labels):
    """The softmax again, in float64."""
    same_shapes(logits, labels)
    z = wide(logits)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return like((powers / powers.sum(axis=1, keepdims=True) - wide(labels)) / len(z), logits)


@rewrite(of="cross_entropy_grad")
def cross_entropy_grad_divided_first(logits, labels):
    """Divides softmax and labels by N before it subtracts them."""
    same_shapes(logits, labels)
    share = 1.0 / logits.shape[0]
    return softmax(logits) * share - labels * share
