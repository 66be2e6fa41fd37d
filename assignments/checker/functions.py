"""What checkers judge: forward passes, makers of their inputs, right gradients, and wrong ones.

A forward pass takes its inputs and returns one array. A gradient takes the gradient of the loss with
respect to that array, then the inputs, and returns a tuple with one gradient for each input. Every draw
of inputs avoids kinks by 1/100 of its largest number, or of 1 if all are 0.
`tests/test_checker_assignment.py` measures that each right gradient is right to 1e-5 of its norm, and that
each wrong one is wrong by 1/20 of it in 4 of the first 8 draws or more.

Visible cases name the functions of the first part. What hidden cases name stands below, so no handout has
it.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Makers of inputs


def points(number, *, shapes, seed, scale=1.0, shift=0.0):
    """Inputs from N(shift, 1) times `scale`; draw number n has the shapes `shapes[n % len(shapes)]`."""
    rng = np.random.default_rng([seed, number])
    return tuple(scale * (shift + rng.normal(size=shape)) for shape in shapes[number % len(shapes)])


def distinct_points(number, *, shapes, seed, scale=1.0):
    """Inputs whose numbers lie evenly on both sides of 0, in a random order: none is near 0 or near
    another."""
    rng = np.random.default_rng([seed, number])
    arrays = []
    for shape in shapes[number % len(shapes)]:
        size = int(np.prod(shape))
        steps = np.arange(size) - size // 2 + 0.5
        arrays.append(scale * rng.permutation(steps).reshape(shape) / size)
    return tuple(arrays)


def points_beside_zeros(number, *, shapes, seed):
    """Inputs from N(0, 1), but the last one is zeros, as a bias is before training."""
    *others, last = points(number, shapes=shapes, seed=seed)
    return (*others, 0 * last)


# A dense layer


def dense(x, w, b):
    """X W + b, for x (N, I), w (I, O) and b (O,)."""
    return x @ w + b


def dense_gradient(out_grad, x, w, b):
    """The gradients of `dense`."""
    return out_grad @ w.T, x.T @ out_grad, out_grad.sum(0)


def dense_gradient_in_float32(out_grad, x, w, b):
    """The same in float32, added up sample by sample, from the last one on."""
    out_grad, x, w = (a.astype(np.float32) for a in (out_grad, x, w))
    w_grad, b_grad = np.zeros_like(w), np.zeros(w.shape[1], np.float32)
    for n in reversed(range(len(x))):
        w_grad += np.outer(x[n], out_grad[n])
        b_grad += out_grad[n]
    return out_grad @ w.T, w_grad, b_grad


def dense_with_reshaped_w(out_grad, x, w, b):
    """W reshaped where it must be transposed."""
    return out_grad @ w.reshape(w.shape[::-1]), x.T @ out_grad, out_grad.sum(0)


def dense_with_mean_of_w(out_grad, x, w, b):
    """The gradient of w divided by the number of samples."""
    return out_grad @ w.T, x.T @ out_grad / len(x), out_grad.sum(0)


def dense_with_b_not_summed(out_grad, x, w, b):
    """The gradient of b is not summed over the samples."""
    return out_grad @ w.T, x.T @ out_grad, out_grad


def dense_without_b(out_grad, x, w, b):
    """The gradient of b is missing."""
    return out_grad @ w.T, x.T @ out_grad


def dense_with_mean_of_b(out_grad, x, w, b):
    """The gradient of b divided by the number of samples."""
    return out_grad @ w.T, x.T @ out_grad, out_grad.sum(0) / len(x)


def dense_with_b_a_tenth_off(out_grad, x, w, b):
    """The gradient of b is a tenth too large."""
    return out_grad @ w.T, x.T @ out_grad, 1.1 * out_grad.sum(0)


def dense_a_tenth_off(out_grad, x, w, b):
    """Every gradient is a tenth too large."""
    return tuple(1.1 * gradient for gradient in dense_gradient(out_grad, x, w, b))


# Functions of each number


def tanh(a):
    """The hyperbolic tangent."""
    return np.tanh(a)


def tanh_gradient(out_grad, a):
    """The gradient of `tanh`."""
    return (out_grad * (1 - np.tanh(a) ** 2),)


def tanh_without_upstream(out_grad, a):
    """The slope alone: right where out_grad is 1."""
    return (1 - np.tanh(a) ** 2,)


def relu(a):
    """The larger of 0 and each number."""
    return np.maximum(a, 0)


def relu_gradient(out_grad, a):
    """The gradient of `relu`."""
    return (out_grad * (a > 0),)


def relu_that_lets_all_through(out_grad, a):
    """The slope is 1 for all numbers, the negative ones too."""
    return (out_grad,)


def relu_without_return(out_grad, a):
    """The gradient of `relu` is computed, and not returned."""
    relu_gradient(out_grad, a)


def relu_in_plain_numbers(out_grad, a):
    """One number where an array is expected."""
    return (float((out_grad * (a > 0)).sum()),)


def relu_with_nan(out_grad, a):
    """Divides by numbers that may be 0, so some elements are NaN."""
    with np.errstate(all="ignore"):
        return (out_grad * relu(a) / relu(a),)


def relu_that_refuses(out_grad, a):
    """Refuses every array that is not square."""
    if a.shape[0] != a.shape[1]:
        raise ValueError("expected a square array")
    return relu_gradient(out_grad, a)


# Softmax


def softmax(z):
    """The softmax of each row of z (N, C)."""
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def softmax_gradient(out_grad, z):
    """The gradient of `softmax`."""
    p = softmax(z)
    return (p * (out_grad - (out_grad * p).sum(1, keepdims=True)),)


def softmax_of_the_diagonal(out_grad, z):
    """Only what a number does to its own share."""
    p = softmax(z)
    return (out_grad * p * (1 - p),)


# Convolution in one dimension


def conv1d(x, w, *, stride=2):
    """The correlation of each row of x (N, L) with w (K,), without padding."""
    return sliding_window_view(x, len(w), axis=1)[:, ::stride] @ w


def _spread(out_grad, length, stride):
    """out_grad with the zeros that a stride left out, up to `length`."""
    out = np.zeros((len(out_grad), length))
    out[:, ::stride] = out_grad
    return out


def conv1d_gradient(out_grad, x, w, *, stride=2):
    """The gradients of `conv1d`: the flipped kernel over out_grad with its gaps filled; windows times
    out_grad."""
    full = _spread(out_grad, x.shape[1] - len(w) + 1, stride)
    framed = np.pad(full, ((0, 0), (len(w) - 1, len(w) - 1)))
    windows = sliding_window_view(x, len(w), axis=1)[:, ::stride]
    return sliding_window_view(framed, len(w), axis=1) @ w[::-1], np.einsum("no,nok->k", out_grad, windows)


def conv1d_without_flip(out_grad, x, w, *, stride=2):
    """The kernel is not flipped: right for a symmetric one."""
    return conv1d_gradient(out_grad, x, w[::-1], stride=stride)[0], conv1d_gradient(
        out_grad, x, w, stride=stride
    )[1]


def conv1d_with_remainder_in_front(out_grad, x, w, *, stride=2):
    """What the stride leaves over is put in front: right where it leaves nothing over."""
    x_grad, w_grad = conv1d_gradient(out_grad, x, w, stride=stride)
    return np.roll(x_grad, (x.shape[1] - len(w)) % stride, axis=1), w_grad


# What hidden cases name begins here


def matmul(a, b):
    """A B."""
    return a @ b


def matmul_gradient(out_grad, a, b):
    """The gradients of `matmul`."""
    return out_grad @ b.T, a.T @ out_grad


def scaled(x, s):
    """Each column of x (N, C) times its own number of s (C,)."""
    return x * s


def scaled_gradient(out_grad, x, s):
    """The gradients of `scaled`."""
    return out_grad * s, (out_grad * x).sum(0)


def scaled_slipped(out_grad, x, s, *, slip):
    """`scaled_gradient` with s's gradient: over the "other" axis where x is square, "unreduced", the
    "first"."""
    x_grad, s_grad = scaled_gradient(out_grad, x, s)
    per_number = out_grad * x
    other = per_number.sum(1) if x.shape[0] == x.shape[1] else s_grad
    return x_grad, {"other": other, "unreduced": per_number, "first": per_number[0]}[slip]


def turned(x):
    """x (A, B, C) with its axes in the order (1, 2, 0), and its slices weighted."""
    return x.transpose(1, 2, 0) * np.arange(1, x.shape[0] + 1)


def turned_gradient(out_grad, x):
    """The gradient of `turned`: the axes go back by the inverse permutation, (2, 0, 1)."""
    return ((out_grad * np.arange(1, x.shape[0] + 1)).transpose(2, 0, 1),)


def turned_slipped(out_grad, x, *, slip):
    """The permutation "again" in place of its inverse, or its result "reshaped"."""
    weighted = out_grad * np.arange(1, x.shape[0] + 1)
    return ((weighted.transpose(1, 2, 0) if slip == "again" else weighted).reshape(x.shape),)


def relu_slipped(out_grad, a, *, slip):
    """`relu_gradient` that multiplies by the "value", lets all "through", "leaks", or lets only positive
    numbers of the "upstream" through, as guided backpropagation does."""
    masks = {
        "value": relu(a),
        "upstream": (a > 0) & (out_grad > 0),
        "through": 1.0,
        "leaks": np.where(a > 0, 1, 0.1),
    }
    return (out_grad * masks[slip],)


def softmax_slipped(out_grad, z, *, slip):
    """`softmax_gradient` without the "sum", with the sum over the "batch", or with the row's "mean"."""
    p = softmax(z)
    weighted = out_grad * p
    sums = {"sum": 0, "batch": weighted.sum(), "mean": weighted.mean(1, keepdims=True)}
    return (p * (out_grad - sums[slip]),)


