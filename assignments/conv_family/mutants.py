"""Wrong ideas about the family of convolutions, and what to tell students who have them."""

from solution import original, per_axis, zeros

from grader.model.mutant import mutant

# The places of the solution that mutants edit: two that edit two places make one submission.
COVERED = "covered = dilation * (kernel - 1) + 1"
WINDOWS = "(size + 2 * padding - covered) // stride + 1"
PIXELS = "slice(d * a, d * a + s * (length - 1) + 1, s)"
MET = "met_pixels(place, lengths, s, d)"
SEEN = "met[..., g * c : (g + 1) * c]"
WEIGHTS = "w[place]"
PART = "[:, g * o : (g + 1) * o]"
OUT_PART = "slice(g * o, (g + 1) * o))"
TURNED = "w[tuple(k - 1 - a for a, k in zip(place, w.shape[:-2], strict=True))]"
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


@mutant(of="conv_length", help="#pixels-apart", edits={COVERED: "covered = kernel"})
def length_without_dilation():
    """You count windows as if their places were neighbours. With dilation d there are d - 1 pixels between
    two places, so that a window covers more than its K places: write down which pixels the first one sees."""


@mutant(of="conv_length", help="#pixels-apart", edits={COVERED: "covered = dilation * kernel"})
def window_as_long_as_all_steps():
    """You take a window to cover dilation · K pixels. Between K places there are K - 1 steps, and after the
    last place nothing follows: it covers dilation · (K - 1) + 1."""


@mutant(
    of="conv_length", help="#pixels-apart", edits={COVERED: "covered = (dilation + 1) * (kernel - 1) + 1"}
)
def dilation_taken_for_skipped_pixels():
    """You take `dilation` for the number of pixels that are skipped. Here it is the distance of two places:
    with dilation 1 they are neighbours, and with 2 one pixel is skipped."""


@mutant(
    of="conv_length",
    help="#pixels-apart",
    edits={"(size + 2 * padding - covered)": "(size + padding - covered)"},
)
def padding_counted_once():
    """You add the padding once. There are `padding` zeros on either end of the axis, which makes it
    size + 2 · padding long."""


@mutant(of="conv_length", help="#pixels-apart", edits={WINDOWS: "(size + 2 * padding - covered) // stride"})
def first_window_not_counted():
    """You are one window short. The quotient counts the steps from the first window to the last one, and
    the first window itself costs no step."""


@mutant(
    of="conv_length", help="#pixels-apart", edits={WINDOWS: "(size + 2 * padding - covered + 1) // stride"}
)
def starts_divided_by_the_stride():
    """You divide the number of places where a window could start by the stride and round down. That is right
    only if the stride leaves stride - 1 of them over: the first start counts in any case."""


# met_pixels


@mutant(of="met_pixels", help="#one-place-at-a-time", edits={PIXELS: "slice(a, a + s * (length - 1) + 1, s)"})
def places_side_by_side():
    """You leave the dilation out: place a of a window lies d · a pixels after its first place, not a."""


@mutant(of="met_pixels", help="#one-place-at-a-time", edits={PIXELS: "slice(d * a, d * a + length)"})
def windows_side_by_side():
    """You leave the stride out: the next window starts s pixels further on, and all its places with it."""


@mutant(
    of="met_pixels",
    help="#one-place-at-a-time",
    edits={PIXELS: "slice(s * a, s * a + d * (length - 1) + 1, d)"},
)
def stride_and_dilation_exchanged():
    """You have exchanged stride and dilation. The dilation is the way from one place of a window to the next
    place; the stride is the way from one window to the next window."""


@mutant(
    of="met_pixels", help="#one-place-at-a-time", edits={PIXELS: "slice(d * a, d * a + s * (length - 1), s)"}
)
def last_window_left_out():
    """Your slice stops at the pixel of the last window, which it then leaves out: a stop is not included."""


@mutant(of="met_pixels", help="#one-place-at-a-time", edits={PIXELS: "slice(d * a, None, s)"})
def no_stop():
    """Your slice goes on to the end of the axis. A place in front of others meets fewer pixels than fit
    there: the last windows' later places need room, too. There are `length` windows."""


@mutant(of="met_pixels", help="#one-place-at-a-time")
def pixels_of_the_first_axis(place, lengths, stride, dilation):
    """You give a slice for the first axis alone. There is one for each axis."""
    return original(place, lengths, stride, dilation)[:1]


@mutant(of="met_pixels", help="#one-place-at-a-time")
def pixels_of_two_axes(place, lengths, stride, dilation):
    """You give slices for height and width. There is one for each axis, however many axes there are."""
    return original(place, lengths, stride, dilation)[:2]


