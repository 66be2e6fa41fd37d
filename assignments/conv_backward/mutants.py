"""Wrong ideas about convolution's gradients, and what to tell students who have them."""

# `solution` is the solution as it is rendered from the templates.
from solution import NDArray, conv, dilate, flip, normalize_axes, original, output_shape, pad, pair, zeros

from grader.model.mutant import mutant

# The places of the solution's gradients that mutants edit: two that edit two places make one submission.
FLIPPED = "flip(w, (0, 1))"
EXCHANGED = ".permute((0, 1, 3, 2))"
GAPS = "dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)"
KEPT = ": height + 2 * p_h - k_h + 1, : width + 2 * p_w - k_w + 1"
EDGE = "k_h - 1 - p_h, k_w - 1 - p_w"
FRAME = "((0, 0), (edge_h, edge_h), (edge_w, edge_w), (0, 0))"
LAST = "return conv(pad("
PAIRS = "pair(stride), pair(padding)"
SIDES = "k_h, k_w, _, _ = w.shape"
OTHER_SHAPE = "out_grad.shape != expected"
NOTHING_OVER = "assert (height + 2 * p_h - k_h) % s_h == (width + 2 * p_w - k_w) % s_w == 0\n    "
THROUGH = "out_grad.permute((1, 2, 0, 3))"
BACK = "w_grad.permute((1, 2, 0, 3))"
ROUND = "((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))"


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    return a.as_strided((a.size,), (1,), 0).reshape(a.shape)


def listed(axes):
    """One axis or several as a list."""
    return [axes] if isinstance(axes, int) else list(axes)


def backwards(a, axes, offset):
    """`a` with the strides of some axes turned around, from `offset` on."""
    chosen = normalize_axes(axes, a.ndim)
    strides = tuple(-step if axis in chosen else step for axis, step in enumerate(a.strides))
    return a.as_strided(a.shape, strides, offset)


def way_to_the_end(a, axes):
    """How far in memory the first element is from the last one along some axes."""
    return sum(a.strides[axis] * (a.shape[axis] - 1) for axis in normalize_axes(axes, a.ndim))


def repeated(a, axis, times):
    """`a` with each element `times` times in a row along an axis."""
    before, n, behind = a.shape[:axis], a.shape[axis], a.shape[axis + 1 :]
    wide = a.reshape((*before, n, 1, *behind)).broadcast_to((*before, n, times, *behind))
    return wide.reshape((*before, n * times, *behind))


