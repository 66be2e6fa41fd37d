"""Wrong ideas about a layer's gradients, and what to tell students who have them."""

import numpy as np
from solution import cross_entropy, original, softmax

from grader.model.mutant import mutant


def in_half(a):
    """`a` with each number replaced by the nearest one that 16 bits hold."""
    rounded = a.copy()
    rounded[...] = a.numpy().astype(np.float16).astype(np.float32)
    return rounded


def in_memory_order(a):
    """What lies under a view, read row by row from the start of its buffer."""
    strides = [1] * a.ndim
    for axis in range(a.ndim - 2, -1, -1):
        strides[axis] = strides[axis + 1] * a.shape[axis + 1]
    return a.as_strided(a.shape, strides, 0)


# dense


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_forgotten(x, w, b=None):
    """Your layer is right as long as the bias is zero: b never enters the sum. Every output has a
    number of its own that does not depend on the sample, and it has to show up in each row of the
    result."""
    return original(x, w)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_per_sample(x, w, b=None):
    """Your bias varies from sample to sample. There is one number in b for every *output*, and all
    samples share it. Which axis of Z counts outputs, and along which one is b copied?"""
    return original(x, w) if b is None else original(x, w) + b.reshape((b.size, 1))


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_before_the_product(x, w, b=None):
    """Your bias is added before the multiplication, so W acts on it too. The layer multiplies first,
    and then adds: one number for every output, after that output has collected its sum."""
    return original(x, w) if b is None else original(x + b, w)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def bias_taken_for_granted(x, w, b=None):
    """A layer may come without a bias: b is then None, and there is nothing to add None to. Look at
    the signature and at what it says for that case."""
    return x @ w + b


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def first_sample_repeated(x, w, b=None):
    """Every row of your result is that of the first sample. A batch is as many inputs as x has rows,
    each with an output of its own. What becomes of the second row of x in your function?"""
    return original(x[:1], w, b).broadcast_to((x.shape[0], w.shape[1]))


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def last_feature_left_out(x, w, b=None):
    """The last feature of x never reaches an output: your sum over the features ends one too early.
    Count the products that one output is the sum of; it must be as many as x has columns."""
    return original(x[:, :-1], w[:-1, :], b)


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def features_averaged(x, w, b=None):
    """Your outputs are means over the features, not sums: they are too small by the number of columns
    of x. The weights already say how much each feature counts, so nothing is divided."""
    return original(x, w) / x.shape[1] if b is None else original(x, w) / x.shape[1] + b


@mutant(of="dense", help="#the-layer-is-a-matrix-product")
def x_read_from_its_memory(x, w, b=None):
    """Your layer is right for compact arrays and wrong for views: it reads the memory under x row by
    row from the start. A view may begin elsewhere, in other steps, backwards even. Its shape, strides
    and offset say where element (n, i) is, and its operators look there."""
    return original(in_memory_order(x), w, b)


# dense_x_grad


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def transpose_forgotten(out_grad, w):
    """You multiply by W as it stands. Forward, an output collects along a column of W; backward, an
    input collects along a row. If W happens to be square the shapes fit all the same, and only the
    numbers are wrong: write out one element of dX by hand and see which weights belong to it."""
    return out_grad @ w


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def w_reshaped(out_grad, w):
    """Your W has the transpose's shape and not its content. To reshape keeps the numbers in the order
    in which they are read and cuts the rows at other places; to transpose makes each column a row. Try
    both on a matrix of 2 rows and 3 columns."""
    return out_grad @ w.reshape((w.shape[1], w.shape[0]))


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def transposed_only_where_it_must_be(out_grad, w):
    """For a square W you leave the transpose out, because the shapes fit without it. Shapes can tell
    you that a product is wrong, never that it is right. Which weights x1 was multiplied with does not
    depend on how many of them there are."""
    return out_grad @ (w if w.shape[0] == w.shape[1] else w.permute((1, 0)))


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def x_grad_left_transposed(out_grad, w):
    """Your result has the right numbers, with features in the rows and samples in the columns. A
    gradient has the shape of what it is the gradient of, so row n must belong to sample n."""
    return w @ out_grad.permute((1, 0))


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def x_grad_averaged(out_grad, w):
    """Your gradient is divided by the size of the batch. A sample's row of dX comes from that sample's
    row of dZ alone, so the number of other samples cannot matter. If the loss is a mean, that is in dZ
    already."""
    return original(out_grad, w) / out_grad.shape[0]


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def x_grad_ignores_upstream(out_grad, w):
    """Your gradient is the same whatever arrives from above, as if dZ were ones everywhere. The chain
    rule multiplies: each weight counts by how much the loss feels the output that it led to."""
    return original(out_grad * 0.0 + 1.0, w)


