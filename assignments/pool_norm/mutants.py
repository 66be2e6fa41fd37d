"""Wrong ideas about pooling and normalization, and what to tell students who have them."""

# `solution` is the solution as it is rendered from the templates.
from solution import original

from grader.model.mutant import mutant

# The places of the solution that mutants edit: two that edit two places make one submission.
PLACE_PIXELS = "pixel_slices(place, lengths, s, (1,) * axes)"
PLACES = "itertools.product(*map(range, k))"
IS_LARGEST = "(x[pixels] == out) * is_open"
TO_THE_LARGEST = "is_largest * out_grad"
ADD_TO_PIXELS = "x_grad[pixels] = x_grad[pixels] + "
FRAME = "pad_with(x, p, -math.inf)"
SHARE = "out_grad / math.prod(k)"
CENTERED = "x - x.sum(axes, keepdims=True) / n"
VARIANCE = "(centered * centered).sum(axes, keepdims=True) / n"
ROOT = "(variance + eps) ** 0.5"
THROUGH_MEAN = "out_grad.sum(axes, keepdims=True) / n"
THROUGH_SCALE = "normal * ((out_grad * normal).sum(axes, keepdims=True) / n)"
ALL_WAYS = "(out_grad - through_mean - through_scale)"
SCALES = "(out_grad * normalize(x, pixels, eps)).sum(pixels), out_grad.sum(pixels)"
LAYER_SCALES = "(out_grad * normalize(x, (-1,), eps)).sum(pixels), out_grad.sum(pixels)"


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    return a.as_strided((a.size,), (1,), 0).reshape(a.shape)


def check_pictures(shape):
    """ValueError for more than two axes between the batch and the channels."""
    if len(shape) > 4:
        raise ValueError(f"too many axes: {shape}")


# What a solution without pool_lengths may call in its place: it checks no padding.
LENGTHS = "lengths = pool_lengths(x.shape, window, stride, padding)"
UNCHECKED = (
    "lengths = tuple(map(conv_length, x.shape[1:-1], "
    "*(per_axis(value, axes) for value in (window, stride, padding))))"
)


# max_pool


@mutant(of="max_pool", help="#the-largest-number", edits={LENGTHS: UNCHECKED})
def windows_of_padding():
    """You accept a padding as wide as the window. Then a window may hold nothing but padding, and has no
    largest number: `pool_lengths` raises ValueError."""


@mutant(of="max_pool", help="#the-largest-number", edits={FRAME: "pad_with(x, p, 0.0)"})
def zeros_can_be_the_largest():
    """You pad the images with zeros. If all numbers of a window are negative, a padding zero is the
    largest. Which number can you use that is never the largest?"""


@mutant(
    of="max_pool",
    help="#the-largest-number",
    edits={
        "full((x.shape[0], *lengths, x.shape[-1]), -math.inf": "full((x.shape[0], *lengths, x.shape[-1]), 0.0"
    },
)
def largest_from_zero_on():
    """Your search for the largest number starts from 0. If all numbers of a window are negative, your
    result is 0, which is none of them."""


@mutant(
    of="max_pool",
    help="#the-largest-number",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, (1,) * axes, (1,) * axes)"},
)
def windows_one_pixel_apart():
    """You move the window by one pixel. It moves by `stride`."""


@mutant(
    of="max_pool",
    help="#the-largest-number",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, s[:1] * axes, (1,) * axes)"},
)
def one_stride_for_all_axes():
    """You use the first stride on every axis. Each axis has its own."""


@mutant(of="max_pool", help="#the-largest-number")
def no_largest_of_scans(x, window, stride, padding=0):
    """Your pooling works for sound and pictures, but fails on scans, which have three axes. Use x.ndim - 2
    as the number of axes."""
    check_pictures(x.shape)
    return original(x, window, stride, padding)


@mutant(of="max_pool", help="#the-largest-number")
def largest_in_memory_order(x, window, stride, padding=0):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), window, stride, padding)


# max_pool_grad


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={IS_LARGEST: "x[pixels] == out"})
def all_equal_numbers_get_it():
    """If several numbers of a window are the largest, you give the window's gradient to each of them. Then
    more goes back than came in. Give it to the first of them only."""


