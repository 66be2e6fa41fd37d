"""Wrong ideas about the family of convolutions, and what to tell students who have them."""

# `solution` is the solution as it is rendered from the templates.
from solution import original, per_axis, zeros

from grader.model.mutant import mutant

# The places of the solution that mutants edit: two that edit two places make one submission.
EXTENT = "extent = dilation * (kernel - 1) + 1"
WINDOWS = "(size + 2 * padding - extent) // stride + 1"
PIXELS = "slice(d * a, d * a + s * (length - 1) + 1, s)"
PLACE_PIXELS = "pixel_slices(place, lengths, s, d)"
CHANNELS_OF_GROUP = "pixels[..., g * c : (g + 1) * c]"
WEIGHTS = "w[place]"
PART = "[:, g * o : (g + 1) * o]"
OUT_PART = "slice(g * o, (g + 1) * o))"
TURNED_WEIGHTS = "w[tuple(k - 1 - a for a, k in zip(place, w.shape[:-2], strict=True))]"
ROUND = "*zip(p, p, strict=True)"
UPSTREAM = "out_grad[..., g * o : (g + 1) * o]"
LENGTH = "stride * (size - 1) + dilation * (kernel - 1) + 1 - 2 * padding + output_padding"


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    return a.as_strided((a.size,), (1,), 0).reshape(a.shape)


def turned(w):
    """The kernel, backwards on each of its axes."""
    return w[(*(slice(None, None, -1) for _ in w.shape[:-2]), slice(None), slice(None))]


# conv_length


@mutant(
    of="conv_length",
    help="#pixels-apart",
    edits={"min(stride, kernel, dilation) < 1": "min(stride, kernel) < 1"},
)
def any_dilation():
    """You accept a dilation of 0. Then all places of a window see the same pixel: raise ValueError."""


@mutant(of="conv_length", help="#pixels-apart", edits={" or padding < 0": ""})
def any_padding():
    """You accept a negative padding. Raise ValueError."""


@mutant(
    of="conv_length",
    help="#pixels-apart",
    edits={
        "min(stride, kernel, dilation) < 1": "min(kernel, dilation) < 1",
        ") // stride + 1": ") // (stride or 1) + 1",
    },
)
def any_stride():
    """You accept a stride of 0. Then all windows are the same one, and no number of them is the right one:
    raise ValueError."""


@mutant(
    of="conv_length",
    help="#pixels-apart",
    edits={"min(stride, kernel, dilation) < 1": "min(stride, dilation) < 1"},
)
def any_kernel():
    """You accept a kernel of 0. A window without a place sees no pixel: raise ValueError."""


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"length < 1": "False"})
def nothing_is_a_length():
    """You accept a padding that cuts off the whole result. A length of 0 or less is no length: raise
    ValueError."""


@mutant(of="conv_length", help="#pixels-apart", edits={EXTENT: "extent = kernel"})
def length_without_dilation():
    """You count windows as if the places of a window were next to each other. With dilation d there are d -
    1 pixels between two places, so a window covers more than K pixels: write down which pixels the first
    one sees."""


@mutant(of="conv_length", help="#pixels-apart", edits={EXTENT: "extent = dilation * kernel"})
def window_as_long_as_all_steps():
    """Your window covers dilation · K pixels. Between K places there are only K - 1 steps, and nothing
    follows the last place: the window covers dilation · (K - 1) + 1 pixels."""


@mutant(of="conv_length", help="#pixels-apart", edits={EXTENT: "extent = (dilation + 1) * (kernel - 1) + 1"})
def dilation_taken_for_skipped_pixels():
    """You treat `dilation` as the number of pixels to skip. Here it is the distance between two places:
    with dilation 1 they are neighbors, and with 2 one pixel is skipped."""


@mutant(
    of="conv_length",
    help="#pixels-apart",
    edits={"(size + 2 * padding - extent)": "(size + padding - extent)"},
)
def padding_counted_once():
    """You add the padding once. There are `padding` zeros at each end of the axis, so its length is size +
    2 · padding."""