def of_the_output(out_grad, x_shape, w_shape, stride, padding):
    """ValueError unless out_grad has the shape of conv's result."""
    expected = output_shape(x_shape, w_shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError((out_grad.shape, expected))


def share_of_each_weight(out_grad, w):
    """Each place (a, b) of the kernel, with what its weights give to the pixels that they met: NHWC."""
    (n, out_h, out_w, c_out), (k_h, k_w, c_in, _) = out_grad.shape, w.shape
    rows = out_grad.reshape((n * out_h * out_w, c_out))
    for a in range(k_h):
        for b in range(k_w):
            yield a, b, (rows @ w[a, b].permute((1, 0))).reshape((n, out_h, out_w, c_in))


def without_first(x_shape, w_shape, stride, padding):
    """The height and width of conv's result, if each axis had (n + 2p - K + 1) // s windows."""
    axes = zip(x_shape[1:3], w_shape[:2], pair(stride), pair(padding), strict=True)
    return tuple((n + 2 * p - k + 1) // s for n, k, s, p in axes)


def gaps_filled(out_grad, stride):
    """out_grad with s - 1 zeros after each element, the last one too."""
    s_h, s_w = pair(stride)
    return dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)


def first(a, rows, columns):
    """The first rows and columns of a batch of pictures."""
    return a[:, :rows, :columns]


def positions(x_shape, w_shape, padding):
    """How many positions a kernel has on the padded picture: (H + 2p - K + 1, and for the width likewise)."""
    (p_h, p_w), (_, height, width, _) = pair(padding), x_shape
    return height + 2 * p_h - w_shape[0] + 1, width + 2 * p_w - w_shape[1] + 1


def as_for_stride_1(out_grad, x_shape, w_shape, stride, padding):
    """out_grad as it would be for stride 1, with zeros for the windows that the stride skipped."""
    return first(gaps_filled(out_grad, stride), *positions(x_shape, w_shape, padding))


def without_the_last_zeros(out_grad, stride):
    """out_grad with zeros between its elements, and none after the last one."""
    (s_h, s_w), (_, out_h, out_w, _) = pair(stride), out_grad.shape
    return first(gaps_filled(out_grad, stride), (out_h - 1) * s_h + 1, (out_w - 1) * s_w + 1)


def left_over(x_shape, w_shape, stride, padding):
    """How many rows and columns of the padded picture are in no window."""
    return tuple((n - 1) % s for n, s in zip(positions(x_shape, w_shape, padding), pair(stride), strict=True))


def gaps_and_rest(out_grad, x_shape, w_shape, stride, padding):
    """out_grad with the gaps filled up to its last element, then a zero for each pixel that is left over."""
    rest_h, rest_w = left_over(x_shape, w_shape, stride, padding)
    return pad(without_the_last_zeros(out_grad, stride), ((0, 0), (0, rest_h), (0, rest_w), (0, 0)))


def spread_to_the_last(out_grad, x_shape, w_shape, stride, padding):
    """out_grad for stride 1, written into a slice that stops before its last row and its last column."""
    (n, out_h, out_w, c_out), (s_h, s_w) = out_grad.shape, pair(stride)
    full = zeros((n, *positions(x_shape, w_shape, padding), c_out), out_grad.device, out_grad.dtype)
    full[:, : s_h * (out_h - 1) : s_h, : s_w * (out_w - 1) : s_w] = out_grad
    return full


def turned(w):
    """The kernel that slides backward: flipped on its spatial axes, the channel axes exchanged."""
    return flip(w, (0, 1)).permute((0, 1, 3, 2))


def edges(w, padding):
    """How many zeros the gradient slides over on either side of its height and width: K - 1 - p."""
    (p_h, p_w), (k_h, k_w, _, _) = pair(padding), w.shape
    return k_h - 1 - p_h, k_w - 1 - p_w


def pad_images(x, rows, columns):
    """`x` between as many rows and columns of zeros on either side."""
    return pad(x, ((0, 0), (rows, rows), (columns, columns), (0, 0)))


def slide_back(full_grad, kernel, edge):
    """A gradient for stride 1, framed by zeros, under a kernel."""
    return conv(pad_images(full_grad, *edge), kernel)


def slide_over_x(x, full_grad, padding):
    """A gradient for stride 1 as the kernel, over the padded x: (C_in, KH, KW, C_out)."""
    return conv(pad_images(x, *pair(padding)).permute((3, 1, 2, 0)), full_grad.permute((1, 2, 0, 3)))


# conv


@mutant(of="conv", help="#before-you-start")
def kernel_turned_around(x, w, stride=1, padding=0):
    """Your conv flips the kernel before it slides. In the forward pass the kernel is not flipped. Use the
    conv that you wrote for the previous assignment; only the gradient of x needs a flip."""
    return original(x, flip(w, (0, 1)), stride, padding)


@mutant(of="conv", help="#before-you-start")
def padding_forgotten(x, w, stride=1, padding=0):
    """Your conv does not pad x, so there are too few windows. Add p zeros at both ends of each spatial
    axis."""
    return original(x, w, stride, 0)


@mutant(of="conv", help="#before-you-start")
def windows_one_pixel_apart(x, w, stride=1, padding=0):
    """Your conv uses the stride to count the windows, but not to place them: they start one pixel apart.
    Output (i, j) belongs to the window that starts at row s·i and column s·j of the padded picture."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    return first(original(x, w, 1, padding), out_h, out_w)


@mutant(of="conv", help="#before-you-start")
def channels_first_in_the_window(x, w, stride=1, padding=0):
    """Your conv orders the numbers of a window and of a kernel differently: one has channels first, the
    other has row and column first. All shapes fit, but each product multiplies two numbers that do not
    belong together. In which order are the numbers of w once you reshape it?"""
    k_h, k_w, c_in, c_out = w.shape
    return original(x, w.reshape((c_in, k_h, k_w, c_out)).permute((1, 2, 0, 3)), stride, padding)


@mutant(of="conv", help="#before-you-start")
def channels_first_in_the_kernel(x, w, stride=1, padding=0):
    """You move the channels of w to the front before you reshape it, but your windows have the channels
    last. All shapes fit, but each product multiplies two numbers that do not belong together. w already has
    the order of the window: row, column, channel."""
    return original(x, w.permute((2, 0, 1, 3)).reshape(w.shape), stride, padding)


@mutant(of="conv", help="#before-you-start")
def numbers_exchanged_in_pairs(x, w, stride=1, padding=0):
    """Your conv uses the first number of stride and padding for the width and the second for the height. A
    pair is (height, width), in the order of the axes."""
    return original(x, w, pair(stride)[::-1], pair(padding)[::-1])


@mutant(of="conv", help="#before-you-start")
def pictures_read_in_memory_order(x, w, stride=1, padding=0):
    """Your conv reads x from the start of its buffer, as if it were compact. x may be a view: its strides
    and its offset say where each pixel is."""
    return original(in_memory_order(x), w, stride, padding)


@mutant(of="conv", help="#before-you-start")
def padding_of_the_height_for_both_in_conv(x, w, stride=1, padding=0):
    """Your conv uses the padding of the height for the width too. A pair is (height, width): put the second
    number of columns at the left and at the right."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    p, _ = pair(padding)
    return first(original(x, w, stride, p), out_h, out_w)


@mutant(of="conv", help="#before-you-start")
def strides_taken_before_padding_in_conv(x, w, stride=1, padding=0):
    """Your conv takes the strides of x before it pads x. The padded picture has longer rows, so one row down
    is further in its memory than it was in x. Pad first, and read the strides of the result."""
    (s_h, s_w), (k_h, k_w, c_in, c_out) = pair(stride), w.shape
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    image, row, column, channel = x.strides
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = pad_images(x, *pair(padding)).as_strided((n, out_h, out_w, k_h, k_w, c_in), steps)
    out = windows.reshape((n * out_h * out_w, k_h * k_w * c_in)) @ w.reshape((k_h * k_w * c_in, c_out))
    return out.reshape((n, out_h, out_w, c_out))


# dilate


@mutant(of="dilate", help="#filling-the-gaps")
def one_zero_too_many(a, axes, dilation):
    """You put one zero too many after each element. `dilation` is the number of zeros: with 2, the elements
    `2 4` become `2 0 0 4 0 0`. From one element to the next it is dilation + 1 places."""
    return original(a, axes, dilation + 1)


@mutant(of="dilate", help="#filling-the-gaps")
def dilation_taken_for_the_step(a, axes, dilation):
    """You put the elements `dilation` places apart. But `dilation` is the number of zeros between two
    elements: count the places from the 2 to the 4 in `2 0 0 4 0 0`."""
    return original(a, axes, max(dilation, 1) - 1)


@mutant(of="dilate", help="#filling-the-gaps")
def values_repeated(a, axes, dilation):
    """You fill the gaps with copies of the element before them. Fill them with 0: a window that was never
    taken has no influence on the loss."""
    for axis in normalize_axes(axes, a.ndim):
        a = repeated(a, axis, dilation + 1)
    return a


@mutant(of="dilate", help="#filling-the-gaps")
def no_zeros_after_the_last(a, axes, dilation):
    """You put zeros between the elements, but none after the last one. Every element is followed by its
    zeros, the last one too, so n elements become n · (dilation + 1)."""
    chosen = normalize_axes(axes, a.ndim)
    out = original(a, axes, dilation)
    end = [max(n - dilation, 0) if axis in chosen else n for axis, n in enumerate(out.shape)]
    return out[tuple(slice(n) for n in end)]


@mutant(of="dilate", help="#filling-the-gaps")
def zeros_in_front(a, axes, dilation):
    """You put the zeros before each element. They belong after it: element 0 stays at place 0, and element
    i moves to place i · (dilation + 1)."""
    return flip(original(flip(a, axes), axes, dilation), axes)


@mutant(of="dilate", help="#filling-the-gaps")
def dilated_on_every_axis(a, axes, dilation):
    """You dilate all axes of the array. Dilate only the axes in `axes`; the others, such as batch and
    channels, keep their lengths."""
    return original(a, range(a.ndim), dilation)


@mutant(of="dilate", help="#filling-the-gaps")
def dilated_on_one_axis(a, axes, dilation):
    """You dilate only the first axis in `axes`. With axes 1 and 2 the result has both rows of zeros and
    columns of zeros: look at the example with two axes."""
    return original(a, listed(axes)[:1], dilation)


@mutant(of="dilate", help="#filling-the-gaps")
def dilated_on_the_last_axis_only(a, axes, dilation):
    """You dilate only the last axis in `axes`. If you go from axis to axis, each step must start with the
    result of the step before it, not with `a` again."""
    return original(a, listed(axes)[-1:], dilation)


@mutant(of="dilate", help="#filling-the-gaps")
def negative_axes_not_dilated(a, axes, dilation):
    """You ignore negative axes. A negative axis counts from the end, as everywhere in Python: of four axes,
    -1 is axis 3. `normalize_axes` turns negative axes into ordinary ones."""
    return original(a, [axis for axis in listed(axes) if axis >= 0], dilation)


@mutant(of="dilate", help="#filling-the-gaps")
def minus_dropped_in_dilate(a, axes, dilation):
    """You treat axis -3 as axis 3. A negative axis counts from the end: of four axes, -1 is axis 3, and -3
    is axis 1. `normalize_axes` turns negative axes into ordinary ones."""
    return original(a, [abs(axis) for axis in listed(axes)], dilation)


@mutant(of="dilate", help="#filling-the-gaps")
def negative_dilation_taken_for_none(a, axes, dilation):
    """You accept a negative `dilation`. There is no such number of zeros, and it does not stand for 0: raise
    ValueError."""
    return original(a, axes, max(dilation, 0))


@mutant(of="dilate", help="#filling-the-gaps")
def no_elements_left_alone(a, axes, dilation):
    """You return an array without elements unchanged. It still has a shape: the axes in `axes` grow as
    always, and the other axes keep their lengths."""
    return a if a.size == 0 else original(a, axes, dilation)


@mutant(of="dilate", help="#reading-an-axis-backwards")
def dilated_in_memory_order(a, axes, dilation):
    """You copy the numbers in the order of the buffer, from its start. The elements of a view may be in
    another order: its offset and its strides say where they are."""
    return original(in_memory_order(a), axes, dilation)


@mutant(of="dilate", help="#filling-the-gaps")
def axes_that_are_not_there_left_out(a, axes, dilation):
    """You accept an axis that the array does not have. To leave it out hides a mistake of the caller: raise
    IndexError. `normalize_axes` does it for you."""
    return original(a, [axis for axis in listed(axes) if -a.ndim <= axis < a.ndim], dilation)


@mutant(of="dilate", help="#filling-the-gaps", edits={"raise ValueError": "raise AssertionError"})
def negative_dilation_asserted():
    """You refuse a negative dilation with `assert`, which raises AssertionError. Raise ValueError, as the
    docstring says: a caller can catch it, and Python can run without assertions."""


@mutant(of="dilate", help="#filling-the-gaps")
def all_zeros_behind_the_elements(a, axes, dilation):
    """You put all zeros of an axis after its last element, and the elements stay next to each other. Each
    element is followed by its own zeros: with 2, the elements `2 4` become `2 0 0 4 0 0`."""
    out = zeros(original(a, axes, dilation).shape, a.device, a.dtype)
    out[tuple(map(slice, a.shape))] = a
    return out


@mutant(of="undilate", help="#filling-the-gaps")
def last_of_each_kept(a, axes, dilation):
    """You keep the last of every dilation + 1 elements. The zeros come after the element that they belong
    to, so you keep zeros. Keep the first of each."""
    chosen = normalize_axes(axes, a.ndim)
    last = slice(dilation, None, dilation + 1)
    return a[tuple(last if axis in chosen else slice(None) for axis in range(a.ndim))]


@mutant(of="undilate", help="#filling-the-gaps")
def every_dilation_th_kept(a, axes, dilation):
    """You keep one of every `dilation` elements. In `2 0 0 4 0 0` each element has 2 zeros after it: how
    many places is it from the 2 to the 4?"""
    return original(a, axes, dilation - 1)


@mutant(of="undilate", help="#filling-the-gaps")
def first_part_kept(a, axes, dilation):
    """Your result has the right length, but you keep elements that are next to each other. undilate removes
    the zeros in between: keep one element, skip the next `dilation`, keep one, and so on."""
    return a[tuple(slice(n) for n in original(a, axes, dilation).shape)]


@mutant(of="undilate", help="#filling-the-gaps")
def undilated_on_every_axis(a, axes, dilation):
    """You skip elements on all axes of the array. Only the axes in `axes` get shorter."""
    return original(a, range(a.ndim), dilation)


@mutant(of="undilate", help="#filling-the-gaps")
def undilated_on_one_axis(a, axes, dilation):
    """You remove the zeros only along the first axis in `axes`. Remove them along each axis in it."""
    return original(a, listed(axes)[:1], dilation)


@mutant(of="undilate", help="#filling-the-gaps")
def negative_axes_not_undilated(a, axes, dilation):
    """You ignore negative axes. A negative axis counts from the end: of four axes, -1 is axis 3.
    `normalize_axes` turns negative axes into ordinary ones."""
    return original(a, [axis for axis in listed(axes) if axis >= 0], dilation)


@mutant(of="undilate", help="#filling-the-gaps")
def minus_dropped_in_undilate(a, axes, dilation):
    """You treat axis -3 as axis 3. A negative axis counts from the end: of four axes, -1 is axis 3, and -3
    is axis 1. `normalize_axes` turns negative axes into ordinary ones."""
    return original(a, sorted({abs(axis) for axis in listed(axes)}), dilation)


@mutant(of="undilate", help="#reading-an-axis-backwards")
def undilated_in_memory_order(a, axes, dilation):
    """You pick the elements from the start of the buffer, as if the array were compact. It may be a view:
    keep its offset, and multiply its own strides."""
    return original(in_memory_order(a), axes, dilation)


@mutant(of="undilate", help="#reading-an-axis-backwards")
def offset_dropped_in_undilate(a, axes, dilation):
    """Your undilate starts at the first element of the buffer. The array may be a view with an offset of
    its own. Element 0 is at that offset, and your result begins with it."""
    kept = original(a, axes, dilation)
    return a.as_strided(kept.shape, kept.strides, 0)


@mutant(of="undilate", help="#reading-an-axis-backwards")
def undilate_copies(a, axes, dilation):
    """Your undilate copies the elements that it keeps. They are right, but undilate returns a view: what
    someone writes to the array later must show in the result. Change the strides, and copy nothing."""
    return original(a, axes, dilation).copy()


@mutant(of="undilate", help="#filling-the-gaps", edits={"if dilation < 0:": "if False:"})
def undilated_backwards():
    """You accept a negative dilation. A slice with the step dilation + 1 would then run backward, and there
    is no such number of zeros: raise ValueError."""


@mutant(of="undilate", help="#filling-the-gaps")
def length_of_undilate_rounded_down(a, axes, dilation):
    """You divide the length by dilation + 1 and round down. If the last element has fewer than `dilation`
    elements after it, you lose it: round up."""
    kept = original(a, axes, dilation)
    chosen = normalize_axes(axes, a.ndim)
    lengths = [n // (dilation + 1) if axis in chosen else n for axis, n in enumerate(a.shape)]
    return kept[tuple(map(slice, lengths))]


@mutant(of="undilate", help="#filling-the-gaps", edits={"raise ValueError": "raise AssertionError"})
def negative_dilation_asserted_in_undilate():
    """You refuse a negative dilation with `assert`, which raises AssertionError. Raise ValueError, as the
    docstring says: a caller can catch it, and Python can run without assertions."""


@mutant(of="undilate", help="#filling-the-gaps")
def length_of_undilate_must_divide(a, axes, dilation):
    """You reshape each axis into groups of dilation + 1 elements. That fails if the last element has fewer
    than `dilation` zeros after it. A slice with the step dilation + 1 works for every length."""
    if dilation < 0:
        raise ValueError(dilation)
    for axis in normalize_axes(axes, a.ndim):
        groups = a.shape[axis] // (dilation + 1)
        a = a.reshape((*a.shape[:axis], groups, dilation + 1, *a.shape[axis + 1 :]))
        a = a[(slice(None),) * (axis + 1) + (0,)]
    return a


# flip


@mutant(of="flip", help="#reading-an-axis-backwards")
def flipped_on_one_axis(a, axes):
    """You flip only the first axis in `axes`. Read each of them backward, and let each add its own part to
    the offset."""
    return original(a, listed(axes)[:1])


@mutant(of="flip", help="#reading-an-axis-backwards")
def flipped_on_every_axis(a, axes):
    """You reverse all axes of the array. Reverse only those in `axes`: when you flip a kernel on its
    spatial axes, its channels stay in order."""
    return original(a, range(a.ndim))


@mutant(of="flip", help="#reading-an-axis-backwards")
def exchanged_for_flipped(a, axes):
    """You swap axes. flip leaves each axis in place and reads it from its end to its start: `1 2 3` becomes
    `3 2 1`, and the shape stays the same."""
    chosen = normalize_axes(axes, a.ndim)
    order = dict(zip(chosen, reversed(chosen), strict=True))
    return a.permute([order.get(axis, axis) for axis in range(a.ndim)])


@mutant(of="flip", help="#reading-an-axis-backwards")
def slice_stopped_at_minus_one(a, axes):
    """Your slice runs from the last element to the stop -1. There -1 means the last element again, so
    nothing is left. Leave the stop out: `a[::-1]` goes on to the first element."""
    chosen = normalize_axes(axes, a.ndim)
    return a[tuple(slice(n - 1, -1, -1) if i in chosen else slice(None) for i, n in enumerate(a.shape))]


@mutant(of="flip", help="#reading-an-axis-backwards")
def start_at_the_size(a, axes):
    """You start one step too far, n steps after the first element. The last of n elements is n - 1 steps
    after the first. For the buffer `5 6 7 8` flipped, the offset is 3."""
    return backwards(a, axes, a.offset + sum(a.strides[i] * a.shape[i] for i in normalize_axes(axes, a.ndim)))


@mutant(of="flip", help="#reading-an-axis-backwards")
def start_at_the_first(a, axes):
    """You negate the strides but keep the offset, so you start at the first element and walk out of the
    array. To read backward, start at the last element."""
    return backwards(a, axes, a.offset)


@mutant(of="flip", help="#reading-an-axis-backwards")
def offset_of_the_view_dropped(a, axes):
    """You compute the offset as if the array began at the start of its buffer. It may be a view with an
    offset of its own: add your steps to that offset. See `b` in the handout's table."""
    return backwards(a, axes, way_to_the_end(a, axes))


@mutant(of="flip", help="#reading-an-axis-backwards")
def start_at_the_end_of_the_buffer(a, axes):
    """You start at the last element of the buffer. But the buffer may be longer than the array, and if you
    flip only some axes, the result does not start at the array's last element. Start at the array's own
    offset, and let each flipped axis add its part."""
    return backwards(a, axes, a.buffer.size - 1)


@mutant(of="flip", help="#reading-an-axis-backwards")
def negative_axes_not_flipped(a, axes):
    """You ignore negative axes. A negative axis counts from the end: of three axes, -1 is axis 2.
    `normalize_axes` turns negative axes into ordinary ones."""
    return original(a, [axis for axis in listed(axes) if axis >= 0])


@mutant(of="flip", help="#reading-an-axis-backwards")
def minus_dropped_in_flip(a, axes):
    """You treat axis -2 as axis 2. A negative axis counts from the end: of three axes, -1 is axis 2, and -2
    is axis 1. `normalize_axes` turns negative axes into ordinary ones."""
    return original(a, [abs(axis) for axis in listed(axes)])


@mutant(of="flip", help="#reading-an-axis-backwards")
def no_elements_before_the_start(a, axes):
    """Along an axis of length 0 you move n - 1 = -1 steps, so you start before the buffer does. Without
    elements there is no last one to start at: leave the offset as it is."""
    chosen = normalize_axes(axes, a.ndim)
    strides = tuple(-step if axis in chosen else step for axis, step in enumerate(a.strides))
    return NDArray(a.buffer, a.shape, strides, a.offset + way_to_the_end(a, axes), a.device)


@mutant(of="flip", help="#reading-an-axis-backwards")
def backwards_stays_backwards(a, axes):
    """You make the stride negative, whatever it was. If an axis already runs backward through memory, it
    must run forward after the flip: change the sign of its stride, and start at what was its last
    element."""
    chosen = normalize_axes(axes, a.ndim)
    strides = tuple(-abs(step) if axis in chosen else step for axis, step in enumerate(a.strides))
    return a.as_strided(a.shape, strides, a.offset + way_to_the_end(a, axes))


@mutant(of="flip", help="#reading-an-axis-backwards")
def axes_that_run_backwards_left_alone(a, axes):
    """You do not flip an axis that already runs backward through memory. After the flip it must run
    forward: change the sign of its stride, and start at what was its last element."""
    return original(a, [axis for axis in normalize_axes(axes, a.ndim) if a.strides[axis] > 0])


@mutant(of="flip", help="#reading-an-axis-backwards")
def flip_copies(a, axes):
    """Your flip copies the elements. They are right, but flip returns a view: what someone writes to the
    array later must show in the result. Change the offset and the strides, and copy nothing."""
    return original(a, axes).copy()


@mutant(of="flip", help="#reading-an-axis-backwards")
def flipped_in_place(a, axes):
    """You reverse the elements in the array that you were given. The caller still needs it as it was. flip
    writes nothing: it reads the same memory in another order."""
    a[...] = original(a, axes)
    return a


@mutant(of="flip", help="#reading-an-axis-backwards")
def flip_copies_from_the_start_of_the_buffer(a, axes):
    """You read the elements from the start of the buffer, perhaps into a copy. The array may be a view:
    begin with its own offset, and move it to the last element of each flipped axis. Copy nothing."""
    start = NDArray(a.buffer, a.shape, a.strides, 0, a.device)
    return original(start, axes).copy()


@mutant(of="flip", help="#reading-an-axis-backwards")
def offset_not_moved_on_axes_that_run_backwards(a, axes):
    """If an axis runs backward through memory, you change the sign of its stride but keep the offset. The
    last element is (n - 1) times the stride away. That number is negative here; add it all the same."""
    chosen = [axis for axis in normalize_axes(axes, a.ndim) if a.strides[axis] > 0]
    return backwards(a, axes, a.offset + way_to_the_end(a, chosen))


@mutant(of="conv", help="#before-you-start")
def windows_counted_without_the_first(x, w, stride=1, padding=0):
    """You compute (H + 2p - K + 1) // s windows. That is right only if the stride leaves s - 1 pixels over.
    The first window costs no step, so there are (H + 2p - K) // s + 1 windows."""
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    rows = (x.shape[1] + 2 * p_h - w.shape[0] + 1) // s_h
    columns = (x.shape[2] + 2 * p_w - w.shape[1] + 1) // s_w
    return first(original(x, w, stride, padding), rows, columns)


@mutant(of="conv", help="#before-you-start")
def stride_of_conv_taken_for_one_number(x, w, stride=1, padding=0):
    """Your conv treats `stride` as one number. It may also be a pair (height, width): `pair(stride)` always
    returns two numbers."""
    return original(x, w, stride + 0, padding)


@mutant(of="conv", help="#before-you-start")
def padding_of_conv_taken_for_one_number(x, w, stride=1, padding=0):
    """Your conv treats `padding` as one number. It may also be a pair (height, width): `pair(padding)`
    always returns two numbers."""
    return original(x, w, stride, padding + 0)


@mutant(of="conv", help="#before-you-start")
def kernel_of_conv_taken_as_square(x, w, stride=1, padding=0):
    """Your conv uses the kernel's height for its width too. KH and KW may differ: w has shape (KH, KW, C_in,
    C_out), and a window is as wide as the kernel."""
    k, (s_h, s_w) = w.shape[0], pair(stride)
    x = pad_images(x, *pair(padding))
    n, height, width, c_in = x.shape
    image, row, column, channel = x.strides
    rows, columns = (height - k) // s_h + 1, (width - k) // s_w + 1
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = x.as_strided((n, rows, columns, k, k, c_in), steps)
    out = windows.reshape((n * rows * columns, k * k * c_in)) @ w.reshape((k * k * c_in, w.shape[3]))
    return out.reshape((n, rows, columns, w.shape[3]))


@mutant(of="flip", help="#reading-an-axis-backwards")
def flipped_once_if_named_twice(a, axes):
    """You accept an axis that is named twice. Raise ValueError: `normalize_axes` does it for you."""
    return original(a, sorted({axis % a.ndim for axis in listed(axes)}))


# conv_x_grad


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={FLIPPED: "w"})
def kernel_not_flipped():
    """Your weights meet out_grad in reverse order. Follow one input pixel: the first window that covers it
    multiplies it by the kernel's last row and column, and the last window by its first. If you slide the
    kernel over out_grad, flip it. If you add each output's share to its own window, do not flip it."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={FLIPPED: "flip(w, 0)"})
def kernel_flipped_on_its_height_only():
    """You flip the kernel's rows, but not its columns. When the window moves right, a pixel moves left
    through the kernel, just as it moves up when the window moves down. Flip both spatial axes."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={FLIPPED: "flip(w, (1, 2))"})
def kernel_flipped_on_axes_1_and_2():
    """You flip axes 1 and 2 of the kernel. Those are the spatial axes of a batch of pictures. A kernel has
    no batch axis: w is (KH, KW, C_in, C_out), so flip axes 0 and 1."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={EXCHANGED: ".transpose((0, 1, 3, 2))"})
def transpose_called_in_x_grad():
    """You call `transpose`, which is a method of NumPy's arrays. An NDArray has `permute`: it takes the new
    order of all axes."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={FLIPPED: "flip(w, (0, 1, 2, 3))"})
def channels_flipped_too():
    """You reverse the order of the channels as well. The kernel slides only over height and width, so flip
    only those axes. Swap the two channel axes; do not reverse them."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={EXCHANGED: ".permute(0, 1, 3, 2)"})
def numbers_given_to_permute_in_x_grad():
    """You give `permute` four numbers, as in PyTorch. An NDArray's `permute` takes the order of all axes as
    one argument, a tuple: `permute((0, 1, 3, 2))`."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={EXCHANGED: ".permute((1, 0, 3, 2))"})
def height_and_width_of_the_kernel_exchanged():
    """You flip the kernel, but you also swap its height and its width. Rows stay rows and columns stay
    columns: only the two channel axes trade places."""


@mutant(
    of="conv_x_grad",
    help="#why-the-kernel-is-flipped",
    edits={FLIPPED + EXCHANGED: "w.permute((1, 0, 3, 2))"},
)
def kernel_transposed_for_flipped():
    """You swap the kernel's height and width; you should flip both axes. It is the large matrix A that is
    transposed. Read the rows of its transpose: the kernel appears there backward, `3 2 1`."""


@mutant(of="conv_x_grad", help="#why-the-kernel-is-flipped", edits={EXCHANGED: ""})
def channels_not_exchanged():
    """Your kernel still expects C_in channels, but out_grad has C_out. At one position a convolution is a
    dense layer, and its transpose goes from C_out back to C_in: swap the two channel axes of the kernel."""


@mutant(
    of="conv_x_grad",
    help="#why-the-kernel-is-flipped",
    edits={EXCHANGED: ".reshape((k_h, k_w, w.shape[3], w.shape[2]))"},
)
def channels_reshaped():
    """You get the channel axes to the right lengths with a reshape. A reshape leaves all numbers in their
    order, so the weights of one channel end up in another. Swap the axes with permute."""


@mutant(of="conv_x_grad", help="#filling-the-gaps", edits={GAPS: "out_grad"})
def no_dilation():
    """You slide over out_grad as if the stride were 1. The stride skipped some windows, and without them
    the result is too small. What is the gradient of a window that was never taken, and where does it
    belong?"""


@mutant(of="conv_x_grad", help="#filling-the-gaps", edits={GAPS: "dilate(dilate(out_grad, 1, s_h), 2, s_w)"})
def dilated_by_the_stride():
    """You put s zeros after each element of out_grad. From one window to the next the stride skips only s -
    1 positions: compare the two matrices A in the handout, for stride 1 and for stride 2."""


@mutant(
    of="conv_x_grad", help="#filling-the-gaps", edits={GAPS: "repeated(repeated(out_grad, 1, s_h), 2, s_w)"}
)
def gaps_filled_with_copies():
    """You fill the gaps that the stride left with copies of the gradient before them. A window that was
    never taken has no influence on the loss, so its gradient is zero."""


@mutant(of="conv_x_grad", help="#filling-the-gaps")
def stride_on_the_way_back(out_grad, w, x_shape, stride=1, padding=0):
    """You use the stride a second time: your kernel also moves over out_grad in steps of s. In the forward
    pass the stride made the output smaller; the gradient must be as large as x again. Move the kernel in
    steps of 1, and put the gaps into out_grad."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    return conv(pad_images(out_grad, *edges(w, padding)), turned(w), stride)


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={EDGE: "k_h - 1, k_w - 1"})
def gradient_of_the_padded_picture():
    """You put K - 1 zeros on either side, whatever the padding is. So you compute the gradient of the
    padded picture, which is p too long at both ends. The padding needs no gradient: put K - 1 - p zeros on
    either side."""


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded")
def frame_cut_at_one_end(out_grad, w, x_shape, stride=1, padding=0):
    """You compute the gradient of the padded picture and keep its first H rows and W columns. The shape is
    right, but everything is p too far down and to the right. The padding is at both ends: cut p off at
    each."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    full = as_for_stride_1(out_grad, x_shape, w.shape, stride, padding)
    return first(slide_back(full, turned(w), edges(w, 0)), x_shape[1], x_shape[2])


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded")
def frame_cut_up_to_minus_zero(out_grad, w, x_shape, stride=1, padding=0):
    """You cut the padding off with a slice that ends at -p. That works while p is positive. If p is 0 the
    slice ends at -0, which is 0, and is empty. Compute the end as a number counted from the start."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    full = as_for_stride_1(out_grad, x_shape, w.shape, stride, padding)
    p_h, p_w = pair(padding)
    return slide_back(full, turned(w), edges(w, 0))[:, p_h:-p_h, p_w:-p_w].compact()


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={EDGE: "p_h, p_w"})
def padding_of_the_forward_pass():
    """You pad out_grad by p, as x was padded. That is right only if p = (K - 1) / 2. In the transposed
    matrix, the first row begins with the last weight that sees pixel 0: the more zeros the forward pass
    adds, the fewer you need here."""


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={EDGE: "k_h - p_h, k_w - p_w"})
def one_zero_too_many_at_the_edge():
    """You pad out_grad by K - p, one zero too many on either side. Without padding, a kernel of 3 needs two
    zeros in front, so that its last place meets G[0] for pixel 0."""


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={EDGE: "k_h // 2, k_w // 2"})
def half_a_kernel_at_the_edge():
    """You pad out_grad by half a kernel, K // 2. That keeps the size, which is right only if the forward
    pass kept it too. The number of zeros depends on p."""


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={FRAME: "((0, 0), (max(edge_h, 0),) * 2, (max(edge_w, 0),) * 2, (0, 0))"},
)
def negative_edge_taken_for_none():
    """If K - 1 - p is negative, you pad by nothing. The outermost windows saw only zeros, so their
    gradients reach no pixel: cut them off. The `pad` in the handout accepts negative numbers."""


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={
        KEPT: ": height + k_h - 1 - 2 * max(k_h - 1 - p_h, 0), : width + k_w - 1 - 2 * max(k_w - 1 - p_w, 0)",
        FRAME: "((0, 0), (max(edge_h, 0),) * 2, (max(edge_w, 0),) * 2, (0, 0))",
    },
)
def negative_edge_limited_to_0():
    """You limit K - 1 - p to 0, and cut out_grad at its end to get the length right. If the number is
    negative, take that many elements away at *both* ends: the outermost windows saw only zeros."""


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={LAST: 'if min(edge_h, edge_w) < 0:\n        raise ValueError("too much padding")\n    ' + LAST},
)
def negative_edge_refused():
    """You refuse a padding of more than K - 1. It is allowed: the outermost windows then see only zeros,
    and K - 1 - p is negative. Cut that many elements off; `pad` can do it."""


@mutant(of="conv_x_grad", help="#filling-the-gaps")
def cropped_before_dilation(out_grad, w, x_shape, stride=1, padding=0):
    """If K - 1 - p is negative, you cut whole outputs off out_grad before you fill the gaps. But the number
    counts places after the gaps are filled, and many of those are zeros. With a larger stride, a window
    that you threw away may have seen pixels of the picture. Dilate first, then cut."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    cut_h, cut_w = (max(-edge, 0) for edge in edges(w, padding))
    rows, columns = positions(x_shape, w.shape, padding)
    kept = pad(out_grad, ((0, 0), (-cut_h, -cut_h), (-cut_w, -cut_w), (0, 0)))
    edge_h, edge_w = edges(w, padding)
    full = first(gaps_filled(kept, stride), rows - 2 * cut_h, columns - 2 * cut_w)
    return slide_back(full, turned(w), (max(edge_h, 0), max(edge_w, 0)))


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over", edits={KEPT: ":, :"})
def cut_forgotten():
    """You keep all zeros that dilation put after the last element, so your result is s - 1 - r too long and
    reaches beyond the picture. That is right only if the stride leaves s - 1 pixels over. Use H to compute
    how many zeros to keep."""


@mutant(
    of="conv_x_grad",
    help="#what-the-stride-leaves-over",
    edits={KEPT: ": out_grad.shape[1] - s_h + 1, : out_grad.shape[2] - s_w + 1"},
)
def remainder_ignored():
    """Your result ends with the last pixel that a window touched, so it is r too short. The r pixels that
    the stride left over have a gradient too: zero. You get `x_shape` because out_grad alone cannot tell you
    r."""


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over")
def remainder_taken_for_one(out_grad, w, x_shape, stride=1, padding=0):
    """If the stride leaves any pixels over, you add exactly one. With a stride of 3 or more there can be
    several: r = (H + 2p - K) mod s. Each has a gradient, which is zero."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    rest_h, rest_w = left_over(x_shape, w.shape, stride, padding)
    (s_h, s_w), (_, out_h, out_w, _) = pair(stride), out_grad.shape
    rows, columns = (out_h - 1) * s_h + 1 + min(rest_h, 1), (out_w - 1) * s_w + 1 + min(rest_w, 1)
    return slide_back(first(gaps_filled(out_grad, stride), rows, columns), turned(w), edges(w, padding))


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over")
def remainder_by_the_stride_of_the_height(out_grad, w, x_shape, stride=1, padding=0):
    """You use the stride of the height to compute what is left over of the width. Each axis has its own
    stride: the width leaves over (W + 2p_w - KW) mod s_w."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    rest_h, rest_w = left_over(x_shape, w.shape, (pair(stride)[0],) * 2, padding)
    full = pad(without_the_last_zeros(out_grad, stride), ((0, 0), (0, rest_h), (0, rest_w), (0, 0)))
    return slide_back(full, turned(w), edges(w, padding))


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over")
def padding_cut_before_the_remainder(out_grad, w, x_shape, stride=1, padding=0):
    """You cut p off at both ends of a result that still lacks the pixels that the stride left over, and add
    their zeros afterward. The last p of the padded picture may be pixels that no window saw: bring the
    result to the length H + 2p first, then cut."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    p_h, p_w = pair(padding)
    short = slide_back(without_the_last_zeros(out_grad, stride), turned(w), edges(w, 0))
    short = short[:, p_h : short.shape[1] - p_h, p_w : short.shape[2] - p_w]
    _, rows, columns, _ = short.shape
    return pad(short, ((0, 0), (0, x_shape[1] - rows), (0, x_shape[2] - columns), (0, 0)))


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over")
def remainder_at_the_top_left(out_grad, w, x_shape, stride=1, padding=0):
    """You add zeros for the pixels that the stride left over, but at the wrong end: they come first, and
    everything else is r too far down and to the right. The first window starts at 0, so the pixels left
    over come after the last window."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    rest_h, rest_w = left_over(x_shape, w.shape, stride, padding)
    full = pad(without_the_last_zeros(out_grad, stride), ((0, 0), (rest_h, 0), (rest_w, 0), (0, 0)))
    return slide_back(full, turned(w), edges(w, padding))


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over")
def remainder_of_the_unpadded_picture(out_grad, w, x_shape, stride=1, padding=0):
    """You compute what the stride left over from H - K, without the padding. The windows slid over the
    padded picture: r = (H + 2p - K) mod s."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    short, rest = without_the_last_zeros(out_grad, stride), left_over(x_shape, w.shape, stride, 0)
    full = pad(short, ((0, 0), (0, rest[0]), (0, rest[1]), (0, 0)))
    return slide_back(full, turned(w), edges(w, padding))


@mutant(of="conv_x_grad", help="#before-you-start", edits={OTHER_SHAPE: "False"})
def out_grad_of_any_shape():
    """You accept an out_grad that does not have the shape of the output. The result may have the right shape
    all the same, and wrong numbers. Compare it with `output_shape`, and raise ValueError."""


@mutant(
    of="conv_x_grad",
    help="#before-you-start",
    edits={OTHER_SHAPE: "out_grad.shape[1:3] != without_first(x_shape, w.shape, stride, padding)"},
)
def out_grad_expected_without_the_first_window():
    """You expect out_grad to have (H + 2p - K + 1) // s rows, and refuse the right shape. The first window
    costs no step: there are (H + 2p - K) // s + 1 windows, as `output_shape` says."""


@mutant(of="conv_x_grad", help="#the-forward-pass-is-a-linear-map")
def last_window_wins(out_grad, w, x_shape, stride=1, padding=0):
    """You go from window to window, and where windows overlap you overwrite what was there. A pixel in
    several windows affects the output of each: its gradient is the *sum* over these windows. The mistake
    does not show if no windows overlap."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), (n, height, width, c_in) = pair(stride), pair(padding), x_shape
    (_, out_h, out_w, c_out), (k_h, k_w) = out_grad.shape, w.shape[:2]
    x_grad = zeros((n, height + 2 * p_h, width + 2 * p_w, c_in), w.device, w.dtype)
    kernels = w.reshape((k_h * k_w * c_in, c_out)).permute((1, 0))
    for i in range(out_h):
        for j in range(out_w):
            part = out_grad[:, i : i + 1, j : j + 1].reshape((n, c_out)) @ kernels
            rows, columns = slice(s_h * i, s_h * i + k_h), slice(s_w * j, s_w * j + k_w)
            x_grad[:, rows, columns] = part.reshape((n, k_h, k_w, c_in))
    return x_grad[:, p_h : p_h + height, p_w : p_w + width]


@mutant(of="conv_x_grad", help="#the-forward-pass-is-a-linear-map")
def last_weight_wins(out_grad, w, x_shape, stride=1, padding=0):
    """You go from weight to weight of the kernel, and each overwrites what the one before wrote. A pixel in
    several windows met a different weight in each: its gradient is the *sum* of these shares. The mistake
    does not show if no windows overlap."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), (n, height, width, c_in) = pair(stride), pair(padding), x_shape
    _, out_h, out_w, _ = out_grad.shape
    x_grad = zeros((n, height + 2 * p_h, width + 2 * p_w, c_in), w.device, w.dtype)
    for a, b, share in share_of_each_weight(out_grad, w):
        x_grad[:, a : a + s_h * out_h : s_h, b : b + s_w * out_w : s_w] = share
    return x_grad[:, p_h : p_h + height, p_w : p_w + width]


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over")
def pixels_to_the_end_of_the_picture(out_grad, w, x_shape, stride=1, padding=0):
    """You add the share of a weight to every s-th pixel up to the end of the picture. There may be more such
    pixels than windows. Stop after the last window: with H' windows, the slice of row a ends at
    a + s·(H' - 1) + 1."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), (n, height, width, c_in) = pair(stride), pair(padding), x_shape
    x_grad = zeros((n, height + 2 * p_h, width + 2 * p_w, c_in), w.device, w.dtype)
    for a, b, share in share_of_each_weight(out_grad, w):
        x_grad[:, a::s_h, b::s_w] = x_grad[:, a::s_h, b::s_w] + share
    return x_grad[:, p_h : p_h + height, p_w : p_w + width]


@mutant(of="conv_x_grad", help="#the-forward-pass-is-a-linear-map")
def out_grad_ignored(out_grad, w, x_shape, stride=1, padding=0):
    """Your gradient is the same for every out_grad: it is the gradient of the sum of the outputs. Multiply
    each output's share by its own G. With an out_grad of ones the mistake does not show."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    return original(out_grad * 0.0 + 1.0, w, x_shape, stride, padding)


@mutant(of="conv_x_grad", help="#the-forward-pass-is-a-linear-map")
def divided_by_the_batch(out_grad, w, x_shape, stride=1, padding=0):
    """You divide by the number of pictures. If the loss is a mean over them, out_grad already contains that
    division. Every picture has its own gradient here: divide by nothing."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    return original(out_grad, w, x_shape, stride, padding) / x_shape[0]


@mutant(of="conv_x_grad", help="#the-forward-pass-is-a-linear-map")
def gradient_in_float64(out_grad, w, x_shape, stride=1, padding=0):
    """Your gradient is in float64. A gradient has the dtype of out_grad and w. NumPy's `zeros` makes float64
    unless you give it a dtype."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    x_grad = zeros(x_shape, w.device, "float64")
    x_grad[...] = original(out_grad, w, x_shape, stride, padding).numpy()
    return x_grad


@mutant(of="conv_x_grad", help="#the-forward-pass-is-a-linear-map")
def first_gradient_for_all_pictures(out_grad, w, x_shape, stride=1, padding=0):
    """Every picture of the batch gets the gradient of the first one. Each has its own out_grad: follow N
    through your code."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    return original(out_grad, w, x_shape, stride, padding)[:1].broadcast_to(x_shape)


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={PAIRS: "pair(stride), (pair(padding)[0],) * 2"},
)
def padding_of_the_height_for_both():
    """You use the padding of the height for the width too. A pair is (height, width): use the first number
    for the rows and the second for the columns."""


@mutant(
    of="conv_x_grad",
    help="#filling-the-gaps",
    edits={PAIRS: "(pair(stride)[0],) * 2, pair(padding)"},
)
def stride_of_the_height_for_both():
    """You dilate both axes by the stride of the height. A pair is (height, width): the columns have a
    stride of their own."""


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={SIDES: "k_h, k_w = w.shape[0], w.shape[0]"},
)
def kernel_taken_as_square():
    """You use the kernel's height in place of its width. KH and KW may differ: put KW - 1 - p zeros at the
    left and at the right."""


@mutant(of="conv_x_grad", help="#reading-an-axis-backwards")
def w_read_in_memory_order(out_grad, w, x_shape, stride=1, padding=0):
    """You read w from the start of its buffer, as if it were compact. It may be a view: keep its offset and
    its strides when you flip it and swap its axes."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    return original(out_grad, in_memory_order(w), x_shape, stride, padding)


@mutant(of="conv_x_grad", help="#reading-an-axis-backwards")
def out_grad_read_in_memory_order(out_grad, w, x_shape, stride=1, padding=0):
    """You read out_grad from the start of its buffer, as if it were compact. It may be a view, with its own
    offset and strides."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    return original(in_memory_order(out_grad), w, x_shape, stride, padding)


@mutant(of="conv_x_grad", help="#reading-an-axis-backwards")
def kernel_turned_in_place(out_grad, w, x_shape, stride=1, padding=0):
    """Your gradient is right, but you change w: you flip the kernel by writing into w itself. The next
    forward pass still needs it. A flipped view of w does not change the memory."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    w[...] = flip(w, (0, 1))
    return original(out_grad, flip(w, (0, 1)), x_shape, stride, padding)


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={LAST: "assert min(edge_h, edge_w) >= 0\n    " + LAST},
)
def negative_edge_asserted_away():
    """You assert that the padding is at most K - 1. It may be larger: the outermost windows then see only
    zeros, and K - 1 - p is negative. Cut that many elements off; `pad` accepts negative numbers."""


