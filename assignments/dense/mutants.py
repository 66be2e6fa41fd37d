"""Wrong ideas about a layer's gradients, and what to tell students who have them."""

import numpy as np

# `solution` is the solution as it is rendered from the templates.
from solution import cross_entropy, original, softmax

from grader.model.mutant import mutant


def in_half(a):
    """`a` with each number replaced by the nearest one that 16 bits hold."""
    rounded = a.copy()
    rounded[...] = a.numpy().astype(np.float16).astype(np.float32)
    return rounded


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    strides = [1] * a.ndim
    for axis in range(a.ndim - 2, -1, -1):
        strides[axis] = strides[axis + 1] * a.shape[axis + 1]
    return a.as_strided(a.shape, strides, 0)


def same_shapes(one, other):
    """Raises ValueError if the shapes differ."""
    if one.shape != other.shape:
        raise ValueError((one.shape, other.shape))


# dense


def one_for_each_output(w, b):
    """ValueError for a bias of another shape."""
    if b is not None and b.shape != (w.shape[1],):
        raise ValueError((w.shape, b.shape))


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_of_any_shape(x, w, b=None):
    """You accept a b whose shape is not (O,), such as (1,). It broadcasts, so the sum comes out, but one
    number would serve all outputs. Compare the shape of b with (O,), and raise ValueError if it differs."""
    return x @ w if b is None else x @ w + b


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_forgotten(x, w, b=None):
    """Your layer is right as long as the bias is zero: you never add b. Each output has its own number in
    b, the same for every sample: add it to each row of the result."""
    one_for_each_output(w, b)
    return original(x, w)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_per_sample(x, w, b=None):
    """Your bias varies from sample to sample. There is one number in b for every *output*, and all samples
    share it. Which axis of Z counts outputs, and along which one is b copied?"""
    one_for_each_output(w, b)
    return original(x, w) if b is None else original(x, w) + b.reshape((b.size, 1))


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_before_the_product(x, w, b=None):
    """You add the bias before the multiplication, so W acts on it too. Multiply first, and then add one
    number to each output."""
    one_for_each_output(w, b)
    return original(x, w) if b is None else original(x + b, w)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_taken_for_granted(x, w, b=None):
    """You always add b. A layer may have no bias: then b is None, and you cannot add None. Look at the
    signature and at what the docstring says for that case."""
    return x @ w + b if b is None else original(x, w, b)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def first_sample_repeated(x, w, b=None):
    """Every row of your result is that of the first sample. Each row of x is one input, and each has its
    own output. What does your function do with the second row of x?"""
    return original(x[:1], w, b).broadcast_to((x.shape[0], w.shape[1]))


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def last_feature_left_out(x, w, b=None):
    """Your sum over the features ends one too early, so the last feature of x never reaches an output.
    Count the products in the sum for one output: there must be as many as x has columns."""
    return original(x[:, :-1], w[:-1, :], b)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def features_averaged(x, w, b=None):
    """Your outputs are means over the features, not sums: they are too small by a factor of the number of
    columns of x. The weights already say how much each feature counts: divide by nothing."""
    one_for_each_output(w, b)
    return original(x, w) / x.shape[1] if b is None else original(x, w) / x.shape[1] + b


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def x_read_from_its_memory(x, w, b=None):
    """Your layer is right for compact arrays and wrong for views: you read the memory of x row by row from
    the start. A view may begin elsewhere, with other strides, even backward. Its shape, strides and offset
    say where element (n, i) is, and its operators use them."""
    return original(in_memory_order(x), w, b)