@mutant(
    of="max_pool_grad",
    help="#who-gets-the-gradient",
    edits={PLACES: "reversed(list(itertools.product(*map(range, k))))"},
)
def last_of_equal_numbers():
    """If several numbers of a window are the largest, you give the window's gradient to the last of them.
    Give it to the first, row by row."""


@mutant(of="max_pool_grad", help="#before-you-start", edits={"if out_grad.shape != out.shape:": "if False:"})
def max_gradient_of_any_shape():
    """You accept an out_grad of the wrong shape, and broadcasting spreads it without an error. Compare its
    shape with that of the output, and raise ValueError."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={ADD_TO_PIXELS: "x_grad[pixels] = "})
def pooled_gradients_overwritten():
    """You keep only the gradient that a pixel gets from the last window. A pixel can be the largest of
    several windows: add up what they give it."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={TO_THE_LARGEST: "out_grad"})
def every_pixel_gets_it():
    """You give the gradient of a window to each of its pixels. A small change in a pixel that is not the
    largest does not change the output at all: its gradient is 0."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={TO_THE_LARGEST: "is_largest"})
def mask_alone():
    """You return 1 for each window in which a number is the largest. Multiply by the upstream gradient,
    out_grad."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient", edits={"x_grad[inner]": "x_grad"})
def max_frame_kept():
    """You return the gradient of the padded images. Cut the padding off, so that the result has the shape
    of x."""


@mutant(of="max_pool_grad", help="#who-gets-the-gradient")
def max_grad_of_a_mean(out_grad, x, window, stride, padding=0):
    """You divide by the batch size. If the loss is a mean, out_grad already contains that division."""
    return original(out_grad, x, window, stride, padding) / x.shape[0]


@mutant(of="max_pool_grad", help="#who-gets-the-gradient")
def no_max_grad_of_scans(out_grad, x, window, stride, padding=0):
    """Your gradient works for sound and pictures, but fails on scans, which have three axes. Use x.ndim - 2
    as the number of axes."""
    check_pictures(x.shape)
    return original(out_grad, x, window, stride, padding)


@mutant(of="max_pool_grad", help="#who-gets-the-gradient")
def max_grad_in_memory_order(out_grad, x, window, stride, padding=0):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    return original(in_memory_order(out_grad), x, window, stride, padding)


# average_pool


@mutant(of="average_pool", help="#the-mean", edits={LENGTHS: UNCHECKED})
def means_of_padding():
    """You accept a padding as wide as the window. Then a window may hold nothing but padding: `pool_lengths`
    raises ValueError."""


@mutant(of="average_pool", help="#the-mean", edits={"total / math.prod(k)": "total"})
def sum_of_the_window():
    """You return the sum of each window. Divide it by the number of elements of a window."""


@mutant(of="average_pool", help="#the-mean", edits={"total / math.prod(k)": "total / k[0]"})
def divided_by_one_side():
    """You divide by the length of the window on its first axis. Divide by its number of elements, which is
    the product of all its lengths."""


@mutant(of="average_pool", help="#the-mean")
def padding_not_counted(x, window, stride, padding=0):
    """You divide by the number of a window's pixels that are inside the image. Here padding counts too, as
    zeros: divide every window by the same number."""
    return original(x, window, stride, padding) / original(x * 0.0 + 1.0, window, stride, padding)


@mutant(
    of="average_pool",
    help="#the-mean",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, (1,) * axes, (1,) * axes)"},
)
def means_one_pixel_apart():
    """You move the window by one pixel. It moves by `stride`."""


@mutant(of="average_pool", help="#the-mean")
def no_means_of_scans(x, window, stride, padding=0):
    """Your pooling works for sound and pictures, but fails on scans, which have three axes. Use x.ndim - 2
    as the number of axes."""
    check_pictures(x.shape)
    return original(x, window, stride, padding)


@mutant(of="average_pool", help="#the-mean")
def means_in_memory_order(x, window, stride, padding=0):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), window, stride, padding)


# average_pool_grad