CENTERED = "(height - out_grad.shape[1] + k_h - 1) // 2, (width - out_grad.shape[2] + k_w - 1) // 2"
NO_LAST_ZEROS = ": out_grad.shape[1] - s_h + 1, : out_grad.shape[2] - s_w + 1"


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={KEPT: NO_LAST_ZEROS, EDGE: CENTERED})
def edge_centered_from_the_shapes():
    """You choose the number of zeros at the edge so that the lengths fit, (H - length + K - 1) // 2 at each
    end. But all pixels that the stride left over come after the last window, not half of them in front.
    Bring out_grad to H + 2p - K + 1 first, then put K - 1 - p zeros at both ends."""


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={KEPT: ":, :", EDGE: CENTERED})
def edge_centered_around_all_zeros():
    """You keep all zeros that dilation put after the last element, and balance them at both edges, (H -
    length + K - 1) // 2. The extra zeros are only at the end: cut them there, and put K - 1 - p zeros at
    both ends."""


@mutant(
    of="conv_x_grad",
    help="#filling-the-gaps",
    edits={GAPS: "dilate(dilate(out_grad, 1, s_w - 1), 2, s_h - 1)"},
)
def strides_exchanged():
    """You dilate the rows by the stride of the width, and the columns by that of the height. A pair is
    (height, width): its first number is for axis 1."""