# dense_x_grad


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def transpose_forgotten(out_grad, w):
    """You multiply by W without the transpose. In the forward pass an output sums along a column of W; in
    the gradient an input sums along a row. If W is square the shapes fit anyway, and only the numbers are
    wrong: write out one element of dX by hand and see which weights belong to it."""
    return out_grad @ w


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def w_reshaped(out_grad, w):
    """Your W has the shape of the transpose, but its numbers are in the wrong places. A reshape keeps the
    numbers in reading order and cuts the rows at other places; a transpose turns each column into a row.
    Try both on a matrix with 2 rows and 3 columns."""
    return out_grad @ w.reshape((w.shape[1], w.shape[0]))


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def t_of_numpy_read(out_grad, w):
    """You read `w.T`, which NumPy's arrays have. An NDArray has `permute`: `w.permute((1, 0))` exchanges the
    two axes."""
    return out_grad @ w.T


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def transposed_only_where_it_must_be(out_grad, w):
    """You leave the transpose out if W is square, because the shapes fit without it. Shapes can tell you
    that a product is wrong, never that it is right. The size of W does not change which weights x1 was
    multiplied with."""
    return out_grad @ (w if w.shape[0] == w.shape[1] else w.permute((1, 0)))


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def x_grad_left_transposed(out_grad, w):
    """Your result has the right numbers, but with features in the rows and samples in the columns. A
    gradient has the shape of the array that it belongs to, so row n must belong to sample n."""
    return w @ out_grad.permute((1, 0))


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def x_grad_averaged(out_grad, w):
    """You divide the gradient by the batch size. A sample's row of dX depends only on that sample's row of
    dZ, so the number of other samples does not matter. If the loss is a mean, dZ already contains that
    division."""
    return original(out_grad, w) / out_grad.shape[0]


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def x_grad_ignores_upstream(out_grad, w):
    """Your gradient is the same for every dZ, as if dZ were all ones. The chain rule multiplies each weight
    by the gradient of its output."""
    return original(out_grad * 0.0 + 1.0, w)


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def transposed_by_strides_alone(out_grad, w):
    """You compute the strides of the transpose from w's shape. They are right for a compact w, but a view
    has its own strides and offset. Start from the strides of w, and swap them."""
    return out_grad @ w.as_strided((w.shape[1], w.shape[0]), (1, w.shape[1]), 0)


# dense_w_grad


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def w_grad_averaged(x, out_grad):
    """Your gradient is a mean over the batch; it should be the sum. All samples shared one matrix W, and
    each adds its share to the gradient. If the loss is a mean, dZ already contains the division, and you
    divide twice."""
    return original(x, out_grad) / x.shape[0]


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def last_sample_only(x, out_grad):
    """Your gradient is that of the last sample of the batch. Every sample went through the same weights. If
    you loop over the samples, does each one add to the result, or overwrite the one before?"""
    return original(x[-1:], out_grad[-1:])


@mutant(of="dense_w_grad", help="#shapes-as-a-guide")
def w_grad_left_transposed(x, out_grad):
    """Your result has outputs in the rows and features in the columns; W has it the other way around. The
    transpose of a product reverses the order of its factors. If there are as many features as outputs, the
    shape does not show the mistake."""
    return out_grad.permute((1, 0)) @ x


@mutant(of="dense_w_grad", help="#shapes-as-a-guide")
def w_grad_transposed_where_square(x, out_grad):
    """If W is square, your gradient is transposed: rows and columns are swapped, and the shape does not
    show it. Row i of the gradient belongs to feature i, as in W."""
    return out_grad.permute((1, 0)) @ x if x.shape[1] == out_grad.shape[1] else original(x, out_grad)


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def x_reshaped(x, out_grad):
    """Your X has the shape of the transpose, but its numbers are in the wrong places. A reshape cuts the
    same sequence of numbers at other places, so one row mixes the features of several samples. A row of the
    transpose is one feature, over all samples."""
    return x.reshape((x.shape[1], x.shape[0])) @ out_grad


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def w_grad_ignores_upstream(x, out_grad):
    """Every column of your gradient is the same: the sum of x over the batch. You do not use dZ. For each
    sample, multiply a weight's input by the gradient of its output, then add up."""
    return original(x, out_grad * 0.0 + 1.0)


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def batch_means_multiplied(x, out_grad):
    """You sum X over the batch, sum dZ over the batch, and multiply the two. That multiplies inputs of one
    sample by gradients of another. Multiply within each sample first, then add up."""
    samples, features, outputs = x.shape[0], x.shape[1], out_grad.shape[1]
    return x.sum(0).reshape((features, 1)) @ out_grad.sum(0).reshape((1, outputs)) / max(samples, 1)


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def x_transposed_by_strides_alone(x, out_grad):
    """You compute the strides of the transpose from x's shape. They are right for a compact x, but a view
    has its own strides and offset. Start from the strides of x, and swap them."""
    return x.as_strided((x.shape[1], x.shape[0]), (1, x.shape[1]), 0) @ out_grad