@mutant(
    of="average_pool_grad", help="#before-you-start", edits={"if out_grad.shape != expected:": "if False:"}
)
def average_gradient_of_any_shape():
    """You accept an out_grad of the wrong shape, and broadcasting spreads it without an error. Compare its
    shape with that of the output, and raise ValueError."""


@mutant(of="average_pool_grad", help="#the-mean", edits={SHARE: "out_grad"})
def whole_gradient_to_each():
    """You give each pixel the whole gradient of its windows. Each of n pixels contributes 1 / n to the
    mean, so it gets 1 / n of the gradient."""


@mutant(of="average_pool_grad", help="#the-mean", edits={ADD_TO_PIXELS: "x_grad[pixels] = "})
def shares_overwritten():
    """The share of a window overwrites the shares of the windows before it. Where windows overlap, add the
    shares up."""


@mutant(of="average_pool_grad", help="#the-mean", edits={"x_grad[inner_slices(x_shape, p)]": "x_grad"})
def average_frame_kept():
    """You return the gradient of the padded images. Cut the padding off, so that the result has the shape
    of x."""


@mutant(
    of="average_pool_grad",
    help="#the-mean",
    edits={PLACES: "itertools.islice(itertools.product(*map(range, k)), 1)"},
)
def first_pixel_gets_it_all():
    """Only the first pixel of each window gets a share. All pixels contribute equally to the mean, so all
    get the same share."""


@mutant(of="average_pool_grad", help="#the-mean", edits={SHARE: "out_grad / k[0]"})
def share_of_one_side():
    """You divide by the length of the window on its first axis. Divide by its number of elements, which is
    the product of all its lengths."""


@mutant(of="average_pool_grad", help="#the-mean")
def no_shares_of_scans(out_grad, x_shape, window, stride, padding=0):
    """Your gradient works for sound and pictures, but fails on scans, which have three axes. Use
    len(x_shape) - 2 as the number of axes."""
    check_pictures(x_shape)
    return original(out_grad, x_shape, window, stride, padding)


@mutant(of="average_pool_grad", help="#the-mean")
def shares_in_memory_order(out_grad, x_shape, window, stride, padding=0):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    return original(in_memory_order(out_grad), x_shape, window, stride, padding)


# global_average_pool and its gradient


@mutant(of="global_average_pool", help="#the-whole-image", edits={"x.ndim < 3 or pixels": "pixels"})
def mean_without_an_axis():
    """You accept images without an axis, and return x as it is. There is nothing to take the mean of: raise
    ValueError."""


@mutant(of="global_average_pool", help="#the-whole-image", edits={" or pixels == 0": ""})
def mean_without_a_pixel():
    """You accept images without a pixel. The sum would be divided by 0, so there is no mean: raise
    ValueError."""


@mutant(
    of="global_average_pool_grad",
    help="#the-whole-image",
    edits={"if out_grad.shape != (n, c):": "if False:"},
)
def global_gradient_of_any_shape():
    """You accept an out_grad of the wrong shape, and reshape it without an error. Compare its shape with (N,
    C), and raise ValueError."""


@mutant(
    of="global_average_pool_grad", help="#the-whole-image", edits={"len(x_shape) < 3 or pixels": "pixels"}
)
def gradient_without_an_axis():
    """You accept images without an axis, and return out_grad as it is. Raise ValueError, as
    global_average_pool does."""


@mutant(of="global_average_pool_grad", help="#the-whole-image", edits={" or pixels == 0": ""})
def gradient_without_a_pixel():
    """You accept images without a pixel. Their number of pixels is 0, and nothing is divided by it: raise
    ValueError, as global_average_pool does."""


@mutant(
    of="global_average_pool",
    help="#the-whole-image",
    edits={"(tuple(range(1, x.ndim - 1))) / pixels": "(tuple(range(1, x.ndim - 1)))"},
)
def sum_of_the_image():
    """You return the sum over each image. Divide it by the number of pixels."""


@mutant(of="global_average_pool", help="#the-whole-image", edits={"tuple(range(1, x.ndim - 1))": "(1, 2)"})
def mean_over_two_axes():
    """You sum over the first two axes of an image. A scan has three: sum over all axes between the batch
    and the channels."""


