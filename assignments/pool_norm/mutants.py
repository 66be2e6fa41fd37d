"""Wrong ideas about pooling and normalisation, and what to tell students who have them."""

from solution import original

from grader.model.mutant import mutant

# The places of the solution that mutants edit: two that edit two places make one submission.
MET = "met_pixels(place, lengths, s, (1,) * axes)"
PLACES = "itertools.product(*map(range, k))"
CHOSEN = "(x[met] == out) * waiting"
GIVEN = "chosen * out_grad"
ADDED = "x_grad[met] = x_grad[met] + "
FRAME = "framed(x, p, -math.inf)"
SHARE = "out_grad / math.prod(k)"
CENTRED = "x - x.sum(axes, keepdims=True) / n"
VARIANCE = "(centred * centred).sum(axes, keepdims=True) / n"
ROOT = "(variance + eps) ** 0.5"
THROUGH_MEAN = "out_grad.sum(axes, keepdims=True) / n"
THROUGH_SCALE = "normal * ((out_grad * normal).sum(axes, keepdims=True) / n)"
ALL_WAYS = "(out_grad - through_mean - through_scale)"


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    return a.as_strided((a.size,), (1,), 0).reshape(a.shape)


def check_pictures(shape):
    """ValueError for more than two axes between the batch and the channels."""
    if len(shape) > 4:
        raise ValueError(f"too many axes: {shape}")


# max_pool


@mutant(of="max_pool", help="#the-largest-number", edits={FRAME: "framed(x, p, 0.0)"})
def zeros_can_be_the_largest():
    """You put zeros around the images. Where all numbers are negative, the padding then is the largest one.
    What can you put there that never is?"""


@mutant(
    of="max_pool",
    help="#the-largest-number",
    edits={
        "full((x.shape[0], *lengths, x.shape[-1]), -math.inf": "full((x.shape[0], *lengths, x.shape[-1]), 0.0"
    },
)
def largest_from_zero_on():
    """You look for the largest number from 0 on. If all numbers of a window are negative, your result is 0,
    which is none of them."""


@mutant(
    of="max_pool",
    help="#the-largest-number",
    edits={MET: "met_pixels(place, lengths, (1,) * axes, (1,) * axes)"},
)
def windows_one_pixel_apart():
    """You move the window by one pixel. It moves by `stride`."""


@mutant(
    of="max_pool",
    help="#the-largest-number",
    edits={MET: "met_pixels(place, lengths, s[:1] * axes, (1,) * axes)"},
)
def one_stride_for_all_axes():
    """You use the first stride on every axis. There is one for each of them."""


@mutant(of="max_pool", help="#the-largest-number")
def no_largest_of_scans(x, window, stride, padding=0):
    """Your pooling does sound and pictures, and fails on three axes. The number of axes is x.ndim - 2,
    whatever it is."""
    check_pictures(x.shape)
    return original(x, window, stride, padding)


@mutant(of="max_pool", help="#the-largest-number")
def largest_in_memory_order(x, window, stride, padding=0):
    """You read x in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(x), window, stride, padding)


# max_pool_grad


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={CHOSEN: "x[met] == out"})
def all_equal_numbers_get_it():
    """If several numbers of a window are the largest, you give its gradient to each of them. Then more goes
    back than came. The first of them gets it, and the window is done."""


@mutant(
    of="max_pool_grad",
    help="#who-gets-the-gradient",
    edits={PLACES: "reversed(list(itertools.product(*map(range, k))))"},
)
def last_of_equal_numbers():
    """If several numbers of a window are the largest, you give its gradient to the last of them. It goes to
    the first one, row by row."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={ADDED: "x_grad[met] = "})
def pooled_gradients_overwritten():
    """A pixel can be the largest of several windows. You keep what the last one gives it, and lose the
    others: they add up."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={GIVEN: "out_grad"})
def every_pixel_gets_it():
    """You give the gradient of a window to each of its pixels. If a pixel that is not the largest changes a
    little, the output does not change at all: its gradient is 0."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={GIVEN: "chosen"})
def mask_alone():
    """You return where the largest numbers are: 1 for each of their windows. Multiply by what comes from
    above, out_grad."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={"x_grad[inner]": "x_grad"})
def max_frame_kept():
    """You return the gradient of the padded images. Cut the frame off, so that the result has the shape of
    x."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient")
def max_grad_of_a_mean(out_grad, x, window, stride, padding=0):
    """You divide by the batch size. If the loss is a mean, that is already in out_grad."""
    return original(out_grad, x, window, stride, padding) / x.shape[0]