# dense_b_grad


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_not_summed(out_grad):
    """Your gradient has a row for every sample, but there is only one b. Each of its numbers was copied
    into every row of Z. What does each of these copies pass back, and how do you combine them?"""
    return out_grad * 1.0


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_over_outputs(out_grad):
    """You sum over the outputs and keep the samples. b has one number for each output: which axis of dZ do
    you have to sum over to get that?"""
    return out_grad.sum(1)


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_averaged(out_grad):
    """Your gradient is a mean over the batch; it should be the sum. In the forward pass every sample gets all
    of b, so each one passes back its whole gradient. If the loss is a mean, dZ already contains that
    division."""
    return original(out_grad) / out_grad.shape[0]


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_one_number(out_grad):
    """You add up everything. b has one number for each output, and one output's gradient says nothing
    about another output's bias. Sum over only one of the two axes."""
    return out_grad.sum()


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_keeps_the_axis(out_grad):
    """The numbers are right, but they are in a matrix with one row. A gradient has the shape of the array
    that it belongs to: b has one axis."""
    return out_grad.sum(0, keepdims=True)


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_from_memory(out_grad):
    """Your sum is right for compact arrays and wrong for views: you read the memory of out_grad from its
    start. A view's strides and offset say where its elements are, and its methods use them."""
    return original(in_memory_order(out_grad))