@mutant(of="conv_length", help="#pixels-apart", edits={WINDOWS: "(size + 2 * padding - extent) // stride"})
def first_window_not_counted():
    """You are one window short. The quotient counts the steps from the first window to the last, and the
    first window costs no step: add 1."""


@mutant(
    of="conv_length", help="#pixels-apart", edits={WINDOWS: "(size + 2 * padding - extent + 1) // stride"}
)
def starts_divided_by_the_stride():
    """You divide the number of places where a window could start by the stride and round down. That is
    right only if the stride leaves stride - 1 of them over. The first start always counts: divide the
    number of steps and add 1."""


@mutant(of="conv_length", help="#pixels-apart", edits={"if extent > size + 2 * padding:": "if False:"})
def windows_that_do_not_fit():
    """You accept a window that covers more than the padded axis. It fits nowhere, so there is no number of
    windows to return: raise ValueError."""


# pixel_slices


@mutant(
    of="pixel_slices", help="#one-place-at-a-time", edits={PIXELS: "slice(a, a + s * (length - 1) + 1, s)"}
)
def places_side_by_side():
    """You ignore the dilation: place a of a window is d · a pixels after its first place, not a."""


@mutant(of="pixel_slices", help="#one-place-at-a-time", edits={PIXELS: "slice(d * a, d * a + length)"})
def windows_side_by_side():
    """You ignore the stride: the next window starts s pixels further on, and all its places move with
    it."""


@mutant(
    of="pixel_slices",
    help="#one-place-at-a-time",
    edits={PIXELS: "slice(s * a, s * a + d * (length - 1) + 1, d)"},
)
def stride_and_dilation_exchanged():
    """You swap stride and dilation. The dilation is the distance from one place of a window to the next;
    the stride is the distance from one window to the next."""


@mutant(
    of="pixel_slices",
    help="#one-place-at-a-time",
    edits={PIXELS: "slice(d * a, d * a + s * (length - 1), s)"},
)
def last_window_left_out():
    """Your slice stops at the pixel of the last window, so it leaves that pixel out: a slice does not
    include its stop. Stop one further."""


@mutant(of="pixel_slices", help="#one-place-at-a-time", edits={PIXELS: "slice(d * a, None, s)"})
def no_stop():
    """Your slice goes on to the end of the axis. That is too far for all but the last place, because the
    last window needs room for its later places. Take exactly `length` pixels, one for each window."""


@mutant(of="pixel_slices", help="#one-place-at-a-time")
def pixels_of_the_first_axis(place, lengths, stride, dilation):
    """You return a slice for the first axis only. Return one for each axis."""
    return original(place, lengths, stride, dilation)[:1]


@mutant(of="pixel_slices", help="#one-place-at-a-time")
def pixels_of_two_axes(place, lengths, stride, dilation):
    """You return slices for height and width only. Return one for each axis, however many axes there
    are."""
    return original(place, lengths, stride, dilation)[:2]


# conv


@mutant(of="conv", help="#pixels-apart", edits={PLACE_PIXELS: "pixel_slices(place, lengths, s, (1,) * axes)"})
def conv_without_dilation():
    """Your result has the right shape, but your windows see pixels that are next to each other. Use
    `dilation` for the places of a window, not just to count the windows."""


@mutant(
    of="conv", help="#pixels-apart", edits={PLACE_PIXELS: "pixel_slices(place, lengths, s, d[:1] * axes)"}
)
def first_dilation_for_all_axes():
    """You use the first dilation on every axis. Each axis has its own."""


@mutant(
    of="conv",
    help="#one-place-at-a-time",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, s[:1] * axes, d)"},
)
def first_stride_for_all_axes():
    """You use the first stride on every axis. Each axis has its own."""


@mutant(of="conv", help="#one-place-at-a-time", edits={ROUND: "*((0, 2 * edge) for edge in p)"})
def all_padding_at_the_end():
    """You put all zeros at the end of each axis. Put `padding` zeros at each end."""


@mutant(of="conv", help="#one-place-at-a-time", edits={ROUND: "*zip(p[::-1], p[::-1], strict=True)"})
def paddings_in_reverse():
    """You use the paddings in reverse order. The first one is for the first axis after the batch."""