@mutant(of="max_pool_grad", help="#who-gets-the-gradient")
def no_max_grad_of_scans(out_grad, x, window, stride, padding=0):
    """Your gradient does sound and pictures, and fails on three axes. The number of axes is x.ndim - 2,
    whatever it is."""
    check_pictures(x.shape)
    return original(out_grad, x, window, stride, padding)


@mutant(of="max_pool_grad", help="#who-gets-the-gradient")
def max_grad_in_memory_order(out_grad, x, window, stride, padding=0):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset
    and strides of its own."""
    return original(in_memory_order(out_grad), x, window, stride, padding)


# average_pool


@mutant(of="average_pool", help="#the-mean", edits={"total / math.prod(k)": "total"})
def sum_of_the_window():
    """You return the sum of each window. Divide it by the number of elements of a window."""


@mutant(of="average_pool", help="#the-mean", edits={"total / math.prod(k)": "total / k[0]"})
def divided_by_one_side():
    """You divide by the length of the window on its first axis. It has as many elements as the product of
    all its lengths."""


@mutant(of="average_pool", help="#the-mean")
def padding_not_counted(x, window, stride, padding=0):
    """You divide by the number of pixels that lie in the image. Here the padding counts, as zeros: every
    window is divided by the same number."""
    return original(x, window, stride, padding) / original(x * 0.0 + 1.0, window, stride, padding)


@mutant(
    of="average_pool", help="#the-mean", edits={MET: "met_pixels(place, lengths, (1,) * axes, (1,) * axes)"}
)
def means_one_pixel_apart():
    """You move the window by one pixel. It moves by `stride`."""


@mutant(of="average_pool", help="#the-mean")
def no_means_of_scans(x, window, stride, padding=0):
    """Your pooling does sound and pictures, and fails on three axes. The number of axes is x.ndim - 2,
    whatever it is."""
    check_pictures(x.shape)
    return original(x, window, stride, padding)


@mutant(of="average_pool", help="#the-mean")
def means_in_memory_order(x, window, stride, padding=0):
    """You read x in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(x), window, stride, padding)


# average_pool_grad


@mutant(of="average_pool_grad", help="#the-mean", edits={SHARE: "out_grad"})
def whole_gradient_to_each():
    """You give each pixel the whole gradient of its windows. A pixel has a part of 1 / n in the mean of n,
    and so it has in the gradient."""


@mutant(of="average_pool_grad", help="#the-mean", edits={ADDED: "x_grad[met] = "})
def shares_overwritten():
    """You write the share of a window over that of the windows before. Where windows overlap, shares add
    up."""


@mutant(of="average_pool_grad", help="#the-mean", edits={"x_grad[inside(x_shape, p)]": "x_grad"})
def average_frame_kept():
    """You return the gradient of the padded images. Cut the frame off, so that the result has the shape of
    x."""


@mutant(
    of="average_pool_grad",
    help="#the-mean",
    edits={PLACES: "itertools.islice(itertools.product(*map(range, k)), 1)"},
)
def first_pixel_gets_it_all():
    """Only the first pixel of each window gets a share. All of them have had the same part in the mean."""


@mutant(of="average_pool_grad", help="#the-mean", edits={SHARE: "out_grad / k[0]"})
def share_of_one_side():
    """You divide by the length of the window on its first axis. It has as many elements as the product of
    all its lengths."""


@mutant(of="average_pool_grad", help="#the-mean")
def no_shares_of_scans(out_grad, x_shape, window, stride, padding=0):
    """Your gradient does sound and pictures, and fails on three axes. The number of axes is len(x_shape) -
    2, whatever it is."""
    check_pictures(x_shape)
    return original(out_grad, x_shape, window, stride, padding)


@mutant(of="average_pool_grad", help="#the-mean")
def shares_in_memory_order(out_grad, x_shape, window, stride, padding=0):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset
    and strides of its own."""
    return original(in_memory_order(out_grad), x_shape, window, stride, padding)


# global_average_pool and its gradient


@mutant(
    of="global_average_pool",
    help="#the-whole-image",
    edits={"(tuple(range(1, x.ndim - 1))) / pixels": "(tuple(range(1, x.ndim - 1)))"},
)
def sum_of_the_image():
    """You return the sum over each image. Divide it by the number of pixels."""


@mutant(of="global_average_pool", help="#the-whole-image", edits={"tuple(range(1, x.ndim - 1))": "(1, 2)"})
def mean_over_two_axes():
    """You sum over the first two axes of an image. A scan has three: sum over everything between the batch
    and the channels."""


@mutant(of="global_average_pool", help="#the-whole-image")
def global_mean_in_memory_order(x):
    """You read x in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(x))