# conv


@mutant(of="conv", help="#pixels-apart", edits={MET: "met_pixels(place, lengths, s, (1,) * axes)"})
def conv_without_dilation():
    """Your result has the right shape, and its windows see neighbours. `dilation` belongs in the places of a
    window, not in their number alone."""


@mutant(of="conv", help="#pixels-apart", edits={MET: "met_pixels(place, lengths, s, d[:1] * axes)"})
def first_dilation_for_all_axes():
    """You use the first dilation on every axis. There is one for each of them."""


@mutant(of="conv", help="#one-place-at-a-time", edits={MET: "met_pixels(place, lengths, s[:1] * axes, d)"})
def first_stride_for_all_axes():
    """You use the first stride on every axis. There is one for each of them."""


@mutant(of="conv", help="#one-place-at-a-time", edits={ROUND: "*((0, 2 * edge) for edge in p)"})
def all_padding_at_the_end():
    """You put all zeros behind the images. There are `padding` of them on either end of each axis."""


@mutant(of="conv", help="#one-place-at-a-time", edits={ROUND: "*zip(p[::-1], p[::-1], strict=True)"})
def paddings_in_reverse():
    """You give the paddings to the axes in the reverse order. The first number belongs to the first axis
    behind the batch."""


@mutant(of="conv", help="#one-place-at-a-time", edits={WEIGHTS: TURNED})
def conv_kernel_turned():
    """You turn the kernel around. That is the convolution of mathematics; here the first place of the kernel
    meets the first pixel of a window."""


@mutant(of="conv", help="#one-place-at-a-time", edits={"out[part] = out[part] + ": "out[part] = "})
def last_place_alone():
    """Your result is what the last place of the kernel contributes. What the places give adds up."""


@mutant(of="conv", help="#groups", edits={SEEN: "met[..., :c]"})
def every_group_sees_the_first_channels():
    """All your groups see the input channels of the first group. Group g sees those from g · (C_in / groups)
    on."""


@mutant(of="conv", help="#groups", edits={SEEN: "met[..., g::groups]"})
def groups_of_every_so_many_channels():
    """You deal the input channels out like cards: 0, 2, 4 to one group, 1, 3, 5 to the other. A group is a
    run of neighbours: 0, 1, 2 and 3, 4, 5."""


@mutant(of="conv", help="#groups", edits={PART: "[:, g::groups]", OUT_PART: "slice(g, None, groups))"})
def results_of_every_so_many_channels():
    """You deal the output channels out like cards: 0, 2, 4 to one group, 1, 3, 5 to the other. A group is a
    run of neighbours: 0, 1, 2 and 3, 4, 5."""


@mutant(of="conv", help="#groups", edits={"range(groups)": "range(1)"})
def first_group_alone():
    """Only your first group has a result. Every group does the same, on its own part of the channels."""


@mutant(of="conv", help="#groups", edits={"range(groups)": "range(min(groups, 2))"})
def first_two_groups_alone():
    """Your first two groups have results, and the others have none. There are `groups` of them."""