@mutant(of="conv_x_grad", help="#filling-the-gaps")
def strides_exchanged_with_what_they_leave_over(out_grad, w, x_shape, stride=1, padding=0):
    """You use the stride of the width for the height, and vice versa: for the zeros that you fill in, and for
    the pixels that the stride leaves over. A pair is (height, width): its first number is for axis 1."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    full = gaps_and_rest(out_grad, x_shape, w.shape, pair(stride)[::-1], padding)
    return slide_back(full, turned(w), edges(w, padding))


@mutant(of="conv_x_grad", help="#filling-the-gaps")
def last_place_left_out_of_the_slice(out_grad, w, x_shape, stride=1, padding=0):
    """You write out_grad into a slice that stops at the place of its last row, and leaves that place out: a
    slice does not include its stop. With H' rows, stop at s·(H' - 1) + 1."""
    of_the_output(out_grad, x_shape, w.shape, stride, padding)
    full = spread_to_the_last(out_grad, x_shape, w.shape, stride, padding)
    return slide_back(full, turned(w), edges(w, padding))


@mutant(of="conv_x_grad", help="#what-the-stride-leaves-over", edits={LAST: NOTHING_OVER + LAST})
def left_over_asserted_away():
    """You assert that the stride leaves no pixels over. It may leave some: then the last pixels are in no
    window, and their gradient is zero. The division rounds down, as in `output_size`."""


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={EDGE: "k_h - 1 - p_w, k_w - 1 - p_h"})
def paddings_exchanged():
    """You use the padding of the width for the height, and vice versa. A pair is (height, width), in the
    order of the axes."""


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={EDGE: "k_w - 1 - p_h, k_h - 1 - p_w"})
def kernel_axes_exchanged_at_the_edge():
    """You use the kernel's width for the rows at the edge, and its height for the columns. KH belongs to
    the height: put KH - 1 - p_h zeros above and below."""


@mutant(of="conv_x_grad", help="#before-you-start", edits={PAIRS: "(stride + 0, stride + 0), pair(padding)"})
def stride_taken_for_one_number():
    """You treat `stride` as one number. It may also be a pair (height, width): `pair(stride)` always
    returns two numbers."""


@mutant(of="conv_x_grad", help="#before-you-start", edits={PAIRS: "pair(stride), (padding + 0, padding + 0)"})
def padding_taken_for_one_number():
    """You treat `padding` as one number. It may also be a pair (height, width): `pair(padding)` always
    returns two numbers."""


@mutant(
    of="conv_x_grad",
    help="#the-forward-pass-is-a-linear-map",
    edits={", transposed)": ", transposed) / (k_h * k_w)"},
)
def mean_over_the_kernel():
    """You divide by the number of weights in a kernel. A pixel's gradient is the sum over the windows that
    saw it: divide by nothing."""


@mutant(
    of="conv_x_grad",
    help="#when-the-forward-pass-padded",
    edits={"pad(out_grad, " + FRAME + "), transposed": "out_grad, transposed, 1, (edge_h, edge_w)"},
)
def edge_given_to_conv_as_its_padding():
    """You give K - 1 - p to conv as its padding, and conv refuses a negative one. If p is larger than K - 1,
    the outermost windows saw only zeros: cut that many elements off at both ends. `pad` accepts negative
    numbers."""


LENGTHS = "height - out_grad.shape[1] + p_h, width - out_grad.shape[2] + p_w"


@mutant(of="conv_x_grad", help="#when-the-forward-pass-padded", edits={KEPT: ":, :", EDGE: LENGTHS})
def edge_computed_from_the_lengths():
    """You put H - length + p zeros at both ends of the dilated out_grad. That is K - 1 - p only if the
    stride is 1: after dilation the length ends with zeros that belong to no window. Keep the first H + 2p -
    K + 1 places, and put K - 1 - p zeros at both ends."""


@mutant(of="conv_x_grad", help="#before-you-start", edits={"raise ValueError": "raise AssertionError"})
def shape_of_out_grad_asserted():
    """You check the shape of out_grad with `assert`, which raises AssertionError. Raise ValueError, as the
    docstring says: a caller can catch it, and Python can run without assertions."""


# conv_w_grad


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def result_flipped(x, out_grad, w_shape, stride=1, padding=0):
    """Your gradient of the kernel is flipped. Nothing is flipped here: weight a met the pixel x[i + a] in
    window i, and as a goes up, so does i + a. The flip belongs to the gradient of x."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return flip(original(x, out_grad, w_shape, stride, padding), (0, 1))