def _classes(z):
    """The right class of each row, as a one-hot array."""
    return np.eye(z.shape[1])[(2 * np.arange(len(z)) + 1) % z.shape[1]]


def loss(z):
    """The mean cross-entropy of the rows of z (N, C), whose right classes are fixed."""
    top = z.max(1, keepdims=True)
    logs = np.log(np.exp(z - top).sum(1, keepdims=True)) + top
    return np.array(((logs - z) * _classes(z)).sum() / len(z))


def loss_gradient(out_grad, z):
    """The gradient of `loss`."""
    return (out_grad * (softmax(z) - _classes(z)) / len(z),)


def loss_slipped(out_grad, z, *, slip):
    """`loss_gradient` without the division ("sum"), divided "twice", without the "labels", or of the next
    class."""
    p, labels, n = softmax(z), _classes(z), len(z)
    grads = {
        "sum": p - labels,
        "twice": (p - labels) / n**2,
        "labels": p / n,
        "next": (p - np.roll(labels, 1, axis=1)) / n,
    }
    return (out_grad * grads[slip],)


def _pair(number):
    return (number, number) if isinstance(number, int) else tuple(number)


def conv(x, w, *, stride=1, padding=0):
    """The convolution of x (N, H, W, C_in) with w (KH, KW, C_in, C_out)."""
    (s_h, s_w), (p_h, p_w) = _pair(stride), _pair(padding)
    padded = np.pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    windows = sliding_window_view(padded, w.shape[:2], axis=(1, 2))[:, ::s_h, ::s_w]
    return np.einsum("nijcab,abco->nijo", windows, w, optimize=True)