@mutant(
    of="global_average_pool",
    help="#the-whole-image",
    edits={"(tuple(range(1, x.ndim - 1))) / pixels": "((1, 2)) / math.prod(x.shape[1:3])"},
)
def mean_of_two_axes():
    """You take the mean over the first two axes of an image. A scan has three: sum over all axes between the
    batch and the channels, and divide by the product of all their lengths."""


@mutant(
    of="global_average_pool",
    help="#the-whole-image",
    edits={"x.ndim - 1))) / pixels": "x.ndim - 1))) / x.shape[1]"},
)
def divided_by_the_first_axis():
    """You divide by the length of an image's first axis. Divide by its number of pixels, which is the product
    of all its lengths."""


@mutant(of="global_average_pool", help="#the-whole-image")
def global_mean_in_memory_order(x):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x))


@mutant(of="global_average_pool_grad", help="#the-whole-image", edits={"(out_grad / pixels)": "out_grad"})
def whole_gradient_to_each_pixel():
    """You give each pixel the whole gradient of its channel. Each of n pixels contributes 1 / n to the
    mean, so it gets 1 / n of the gradient."""


@mutant(
    of="global_average_pool_grad",
    help="#the-whole-image",
    edits={"(out_grad / pixels)": "(out_grad / x_shape[1])"},
)
def share_of_the_first_axis():
    """You divide the gradient of a channel by the length of an image's first axis. Each pixel gets an equal
    share: divide by the number of pixels, which is the product of all lengths."""


@mutant(of="global_average_pool_grad", help="#the-whole-image", edits={".copy()": ""})
def one_memory_for_all_pixels():
    """Your result is a view in which all pixels of a channel share one number in memory. If the caller
    writes to one of them, all of them change: return a copy."""


@mutant(of="global_average_pool_grad", help="#the-whole-image")
def global_grad_in_memory_order(out_grad, x_shape):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    return original(in_memory_order(out_grad), x_shape)


# normalize


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={ROOT: "(variance**0.5 + eps)"})
def eps_behind_the_root():
    """You add eps to the standard deviation. Add it to the variance, under the root."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={ROOT: "variance**0.5"})
def no_eps():
    """You leave eps out. It keeps the division finite if all numbers are equal."""


@mutant(
    of="normalize",
    help="#mean-0-and-variance-1",
    edits={VARIANCE: "(centered * centered).sum(axes, keepdims=True) / max(n - 1, 1)"},
)
def variance_of_a_sample():
    """You divide by n - 1. That estimates the variance of the distribution that a sample was drawn from.
    Here it is the mean of the squares of exactly these n numbers: divide by n."""


@mutant(
    of="normalize",
    help="#mean-0-and-variance-1",
    edits={VARIANCE: "(x * x).sum(axes, keepdims=True) / n - (x.sum(axes, keepdims=True) / n) ** 2"},
)
def squares_less_the_square_of_the_mean():
    """You subtract the square of the mean from the mean of the squares. If the mean is large, the two agree
    in nearly all digits, and rounding is all that is left. Subtract the mean first, then square."""


@mutant(
    of="normalize",
    help="#mean-0-and-variance-1",
    edits={"    n = math": "    axes = tuple({axis % x.ndim for axis in axes})\n    n = math"},
)
def an_axis_named_twice():
    """You accept an axis that is named twice. Raise ValueError: `normalize_axes` does it for you."""


@mutant(
    of="normalize",
    help="#mean-0-and-variance-1",
    edits={"    n = math": "    axes = tuple(axis % x.ndim for axis in axes)\n    n = math"},
)
def an_axis_that_is_not_there():
    """You accept an axis that x does not have. The axes are not counted from the start again: raise
    IndexError. `normalize_axes` does it for you."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={"if n == 0:": "if False:"})