@mutant(
    of="conv_w_grad",
    help="#the-gradient-of-the-kernel",
    edits={THROUGH: "flip(out_grad, (1, 2)).permute((1, 2, 0, 3))"},
)
def out_grad_flipped():
    """You flip out_grad before it slides over x. Do not flip it: G[i] belongs to window i, and as i goes
    up, so does the pixel x[i + a] that weight a met there."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def arguments_exchanged(x, out_grad, w_shape, stride=1, padding=0):
    """You slide x over out_grad. Do the reverse: x is the picture, and out_grad is the kernel that slides
    over it. It fits in K places, which is the length of the result."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    full = as_for_stride_1(out_grad, x.shape, w_shape, stride, padding)
    return slide_over_x(full, pad_images(x, *pair(padding)), 0).permute((1, 2, 0, 3))


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad"})
def not_permuted_back():
    """Your numbers are right, but the axes are in the order in which conv returned them: channels in, rows,
    columns, channels out. A gradient has the shape of the array that it belongs to: put the axes in the
    order of w."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad.reshape(w_shape)"})
def reshaped_for_permuted_back():
    """You bring the result into the shape of w with a reshape. conv returned its axes in another order, and
    a reshape does not move the numbers: use permute."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def channels_exchanged(x, out_grad, w_shape, stride=1, padding=0):
    """Your two channel axes are in the wrong order. They swap in the gradient of x, but this gradient has
    the shape of w itself: channels in, then channels out."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return original(x, out_grad, w_shape, stride, padding).permute((0, 1, 3, 2))


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def picture_reshaped(x, out_grad, w_shape, stride=1, padding=0):
    """You turn the channels of x into its batch with a reshape. A reshape leaves all numbers in their
    order, so it mixes pictures, pixels and channels. N and C_in swap roles: use permute."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    n, height, width, c_in = x.shape
    x = x.reshape((c_in, height, width, n)).permute((3, 1, 2, 0))
    return original(x, out_grad, w_shape, stride, padding)


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def pixels_reshaped_for_transposed(x, out_grad, w_shape, stride=1, padding=0):
    """You turn a table of pixels into (C_in, pixels) with a reshape. A reshape leaves all numbers in their
    order, so it mixes pixels and channels. Bring the table to (pixels, C_in), then exchange its two axes."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    (s_h, s_w), (n, out_h, out_w, c_out) = pair(stride), out_grad.shape
    k_h, k_w, c_in, _ = w_shape
    x, w_grad = pad_images(x, *pair(padding)), zeros(w_shape, x.device, x.dtype)
    rows = out_grad.reshape((n * out_h * out_w, c_out))
    for a in range(k_h):
        for b in range(k_w):
            pixels = x[:, a : a + s_h * (out_h - 1) + 1 : s_h, b : b + s_w * (out_w - 1) + 1 : s_w]
            w_grad[a, b] = pixels.reshape((c_in, n * out_h * out_w)) @ rows
    return w_grad


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def strides_taken_before_padding_in_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You take the strides of x before you pad it. The padded picture has longer rows, so one row down is
    further in its memory than it was in x. Pad first, and read the strides of the result."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    (s_h, s_w), (n, out_h, out_w, c_out), (k_h, k_w, c_in, _) = pair(stride), out_grad.shape, w_shape
    image, row, column, channel = x.strides
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = pad_images(x, *pair(padding)).as_strided((n, out_h, out_w, k_h, k_w, c_in), steps)
    table = windows.reshape((n * out_h * out_w, k_h * k_w * c_in)).permute((1, 0))
    return (table @ out_grad.reshape((n * out_h * out_w, c_out))).reshape(w_shape)


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad.transpose((1, 2, 0, 3))"})
def transpose_called_in_w_grad():
    """You call `transpose`, which is a method of NumPy's arrays. An NDArray has `permute`: it takes the new
    order of all axes."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad.swapaxes(0, 1)"})