@mutant(of="dense_x_grad", help="#why-the-transpose-appears")
def transposed_by_strides_alone(out_grad, w):
    """You transpose by strides that you worked out from w's shape. For a compact w they are right; a
    view has strides of its own, and an offset. Start from those that w has, and let axes trade places."""
    return out_grad @ w.as_strided((w.shape[1], w.shape[0]), (1, w.shape[1]), 0)


# dense_w_grad


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def w_grad_averaged(x, out_grad):
    """Your gradient is a mean over the batch; it should be the sum. One matrix W served all samples,
    and each adds its share to what the loss feels. If the loss is a mean, the division is in dZ
    already, and you would do it twice."""
    return original(x, out_grad) / x.shape[0]


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def last_sample_only(x, out_grad):
    """Your gradient is that of the last sample of the batch. Every sample went through the same
    weights: if you go over them one by one, does each add to the result, or take the place of the one
    before?"""
    return original(x[-1:], out_grad[-1:])


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def w_grad_left_transposed(x, out_grad):
    """Your result has outputs in the rows and features in the columns; W has it the other way round.
    The transpose of a product turns the order of its factors around. If features and outputs are
    equally many the shape does not tell you."""
    return out_grad.permute((1, 0)) @ x


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def w_grad_transposed_where_square(x, out_grad):
    """Where W is square your gradient is the transpose of what it should be: row and column have
    changed places, and the shape cannot show it. Row i of the gradient belongs to feature i, as in W."""
    return out_grad.permute((1, 0)) @ x if x.shape[1] == out_grad.shape[1] else original(x, out_grad)


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def x_reshaped(x, out_grad):
    """Your X has the transpose's shape and not its content. To reshape cuts the same sequence of
    numbers at other places, so the features of several samples end up in one row. A row of the
    transpose is one feature, over all samples."""
    return x.reshape((x.shape[1], x.shape[0])) @ out_grad


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def w_grad_ignores_upstream(x, out_grad):
    """Each column of your gradient is the same: the sum of x over the batch. So dZ does not enter. A
    weight's share is its input times what the loss feels at its output, sample by sample."""
    return original(x, out_grad * 0.0 + 1.0)


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def batch_means_multiplied(x, out_grad):
    """You add up X over the batch, and dZ over the batch, and multiply the two. That makes inputs of
    one sample meet gradients of another. Multiply within each sample first, then add up."""
    samples, features, outputs = x.shape[0], x.shape[1], out_grad.shape[1]
    return x.sum(0).reshape((features, 1)) @ out_grad.sum(0).reshape((1, outputs)) / max(samples, 1)


@mutant(of="dense_w_grad", help="#why-the-transpose-appears")
def x_transposed_by_strides_alone(x, out_grad):
    """You transpose by strides that you worked out from x's shape. For a compact x they are right; a
    view has strides of its own, and an offset. Start from those that x has, and let axes trade places."""
    return x.as_strided((x.shape[1], x.shape[0]), (1, x.shape[1]), 0) @ out_grad