def mean_of_nothing():
    """You accept axes without elements. The sum would be divided by 0, so there is no mean: raise
    ValueError."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={CENTERED: "x"})
def mean_left_in():
    """You divide by a scale but do not subtract the mean. Subtract it first, also from the numbers that you
    square."""


@mutant(of="normalize", help="#mean-0-and-variance-1", edits={ROOT: "(variance + eps)"})
def divided_by_the_variance():
    """You divide by the variance. It is a square: if the numbers double, the variance is four times as
    large. Divide by its root."""


@mutant(of="normalize", help="#mean-0-and-variance-1")
def first_of_the_axes(x, axes, eps=1e-5):
    """You use only the first of the axes. The mean is over all of them together."""
    return original(x, tuple(axes)[:1], eps)


@mutant(of="normalize", help="#mean-0-and-variance-1")
def normalized_in_memory_order(x, axes, eps=1e-5):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), axes, eps)


# normalize_grad


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={ALL_WAYS: "out_grad"})
def mean_and_scale_taken_for_constants():
    """You treat the mean and the scale as constants. They depend on x: if one number grows, the mean and
    the scale change, and so do all other outputs."""


@mutant(
    of="normalize_grad",
    help="#three-ways-to-the-output",
    edits={"(out_grad - through_mean - through_scale) / scale": "out_grad - through_mean - through_scale"},
)
def not_divided_by_the_scale():
    """You take both parts out of the gradient, but do not divide by the scale S. Each number reaches its
    output with the factor 1 / S: divide at the end."""


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={ALL_WAYS: "(out_grad - through_scale)"})
def mean_taken_for_a_constant():
    """You treat the mean as a constant. If all numbers grow by 1, no output changes, so the gradients of
    one group must add up to 0. Do yours?"""


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={ALL_WAYS: "(out_grad - through_mean)"})
def scale_taken_for_a_constant():
    """You treat the scale as a constant. If all numbers move twice as far from their mean, the outputs do
    not change. So a gradient in that direction has no effect: subtract that part."""


@mutant(
    of="normalize_grad",
    help="#three-ways-to-the-output",
    edits={THROUGH_SCALE: "(out_grad * normal).sum(axes, keepdims=True) / n"},
)
def part_through_the_scale_equal_for_all():
    """The part of your gradient that goes through the scale is the same for all numbers. A number far from
    the mean affects the scale more: multiply that part by each number's own output."""


@mutant(
    of="normalize_grad",
    help="#three-ways-to-the-output",
    edits={THROUGH_MEAN: "out_grad.sum(axes, keepdims=True)"},
)
def sum_for_the_mean():
    """You subtract the sum of the gradients. Subtract their mean: each of n numbers has 1 / n of the
    effect."""


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={"/ n + eps) ** 0.5": "/ n) ** 0.5"})
def no_eps_in_the_gradient():
    """You leave eps out of the scale. The forward pass has eps in it, so its gradient does too."""


@mutant(
    of="normalize_grad",
    help="#three-ways-to-the-output",
    edits={"    n = math": "    axes = tuple({axis % x.ndim for axis in axes})\n    n = math"},
)
def gradient_over_an_axis_named_twice():
    """You accept an axis that is named twice. Raise ValueError, as normalize does: `normalize_axes` does it
    for you."""


@mutant(of="normalize_grad", help="#three-ways-to-the-output")
def gradient_over_the_first_of_the_axes(out_grad, x, axes, eps=1e-5):
    """You use only the first of the axes. Mean and variance are over all of them together."""
    return original(out_grad, x, tuple(axes)[:1], eps)


@mutant(of="normalize_grad", help="#three-ways-to-the-output")
def normalized_grad_in_memory_order(out_grad, x, axes, eps=1e-5):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    return original(in_memory_order(out_grad), x, axes, eps)


# batch_norm and its gradients


@mutant(of="batch_norm", help="#before-you-start")
def x_normalized_in_place(x, gamma, beta, eps=1e-5):
    """You write the normalized numbers into x itself. The caller still needs x: make a new array."""
    out = original(x, gamma, beta, eps)
    x[...] = out
    return out


@mutant(
    of="batch_norm",
    help="#before-you-start",
    edits={"if gamma.shape != x.shape[-1:] or beta.shape != x.shape[-1:]:": "if False:"},
)
def gamma_of_any_shape():
    """You accept a gamma or a beta of the wrong shape, and broadcasting spreads it without an error. Both
    must have one number for each channel: compare their shapes, and raise ValueError."""