def swapaxes_called_in_w_grad():
    """You call `swapaxes`, which is a method of NumPy's arrays. An NDArray has `permute`: it takes the new
    order of all axes."""


@mutant(of="conv_w_grad", help="#filling-the-gaps", edits={GAPS: "out_grad"})
def gaps_left_out():
    """You slide out_grad over x without the gaps that the stride left. Neighbors in out_grad belong to
    windows that are s pixels apart, so they must meet pixels that are s apart. Dilate out_grad first."""


@mutant(of="conv_w_grad", help="#filling-the-gaps")
def gaps_left_out_and_cut(x, out_grad, w_shape, stride=1, padding=0):
    """You slide out_grad over x without the gaps that the stride left; your result has the right shape only
    because you cut it. The windows were s pixels apart, so the numbers of out_grad must meet pixels that
    are s apart. Dilate out_grad first."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    w_grad = slide_over_x(x, out_grad, padding).permute((1, 2, 0, 3))
    return w_grad[: w_shape[0], : w_shape[1]]


@mutant(of="conv_w_grad", help="#filling-the-gaps")
def stride_for_dilation(x, out_grad, w_shape, stride=1, padding=0):
    """You move out_grad over x in steps of the stride, and its numbers meet pixels that are next to each
    other. It should be the reverse: the numbers are s pixels apart, and out_grad moves by one pixel from
    one weight to the next."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    x = pad_images(x, *pair(padding)).permute((3, 1, 2, 0))
    return conv(x, out_grad.permute((1, 2, 0, 3)), stride).permute((1, 2, 0, 3))