@mutant(of="global_average_pool_grad", help="#the-whole-image", edits={"(out_grad / pixels)": "out_grad"})
def whole_gradient_to_each_pixel():
    """You give each pixel the whole gradient of its channel. It has a part of 1 / n in the mean of n
    pixels."""


@mutant(of="global_average_pool_grad", help="#the-whole-image", edits={".copy()": ""})
def one_memory_for_all_pixels():
    """Your result is a view in which all pixels of a channel share one number in memory. If somebody writes
    to one of them, all of them change: return a copy."""


@mutant(of="global_average_pool_grad", help="#the-whole-image")
def global_grad_in_memory_order(out_grad, x_shape):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset
    and strides of its own."""
    return original(in_memory_order(out_grad), x_shape)


# normalize


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={ROOT: "(variance**0.5 + eps)"})
def eps_behind_the_root():
    """You add eps to the standard deviation. It belongs to the variance, under the root."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={ROOT: "variance**0.5"})
def no_eps():
    """You leave eps out. It keeps the division finite where all numbers are equal."""


@mutant(
    of="normalize",
    help="#mean-0-and-variance-1",
    edits={VARIANCE: "(centred * centred).sum(axes, keepdims=True) / max(n - 1, 1)"},
)
def variance_of_a_sample():
    """You divide by n - 1. That estimates the variance of what a sample was drawn from. Here it is the mean
    of the squares of just these n numbers."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={CENTRED: "x"})
def mean_left_in():
    """You divide by a scale and leave the mean where it was. Subtract it first, also from what you
    square."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={ROOT: "(variance + eps)"})
def divided_by_the_variance():
    """You divide by the variance. It is a square: twice as large numbers have four times the variance.
    Divide by its root."""


@mutant(of="normalize", help="#mean-0-and-variance-1")
def first_of_the_axes(x, axes, eps=1e-5):
    """You use the first of the axes alone. The mean is over all of them together."""
    return original(x, tuple(axes)[:1], eps)


@mutant(of="normalize", help="#mean-0-and-variance-1")
def normalized_in_memory_order(x, axes, eps=1e-5):
    """You read x in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(x), axes, eps)


# normalize_grad


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={ALL_WAYS: "out_grad"})
def mean_and_scale_taken_for_constants():
    """You treat the mean and the scale as constants. They are made of x: if one number grows, the mean
    grows with it, and so does the scale, and all other outputs change."""


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={ALL_WAYS: "(out_grad - through_scale)"})
def mean_taken_for_a_constant():
    """You treat the mean as a constant. If all numbers grow by 1, no output changes, so the gradients of
    one group must add up to 0. Do yours?"""


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={ALL_WAYS: "(out_grad - through_mean)"})
def scale_taken_for_a_constant():
    """You treat the scale as a constant. If all numbers become twice as far from their mean, the outputs
    stay as they are: what moves them in that direction has no effect, and is taken out."""


@mutant(
    of="normalize_grad",
    help="#three-ways-to-the-output",
    edits={THROUGH_SCALE: "(out_grad * normal).sum(axes, keepdims=True) / n"},
)
def part_through_the_scale_equal_for_all():
    """What goes through the scale is the same number for all, times each number's own output: a number far
    from the mean has more effect on the scale."""


@mutant(
    of="normalize_grad",
    help="#three-ways-to-the-output",
    edits={THROUGH_MEAN: "out_grad.sum(axes, keepdims=True)"},
)
def sum_for_the_mean():
    """You take the sum of the gradients out, where it should be their mean: each of n numbers has 1 / n of
    the effect."""


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={"/ n + eps) ** 0.5": "/ n) ** 0.5"})
def no_eps_in_the_gradient():
    """You leave eps out of the scale. The gradient is that of a function with eps in it."""


@mutant(of="normalize_grad", help="#three-ways-to-the-output")
def gradient_over_the_first_of_the_axes(out_grad, x, axes, eps=1e-5):
    """You use the first of the axes alone. Mean and variance are over all of them together."""
    return original(out_grad, x, tuple(axes)[:1], eps)


@mutant(of="normalize_grad", help="#three-ways-to-the-output")
def normalized_grad_in_memory_order(out_grad, x, axes, eps=1e-5):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset
    and strides of its own."""
    return original(in_memory_order(out_grad), x, axes, eps)