@mutant(
    of="batch_norm",
    help="#scale-and-shift",
    edits={"gamma.shape != x.shape[-1:] or beta.shape != x.shape[-1:]": "gamma.shape != x.shape[-1:]"},
)
def batch_beta_of_any_shape():
    """You accept a beta of the wrong shape. Broadcasting spreads a beta of one number without an error:
    compare its shape as well as that of gamma, and raise ValueError."""


@mutant(of="batch_norm", help="#over-the-batch-or-over-the-channels", edits={"range(x.ndim - 1)": "(0,)"})
def pixels_not_in_the_mean():
    """You take the mean over the batch only, for each pixel separately. A channel has one mean, over the
    whole batch and all pixels."""


@mutant(of="batch_norm", help="#over-the-batch-or-over-the-channels", edits={"range(x.ndim - 1)": "(-1,)"})
def batch_norm_over_channels():
    """You take the mean over the channels. That is layer normalization."""


@mutant(of="batch_norm", help="#scale-and-shift", edits={" * gamma + beta": " * beta + gamma"})
def gamma_and_beta_exchanged():
    """You multiply by beta and add gamma. Multiply by gamma, the new scale, and add beta, the new mean."""


@mutant(
    of="batch_norm", help="#mean-0-and-variance-1", edits={"range(x.ndim - 1), eps)": "range(x.ndim - 1))"}
)
def batch_norm_of_one_eps():
    """You always use the default eps. Pass on the eps that you were given."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={"normalize_grad(out_grad * gamma, x": "normalize_grad(out_grad, x"},
)
def batch_gamma_not_in_x_grad():
    """You leave gamma out of x_grad. The gradient of the normalized numbers is out_grad times gamma."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={"(out_grad * normalize(x, pixels, eps)).sum(pixels)": "(out_grad * x).sum(pixels)"},
)
def batch_gamma_of_raw_numbers():
    """You use x for the gradient of gamma. gamma multiplies the normalized numbers: its gradient is the sum
    of out_grad times those."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={"out_grad.sum(pixels)": "out_grad.sum(pixels) / out_grad.shape[0]"},
)
def batch_beta_of_a_mean():
    """You divide the gradient of beta by the batch size. If the loss is a mean, out_grad already contains
    that division."""


@mutant(of="batch_norm_grad", help="#scale-and-shift", edits={" or gamma.shape != x.shape[-1:]": ""})
def batch_grad_of_any_gamma():
    """You accept a gamma of the wrong shape, and broadcasting spreads it without an error. It must have one
    number for each channel: raise ValueError, as batch_norm does."""


@mutant(of="batch_norm_grad", help="#scale-and-shift", edits={"out_grad.shape != x.shape or ": ""})
def batch_grad_of_any_gradient():
    """You accept an out_grad of the wrong shape, and the product with gamma has the right one. Compare the
    shape of out_grad with that of x first, and raise ValueError."""


@mutant(of="batch_norm_grad", help="#mean-0-and-variance-1")
def batch_grad_of_one_eps(out_grad, x, gamma, eps=1e-5):
    """You always use the default eps. Pass on the eps that you were given."""
    return original(out_grad, x, gamma)


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={
        SCALES: "(out_grad * normalize(x, pixels, eps)).sum(pixels) / math.prod(x.shape[:-1]), "
        "out_grad.sum(pixels) / math.prod(x.shape[:-1])"
    },
)
def batch_grads_of_means():
    """You divide the gradients of gamma and beta by the number of samples and pixels. Each of them affects
    all these numbers, and the effects add up: if the loss is a mean, out_grad already contains the
    division."""


@mutant(
    of="batch_norm_grad",
    help="#scale-and-shift",
    edits={SCALES: "(out_grad * normalize(x, pixels, eps)).sum(0), out_grad.sum(0)"},
)
def batch_grads_over_the_samples():
    """You sum the gradients of gamma and beta over the samples only. They are the same for every pixel of
    every sample: sum over all axes but the last."""


# layer_norm and its gradients


@mutant(of="layer_norm", help="#over-the-batch-or-over-the-channels", edits={"(-1,)": "range(1, x.ndim)"})
def whole_image_in_the_mean():
    """You take the mean over a whole image. Normalize each pixel separately, over its channels."""


@mutant(of="layer_norm", help="#over-the-batch-or-over-the-channels", edits={"(-1,)": "range(x.ndim - 1)"})
def layer_norm_over_the_batch():
    """You take the mean over the batch and the pixels. That is batch normalization."""


@mutant(of="layer_norm", help="#scale-and-shift", edits={" * gamma + beta": " * gamma"})
def beta_left_out():
    """You leave beta out. Add it at the end, the same for each pixel."""


@mutant(of="layer_norm", help="#mean-0-and-variance-1", edits={"(-1,), eps)": "(-1,))"})
def layer_norm_of_one_eps():
    """You always use the default eps. Pass on the eps that you were given."""


@mutant(
    of="layer_norm_grad",
    help="#scale-and-shift",
    edits={"normalize_grad(out_grad * gamma, x": "gamma * normalize_grad(out_grad, x"},
)
def gamma_behind_the_gradient():
    """You multiply by gamma at the end. Here the mean is over the channels, and each channel has its own
    gamma: the gradient of the normalized numbers is out_grad times gamma. Multiply first, and compute the
    rest from that."""


@mutant(
    of="layer_norm_grad",
    help="#scale-and-shift",
    edits={
        "(out_grad * normalize(x, (-1,), eps)).sum(pixels)": "(out_grad * normalize(x, (-1,), eps)).sum(-1)"
    },
)
def layer_gamma_over_channels():
    """You sum the gradient of gamma over the channels. Each channel has its own gamma, which is the same
    for every pixel of every sample: sum over pixels and samples."""


@mutant(of="layer_norm_grad", help="#scale-and-shift", edits={" or gamma.shape != x.shape[-1:]": ""})
def layer_grad_of_any_gamma():
    """You accept a gamma of the wrong shape, and broadcasting spreads it without an error. It must have one
    number for each channel: raise ValueError, as layer_norm does."""


@mutant(of="layer_norm_grad", help="#scale-and-shift", edits={"out_grad.shape != x.shape or ": ""})
def layer_grad_of_any_gradient():
    """You accept an out_grad of the wrong shape, and the product with gamma has the right one. Compare the
    shape of out_grad with that of x first, and raise ValueError."""


@mutant(of="layer_norm_grad", help="#mean-0-and-variance-1")
def layer_grad_of_one_eps(out_grad, x, gamma, eps=1e-5):
    """You always use the default eps. Pass on the eps that you were given."""
    return original(out_grad, x, gamma)


@mutant(of="normalize_grad", help="#three-ways-to-the-output", edits={"out_grad.shape != x.shape": "False"})
def normalized_gradient_of_any_shape():
    """You accept an out_grad of the wrong shape, and broadcasting spreads it without an error. Compare its
    shape with that of x, and raise ValueError."""


@mutant(
    of="layer_norm",
    help="#scale-and-shift",
    edits={"gamma.shape != x.shape[-1:] or beta.shape != x.shape[-1:]": "beta.shape != x.shape[-1:]"},
)
def layer_gamma_of_any_shape():
    """You accept a gamma of the wrong shape. Broadcasting spreads a gamma of one number without an error:
    compare its shape as well as that of beta, and raise ValueError."""


@mutant(
    of="layer_norm",
    help="#scale-and-shift",
    edits={"gamma.shape != x.shape[-1:] or beta.shape != x.shape[-1:]": "gamma.shape != x.shape[-1:]"},
)
def layer_beta_of_any_shape():
    """You accept a beta of the wrong shape. Broadcasting spreads a beta of one number without an error:
    compare its shape as well as that of gamma, and raise ValueError."""


@mutant(
    of="layer_norm_grad",
    help="#scale-and-shift",
    edits={LAYER_SCALES: "(out_grad * normalize(x, (-1,), eps)).sum(0), out_grad.sum(0)"},
)
def layer_grads_over_the_samples():
    """You sum the gradients of gamma and beta over the samples only. They are the same for every pixel of
    every sample: sum over all axes but the last."""