def conv_gradient(out_grad, x, w, *, stride=1, padding=0):
    """The gradients of `conv`: each element of the kernel hands its share back."""
    (s_h, s_w), (p_h, p_w), (k_h, k_w) = _pair(stride), _pair(padding), w.shape[:2]
    padded = np.pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    x_grad, w_grad = np.zeros_like(padded), np.zeros_like(w)
    rows, columns = s_h * (out_grad.shape[1] - 1) + 1, s_w * (out_grad.shape[2] - 1) + 1
    for a in range(k_h):
        for b in range(k_w):
            here = (slice(None), slice(a, a + rows, s_h), slice(b, b + columns, s_w))
            x_grad[here] += out_grad @ w[a, b].T
            w_grad[a, b] = np.tensordot(padded[here], out_grad, axes=((0, 1, 2), (0, 1, 2)))
    return x_grad[:, p_h : p_h + x.shape[1], p_w : p_w + x.shape[2]], w_grad


def _fitted(a, shape):
    """The start of `a`, with zeros where it is too short."""
    out = np.zeros(shape)
    part = a[tuple(slice(n) for n in shape)]
    out[tuple(slice(n) for n in part.shape)] = part
    return out


def conv_slipped(out_grad, x, w, *, stride=1, padding=0, slip):
    """`conv_gradient` as a convolution, with one slip; the gradients have the right shapes all the same."""
    x_grad, w_grad = conv_gradient(out_grad, x, w, stride=stride, padding=padding)
    (s_h, s_w), (p_h, p_w), (k_h, k_w) = _pair(stride), _pair(padding), w.shape[:2]
    rest_h, rest_w = (x.shape[1] + 2 * p_h - k_h) % s_h, (x.shape[2] + 2 * p_w - k_w) % s_w
    if slip == "refuses":
        if p_h >= k_h or p_w >= k_w:
            raise AssertionError
        return x_grad, w_grad
    if slip in ("w flipped", "w of the last", "w unpadded", "w swapped"):
        last = np.zeros_like(out_grad)
        last[-1] = out_grad[-1]
        far = np.roll(x, (p_h, p_w), axis=(1, 2))
        w_slips = {
            "w flipped": w_grad[::-1, ::-1],
            "w of the last": conv_gradient(last, x, w, stride=stride, padding=padding)[1],
            "w unpadded": conv_gradient(out_grad, far, w, stride=stride, padding=padding)[1],
            "w swapped": w_grad.transpose(0, 1, 3, 2).reshape(w.shape),
        }
        return x_grad, w_slips[slip]
    rows, columns = x.shape[1] + 2 * p_h - k_h + 1, x.shape[2] + 2 * p_w - k_w + 1
    full = np.zeros((len(x), rows, columns, w.shape[3]))
    full[:, ::s_h, ::s_w] = out_grad
    kernel, edge = w[::-1, ::-1].transpose(0, 1, 3, 2), (k_h - 1 - p_h, k_w - 1 - p_w)
    if slip == "in front":  # the remainder is put at the top left
        full = np.roll(full, (rest_h, rest_w), axis=(1, 2))
    elif slip == "repeated":  # gaps are filled with copies
        full = out_grad.repeat(s_h, axis=1).repeat(s_w, axis=2)[:, :rows, :columns]
        full = _fitted(full, (len(x), rows, columns, w.shape[3]))
    elif slip == "not cut":  # every zero is kept, so everything moves
        extra = (s_h - 1 - rest_h, s_w - 1 - rest_w)
        full = np.roll(full, extra, axis=(1, 2))
    elif slip == "close":  # no gaps
        full = _fitted(out_grad, full.shape)
    kernel = {
        "not flipped": w.transpose(0, 1, 3, 2),
        "one axis": w[::-1].transpose(0, 1, 3, 2),
        "channels too": w[::-1, ::-1, ::-1, ::-1].transpose(0, 1, 3, 2),
        "reshaped": w[::-1, ::-1].reshape(k_h, k_w, w.shape[3], w.shape[2]),
    }.get(slip, kernel)
    edge = {"edge": (k_h // 2, k_w // 2), "padded picture": (k_h - 1, k_w - 1)}.get(slip, edge)
    if slip == "clamped":
        edge = (max(edge[0], 0), max(edge[1], 0))
    crop = tuple(max(-e, 0) for e in edge)
    full = full[:, crop[0] : full.shape[1] - crop[0], crop[1] : full.shape[2] - crop[1]]
    framed = tuple(max(e, 0) for e in edge)
    return _fitted(conv(full, kernel, padding=framed), x.shape), w_grad


def _windows(x, size, step):
    """The windows of x (N, L): (N, number, size)."""
    return sliding_window_view(x, size, axis=1)[:, ::step]


def max_pool(x, *, size=3, step=2):
    """The largest number of each window of x (N, L)."""
    return _windows(x, size, step).max(2)


def average_pool(x, *, size=3, step=2):
    """The mean of each window of x (N, L)."""
    return _windows(x, size, step).mean(2)


def _handed_back(x, shares, step, *, adds=True):
    """The windows' shares (N, number, size), added up where the windows lay; or the last of them there."""
    out = np.zeros(x.shape)
    for number in range(shares.shape[1]):
        here = slice(number * step, number * step + shares.shape[2])
        out[:, here] = out[:, here] * adds + shares[:, number]
    return out


def max_pool_gradient(out_grad, x, *, size=3, step=2, slip=""):
    """The gradient of `max_pool`; a slip "spreads" it, gives it to the "first", "assigns" it, or to the
    "least"."""
    windows = _windows(x, size, step)
    if slip == "spreads":
        taken = np.full(windows.shape, 1 / size)
    elif slip == "first":
        taken = np.broadcast_to(np.arange(size) == 0, windows.shape)
    else:
        best = windows.min(2, keepdims=True) if slip == "least" else windows.max(2, keepdims=True)
        taken = windows == best
    return (_handed_back(x, taken * out_grad[:, :, None], step, adds=slip != "assigns"),)


def average_pool_gradient(out_grad, x, *, size=3, step=2, slip=""):
    """The gradient of `average_pool`; a slip leaves out the "division", "assigns", or divides by the
    "step"."""
    share = {"division": 1, "step": 1 / (step + 2)}.get(slip, 1 / size)
    shares = np.broadcast_to(share * out_grad[:, :, None], (*out_grad.shape, size))
    return (_handed_back(x, shares, step, adds=slip != "assigns"),)


EPSILON = 1e-5


def _normalized(x, axis):
    centered = x - x.mean(axis, keepdims=True)
    deviation = np.sqrt((centered**2).mean(axis, keepdims=True) + EPSILON)
    return centered / deviation, deviation


def normalize(x, gain, shift, *, axis=0):
    """x (N, C) normalized along an axis (0: over the batch), then times `gain` (C,) plus `shift` (C,)."""
    return _normalized(x, axis)[0] * gain + shift


def normalize_gradient(out_grad, x, gain, shift, *, axis=0, slip=""):
    """The gradients of `normalize`; a slip forgets the "mean", the "variance", "both", the "gain", and so
    on."""
    normal, deviation = _normalized(x, axis)
    grad = out_grad if slip == "gain" else out_grad * gain
    mean = 0 if slip in ("mean", "both") else grad.mean(axis, keepdims=True)
    spread = 0 if slip in ("variance", "both") else normal * (grad * normal).mean(axis, keepdims=True)
    if slip == "one less":
        n = x.shape[axis]
        mean, spread = mean * n / (n - 1), spread * n / (n - 1)
    x_grad = (grad - mean - spread) / (1 if slip == "deviation" else deviation)
    gain_grad = (out_grad * (x if slip == "raw" else normal)).sum(0)
    return x_grad, gain_grad, out_grad.mean(0) if slip == "shift" else out_grad.sum(0)


def network_points(number, *, shapes, seed):
    """Inputs of `network` whose hidden numbers are on both sides of ReLU's kink, and not near it."""
    rng = np.random.default_rng([seed, number])
    while True:
        x, w, v = (rng.normal(size=shape) for shape in shapes[number % len(shapes)])
        hidden = x @ w
        if np.abs(hidden).min() > 0.05 and 0.25 <= (hidden > 0).mean() <= 0.75:
            return x, w, v


def network(x, w, v):
    """Two dense layers with a ReLU between them."""
    return relu(x @ w) @ v


def network_gradient(out_grad, x, w, v, *, slip=""):
    """The gradients of `network`; a slip forgets the "mask", takes the "raw" hidden numbers, or masks
    "later"."""
    hidden = x @ w
    back = out_grad @ v.T
    masked = {"mask": back, "later": back * (back > 0)}.get(slip, back * (hidden > 0))
    return masked @ w.T, x.T @ masked, (hidden if slip == "raw" else relu(hidden)).T @ out_grad


RIGHT = {
    "dense": dense_gradient,
    "matmul": matmul_gradient,
    "scaled": scaled_gradient,
    "turned": turned_gradient,
    "tanh": tanh_gradient,
    "relu": relu_gradient,
    "softmax": softmax_gradient,
    "loss": loss_gradient,
    "conv": conv_gradient,
    "max_pool": max_pool_gradient,
    "average_pool": average_pool_gradient,
    "normalize": normalize_gradient,
    "network": network_gradient,
}


def right(out_grad, *inputs, of, options=None, dtype="float64", bits=None):
    """The right gradient of a forward pass, whose numbers and sums may be of float32.

    With `bits`, its numbers are rounded to as many: with 17, each is off by up to 2^-17 of itself, nearly as
    much as a right gradient may be.
    """
    given = [np.asarray(a, dtype) for a in (out_grad, *inputs)]
    gradients = [np.asarray(g, dtype) for g in RIGHT[of](*given, **(options or {}))]
    if bits is None:
        return tuple(gradients)
    parts = map(np.frexp, gradients)
    return tuple(np.ldexp(np.round(np.ldexp(part, bits)), power - bits) for part, power in parts)


def sample_by_sample(out_grad, *inputs, of, options=None, backwards=False):
    """The right gradient in float32, one sample after the other: x's parts are joined, the others added
    up."""
    x, *parameters = (a.astype(np.float32) for a in inputs)
    order = range(len(x))[::-1] if backwards else range(len(x))
    parts = []
    for n in order:
        one = slice(n, n + 1)
        parts.append(RIGHT[of](out_grad[one].astype(np.float32), x[one], *parameters, **(options or {})))
    x_grad = np.concatenate([part[0] for part in (parts[::-1] if backwards else parts)])
    sums = [sum((part[1 + i] for part in parts), np.float32(0)) for i in range(len(parameters))]
    return tuple(np.asarray(g, np.float32) for g in (x_grad, *sums))


def changed(out_grad, *inputs, of, change, at=0, options=None):
    """The right gradient with a mistake in the gradient of input number `at`, or in all of them."""
    gradients = list(
        RIGHT[of](np.ones_like(out_grad) if change == "ones" else out_grad, *inputs, **(options or {}))
    )
    gradient, samples = gradients[at], len(inputs[0])
    if change == "short":
        return tuple(gradients[:-1])
    last = np.zeros_like(out_grad)
    last.reshape(-1)[-out_grad.size // samples :] = np.reshape(out_grad, -1)[-out_grad.size // samples :]
    odd = gradient.copy()
    odd.reshape(-1)[0] = np.nan
    changes = {
        "mean": gradient / samples,
        "sign": -gradient,
        "zeros": 0 * gradient,
        "a tenth": 1.1 * gradient,
        "flipped": np.flip(gradient),
        "last sample": RIGHT[of](last, *inputs, **(options or {}))[at],
        "kept axis": gradient[np.newaxis],
        "wide": np.stack([gradient / 2] * 2),
        "nan": odd,
        "infinite": np.where(gradient == gradient.max(), np.inf, gradient),
    }
    if change != "ones":
        gradients[at] = changes[change]
    return tuple(gradients)


def late(out_grad, *inputs, of, change, at=0, options=None):
    """`changed` where an input is not square; right elsewhere."""
    is_square = len({*inputs[0].shape}) == 1
    if is_square:
        return RIGHT[of](out_grad, *inputs, **(options or {}))
    return changed(out_grad, *inputs, of=of, change=change, at=at, options=options)