# batch_norm and its gradients


@mutant(of="batch_norm", help="#before-you-start")
def x_normalized_in_place(x, gamma, beta, eps=1e-5):
    """You write the normalised numbers to x itself. Whoever gave it to you still needs it: make a new
    array."""
    out = original(x, gamma, beta, eps)
    x[...] = out
    return out


@mutant(of="batch_norm", help="#over-the-batch-or-over-the-channels", edits={"range(x.ndim - 1)": "(0,)"})
def pixels_not_in_the_mean():
    """You take the mean over the batch alone, for each pixel by itself. A channel has one mean, over the
    whole batch and all pixels."""


@mutant(of="batch_norm", help="#over-the-batch-or-over-the-channels", edits={"range(x.ndim - 1)": "(-1,)"})
def batch_norm_over_channels():
    """You take the mean over the channels. That is layer normalisation."""


@mutant(of="batch_norm", help="#scale-and-shift", edits={" * gamma + beta": " * beta + gamma"})
def gamma_and_beta_exchanged():
    """You multiply by beta and add gamma. gamma is the new scale, beta the new mean."""


@mutant(
    of="batch_norm", help="#mean-0-and-variance-1", edits={"range(x.ndim - 1), eps)": "range(x.ndim - 1))"}
)
def batch_norm_of_one_eps():
    """You always use the usual eps. Hand on the one that you were given."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={"normalize_grad(out_grad * gamma, x": "normalize_grad(out_grad, x"},
)
def batch_gamma_not_in_x_grad():
    """You leave gamma out of x_grad. What comes back to the normalised numbers is out_grad times gamma."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={"(out_grad * normalize(x, pixels, eps)).sum(pixels)": "(out_grad * x).sum(pixels)"},
)
def batch_gamma_of_raw_numbers():
    """gamma multiplies the normalised numbers, not x: its gradient is the sum of out_grad times these."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={"out_grad.sum(pixels)": "out_grad.sum(pixels) / out_grad.shape[0]"},
)
def batch_beta_of_a_mean():
    """You divide the gradient of beta by the batch size. If the loss is a mean, that is already in
    out_grad."""


@mutant(of="batch_norm_grad", help="#mean-0-and-variance-1")
def batch_grad_of_one_eps(out_grad, x, gamma, eps=1e-5):
    """You always use the usual eps. Hand on the one that you were given."""
    return original(out_grad, x, gamma)


# layer_norm and its gradients


@mutant(of="layer_norm", help="#over-the-batch-or-over-the-channels", edits={"(-1,)": "range(1, x.ndim)"})
def whole_image_in_the_mean():
    """You take the mean over a whole image. Each pixel is normalised by itself, over its channels."""


@mutant(of="layer_norm", help="#over-the-batch-or-over-the-channels", edits={"(-1,)": "range(x.ndim - 1)"})
def layer_norm_over_the_batch():
    """You take the mean over the batch and the pixels. That is batch normalisation."""


@mutant(of="layer_norm", help="#scale-and-shift", edits={" * gamma + beta": " * gamma"})
def beta_left_out():
    """You leave beta out. It is added at the end, the same for each pixel."""


@mutant(of="layer_norm", help="#mean-0-and-variance-1", edits={"(-1,), eps)": "(-1,))"})
def layer_norm_of_one_eps():
    """You always use the usual eps. Hand on the one that you were given."""


@mutant(
    of="layer_norm_grad",
    help="#scale-and-shift",
    edits={"normalize_grad(out_grad * gamma, x": "gamma * normalize_grad(out_grad, x"},
)
def gamma_behind_the_gradient():
    """You multiply by gamma at the end. Here the mean runs over the channels, and each of them has a gamma
    of its own: out_grad times gamma is what comes back to the normalised numbers, and the rest follows."""


@mutant(
    of="layer_norm_grad",
    help="#scale-and-shift",
    edits={
        "(out_grad * normalize(x, (-1,), eps)).sum(pixels)": "(out_grad * normalize(x, (-1,), eps)).sum(-1)"
    },
)
def layer_gamma_over_channels():
    """You sum the gradient of gamma over the channels. There is one gamma for each channel, and it is the
    same for every pixel of every sample: sum over these."""


@mutant(of="layer_norm_grad", help="#mean-0-and-variance-1")
def layer_grad_of_one_eps(out_grad, x, gamma, eps=1e-5):
    """You always use the usual eps. Hand on the one that you were given."""
    return original(out_grad, x, gamma)