@mutant(of="conv", help="#one-place-at-a-time", edits={WEIGHTS: TURNED_WEIGHTS})
def conv_kernel_turned():
    """You flip the kernel. Mathematicians do that in a convolution; here the first place of the kernel
    meets the first pixel of a window."""


@mutant(of="conv", help="#one-place-at-a-time", edits={"out[part] = out[part] + ": "out[part] = "})
def last_place_alone():
    """Your result contains only what the last place of the kernel contributes. Add up the contributions of
    all places."""


@mutant(
    of="conv",
    help="#groups",
    edits={"conv_shape(x.shape, w": "conv_shape((*x.shape[:-1], groups * w.shape[-2]), w"},
)
def channels_left_over():
    """You accept channels of x that no group of the kernel reads. x and w do not fit together then:
    `conv_shape` raises ValueError if you give it both shapes."""


@mutant(of="conv", help="#groups", edits={CHANNELS_OF_GROUP: "pixels[..., :c]"})
def every_group_sees_the_first_channels():
    """All your groups see the input channels of the first group. Those of group g begin at g · (C_in /
    groups)."""


@mutant(of="conv", help="#groups", edits={WEIGHTS + PART: WEIGHTS + "[:, :o]"})
def every_group_uses_the_first_weights():
    """All your groups use the weights of the first group. Group g has its own columns of w: they begin at
    g · (C_out / groups)."""


@mutant(of="conv", help="#groups", edits={CHANNELS_OF_GROUP: "pixels[..., g::groups]"})
def groups_of_every_so_many_channels():
    """You deal out the input channels like cards: 0, 2, 4 to one group, 1, 3, 5 to the other. A group is a
    run of neighbors: 0, 1, 2 and 3, 4, 5."""


@mutant(of="conv", help="#groups", edits={PART: "[:, g::groups]", OUT_PART: "slice(g, None, groups))"})
def results_of_every_so_many_channels():
    """You deal out the output channels like cards: 0, 2, 4 to one group, 1, 3, 5 to the other. A group is a
    run of neighbors: 0, 1, 2 and 3, 4, 5."""


@mutant(of="conv", help="#groups", edits={"range(groups)": "range(1)"})
def first_group_alone():
    """Only your first group has a result. Do the same for every group, each with its own channels."""


@mutant(of="conv", help="#groups", edits={"range(groups)": "range(min(groups, 2))"})
def first_two_groups_alone():
    """Only your first two groups have results. There are `groups` of them."""