# dense_b_grad


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_not_summed(out_grad):
    """Your gradient has a row for every sample, but there is only one b. Its number for an output was
    copied into every row of Z. What does each of these copies pass back, and what becomes of it?"""
    return out_grad * 1.0


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_over_outputs(out_grad):
    """You sum over the outputs and keep the samples. b has one number for each output: which axis of
    dZ has to disappear so that this is what is left?"""
    return out_grad.sum(1)


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_averaged(out_grad):
    """Your gradient is a mean over the batch; it should be the sum. b was added to every sample in
    full, so each of them passes its gradient back in full. If the loss is a mean, that is in dZ
    already."""
    return original(out_grad) / out_grad.shape[0]


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_one_number(out_grad):
    """You have added up everything there is. b has one number for each output, and an output's
    gradient tells nothing about another output's bias. Only one of the two axes is summed over."""
    return out_grad.sum()


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_keeps_the_axis(out_grad):
    """The numbers are right, and they stand in a matrix of one row. A gradient has the shape of what
    it is the gradient of: b has one axis."""
    return out_grad.sum(0, keepdims=True)


@mutant(of="dense_b_grad", help="#why-the-batch-is-summed-over")
def b_grad_from_memory(out_grad):
    """Your sum is right for compact arrays and wrong for views: it reads the memory under out_grad
    from its start. A view's strides and offset say where its elements are, and its methods look there."""
    return original(in_memory_order(out_grad))