# unbroadcast


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def not_reduced(grad, shape):
    """You return the gradient as it came, in the larger shape. The original array has fewer elements than
    its broadcast copies: each element must get one number, which combines what all its copies pass back."""
    return grad * 1.0


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def aligned_at_the_first_axes(grad, shape):
    """You line the two shapes up at their first axes. Broadcasting lines them up at the last: new axes come
    in front. For shape (3,) in (3, 3) both ways give the same shape, but they sum over different axes."""
    stretched = [axis for axis, n in enumerate(shape) if n == 1]
    return grad.sum([*stretched, *range(len(shape), grad.ndim)], keepdims=True).reshape(shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def averaged_over_copies(grad, shape):
    """You take the mean over the copies. Each copy was the whole value, not a part of it, so each passes
    back its whole gradient: add them up."""
    result = original(grad, shape)
    return result * (result.size / max(grad.size, 1))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def one_copy_taken(grad, shape):
    """You keep the gradient of the first copy and drop the others. All copies affect the loss: if the one
    element changes, all copies change with it. Add up their gradients."""
    for _ in range(grad.ndim - len(shape)):
        grad = grad[0]
    return grad[tuple(slice(0, n) for n in shape)] * 1.0


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def one_copy_of_new_axes_taken(grad, shape):
    """Along the new axes you keep the gradient of the first copy and drop the others. All copies affect the
    loss: sum over new axes, as you do over stretched ones."""
    for _ in range(grad.ndim - len(shape)):
        grad = grad[0]
    return original(grad, shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def stretched_axes_forgotten(grad, shape):
    """You sum over the new axes, but not over those that were stretched from length 1. They contain copies
    too: compare the lengths of the two shapes axis by axis, starting from the last one."""
    return grad.sum(tuple(range(grad.ndim - len(shape))))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def stretched_axes_reshaped(grad, shape):
    """You sum over the new axes and reshape to the shape that was asked for. A reshape adds nothing up, so it
    fails for axes that were stretched from length 1. Sum over these axes too, and keep them with length 1."""
    if grad.ndim < len(shape):
        raise ValueError(shape)
    return grad.sum(tuple(range(grad.ndim - len(shape)))).reshape(tuple(shape))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def axes_numbered_as_before(grad, shape):
    """You sum over the new axes one after the other, by their old numbers. Once axis 0 is gone, each axis
    behind it moves up by one. Sum over axis 0 each time, or over all new axes at once."""
    for axis in range(grad.ndim - len(shape)):
        grad = grad.sum(axis)
    return original(grad, shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def stretched_axes_dropped(grad, shape):
    """You sum over the right axes, but then drop those that had length 1. The result must have exactly the
    shape that was asked for: an axis of length 1 is still an axis, and the caller relies on it."""
    result = original(grad, shape)
    return result.reshape(tuple(n for n in result.shape if n != 1))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def new_axes_kept(grad, shape):
    """You sum over the new axes, but keep them with length 1. The original array did not have them, so its
    gradient does not either."""
    result = original(grad, shape)
    return result.reshape((1,) * (grad.ndim - len(shape)) + result.shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def one_axis_only(grad, shape):
    """You find the first axis with copies, sum over it, and stop. An array can be broadcast along several
    axes at once, in front and in the middle. Handle all of them."""
    added = grad.ndim - len(shape)
    if added:
        return grad[(0,) * (added - 1)].sum(0)
    for axis in range(grad.ndim):
        if shape[axis] != grad.shape[axis]:
            return grad.sum(axis, keepdims=True)
    return grad * 1.0


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def a_number_taken_for_one_element(grad, shape):
    """For the shape () you return an array with an axis. () is the shape of a single number, which has no
    axes: after you sum over every axis, none is left."""
    return original(grad, shape) if len(shape) else original(grad, (1,))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def summed_only_where_longer(grad, shape):
    """You sum over an axis only if the gradient is longer than the original array. Broadcasting turns
    length 1 into *any* length, even 0. Then there are no copies, the sum over none of them is 0, and the
    gradient still has the original array's shape."""
    added = grad.ndim - len(shape)
    result = grad.sum(tuple(range(added)))
    return result.sum([i for i, n in enumerate(shape) if result.shape[i] > n], keepdims=True)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def copies_read_from_memory(grad, shape):
    """Your sum is right for compact arrays and wrong for views: you read the memory of grad from its start.
    A view's strides and offset say where its elements are, and its methods use them."""
    return original(in_memory_order(grad), shape)


@mutant(
    of="unbroadcast",
    help="#what-a-copy-passes-back",
    edits={"any(m not in (1, n) for n, m in zip(grad.shape[new_axes:], shape, strict=True))": "False"},
)
def any_shape_of_as_many_elements():
    """You accept a shape that does not broadcast to that of grad. To have as many elements is not enough:
    compare the lengths, and raise ValueError."""


# relu and relu_grad


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def absolute_value(a):
    """You change the sign of negative numbers. ReLU does not make them positive: it blocks them. What is
    left of -3?"""
    return a.maximum(-a)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def mask_instead_of_values(a):
    """You return whether a is positive, not its value. You need that array of zeros and ones for the
    gradient; in the forward pass, positive numbers pass unchanged."""
    return 1.0 - (-a >= 0.0)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def maximum_of_numpy_called(a):
    """You give an NDArray to `np.maximum`. NumPy's functions do not take NDArrays. Call the array's own
    method: `a.maximum(0.0)`."""
    return np.maximum(a, 0)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def negative_part(a):
    """You keep the negative numbers and block the positive ones. Do the reverse: of a number and 0, which
    one does ReLU keep?"""
    return a - original(a)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def negative_numbers_leak(a):
    """You make negative numbers small, but do not block them. That is a leaky ReLU, which is useful too,
    but this ReLU lets nothing below 0 through."""
    return a.maximum(0.01 * a)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def multiplied_by_the_value(out_grad, a):
    """You multiply the gradient by ReLU's *value*; multiply it by ReLU's *slope*. What does the output do
    when a positive input grows by 1, and does that depend on how large the input is?"""
    same_shapes(out_grad, a)
    return out_grad * a.maximum(0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def zero_lets_through(out_grad, a):
    """If a is exactly 0, you let the gradient pass. ReLU has no slope there, and the convention of this
    course (and of the large frameworks) is 0. What does a comparison with >= say about equal numbers?"""
    same_shapes(out_grad, a)
    return out_grad * (a >= 0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def zero_lets_half_through(out_grad, a):
    """If a is exactly 0, you pass half of the gradient. That is what a central difference finds, the mean
    of the slopes on either side. The convention here is 0."""
    same_shapes(out_grad, a)
    return out_grad * (0.5 * (a >= 0.0) + 0.5 * (1.0 - (-a >= 0.0)))


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def slope_only(out_grad, a):
    """You return ReLU's slope without the upstream gradient. The chain rule multiplies the two: if the
    slope is 1, the upstream gradient passes unchanged; it does not become 1."""
    same_shapes(out_grad, a)
    return 1.0 - (-a >= 0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def negative_gradients_blocked(out_grad, a):
    """You block the gradient if the *gradient* is negative. Look at the sign of a, the input: a gradient of
    either sign passes if a is positive, and none passes if it is not."""
    same_shapes(out_grad, a)
    return out_grad.maximum(0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def blocks_the_positive(out_grad, a):
    """Your gradient passes where ReLU was flat and is blocked where it was not. A number that ReLU set to 0
    has no influence on the loss, however it changes. Which numbers were those?"""
    same_shapes(out_grad, a)
    return out_grad * (-a >= 0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def gradient_of_another_shape(out_grad, a):
    """You accept an out_grad and an `a` of different shapes. They broadcast, so the product comes out, but
    the gradient of relu(a) has the shape of a. Compare the two shapes first, and raise ValueError."""
    return out_grad * (1.0 - (-a >= 0.0))


# softmax


def exponentials(logits, shift):
    """The exponentials of the logits, each row shifted by its element of `shift`."""
    return (logits - shift).exp()


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def shift_forgotten(logits):
    """Your formula is right on paper. In float32 the exponential of 89 is infinite, and infinity divided by
    infinity is NaN. Softmax does not change when you subtract a constant from a whole row: which constant
    keeps every exponential finite?"""
    powers = logits.exp()
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def shifted_by_the_mean(logits):
    """You subtract the mean of a row. Softmax stays the same, but if one logit is far above the mean, its
    exponential is still infinite. Which number can you subtract so that no exponent is positive?"""
    powers = exponentials(logits, logits.sum(1, keepdims=True) / logits.shape[1])
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def maximum_started_at_zero(logits):
    """Your search for the maximum starts from 0, so your maximum is never negative. In a row of negative
    numbers you then subtract 0. If they are far below 0, all exponentials vanish, and you divide 0 by 0."""
    powers = exponentials(logits, logits.max(1, keepdims=True).maximum(0.0))
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def one_maximum_for_all_rows(logits):
    """You subtract the largest number of the whole array. Each row is a separate sample. In a row far below
    the others, all exponentials round to 0, and you divide 0 by 0. Which maximum does a row need?"""
    powers = exponentials(logits, logits.max())
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def softmax_down_the_columns(logits):
    """Your columns add up to 1; the rows should. A row is one sample, and its probabilities are divided
    among the classes. Samples do not compete with each other."""
    return original(logits.permute((1, 0))).permute((1, 0))


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def divided_by_the_sums_of_columns(logits):
    """You divide by the sum of each column. A row is one sample: divide its exponentials by the sum of the
    row, so that the row adds up to 1."""
    powers = exponentials(logits, logits.max(1, keepdims=True))
    return powers / powers.sum(0, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def exponential_of_numpy_called(logits):
    """You give an NDArray to `np.exp`. NumPy's functions do not take NDArrays. Call the array's own method:
    `a.exp()`."""
    return np.exp(logits)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def softmax_over_everything(logits):
    """All your numbers together add up to 1. Each row should add up to 1: it is the distribution of one
    sample. Which axis is the sum over, and what shape does it have?"""
    powers = exponentials(logits, logits.max(1, keepdims=True))
    return powers / powers.sum()


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def axis_of_the_sum_dropped(logits):
    """Your sum over the classes drops its axis, so the division lines it up with the *last* axis of the
    array: it matches samples with classes. With as many samples as classes the shapes do not show it. Can
    you make the sum keep its axis, with length 1?"""
    powers = exponentials(logits, logits.max(1, keepdims=True))
    return powers / powers.sum(1)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def not_normalized(logits):
    """Your rows do not add up to 1: the largest element of each is 1. You return the exponentials before
    you normalize them. What do you divide each one by?"""
    return exponentials(logits, logits.max(1, keepdims=True))


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def shared_out_without_exponential(logits):
    """You divide the logits themselves by their sum. That sum may be negative or 0, and the result is not a
    distribution. Take the exponential first: it makes every number positive."""
    return logits / logits.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def largest_takes_all(logits):
    """You put a 1 where the largest logit is and 0 elsewhere. For logits that are far apart, softmax comes
    close to that. In general every class gets a share, and equal logits get equal shares."""
    return logits == logits.max(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def powers_of_two(logits):
    """Your numbers add up to 1, but they are too even, as if you had multiplied the logits by 0.69. That is
    log 2. Which base do your powers have?"""
    return original(logits * 0.6931471805599453)


# cross_entropy


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def logarithm_of_softmax(logits, labels):
    """You take the logarithm of softmax. If the probability of the right class is too small for the dtype,
    that is the logarithm of 0, and the loss is infinite or NaN. On paper log and exp cancel for the logit
    of the right class: what is left?"""
    same_shapes(logits, labels)
    return -(softmax(logits).log() * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def logarithm_of_the_right_probability(logits, labels):
    """You take the logarithm of the right class's probability. If that is too small for the dtype it is 0,
    and the loss is infinite. On paper log and exp cancel for that one logit: what is left?"""
    same_shapes(logits, labels)
    return -(softmax(logits) * labels).sum(axis=1).log().sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def picked_by_arrays_of_integers(logits, labels):
    """You pick the right logits with arrays of integers, as NumPy's arrays allow. An NDArray takes integers
    and slices only. A label row is 0 except for one 1: multiply by the labels, and sum over the classes."""
    same_shapes(logits, labels)
    return -logits[np.arange(logits.shape[0]), labels.numpy().argmax(1)].sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def sum_over_the_batch(logits, labels):
    """Your loss is the sum over the samples; it should be their mean. With your loss, a batch twice as
    large doubles the loss, and also every step of the training."""
    return original(logits, labels) * logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def mean_over_all_elements(logits, labels):
    """You divide by the number of elements. There is one loss for each *sample*, whatever the number of
    classes: divide by the number of samples."""
    return original(logits, labels) / logits.shape[1]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def loss_of_each_sample(logits, labels):
    """You return one loss for each sample. They are right, but return their mean: a single number, an array
    without axes."""
    same_shapes(logits, labels)
    rows = [original(logits[n : n + 1], labels[n : n + 1]) for n in range(logits.shape[0])]
    out = logits[:, 0] * 0.0
    for n, row in enumerate(rows):
        out[n] = row
    return out


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def likeliest_class_scored(logits, labels):
    """Your loss ignores the labels: it is the loss of the class with the largest logit. So it gets small if
    the network is sure, right or wrong. The one-hot row says whose logit counts."""
    same_shapes(logits, labels)
    return original(logits, logits == logits.max(1, keepdims=True))


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def sign_forgotten(logits, labels):
    """Your loss is negative: it is the logarithm of a probability. Training makes a loss small, but it
    should make this probability large. What turns one into the other?"""
    return -original(logits, labels)


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def shift_not_put_back(logits, labels):
    """You subtract the maximum inside the exponential but never add it back. In softmax it cancels in the
    fraction. Inside a logarithm a factor becomes a term: the log of exp(-m) times something is the log of
    that thing minus m. Add m back, or subtract it from the other logit too."""
    same_shapes(logits, labels)
    largest = logits.max(1, keepdims=True)
    logs = (logits - largest).exp().sum(1, keepdims=True).log()
    return ((logs - logits) * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def loss_shifted_by_one_maximum(logits, labels):
    """You subtract the largest number of the whole array. Each row is a separate sample. In a row far below
    the others, all exponentials round to 0, and log of 0 is infinite. Which maximum does a row need?"""
    same_shapes(logits, labels)
    logs = (logits - logits.max()).exp().sum(1, keepdims=True).log() + logits.max()
    return ((logs - logits) * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def logarithm_left_out(logits, labels):
    """Your loss is how far the right class is below the largest. For logits that are far apart, that is
    close. For equal logits it is 0, though all classes but one are wrong. You use the maximum in place of
    the log of the sum: what is the difference between them?"""
    same_shapes(logits, labels)
    return ((logits.max(1, keepdims=True) - logits) * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def loss_for_labels_of_any_shape(logits, labels):
    """You accept labels of another shape than the logits', such as one column. They broadcast, and every
    class counts as the right one. Compare the two shapes first, and raise ValueError."""
    largest = logits.max(1, keepdims=True)
    logs = (logits - largest).exp().sum(1, keepdims=True).log() + largest
    return ((logs - logits) * labels).sum() / logits.shape[0]


# cross_entropy_grad


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def gradient_for_labels_of_any_shape(logits, labels):
    """You accept labels of another shape than the logits', such as one column. They broadcast, and you
    subtract 1 from every class. Compare the two shapes first, and raise ValueError."""
    return (softmax(logits) - labels) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def label_not_subtracted(logits, labels):
    """Your gradient is softmax, with nothing subtracted: it pushes every logit down, even that of the right
    class. The loss has two terms. One is the log of the sum; what does the other one contribute, and
    where?"""
    same_shapes(logits, labels)
    return softmax(logits) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def sign_turned(logits, labels):
    """Your gradient has the wrong sign everywhere. When the right class's logit grows, the loss falls, so
    its element of the gradient is negative. (What you have is the direction of a step *down*.)"""
    return -original(logits, labels)


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def batch_not_divided(logits, labels):
    """Your gradient is too large by a factor of the number of samples. The loss is a mean over the batch,
    so each of the N samples contributes 1 / N of it."""
    return original(logits, labels) * logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def divided_by_the_batch_twice(logits, labels):
    """You divide by the number of samples twice. The loss has one mean in it, so its gradient has one
    division."""
    return original(logits, labels) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def divided_by_all_elements(logits, labels):
    """You divide by the number of elements. The loss is a mean over *samples*: the classes of one sample
    share one loss, and softmax already accounts for that."""
    return original(logits, labels) / logits.shape[1]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def only_the_right_class(logits, labels):
    """Your gradient is 0 except at the right class. Softmax divides by the sum over *all* classes: when any
    other logit grows, the probability of the right class shrinks, and the loss grows. Each row of the
    gradient adds up to 0."""
    return original(logits, labels) * labels


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def stopped_at_the_probabilities(logits, labels):
    """You differentiate -log p with respect to the probability p. You need the gradient with respect to the
    logits, one step further back, with softmax in between. If you carry it through softmax, the fraction
    cancels and you no longer divide by p."""
    same_shapes(logits, labels)
    return -labels / softmax(logits) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def rounded_to_the_likeliest(logits, labels):
    """You compare the likeliest class with the label, as if its probability were 1. The loss uses the
    probabilities, and so does its gradient: a class with probability one third is pushed by one third."""
    same_shapes(logits, labels)
    return ((logits == logits.max(1, keepdims=True)) - labels) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def multiplied_by_the_loss(logits, labels):
    """You multiply the gradient by the loss. The loss is at the end of the chain: its upstream gradient is
    1, not the loss itself."""
    return original(logits, labels) * cross_entropy(logits, labels)


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def w_grad_in_half(x, out_grad):
    """You compute in half precision: 16 bits store 11 binary digits, so 2049 becomes 2048. Keep the dtype
    of the inputs, float32, in every step."""
    return original(in_half(x), in_half(out_grad))