@mutant(of="conv_w_grad", help="#filling-the-gaps", edits={GAPS: "dilate(dilate(out_grad, 1, s_h), 2, s_w)"})
def kernel_dilated_by_the_stride():
    """You put s zeros after each number of out_grad. The numbers must meet pixels that are s apart, so put
    s - 1 zeros between two of them."""


@mutant(
    of="conv_w_grad",
    help="#what-the-stride-leaves-over",
    edits={KEPT: ": out_grad.shape[1] - s_h + 1, : out_grad.shape[2] - s_w + 1"},
)
def left_over_not_cut():
    """Your result is r too long on each axis: out_grad had room to slide on over the pixels that the stride
    left over. Those extra numbers belong to no weight. Keep exactly K of them."""


@mutant(of="conv_w_grad", help="#what-the-stride-leaves-over")
def left_over_cut_at_the_top_left(x, out_grad, w_shape, stride=1, padding=0):
    """Your result was r too long, and you cut off its first rows and columns. The pixels that the stride
    left over are at the end, so the last numbers are the ones that belong to no weight."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    rest_h, rest_w = left_over(x.shape, w_shape, stride, padding)
    w_grad = slide_over_x(x, without_the_last_zeros(out_grad, stride), padding).permute((1, 2, 0, 3))
    return w_grad[rest_h:, rest_w:]


@mutant(of="conv_w_grad", help="#what-the-stride-leaves-over", edits={KEPT: ":, :"})
def last_zeros_kept():
    """You keep all zeros that dilation put after the last number of out_grad. That makes out_grad too long,
    and it fits in s - 1 - r too few places on x. The result has exactly K numbers: compute from that how
    long out_grad may be."""


@mutant(of="conv_w_grad", help="#before-you-start", edits={OTHER_SHAPE: "False"})
def out_grad_of_any_shape_in_w_grad():
    """You accept an out_grad that does not have the shape of the output. Compare it with `output_shape`, and
    raise ValueError."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def last_picture_only(x, out_grad, w_shape, stride=1, padding=0):
    """Your gradient is that of the last picture: each one overwrites what was there. All pictures used the
    same kernel, so add up their gradients."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return original(x[-1:], out_grad[-1:], w_shape, stride, padding)


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def mean_over_pictures(x, out_grad, w_shape, stride=1, padding=0):
    """You take the mean over the pictures. Take the sum: if the loss is a mean, out_grad already contains
    that division."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return original(x, out_grad, w_shape, stride, padding) / x.shape[0]


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def mean_over_positions(x, out_grad, w_shape, stride=1, padding=0):
    """You divide by the number of windows. A weight takes part in every window, and each adds its share:
    sum x · G over all positions, and do not take the mean."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return original(x, out_grad, w_shape, stride, padding) / (out_grad.shape[1] * out_grad.shape[2])


@mutant(
    of="conv_w_grad",
    help="#when-the-forward-pass-padded",
    edits={"pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))": "x"},
)
def picture_not_padded():
    """You slide out_grad over x without padding. In the forward pass the kernel slid over the padded
    picture, and some weights met zeros: pad x in the same way here."""


@mutant(
    of="conv_w_grad",
    help="#when-the-forward-pass-padded",
    edits={
        KEPT: ": height - k_h + 1, : width - k_w + 1",
        "pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))": "x",
    },
)
def picture_not_padded_and_out_grad_cut():
    """You slide out_grad over x without padding, and cut off the part of out_grad that does not fit. In the
    forward pass the kernel slid over the padded picture, and every output counts: pad x in the same way
    here."""


@mutant(
    of="conv_w_grad",
    help="#when-the-forward-pass-padded",
    edits={ROUND: "((0, 0), (0, 2 * p_h), (0, 2 * p_w), (0, 0))"},
)
def all_zeros_at_the_bottom_right():
    """You pad x by 2p zeros, but all of them are at the end of each axis. Your result has the right shape,
    but every weight met the wrong pixels. Put p zeros at each end."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def upstream_ignored(x, out_grad, w_shape, stride=1, padding=0):
    """Your gradient is the same for every out_grad: it adds up the windows as they are. Multiply each
    window by its own G. With an out_grad of ones the mistake does not show."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return original(x, out_grad * 0.0 + 1.0, w_shape, stride, padding)


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def x_read_in_memory_order(x, out_grad, w_shape, stride=1, padding=0):
    """You read x from the start of its buffer, as if it were compact. It may be a view: keep its offset and
    its strides when you swap its axes."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return original(in_memory_order(x), out_grad, w_shape, stride, padding)


@mutant(of="conv_w_grad", help="#before-you-start", edits={PAIRS: "(stride + 0, stride + 0), pair(padding)"})
def stride_taken_for_one_number_in_w_grad():
    """You treat `stride` as one number. It may also be a pair (height, width): `pair(stride)` always
    returns two numbers."""


@mutant(of="conv_w_grad", help="#before-you-start", edits={PAIRS: "pair(stride), (padding + 0, padding + 0)"})
def padding_taken_for_one_number_in_w_grad():
    """You treat `padding` as one number. It may also be a pair (height, width): `pair(padding)` always
    returns two numbers."""


@mutant(
    of="conv_w_grad",
    help="#filling-the-gaps",
    edits={GAPS: "dilate(dilate(out_grad, 1, s_w - 1), 2, s_h - 1)"},
)
def strides_exchanged_in_w_grad():
    """You dilate the rows of out_grad by the stride of the width, and its columns by that of the height. A
    pair is (height, width): its first number is for axis 1."""