@mutant(of="conv", help="#groups")
def kernels_of_a_channel_apart(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Where a channel has several kernels, you put the results of the first kernel of every channel first.
    Results go by groups: all of channel 0, then all of channel 1."""
    out = original(x, w, stride, padding, dilation, groups)
    if w.shape[-2] > 1 or groups == 1:
        return out
    apart = out.reshape((*out.shape[:-1], groups, out.shape[-1] // groups))
    axes = range(out.ndim - 1)
    return apart.permute((*axes, out.ndim, out.ndim - 1)).reshape(out.shape)


@mutant(of="conv", help="#one-place-at-a-time")
def one_place_at_every_pixel(x, w, stride=1, padding=0, dilation=1, groups=1):
    """You multiply at every pixel where the kernel has one place. The stride skips pixels all the same."""
    is_one = all(k == 1 for k in w.shape[:-2])
    return original(x, w, 1 if is_one else stride, padding, dilation, groups)


@mutant(of="conv", help="#one-place-at-a-time")
def pictures_only(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Your conv is written for two axes. It must do sound and scans with the same lines: take the number of
    axes from x.ndim, and loop over the places of the kernel with itertools.product."""
    _n, _height, _width, _channels = x.shape
    return original(x, w, stride, padding, dilation, groups)


@mutant(of="conv", help="#one-place-at-a-time")
def no_scans(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Your conv does sound and pictures, and fails on three axes. The number of axes is x.ndim - 2, whatever
    it is: nothing in a loop over places depends on it."""
    if x.ndim > 4:
        raise ValueError(f"too many axes: {x.shape}")
    return original(x, w, stride, padding, dilation, groups)


@mutant(of="conv", help="#one-place-at-a-time")
def conv_in_memory_order(x, w, stride=1, padding=0, dilation=1, groups=1):
    """You read the numbers of x in the order in which they lie in memory. x may be a view, with an offset
    and strides of its own."""
    return original(in_memory_order(x), w, stride, padding, dilation, groups)


# conv_x_grad


@mutant(
    of="conv_x_grad",
    help="#the-same-loop-backwards",
    edits={"x_grad[part] = x_grad[part] + ": "x_grad[part] = "},
)
def gradients_overwritten():
    """You write the contribution of a place over that of the places before. A pixel that several windows see
    gets the sum of what all of them give it."""


@mutant(
    of="conv_x_grad",
    help="#the-same-loop-backwards",
    edits={"[:, g * o : (g + 1) * o].permute((1, 0))": "[:, g * o : (g + 1) * o].reshape((o, c))"},
)
def weights_reshaped():
    """You bring the weights of a place into the right shape with a reshape. What goes back from o outputs to
    c inputs is the transpose: the weight from channel i to channel j is at (j, i) of it."""


@mutant(of="conv_x_grad", help="#the-same-loop-backwards", edits={WEIGHTS: TURNED})
def kernel_turned_in_the_loop():
    """You turn the kernel around, and you also add to the pixels that each place met. One of the two is the
    way back: where you spread out_grad over the pixels that conv read, place by place, each place keeps its
    own weights."""


@mutant(
    of="conv_x_grad", help="#the-same-loop-backwards", edits={"slice(edge, edge + length)": "slice(length)"}
)
def frame_cut_at_the_end():
    """Your result has the right length and begins with the gradient of the padding. Cut the frame off on both
    ends of each axis."""


@mutant(of="conv_x_grad", help="#the-same-loop-backwards", edits={"x_grad[(slice(None), *inner)]": "x_grad"})
def frame_kept():
    """You return the gradient of the padded images. Nobody asks for that of the zeros around them: cut them
    off, so that the result has the shape of x."""


@mutant(of="conv_x_grad", help="#pixels-apart", edits={MET: "met_pixels(place, lengths, s, (1,) * axes)"})
def x_grad_without_dilation():
    """Your gradient goes to neighbours, though the places of a window lie `dilation` pixels apart. It must
    reach the pixels that conv has read, and no others."""


@mutant(
    of="conv_x_grad",
    help="#the-same-loop-backwards",
    edits={MET: "met_pixels(place, lengths, (1,) * axes, d)"},
)
def x_grad_without_stride():
    """Your gradient goes to pixels side by side, though windows start `stride` pixels apart. It must reach
    the pixels that conv has read, and no others."""


@mutant(of="conv_x_grad", help="#groups", edits={UPSTREAM: "out_grad[..., :o]"})
def every_group_gets_the_first_gradients():
    """All your groups get the upstream gradient of the first group's output channels. Group g gets that of
    its own, from g · (C_out / groups) on."""


@mutant(of="conv_x_grad", help="#groups", edits={"slice(g * c, (g + 1) * c))": "slice(g, None, groups))"})
def gradients_of_every_so_many_channels():
    """You deal the gradient out to every so many input channels. A group's input channels are a run of
    neighbours."""


@mutant(of="conv_x_grad", help="#the-same-loop-backwards")
def x_grad_of_a_mean(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """You divide by the batch size. If the loss is a mean, that is already in out_grad."""
    return original(out_grad, w, x_shape, stride, padding, dilation, groups) / x_shape[0]


@mutant(of="conv_x_grad", help="#the-same-loop-backwards")
def x_grad_in_memory_order(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(out_grad), w, x_shape, stride, padding, dilation, groups)


@mutant(of="conv_x_grad", help="#the-same-loop-backwards")
def x_grad_without_scans(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """Your gradient does sound and pictures, and fails on three axes. The number of axes is
    len(x_shape) - 2, whatever it is."""
    if len(x_shape) > 4:
        raise ValueError(f"too many axes: {x_shape}")
    return original(out_grad, w, x_shape, stride, padding, dilation, groups)


# conv_w_grad


@mutant(of="conv_w_grad", help="#pixels-apart", edits={MET: "met_pixels(place, lengths, s, (1,) * axes)"})
def w_grad_without_dilation():
    """You let each place meet neighbours. Its weight was multiplied by pixels that lie dilation · a after the
    start of a window, and these belong in its gradient."""


@mutant(
    of="conv_w_grad",
    help="#the-same-loop-backwards",
    edits={MET: "met_pixels(place, lengths, (1,) * axes, d)"},
)
def w_grad_without_stride():
    """You let each place meet pixels side by side. Windows start `stride` pixels apart: a weight met one
    pixel in each of them."""


@mutant(
    of="conv_w_grad",
    help="#the-same-loop-backwards",
    edits={"w_grad[(*place,": "w_grad[(*(k - 1 - a for a, k in zip(place, w_shape[:-2], strict=True)),"},
)
def w_grad_turned():
    """Your gradient is turned around: what belongs to the first place of the kernel stands at the last."""


@mutant(of="conv_w_grad", help="#groups", edits={SEEN: "met[..., :c]"})
def w_grad_of_the_first_channels():
    """All your groups use the input channels of the first group. Those of group g begin at g · (C_in /
    groups)."""


@mutant(of="conv_w_grad", help="#groups", edits={UPSTREAM: "out_grad[..., g::groups]"})
def w_grad_of_every_so_many_channels():
    """You take every so many output channels for a group. A group's channels are a run of neighbours."""


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_of_the_first_image(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """Your gradient comes from the first image alone. All images went through the same kernel, and what they
    give adds up."""
    return original(x[:1], out_grad[:1], w_shape, stride, padding, dilation, groups)


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_of_a_mean(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """You divide by the batch size. If the loss is a mean, that is already in out_grad."""
    return original(x, out_grad, w_shape, stride, padding, dilation, groups) / x.shape[0]


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_in_memory_order(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """You read x in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(x), out_grad, w_shape, stride, padding, dilation, groups)


@mutant(of="conv_w_grad", help="#the-same-loop-backwards")
def w_grad_without_scans(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """Your gradient does sound and pictures, and fails on three axes. The number of axes is x.ndim - 2,
    whatever it is."""
    if x.ndim > 4:
        raise ValueError(f"too many axes: {x.shape}")
    return original(x, out_grad, w_shape, stride, padding, dilation, groups)


# transposed_length


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"stride * (size - 1)": "(size - 1)"})
def steps_of_one():
    """You leave the stride out. Two neighbours of x are `stride` pixels apart in the result."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={LENGTH: "stride * (size - 1) + dilation * (kernel - 1) + 1 - 2 * padding"},
)
def output_padding_forgotten():
    """You leave output_padding out. It is what tells the s lengths apart that a convolution with stride s
    makes equal."""


@mutant(
    of="transposed_length", help="#more-than-one-way-back", edits={"stride * (size - 1)": "stride * size"}
)
def a_step_after_the_last():
    """You count a step for each pixel. From the first to the last of n pixels there are n - 1 steps."""


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"- 2 * padding": "- padding"})
def transposed_padding_counted_once():
    """You take the padding off once. It is cut off on both ends."""


@mutant(of="transposed_length", help="#more-than-one-way-back", edits={"- 2 * padding": "+ 2 * padding"})
def padding_makes_it_longer():
    """You add the padding. It made the image longer before conv looked at it; on the way back it is cut
    off."""


@mutant(
    of="transposed_length",
    help="#more-than-one-way-back",
    edits={"dilation * (kernel - 1) + 1 - 2": "kernel - 2"},
)
def transposed_length_without_dilation():
    """You leave the dilation out. The last window reaches dilation · (K - 1) pixels beyond its start."""


# conv_transpose


@mutant(of="conv_transpose", help="#more-than-one-way-back")
def output_padding_of_zeros(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You put `output_padding` zeros behind the result. With a padding, windows reach beyond the shorter
    result, and what they spread there was cut off: a longer result keeps it."""
    short = original(x, w, stride, padding, dilation, groups)
    more = per_axis(output_padding, x.ndim - 2)
    lengths = [n + extra for n, extra in zip(short.shape[1:-1], more, strict=True)]
    out = zeros((short.shape[0], *lengths, short.shape[-1]), x.device, x.dtype)
    out[(slice(None), *(slice(n) for n in short.shape[1:-1]))] = short
    return out


@mutant(of="conv_transpose", help="#more-than-one-way-back")
def output_padding_in_front(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You put the pixels of output_padding in front. The result goes on at its end: its first pixels stay
    where they are."""
    out = original(x, w, stride, padding, dilation, groups, output_padding)
    more = per_axis(output_padding, x.ndim - 2)
    moved = zeros(out.shape, x.device, x.dtype)
    there = tuple(slice(extra, None) for extra in more)
    here = tuple(slice(n - extra) for n, extra in zip(out.shape[1:-1], more, strict=True))
    moved[(slice(None), *there)] = out[(slice(None), *here)]
    return moved


@mutant(of="conv_transpose", help="#spreading-instead-of-gathering")
def spread_kernel_turned(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You spread the kernel turned around. A pixel with a 1 in it, and zeros around it, must leave the kernel
    in the result as it stands."""
    return original(x, turned(w), stride, padding, dilation, groups, output_padding)


@mutant(of="conv_transpose", help="#spreading-instead-of-gathering")
def transposed_of_a_mean(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You divide by the batch size. This is a forward pass: no image has anything to do with the others."""
    return original(x, w, stride, padding, dilation, groups, output_padding) / x.shape[0]


@mutant(
    of="conv_transpose",
    help="#spreading-instead-of-gathering",
    edits={"conv_x_grad(x, w, shape, stride,": "conv_x_grad(x, w, shape, 1,"},
)
def spread_without_stride():
    """You spread the windows side by side. The pixels of x are `stride` apart in the result: a transposed
    convolution makes images larger."""


@mutant(
    of="conv_transpose",
    help="#spreading-instead-of-gathering",
    edits={"shape, stride, padding, dilation, groups)": "shape, stride, padding, 1, groups)"},
)
def spread_without_dilation():
    """You spread the places of the kernel over neighbours. They are `dilation` pixels apart, as in the
    convolution whose transpose this is."""


@mutant(of="conv_transpose", help="#spreading-instead-of-gathering")
def transposed_in_memory_order(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You read x in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    return original(in_memory_order(x), w, stride, padding, dilation, groups, output_padding)


# conv_transpose_x_grad


@mutant(of="conv_transpose_x_grad", help="#the-family")
def transposed_x_grad_in_memory_order(
    out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    given = in_memory_order(out_grad)
    return original(given, w, x_shape, stride, padding, dilation, groups, output_padding)


@mutant(of="conv_transpose_x_grad", help="#the-family")
def transposed_again(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """You spread a second time. The gradient of a linear map is its transpose, and the transpose of a
    transposed convolution is the convolution that you began with."""
    return original(out_grad, turned(w), x_shape, stride, padding, dilation, groups, output_padding)


@mutant(
    of="conv_transpose_x_grad",
    help="#the-family",
    edits={"conv(out_grad, w, stride, padding, dilation": "conv(out_grad, w, stride, padding, 1"},
)
def transposed_x_grad_without_dilation():
    """You leave the dilation out. Both directions use the same stride, padding, dilation and groups."""


@mutant(of="conv_transpose_x_grad", help="#the-family")
def transposed_x_grad_of_a_mean(
    out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """You divide by the batch size. If the loss is a mean, that is already in out_grad."""
    return original(out_grad, w, x_shape, stride, padding, dilation, groups, output_padding) / x_shape[0]


# conv_transpose_w_grad


@mutant(
    of="conv_transpose_w_grad",
    help="#the-family",
    edits={"w_shape, stride, padding, dilation, groups)": "w_shape, stride, padding, 1, groups)"},
)
def transposed_w_grad_without_dilation():
    """You leave the dilation out. Both directions use the same stride, padding, dilation and groups."""


@mutant(of="conv_transpose_w_grad", help="#the-family")
def transposed_w_grad_in_memory_order(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """You read out_grad in the order in which its numbers lie in memory. It may be a view, with an offset and
    strides of its own."""
    given = in_memory_order(out_grad)
    return original(x, given, w_shape, stride, padding, dilation, groups, output_padding)


@mutant(
    of="conv_transpose_w_grad",
    help="#the-family",
    edits={"conv_w_grad(out_grad, x,": "conv_w_grad(x, out_grad,"},
)
def roles_not_exchanged():
    """You call conv_w_grad as for a convolution of x. In a transposed convolution the large array is the
    result: out_grad is what windows are cut from, and x plays the part of the upstream gradient."""


@mutant(of="conv_transpose_w_grad", help="#the-family")
def transposed_w_grad_turned(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """Your gradient is turned around: what belongs to the first place of the kernel stands at the last."""
    return turned(original(x, out_grad, w_shape, stride, padding, dilation, groups, output_padding))


@mutant(of="conv_transpose_w_grad", help="#the-family")
def transposed_w_grad_of_the_first_image(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """Your gradient comes from the first image alone. All images went through the same kernel, and what they
    give adds up."""
    return original(x[:1], out_grad[:1], w_shape, stride, padding, dilation, groups, output_padding)