@mutant(of="conv", help="#groups")
def kernels_of_a_channel_apart(x, w, stride=1, padding=0, dilation=1, groups=1):
    """If a channel has several kernels, you put the results of every channel's first kernel first. Results
    are in the order of the groups: all of channel 0, then all of channel 1."""
    out = original(x, w, stride, padding, dilation, groups)
    if w.shape[-2] > 1 or groups == 1:
        return out
    apart = out.reshape((*out.shape[:-1], groups, out.shape[-1] // groups))
    axes = range(out.ndim - 1)
    return apart.permute((*axes, out.ndim, out.ndim - 1)).reshape(out.shape)


@mutant(of="conv", help="#one-place-at-a-time")
def one_place_at_every_pixel(x, w, stride=1, padding=0, dilation=1, groups=1):
    """If the kernel has one place, you multiply at every pixel. The stride skips pixels here too."""
    is_one = all(k == 1 for k in w.shape[:-2])
    return original(x, w, 1 if is_one else stride, padding, dilation, groups)


@mutant(of="conv", help="#one-place-at-a-time")
def pictures_only(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Your conv works only for two axes. The same lines must handle sound and scans: take the number of
    axes from x.ndim, and loop over the places of the kernel with itertools.product."""
    _n, _height, _width, _channels = x.shape
    return original(x, w, stride, padding, dilation, groups)


@mutant(of="conv", help="#one-place-at-a-time")
def no_scans(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Your conv works for sound and pictures, but fails on scans, which have three axes. Use x.ndim - 2 as
    the number of axes: no line inside the loop over places depends on it."""
    if x.ndim > 4:
        raise ValueError(f"too many axes: {x.shape}")
    return original(x, w, stride, padding, dilation, groups)


@mutant(of="conv", help="#one-place-at-a-time")
def conv_in_memory_order(x, w, stride=1, padding=0, dilation=1, groups=1):
    """You read the numbers of x in the order of its buffer. x may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), w, stride, padding, dilation, groups)


# conv_x_grad


@mutant(
    of="conv_x_grad",
    help="#the-same-loop-backwards",
    edits={"x_grad[part] = x_grad[part] + ": "x_grad[part] = "},
)
def gradients_overwritten():
    """Each place overwrites what the places before it contributed. A pixel in several windows gets the sum
    of all their contributions."""


@mutant(
    of="conv_x_grad",
    help="#the-same-loop-backwards",
    edits={"[:, g * o : (g + 1) * o].permute((1, 0))": "[:, g * o : (g + 1) * o].reshape((o, c))"},
)
def weights_reshaped():
    """You bring the weights of a place into the right shape with a reshape. To go back from o outputs to c
    inputs you need the transpose: the weight from channel i to channel j is at (j, i)."""


@mutant(
    of="conv_x_grad",
    help="#the-family",
    edits={
        "if tuple(out_grad.shape) != expected:": "if False:",
        "n, *lengths, c_out = expected": "n, *lengths, c_out = out_grad.shape",
    },
)
def gradient_of_any_length():
    """You accept an out_grad of the wrong shape. Compare its shape with that of conv's result, and raise
    ValueError if they differ."""


@mutant(of="conv_x_grad", help="#the-same-loop-backwards", edits={WEIGHTS: TURNED_WEIGHTS})
def kernel_turned_in_the_loop():
    """You flip the kernel, but you also add to the pixels that each place met. Do only one of the two. If
    you spread out_grad over the pixels that conv read, place by place, each place keeps its own weights: do
    not flip."""


@mutant(
    of="conv_x_grad", help="#the-same-loop-backwards", edits={"slice(edge, edge + length)": "slice(length)"}
)
def frame_cut_at_the_end():
    """Your result has the right length, but it begins with the gradient of the padding. Cut the padding off
    at both ends of each axis."""


@mutant(of="conv_x_grad", help="#the-same-loop-backwards", edits={"x_grad[(slice(None), *inner)]": "x_grad"})
def frame_kept():
    """You return the gradient of the padded images. The zeros around them need no gradient: cut them off,
    so that the result has the shape of x."""


@mutant(
    of="conv_x_grad",
    help="#pixels-apart",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, s, (1,) * axes)"},
)
def x_grad_without_dilation():
    """Your gradient goes to pixels that are next to each other, but the places of a window are `dilation`
    pixels apart. It must reach exactly the pixels that conv read."""


@mutant(
    of="conv_x_grad",
    help="#the-same-loop-backwards",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, (1,) * axes, d)"},
)
def x_grad_without_stride():
    """Your gradient treats windows as if they started one pixel apart, but they start `stride` pixels
    apart. It must reach exactly the pixels that conv read."""


@mutant(of="conv_x_grad", help="#groups", edits={UPSTREAM: "out_grad[..., :o]"})
def every_group_gets_the_first_gradients():
    """All your groups get the upstream gradient of the first group's output channels. The output channels
    of group g begin at g · (C_out / groups)."""


@mutant(of="conv_x_grad", help="#groups", edits={"slice(g * c, (g + 1) * c))": "slice(g, None, groups))"})
def gradients_of_every_so_many_channels():
    """You deal out the gradient to the input channels like cards. A group's input channels are a run of
    neighbors."""


@mutant(of="conv_x_grad", help="#the-same-loop-backwards")
def x_grad_of_a_mean(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """You divide by the batch size. If the loss is a mean, out_grad already contains that division."""
    return original(out_grad, w, x_shape, stride, padding, dilation, groups) / x_shape[0]


@mutant(of="conv_x_grad", help="#the-same-loop-backwards")
def x_grad_in_memory_order(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    return original(in_memory_order(out_grad), w, x_shape, stride, padding, dilation, groups)


@mutant(of="conv_x_grad", help="#the-same-loop-backwards")
def x_grad_without_scans(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """Your gradient works for sound and pictures, but fails on scans, which have three axes. Use
    len(x_shape) - 2 as the number of axes."""
    if len(x_shape) > 4:
        raise ValueError(f"too many axes: {x_shape}")
    return original(out_grad, w, x_shape, stride, padding, dilation, groups)


# conv_w_grad


@mutant(
    of="conv_w_grad",
    help="#pixels-apart",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, s, (1,) * axes)"},
)
def w_grad_without_dilation():
    """You match each place with pixels that are next to each other. Place a met the pixels dilation · a
    after the start of each window: use those for the gradient of its weight."""


@mutant(
    of="conv_w_grad",
    help="#the-same-loop-backwards",
    edits={PLACE_PIXELS: "pixel_slices(place, lengths, (1,) * axes, d)"},
)
def w_grad_without_stride():
    """You treat windows as if they started one pixel apart. They start `stride` pixels apart, and a weight
    met one pixel in each of them."""


@mutant(
    of="conv_w_grad",
    help="#the-same-loop-backwards",
    edits={"w_grad[(*place,": "w_grad[(*(k - 1 - a for a, k in zip(place, w_shape[:-2], strict=True)),"},
)
def w_grad_turned():
    """Your gradient is flipped: the last place has the gradient that belongs to the first place."""


@mutant(
    of="conv_w_grad",
    help="#the-family",
    edits={
        "if tuple(out_grad.shape) != expected:": "if False:",
        "n, *lengths, c_out = expected": "n, *lengths, c_out = out_grad.shape",
    },
)
def w_grad_of_any_length():
    """You accept an out_grad that is shorter than the output. Then some windows count for nothing: compare
    its shape with that of the output, and raise ValueError."""


@mutant(of="conv_w_grad", help="#groups", edits={CHANNELS_OF_GROUP: "pixels[..., :c]"})
def w_grad_of_the_first_channels():
    """All your groups use the input channels of the first group. Those of group g begin at g · (C_in /
    groups)."""


@mutant(
    of="conv_w_grad",
    help="#groups",
    edits={"(*place, slice(None), slice(g * o, (g + 1) * o))": "(*place, slice(g * c, (g + 1) * c))"},
)
def w_grad_of_a_group_along_the_channels_in():
    """You write the gradient of group g to the input channels from g · (C_in / groups) on. The kernel has
    only C_in / groups of them, the same for each group: its groups are next to each other on the last axis,
    the output channels."""


@mutant(of="conv_w_grad", help="#groups", edits={UPSTREAM: "out_grad[..., g::groups]"})
def w_grad_of_every_so_many_channels():
    """You deal out the output channels to the groups like cards. A group's channels are a run of
    neighbors."""


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_of_the_first_image(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """Your gradient uses only the first image. All images went through the same kernel: add up their
    contributions."""
    return original(x[:1], out_grad[:1], w_shape, stride, padding, dilation, groups)


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_of_a_mean(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """You divide by the batch size. If the loss is a mean, out_grad already contains that division."""
    return original(x, out_grad, w_shape, stride, padding, dilation, groups) / x.shape[0]


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_in_memory_order(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), out_grad, w_shape, stride, padding, dilation, groups)


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_without_scans(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """Your gradient works for sound and pictures, but fails on scans, which have three axes. Use x.ndim - 2
    as the number of axes."""
    if x.ndim > 4:
        raise ValueError(f"too many axes: {x.shape}")
    return original(x, out_grad, w_shape, stride, padding, dilation, groups)


# transposed_length


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"stride * (size - 1)": "(size - 1)"})
def steps_of_one():
    """You ignore the stride. Two neighbors in x are `stride` pixels apart in the result."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={LENGTH: "stride * (size - 1) + dilation * (kernel - 1) + 1 - 2 * padding"},
)
def output_padding_forgotten():
    """You ignore output_padding. A convolution with stride s maps s different lengths to the same one, and
    output_padding tells which of them you need."""


@mutant(
    of="transposed_length", help="#more-than-one-way-back", edits={"stride * (size - 1)": "stride * size"}
)
def a_step_after_the_last():
    """You count one step for each pixel. From the first to the last of n pixels there are n - 1 steps."""


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"- 2 * padding": "- padding"})
def transposed_padding_counted_once():
    """You subtract the padding once. It is cut off at both ends."""


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"- 2 * padding": "+ 2 * padding"})
def padding_makes_it_longer():
    """You add the padding. conv made the image longer by the padding; the transpose cuts it off again, so
    subtract it."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={"dilation * (kernel - 1) + 1 - 2": "kernel - 2"},
)
def transposed_length_without_dilation():
    """You ignore the dilation. The last window reaches dilation · (K - 1) pixels beyond its start."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={"if not 0 <= output_padding < stride:": "if output_padding < 0:"},
)
def any_output_padding():
    """You accept an output_padding of `stride` or more. No convolution with this stride leaves so many pixels
    over: raise ValueError unless it is at least 0 and below the stride."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={"if not 0 <= output_padding < stride:": "if output_padding >= stride:"},
)
def any_negative_output_padding():
    """You accept a negative output_padding. It is added to the shortest of the possible lengths, so raise
    ValueError if it is below 0."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={"min(size, stride, kernel, dilation) < 1": "min(stride, kernel, dilation) < 1"},
)
def a_length_for_no_pixels():
    """You accept a size of 0. No convolution gives an image without pixels: raise ValueError for a size below
    1."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={"if min(size, stride, kernel, dilation) < 1 or padding < 0:": "if size < 1:"},
)
def numbers_that_conv_length_rejects():
    """You accept numbers that `conv_length` rejects. There is no such convolution to transpose: raise
    ValueError for the same strides, kernels, dilations and paddings."""


# conv_transpose


@mutant(of="conv_transpose", help="#more-than-one-way-back")
def output_padding_of_zeros(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You append `output_padding` zeros to the result. But with a padding, windows reach beyond the shorter
    result, and what they spread there was cut off. A longer result keeps it."""
    short = original(x, w, stride, padding, dilation, groups)
    more = per_axis(output_padding, x.ndim - 2)
    lengths = [n + extra for n, extra in zip(short.shape[1:-1], more, strict=True)]
    out = zeros((short.shape[0], *lengths, short.shape[-1]), x.device, x.dtype)
    out[(slice(None), *(slice(n) for n in short.shape[1:-1]))] = short
    return out