# unbroadcast


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def not_reduced(grad, shape):
    """You pass the gradient on as it came, in the larger shape. The array that was broadcast has fewer
    elements than its copies: each element must get one number, made of what all its copies pass back."""
    return grad * 1.0


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def aligned_at_the_first_axes(grad, shape):
    """You line the two shapes up at their first axes. Broadcasting lines them up at the last: new axes
    come in front. For shape (3,) in (3, 3) both ways look the same from outside and sum over different
    axes."""
    stretched = [axis for axis, n in enumerate(shape) if n == 1]
    return grad.sum([*stretched, *range(len(shape), grad.ndim)], keepdims=True).reshape(shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def averaged_over_copies(grad, shape):
    """You take the mean over the copies. Each copy was the whole value, not a part of it, so each
    passes its gradient back in full, and they add up."""
    result = original(grad, shape)
    return result * (result.size / max(grad.size, 1))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def one_copy_taken(grad, shape):
    """You keep the gradient of the first copy and drop that of the others. All copies had a say in the
    loss. A change of the one element changes them all at once, and the effects add up."""
    for _ in range(grad.ndim - len(shape)):
        grad = grad[0]
    return grad[tuple(slice(0, n) for n in shape)] * 1.0


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def one_copy_of_new_axes_taken(grad, shape):
    """Along the axes that are new you keep the gradient of the first copy and drop that of the others. All
    copies had a say in the loss: sum over new axes as you do over stretched ones."""
    for _ in range(grad.ndim - len(shape)):
        grad = grad[0]
    return original(grad, shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def stretched_axes_forgotten(grad, shape):
    """You sum over the axes that are new and leave those that were stretched from length 1. They too
    hold copies: compare the lengths of the two shapes axis by axis, from the last one on."""
    return grad.sum(tuple(range(grad.ndim - len(shape))))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def stretched_axes_dropped(grad, shape):
    """You sum over the right axes and then lose those that had length 1. The result must have exactly
    the shape asked for: an axis of length 1 is still an axis, and whoever takes the gradient counts on
    it."""
    result = original(grad, shape)
    return result.reshape(tuple(n for n in result.shape if n != 1))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def new_axes_kept(grad, shape):
    """You sum over the new axes and leave them in place with length 1. The array that was broadcast
    did not have them, so its gradient does not either."""
    result = original(grad, shape)
    return result.reshape((1,) * (grad.ndim - len(shape)) + result.shape)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def one_axis_only(grad, shape):
    """You find the first axis along which there are copies, sum over it, and stop. An array can be
    broadcast along several axes at once, in front and in the middle. Go over all of them."""
    added = grad.ndim - len(shape)
    if added:
        return grad[(0,) * (added - 1)].sum(0)
    for axis in range(grad.ndim):
        if shape[axis] != grad.shape[axis]:
            return grad.sum(axis, keepdims=True)
    return grad * 1.0


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def a_number_taken_for_one_element(grad, shape):
    """For the shape () you return an array with an axis. () is the shape of a single number: it has no
    axes at all, and after the sum over every axis none is left."""
    return original(grad, shape) if len(shape) else original(grad, (1,))


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def summed_only_where_longer(grad, shape):
    """You sum over an axis only where the gradient is longer than the array was. Broadcasting turns
    length 1 into *any* length, and 0 is one too: no copies were made, the sum over none of them is 0,
    and the gradient still has the array's shape."""
    added = grad.ndim - len(shape)
    result = grad.sum(tuple(range(added)))
    return result.sum([i for i, n in enumerate(shape) if result.shape[i] > n], keepdims=True)


@mutant(of="unbroadcast", help="#what-a-copy-passes-back")
def copies_read_from_memory(grad, shape):
    """Your sum is right for compact arrays and wrong for views: it reads the memory under grad from
    its start. A view's strides and offset say where its elements are, and its methods look there."""
    return original(in_memory_order(grad), shape)


# relu and relu_grad


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def absolute_value(a):
    """You turn the sign of negative numbers around. ReLU does not make them positive: it blocks them.
    What is left of -3?"""
    return a.maximum(-a)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def mask_instead_of_values(a):
    """You return where a is positive, not what it is there. That array of zeros and ones is of use for
    the gradient; forward, positive numbers pass unchanged."""
    return 1.0 - (-a >= 0.0)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def negative_part(a):
    """You keep the negative numbers and block the positive ones. It is the other way round: of a
    number and 0, which of the two is left?"""
    return a - original(a)


@mutant(of="relu", help="#relu-and-what-happens-at-zero")
def negative_numbers_leak(a):
    """Your negative numbers are made small, not blocked. That is a relative of ReLU, the leaky one, and has
    its uses; this one lets nothing through below 0."""
    return a.maximum(0.01 * a)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def multiplied_by_the_value(out_grad, a):
    """You multiply the gradient by ReLU's *value*; it has to be multiplied by ReLU's *slope*. What
    does the output do when a positive input grows by 1, and does that depend on how large the input
    is?"""
    return out_grad * a.maximum(0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def zero_lets_through(out_grad, a):
    """Where a is exactly 0, your gradient passes. ReLU has no slope there, and the convention of this
    course (and of the large frameworks) is 0. What does a comparison with >= say about equal numbers?"""
    return out_grad * (a >= 0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def zero_lets_half_through(out_grad, a):
    """Where a is exactly 0 you pass half of the gradient: what a central difference finds, the mean of
    the slopes on either side. The convention here is 0."""
    return out_grad * (0.5 * (a >= 0.0) + 0.5 * (1.0 - (-a >= 0.0)))


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def slope_only(out_grad, a):
    """You return ReLU's slope and leave out what arrives from above. The chain rule multiplies the
    two: where the slope is 1 the gradient that arrives passes unchanged, it does not become 1."""
    return 1.0 - (-a >= 0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def negative_gradients_blocked(out_grad, a):
    """You block the gradient where the *gradient* is negative. What decides is the sign of a, the
    number that went in: a gradient of either sign passes where a is positive and none where it is not."""
    return out_grad.maximum(0.0)


@mutant(of="relu_grad", help="#relu-and-what-happens-at-zero")
def blocks_the_positive(out_grad, a):
    """Your gradient passes where ReLU was flat and is blocked where it was not. A number that was cut
    off has no influence on the loss, however it moves. Which ones were those?"""
    return out_grad * (-a >= 0.0)


# softmax


def exponentials(logits, shift):
    """The exponentials of the logits, each row shifted by its element of `shift`."""
    return (logits - shift).exp()


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def shift_forgotten(logits):
    """Your formula is right on paper. In float32 the exponential of 89 is infinite, and infinity
    divided by infinity is not a number. Softmax does not change when a constant is subtracted from a
    whole row: which constant makes every exponent harmless?"""
    powers = logits.exp()
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def shifted_by_the_mean(logits):
    """You subtract the mean of a row. Softmax stays the same, but if one logit lies far above the mean
    its exponential is infinite all the same. No exponent is positive if you subtract ... which number?"""
    powers = exponentials(logits, logits.sum(1, keepdims=True) / logits.shape[1])
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def maximum_started_at_zero(logits):
    """Your maximum is never below 0: as if it had been looked for starting from 0. In a row of
    negative numbers it then finds one that is not there. If they are far below 0 all exponentials
    vanish, and 0 is divided by 0."""
    powers = exponentials(logits, logits.max(1, keepdims=True).maximum(0.0))
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def one_maximum_for_all_rows(logits):
    """You subtract the largest number of the whole array. Each row is a sample of its own: one that
    lies far below the others loses all its exponentials to rounding, and 0 is divided by 0. Which
    maximum does a row need?"""
    powers = exponentials(logits, logits.max())
    return powers / powers.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def softmax_down_the_columns(logits):
    """Your columns add up to 1; the rows should. A row is one sample, and its probabilities are shared
    out among the classes. Samples do not compete with each other."""
    return original(logits.permute((1, 0))).permute((1, 0))


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def softmax_over_everything(logits):
    """All your numbers together add up to 1. Each row should, on its own: it is the distribution of
    one sample. Which axis is the sum over, and what is left of it?"""
    powers = exponentials(logits, logits.max(1, keepdims=True))
    return powers / powers.sum()


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def axis_of_the_sum_dropped(logits):
    """Your sum over the classes has lost its axis, so that the division lines it up with the *last*
    axis of the array: samples meet classes. With as many samples as classes that goes unnoticed. Can
    the sum keep its axis, with length 1?"""
    powers = exponentials(logits, logits.max(1, keepdims=True))
    return powers / powers.sum(1)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def not_normalized(logits):
    """Your rows do not add up to 1: the largest element of each is 1. These are the exponentials,
    before they are shared out. Each is to be put in proportion to what?"""
    return exponentials(logits, logits.max(1, keepdims=True))


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def shared_out_without_exponential(logits):
    """You divide the logits themselves by their sum. That may be negative or 0, and is no
    distribution. The exponential comes first: it makes every number positive."""
    return logits / logits.sum(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def largest_takes_all(logits):
    """You put a 1 where the largest logit is and 0 elsewhere. For logits that lie far apart softmax
    comes close to that; in general every class gets a share, and several that are alike get the same."""
    return logits == logits.max(1, keepdims=True)


@mutant(of="softmax", help="#softmax-and-numbers-that-are-too-large")
def powers_of_two(logits):
    """Your numbers add up to 1, and they are too even: as if the logits had been multiplied by 0.69.
    That is log 2. To which base are your powers?"""
    return original(logits * 0.6931471805599453)


# cross_entropy


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def logarithm_of_softmax(logits, labels):
    """You take the logarithm of softmax. Where the right class has a probability too small for the
    dtype that is the logarithm of 0, and the loss is infinite or not a number. On paper log and exp
    cancel for the one logit of the right class: what is left?"""
    return -(softmax(logits).log() * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def logarithm_of_the_right_probability(logits, labels):
    """You take the logarithm of the right class's probability. Where that is too small for the dtype it
    is 0, and the loss is infinite. On paper log and exp cancel for that one logit: what is left?"""
    return -(softmax(logits) * labels).sum(axis=1).log().sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def sum_over_the_batch(logits, labels):
    """Your loss is the sum over the samples; it should be their mean. As it stands it doubles with a
    batch twice as large, and so would every step that is taken on it."""
    return original(logits, labels) * logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def mean_over_all_elements(logits, labels):
    """You divide by the number of elements. There is one loss for each *sample*, whatever the number
    of classes: that many is what the mean is over."""
    return original(logits, labels) / logits.shape[1]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def loss_of_each_sample(logits, labels):
    """Your result has a loss for every sample, side by side. They are right, and the function is asked
    for their mean: a single number, an array without axes."""
    rows = [original(logits[n : n + 1], labels[n : n + 1]) for n in range(logits.shape[0])]
    out = logits[:, 0] * 0.0
    for n, row in enumerate(rows):
        out[n] = row
    return out


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def likeliest_class_scored(logits, labels):
    """Your loss does not look at the labels: it is that of the class that the logits prefer. So it
    gets small by being sure, right or wrong. The one-hot row says whose logit counts."""
    return original(logits, logits == logits.max(1, keepdims=True))


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def sign_forgotten(logits, labels):
    """Your loss is negative: it is the logarithm of a probability. A loss is to be made small, and a
    probability large. What turns the one into the other?"""
    return -original(logits, labels)


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def shift_not_put_back(logits, labels):
    """You subtract the maximum inside the exponential, and there it stays. In softmax it cancels in
    the fraction. Behind a logarithm a factor becomes a summand: log of exp(-m) times something is that
    logarithm minus m. Put it back, or take it from the other logit too."""
    largest = logits.max(1, keepdims=True)
    logs = (logits - largest).exp().sum(1, keepdims=True).log()
    return ((logs - logits) * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def loss_shifted_by_one_maximum(logits, labels):
    """You subtract the largest number of the whole array. Each row is a sample of its own: one that
    lies far below the others loses all its exponentials to rounding, and log of 0 is infinite. Which
    maximum does a row need?"""
    logs = (logits - logits.max()).exp().sum(1, keepdims=True).log() + logits.max()
    return ((logs - logits) * labels).sum() / logits.shape[0]


@mutant(of="cross_entropy", help="#the-loss-and-its-gradient")
def logarithm_left_out(logits, labels):
    """Your loss is how far the right class lies below the largest. For logits far apart that is close;
    for logits that are alike it says 0, though every class but one is wrong. The maximum only stands
    in for log of the sum: what is the difference between them?"""
    return ((logits.max(1, keepdims=True) - logits) * labels).sum() / logits.shape[0]


# cross_entropy_grad


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def label_not_subtracted(logits, labels):
    """Your gradient is softmax, with nothing subtracted: it pushes every logit down, that of the right
    class as well. The loss has two terms. One is log of the sum; what does the other one give, and
    where?"""
    return softmax(logits) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def sign_turned(logits, labels):
    """Every sign of your gradient is turned. When the right class's logit grows, the loss falls: its
    element of the gradient is negative. (What you have is the direction of a step *down*.)"""
    return -original(logits, labels)


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def batch_not_divided(logits, labels):
    """Your gradient is too large by the number of samples. The loss is a mean over the batch, so a
    single logit has only one share of it in N."""
    return original(logits, labels) * logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def divided_by_the_batch_twice(logits, labels):
    """Your gradient is too small by the number of samples: it has been divided by it twice. There is
    one mean in the loss, and so one division in its gradient."""
    return original(logits, labels) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def divided_by_all_elements(logits, labels):
    """You divide by the number of elements. The loss is a mean over *samples*: the classes of one
    sample share one loss between them, and that is in softmax already."""
    return original(logits, labels) / logits.shape[1]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def only_the_right_class(logits, labels):
    """Your gradient is 0 except at the right class. Softmax divides by the sum over *all* classes:
    when any other logit grows, the right class's share shrinks, and the loss grows. Each row of the
    gradient adds up to 0."""
    return original(logits, labels) * labels


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def stopped_at_the_probabilities(logits, labels):
    """You have differentiated -log p with respect to the probability p. The gradient is asked for with
    respect to the logits, one step further back, and softmax lies in between. Carried through it, the
    fraction cancels and nothing is divided by p any more."""
    return -labels / softmax(logits) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def rounded_to_the_likeliest(logits, labels):
    """You compare the likeliest class with the label, as if the answer were all or nothing. The loss
    looks at the probabilities, and so does its gradient: a class that is likely at one third is pushed
    by one third."""
    return ((logits == logits.max(1, keepdims=True)) - labels) / logits.shape[0]


@mutant(of="cross_entropy_grad", help="#the-loss-and-its-gradient")
def multiplied_by_the_loss(logits, labels):
    """You multiply the gradient by the loss. The loss is at the end of the chain: what arrives there
    from above is 1, not the loss itself."""
    return original(logits, labels) * cross_entropy(logits, labels)


@mutant(of="dense_w_grad", help="#why-the-batch-is-summed-over")
def w_grad_in_half(x, out_grad):
    """You compute in half precision: 16 bits hold 11 binary digits, so that 2049 becomes 2048. Keep the dtype
    of the inputs, float32, in every step in between."""
    return original(in_half(x), in_half(out_grad))