@mutant(
    of="conv_w_grad",
    help="#when-the-forward-pass-padded",
    edits={ROUND: "((0, 0), (p_w, p_w), (p_h, p_h), (0, 0))"},
)
def paddings_exchanged_in_w_grad():
    """You pad the rows of x by the padding of the width, and its columns by that of the height. A pair
    is (height, width), in the order of the axes."""


@mutant(
    of="conv_w_grad", help="#filling-the-gaps", edits={GAPS: "repeated(repeated(out_grad, 1, s_h), 2, s_w)"}
)
def gaps_filled_with_copies_in_w_grad():
    """You fill the gaps that the stride left in out_grad with copies. A window that was never taken has a
    gradient of zero, and no weight learns from it."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad.permute((2, 1, 0, 3))"})
def height_and_width_exchanged_in_w_grad():
    """You permute the result wrongly: height and width are swapped. conv returned (C_in, KH, KW, C_out),
    and w is (KH, KW, C_in, C_out)."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad.permute((1, 2, 3, 0))"})
def channels_out_before_channels_in():
    """You permute the result wrongly: the channels out come before the channels in. conv returned (C_in,
    KH, KW, C_out), and w is (KH, KW, C_in, C_out)."""


@mutant(
    of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={THROUGH: "out_grad.permute((2, 1, 0, 3))"}
)
def out_grad_permuted_with_its_axes_exchanged():
    """You swap height and width of out_grad when you turn it into a kernel. Its rows must meet rows of x:
    (N, H', W', C_out) becomes (H', W', N, C_out)."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def kernel_as_high_as_out_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You turn out_grad into a square kernel: you use its height for its width too. That is right only if
    the output is square. It has W' columns, and W' may differ from H'."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    height = out_grad.shape[1]
    square = pad(out_grad, ((0, 0), (0, 0), (0, height - out_grad.shape[2]), (0, 0)))
    full = first(gaps_filled(square, stride), *positions(x.shape, w_shape, padding))
    return slide_over_x(x, full, padding).permute((1, 2, 0, 3))


@mutant(
    of="conv_w_grad",
    help="#when-the-forward-pass-padded",
    edits={PAIRS: "pair(stride), (pair(padding)[0],) * 2"},
)
def padding_of_the_height_for_both_in_w_grad():
    """You use the padding of the height for the width too. A pair is (height, width): use the first number
    for the rows and the second for the columns."""


def products_of_places(x, out_grad, w_shape, stride):
    """For each place of the kernel, the pixels of the padded x that it met, times out_grad."""
    (s_h, s_w), (n, out_h, out_w, c_out) = pair(stride), out_grad.shape
    k_h, k_w, c_in, _ = w_shape
    w_grad, rows = zeros(w_shape, x.device, x.dtype), out_grad.reshape((n * out_h * out_w, c_out))
    for a in range(k_h):
        for b in range(k_w):
            pixels = x[:, a : a + s_h * (out_h - 1) + 1 : s_h, b : b + s_w * (out_w - 1) + 1 : s_w]
            w_grad[a, b] = pixels.reshape((n * out_h * out_w, c_in)).permute((1, 0)) @ rows
    return w_grad


@mutant(of="conv_w_grad", help="#when-the-forward-pass-padded")
def padding_taken_for_the_two_ends_in_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You use the two numbers of `padding` for the two ends of an axis. They belong to the two axes: put p_h
    rows above and below, and p_w columns at the left and at the right."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    return products_of_places(
        pad(x, ((0, 0), pair(padding), pair(padding), (0, 0))), out_grad, w_shape, stride
    )


@mutant(of="conv_w_grad", help="#when-the-forward-pass-padded")
def columns_padded_by_the_height_in_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You put p_h columns of zeros at the left and at the right of x. A pair is (height, width): its second
    number, p_w, is for the columns."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    p_h, _ = pair(padding)
    return products_of_places(pad_images(x, p_h, p_h), out_grad, w_shape, stride)


@mutant(of="conv_w_grad", help="#filling-the-gaps", edits={PAIRS: "(pair(stride)[0],) * 2, pair(padding)"})
def stride_of_the_height_for_both_in_w_grad():
    """You dilate both axes of out_grad by the stride of the height. A pair is (height, width): the columns
    have a stride of their own."""


@mutant(of="conv_w_grad", help="#what-the-stride-leaves-over")
def window_for_every_zero(x, out_grad, w_shape, stride=1, padding=0):
    """You take a window of x for every place of the dilated out_grad. After the last number come zeros that
    belong to no window, and the windows there are beyond the end of x. Keep the first H + 2p - K + 1 places,
    or take windows only where there is a number."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    full, (k_h, k_w, c_in, c_out) = gaps_filled(out_grad, stride), w_shape
    n, rows, columns, _ = full.shape
    x = pad_images(x, *pair(padding))
    image, row, column, channel = x.strides
    steps = (image, row, column, row, column, channel)
    windows = x.as_strided((n, rows, columns, k_h, k_w, c_in), steps)
    products = windows.reshape((n * rows * columns, k_h * k_w * c_in)).permute((1, 0))
    return (products @ full.reshape((n * rows * columns, c_out))).reshape(w_shape)


@mutant(
    of="conv_w_grad",
    help="#before-you-start",
    edits={OTHER_SHAPE: "out_grad.shape[1:3] != without_first(x.shape, w_shape, stride, padding)"},
)
def out_grad_expected_without_the_first_window_in_w_grad():
    """You expect out_grad to have (H + 2p - K + 1) // s rows, and refuse the right shape. The first window
    costs no step: there are (H + 2p - K) // s + 1 windows, as `output_shape` says."""


@mutant(
    of="conv_w_grad",
    help="#when-the-forward-pass-padded",
    edits={ROUND: "((0, 0), (2 * p_h, 2 * p_h), (2 * p_w, 2 * p_w), (0, 0))"},
)
def picture_padded_twice():
    """You pad x twice: once with `pad`, and once more by the padding that you pass to conv. The result is
    too large, 2p on each axis. Pad only once."""


@mutant(of="conv_w_grad", help="#before-you-start", edits={"raise ValueError": "raise AssertionError"})
def shape_of_out_grad_asserted_in_w_grad():
    """You check the shape of out_grad with `assert`, which raises AssertionError. Raise ValueError, as the
    docstring says: a caller can catch it, and Python can run without assertions."""


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel", edits={BACK: "w_grad.permute(1, 2, 0, 3)"})
def numbers_given_to_permute_in_w_grad():
    """You give `permute` four numbers, as in PyTorch. An NDArray's `permute` takes the order of all axes as
    one argument, a tuple: `permute((1, 2, 0, 3))`."""


@mutant(
    of="conv_w_grad",
    help="#what-the-stride-leaves-over",
    edits={"# As in conv_x_grad": NOTHING_OVER + "# As in conv_x_grad"},
)
def left_over_asserted_away_in_w_grad():
    """You assert that the stride leaves no pixels over. It may leave some: then the last pixels are in no
    window, and no weight met them. The division rounds down, as in `output_size`."""


@mutant(of="conv_w_grad", help="#filling-the-gaps")
def dilated_on_the_old_axes(x, out_grad, w_shape, stride=1, padding=0):
    """You permute out_grad before you dilate it, and then dilate axes 1 and 2. After the permute, its rows
    are on axis 0 and its columns on axis 1. Dilate first, or dilate the axes 0 and 1."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    rows, columns = positions(x.shape, w_shape, padding)
    kernel = gaps_filled(out_grad.permute((1, 2, 0, 3)), stride)[:rows, :columns]
    return conv(pad_images(x, *pair(padding)).permute((3, 1, 2, 0)), kernel).permute((1, 2, 0, 3))


@mutant(of="conv_w_grad", help="#filling-the-gaps")
def strides_exchanged_with_what_they_leave_over_in_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You use the stride of the width for the height, and vice versa: for the zeros that you fill in, and for
    the pixels that the stride leaves over. A pair is (height, width): its first number is for axis 1."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    full = gaps_and_rest(out_grad, x.shape, w_shape, pair(stride)[::-1], padding)
    return slide_over_x(x, full, padding).permute((1, 2, 0, 3))


@mutant(of="conv_w_grad", help="#the-gradient-of-the-kernel")
def stride_between_and_inside_in_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You use the stride twice: from one window to the next, and between the pixels inside a window. A window
    has neighboring pixels; only the next window begins s pixels further on."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    (s_h, s_w), (n, out_h, out_w, c_out), (k_h, k_w, c_in, _) = pair(stride), out_grad.shape, w_shape
    x = pad_images(x, *pair(padding))
    image, row, column, channel = x.strides
    steps = (image, s_h * row, s_w * column, s_h * row, s_w * column, channel)
    windows = x.as_strided((n, out_h, out_w, k_h, k_w, c_in), steps)
    table = windows.reshape((n * out_h * out_w, k_h * k_w * c_in)).permute((1, 0))
    return (table @ out_grad.reshape((n * out_h * out_w, c_out))).reshape(w_shape)


@mutant(of="conv_w_grad", help="#filling-the-gaps")
def last_place_left_out_of_the_slice_in_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    """You write out_grad into a slice that stops at the place of its last row, and leaves that place out: a
    slice does not include its stop. With H' rows, stop at s·(H' - 1) + 1."""
    of_the_output(out_grad, x.shape, w_shape, stride, padding)
    full = spread_to_the_last(out_grad, x.shape, w_shape, stride, padding)
    return slide_over_x(x, full, padding).permute((1, 2, 0, 3))