@mutant(of="conv_transpose", help="#more-than-one-way-back")
def output_padding_in_front(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You put the pixels of output_padding in front. Put them at the end: the first pixels of the result
    stay where they are."""
    out = original(x, w, stride, padding, dilation, groups, output_padding)
    more = per_axis(output_padding, x.ndim - 2)
    moved = zeros(out.shape, x.device, x.dtype)
    there = tuple(slice(extra, None) for extra in more)
    here = tuple(slice(n - extra) for n, extra in zip(out.shape[1:-1], more, strict=True))
    moved[(slice(None), *there)] = out[(slice(None), *here)]
    return moved


@mutant(of="conv_transpose", help="#spreading-instead-of-gathering")
def spread_kernel_turned(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You spread the flipped kernel. If one pixel of x is 1 and the pixels around it are 0, the result must
    show the kernel itself, not flipped."""
    return original(x, turned(w), stride, padding, dilation, groups, output_padding)


@mutant(of="conv_transpose", help="#spreading-instead-of-gathering")
def transposed_of_a_mean(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You divide by the batch size. This is a forward pass: no image affects another one's result."""
    return original(x, w, stride, padding, dilation, groups, output_padding) / x.shape[0]


@mutant(
    of="conv_transpose",
    help="#spreading-instead-of-gathering",
    edits={"conv_x_grad(x, w, shape, stride,": "conv_x_grad(x, w, shape, 1,"},
)
def spread_without_stride():
    """You spread the windows one pixel apart. The pixels of x are `stride` apart in the result: a
    transposed convolution makes images larger."""


@mutant(
    of="conv_transpose",
    help="#spreading-instead-of-gathering",
    edits={"shape, stride, padding, dilation, groups)": "shape, stride, padding, 1, groups)"},
)
def spread_without_dilation():
    """You spread the places of the kernel over pixels that are next to each other. They are `dilation`
    pixels apart, as in the convolution whose transpose this is."""


@mutant(of="conv_transpose", help="#spreading-instead-of-gathering")
def transposed_in_memory_order(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), w, stride, padding, dilation, groups, output_padding)


# conv_transpose_x_grad


@mutant(
    of="conv_transpose_x_grad",
    help="#the-family",
    edits={"if tuple(out_grad.shape) != expected:": "if False:"},
)
def transposed_x_grad_of_any_length():
    """You accept an out_grad of another length, because conv maps several lengths to the same one. Compare
    its shape with `transposed_shape`, and raise ValueError."""


@mutant(of="conv_transpose_x_grad", help="#the-family")
def transposed_x_grad_in_memory_order(
    out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    given = in_memory_order(out_grad)
    return original(given, w, x_shape, stride, padding, dilation, groups, output_padding)


@mutant(of="conv_transpose_x_grad", help="#the-family")
def transposed_again(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You spread out_grad, as the forward pass spread x. The gradient of a linear map is its transpose, and
    the transpose of a transposed convolution is the original convolution."""
    return original(out_grad, turned(w), x_shape, stride, padding, dilation, groups, output_padding)


@mutant(
    of="conv_transpose_x_grad",
    help="#the-family",
    edits={"conv(out_grad, w, stride, padding, dilation": "conv(out_grad, w, stride, padding, 1"},
)
def transposed_x_grad_without_dilation():
    """You ignore the dilation. Both directions use the same stride, padding, dilation and groups."""


@mutant(of="conv_transpose_x_grad", help="#the-family")
def transposed_x_grad_of_a_mean(
    out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """You divide by the batch size. If the loss is a mean, out_grad already contains that division."""
    return original(out_grad, w, x_shape, stride, padding, dilation, groups, output_padding) / x_shape[0]


# conv_transpose_w_grad


@mutant(
    of="conv_transpose_w_grad",
    help="#the-family",
    edits={"w_shape, stride, padding, dilation, groups)": "w_shape, stride, padding, 1, groups)"},
)
def transposed_w_grad_without_dilation():
    """You ignore the dilation. Both directions use the same stride, padding, dilation and groups."""


@mutant(
    of="conv_transpose_w_grad",
    help="#the-family",
    edits={"if tuple(out_grad.shape) != expected:": "if False:"},
)
def transposed_w_grad_of_any_length():
    """You accept an out_grad of another length, because conv maps several lengths to the same one. Compare
    its shape with `transposed_shape`, and raise ValueError."""


@mutant(of="conv_transpose_w_grad", help="#the-family")
def transposed_w_grad_in_memory_order(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """You read the numbers of out_grad in the order of its buffer. It may be a view, with its own offset
    and strides."""
    given = in_memory_order(out_grad)
    return original(x, given, w_shape, stride, padding, dilation, groups, output_padding)


@mutant(
    of="conv_transpose_w_grad",
    help="#the-family",
    edits={"conv_w_grad(out_grad, x,": "conv_w_grad(x, out_grad,"},
)
def roles_not_exchanged():
    """You call conv_w_grad as if for a convolution of x. In a transposed convolution the result is the
    large array: cut the windows from out_grad, and use x as the upstream gradient."""


@mutant(of="conv_transpose_w_grad", help="#the-family")
def transposed_w_grad_turned(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """Your gradient is flipped: the last place has the gradient that belongs to the first place."""
    return turned(original(x, out_grad, w_shape, stride, padding, dilation, groups, output_padding))


@mutant(of="conv_transpose_w_grad", help="#the-family")
def transposed_w_grad_of_the_first_image(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """Your gradient uses only the first image. All images went through the same kernel: add up their
    contributions."""
    return original(x[:1], out_grad[:1], w_shape, stride, padding, dilation, groups, output_padding)
