"""Wrong ideas about padding, counting windows and convolving, and what to tell students who have them."""

import numpy as np

# `solution` is the solution as it is rendered from the templates.
from solution import NDArray, conv_loops, im2col, original, output_shape, pad, pair, zeros

from grader.model.mutant import mutant

# The places of the solution that mutants edit: two that edit two places make one submission.
WINDOW = "s_h * i : s_h * i + w.shape[0], s_w * j : s_w * j + w.shape[1]"
IN_ROW = "(n, out_h, out_w, k_h, k_w, channels))"
INSIDE = "x[:, p_h : p_h + height, p_w : p_w + width].compact()"
STEPPED = "a : a + s_h * (out_h - 1) + 1 : s_h, b : b + s_w * (out_w - 1) + 1 : s_w"


def in_half(a):
    """`a` with each number replaced by the nearest one that 16 bits hold."""
    rounded = a.copy()
    rounded[...] = a.numpy().astype(np.float16).astype(np.float32)
    return rounded


def in_memory_order(a):
    """The numbers of a's buffer from its start, in a's shape: what `a` would be if it were no view."""
    return a.as_strided((a.size,), (1,), 0).reshape(a.shape)


def with_edges_repeated(a, padding):
    """`a` between copies of its outermost elements; no number in `padding` is negative."""
    out = zeros([n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)], a.device, a.dtype)
    nearest = [
        np.clip(np.arange(-low, n + high), 0, n - 1) for n, (low, high) in zip(a.shape, padding, strict=True)
    ]
    out[...] = a.numpy()[np.ix_(*nearest)]
    return out


def pad_images(x, low, high):
    """`x` between low[0] and high[0] rows of zeros, and low[1] and high[1] columns."""
    return pad(x, ((0, 0), (low[0], high[0]), (low[1], high[1]), (0, 0)))


def times_kernels(windows, w):
    """Each of the windows (N, H', W', KH, KW, C_in) as one row, times each kernel of w as one column."""
    n, out_h, out_w, k_h, k_w, c_in = windows.shape
    rows = windows.reshape((n * out_h * out_w, k_h * k_w * c_in))
    return (rows @ w.reshape((k_h * k_w * c_in, w.shape[3]))).reshape((n, out_h, out_w, w.shape[3]))


def with_columns_behind(x, w, stride, padding):
    """The padded x, as wide as it must be if windows move along the width by the stride of the height."""
    _, _, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, _), (p_h, p_w) = pair(stride), pair(padding)
    behind = max(0, (out_w - 1) * s_h + w.shape[1] - x.shape[2] - 2 * p_w)
    return pad_images(x, (p_h, p_w), (p_h, p_w + behind))


KEPT = {}  # the settings that `what_the_first_call_asked` remembers


# pad


@mutant(of="pad", help="#zeros-around-the-picture")
def zeros_before_only(a, padding):
    """You put zeros before the first element but none after the last. Each axis has a pair (low, high): low
    zeros go before, high zeros after. How long must the axis be in the end?"""
    return original(a, [(low, min(high, 0)) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def zeros_after_only(a, padding):
    """Your result has the right shape, but the array is at its very start and all zeros come after it. The
    first `low` places on an axis are zeros: where in the result does element 0 of the array go?"""
    return original(a, [(min(low, 0), high + max(low, 0)) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def all_zeros_in_front(a, padding):
    """Your result has the right shape, but all zeros of an axis come before the first element. Only `low`
    of them belong there. The other `high` come after the last element."""
    return original(a, [(low + max(high, 0), min(high, 0)) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def ends_exchanged(a, padding):
    """You put `high` zeros in front and `low` zeros at the end. In a pair (low, high) the first number
    belongs to the end where the indices are low: put that many zeros before element 0."""
    return original(a, [(high, low) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def first_number_for_both_ends(a, padding):
    """You use the first number of each pair at both ends of its axis. The two may differ: an axis with the
    elements `4 7 1 5`, padded by (-1, 2), becomes `7 1 5 0 0`."""
    return original(a, [(low, low) for low, _ in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def edge_values_for_zeros(a, padding):
    """You fill the padding with copies of the outermost elements. Fill it with 0, so that a window that is
    partly outside the picture gets nothing from there."""
    kept = original(a, [(min(low, 0), min(high, 0)) for low, high in padding])
    return with_edges_repeated(kept, [(max(low, 0), max(high, 0)) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def minus_zero_as_an_end(a, padding):
    """Your slice ends at `-high`, counted from the end. That works while high is positive. If high is 0 the
    slice ends at -0, which is 0, and is empty. Compute the end as a number counted from the start."""
    out = zeros([n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)], a.device, a.dtype)
    out[tuple(slice(low, -high) for low, high in padding)] = a
    return out


@mutant(of="pad", help="#zeros-around-the-picture")
def negative_number_as_an_index(a, padding):
    """You write the array from place `low` on, but if low is negative your slice counts from the end. A
    negative number cuts elements off: compute which elements stay, and where they go."""
    out = zeros([n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)], a.device, a.dtype)
    out[tuple(slice(low, low + n) for n, (low, _) in zip(a.shape, padding, strict=True))] = a
    return out


@mutant(of="pad", help="#zeros-around-the-picture")
def height_and_width_only(a, padding):
    """Your pad treats every array as a batch of pictures with four axes, and pads axes 1 and 2. It must
    accept any number of axes, with one pair of numbers for each, batch and channels too."""
    _, rows, columns, _ = padding
    return original(a, ((0, 0), rows, columns, (0, 0)))


@mutant(of="pad", help="#zeros-around-the-picture")
def nothing_cut_off(a, padding):
    """You treat a negative number as 0. It means: remove that many elements at its end of the axis. With
    the pair (-1, 2), an axis with the elements `4 7 1 5` becomes `7 1 5 0 0`."""
    return original(a, [(max(low, 0), max(high, 0)) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def cut_at_the_other_end(a, padding):
    """You cut elements off at the wrong end: at the back if `low` is negative, at the front if `high` is.
    Each number of a pair belongs to its own end, whether it is negative or not."""
    swapped = [(min(high, 0), min(low, 0)) for low, high in padding]
    return original(original(a, swapped), [(max(low, 0), max(high, 0)) for low, high in padding])


@mutant(of="pad", help="#zeros-around-the-picture")
def no_elements_left_alone(a, padding):
    """You return an array without elements unchanged. It still has a shape: an axis of length 0, padded
    with 3 zeros, has length 3, and then there are zeros to write."""
    return a if a.size == 0 else original(a, padding)


@mutant(of="pad", help="#views")
def memory_order_taken_for_order(a, padding):
    """You copy the numbers in the order of the buffer, from its start. The elements of a view may be in
    another order: its offset and its strides say where element (i, j) is."""
    return original(in_memory_order(a), padding)


@mutant(of="pad", help="#views")
def same_array_when_nothing_to_pad(a, padding):
    """If every number is 0, you return the array that you were given. A caller that writes to the result
    would overwrite the original: always return a new array."""
    return a if all(low == high == 0 for low, high in padding) else original(a, padding)


@mutant(of="pad", help="#views")
def slice_when_only_cutting(a, padding):
    """If pad only cuts elements off, you return a slice. A slice is a view: it shares memory with the
    original array, so writing to it changes the original. Always return a new array."""
    if all(low <= 0 and high <= 0 for low, high in padding) and any(low + high for low, high in padding):
        return a[tuple(slice(-low, n + high) for n, (low, high) in zip(a.shape, padding, strict=True))]
    return original(a, padding)


@mutant(of="pad", help="#zeros-around-the-picture")
def missing_pairs_taken_for_zeros(a, padding):
    """You accept fewer pairs than the array has axes. Raise ValueError unless there is one pair for each."""
    return original(a, [*padding, *[(0, 0)] * (a.ndim - len(padding))])


@mutant(of="pad", help="#zeros-around-the-picture")
def cut_to_nothing(a, padding):
    """You accept numbers that cut off more elements than an axis has. There is no such axis, not even one of
    length 0: raise ValueError."""
    lengths = [n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)]
    if min(lengths, default=0) < 0:
        return zeros([max(n, 0) for n in lengths], a.device, a.dtype)
    return original(a, padding)


@mutant(of="pad", help="#zeros-around-the-picture")
def negative_number_refused(a, padding):
    """You refuse negative numbers. A negative number means: remove that many elements at its end of the
    axis."""
    if any(low < 0 or high < 0 for low, high in padding):
        raise ValueError(padding)
    return original(a, padding)


@mutant(of="pad", help="#zeros-around-the-picture")
def negative_number_asserted_away(a, padding):
    """You assert that no number is negative. A negative number is allowed, and means: remove that many
    elements at its end of the axis."""
    assert len(padding) != a.ndim or all(low >= 0 and high >= 0 for low, high in padding)
    return original(a, padding)


@mutant(of="pad", help="#zeros-around-the-picture")
def pad_called_as_a_method(a, padding):
    """You call `a.pad`, but an NDArray has no such method: `pad` is the function that you write here. Make
    an array of zeros, and write `a` into a slice of it."""
    lengths = [n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)]
    if min(lengths, default=0) < 0:
        raise ValueError(padding)
    return a.pad(padding)


# output_size


def refuse(size, kernel, stride, padding):
    """ValueError where there is no number of windows."""
    if stride < 1 or padding < 0 or not 1 <= kernel <= size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))


@mutant(of="output_size", help="#how-many-windows-fit")
def longer_kernel_not_refused(size, kernel, stride, padding):
    """You accept a kernel that is longer than the padded axis. It fits nowhere, and the formula gives 0 or
    less: compare the kernel with size + 2 · padding, and raise ValueError."""
    if min(stride, kernel) < 1 or padding < 0:
        raise ValueError((stride, kernel, padding))
    return (size + 2 * padding - kernel) // stride + 1


@mutant(of="output_size", help="#how-many-windows-fit")
def settings_not_refused(size, kernel, stride, padding):
    """You accept a padding below 0, and a stride or a kernel below 1. There are no such windows: the
    docstring says that each is a ValueError."""
    if kernel > size + 2 * padding:
        raise ValueError((size, kernel, padding))
    return (size + 2 * padding - kernel) // stride + 1


@mutant(
    of="output_size", help="#how-many-windows-fit", edits={"if stride < 1 or padding < 0:": "if padding < 0:"}
)
def divided_by_a_stride_of_zero():
    """You divide by a stride of 0, and Python raises ZeroDivisionError. First raise ValueError for a stride
    below 1."""


@mutant(
    of="output_size", help="#how-many-windows-fit", edits={"not 1 <= kernel <= size": "not kernel <= size"}
)
def kernel_of_nothing():
    """You accept a kernel of length 0. Such a window sees no pixel: raise ValueError."""


@mutant(of="output_size", help="#how-many-windows-fit")
def first_window_not_counted(size, kernel, stride, padding):
    """You are one window short: you count the steps between windows. With 2 steps there are 3 windows,
    because the one at position 0 needs no step. Count the starts in the handout's table."""
    return original(size, kernel, stride, padding) - 1


@mutant(of="output_size", help="#how-many-windows-fit", edits={"// stride + 1": "// stride + 2"})
def one_window_too_many():
    """You count one window too many, whatever the stride leaves over. With 2 steps there are 3 windows,
    because only the one at position 0 needs no step: add 1 to the number of steps, and add it once."""


@mutant(of="output_size", help="#how-many-windows-fit")
def starting_places_divided_by_stride(size, kernel, stride, padding):
    """You divide the number of starting places, H + 2p - K + 1, by the stride. That is one too few unless the
    stride leaves s - 1 over. Divide the last place, H + 2p - K, round down, and add 1."""
    refuse(size, kernel, stride, padding)
    return (size + 2 * padding - kernel + 1) // stride


@mutant(of="output_size", help="#how-many-windows-fit")
def started_step_counted(size, kernel, stride, padding):
    """You round up, so you also count a last step for which the picture is too short. That window would
    hang over the edge. Count only windows that fit; the pixels left over are in no window."""
    refuse(size, kernel, stride, padding)
    return -((kernel - size - 2 * padding) // stride) + 1


@mutant(of="output_size", help="#how-many-windows-fit")
def window_at_the_end_not_counted(size, kernel, stride, padding):
    """You do not count a window that ends with the last place of the padded axis. It fits: a window may
    start at every multiple of s up to H + 2p - K, and that place counts too."""
    refuse(size, kernel, stride, padding)
    return -((kernel - size - 2 * padding) // stride)


@mutant(of="output_size", help="#how-many-windows-fit")
def rounded_to_nearest(size, kernel, stride, padding):
    """You round the number of steps to the nearest whole number. If s - 1 pixels are left over, you count
    one window too many: it would hang over the edge. Round down: an incomplete step does not count."""
    refuse(size, kernel, stride, padding)
    return round((size + 2 * padding - kernel) / stride) + 1


@mutant(of="output_size", help="#how-many-windows-fit")
def padding_counted_once(size, kernel, stride, padding):
    """You add the padding once. There are p zeros in front and p more at the end: how long is the axis that
    the kernel slides over?"""
    refuse(size, kernel, stride, padding)
    return (size + padding - kernel) // stride + 1


@mutant(of="output_size", help="#how-many-windows-fit")
def padding_not_counted(size, kernel, stride, padding):
    """You count windows on the picture before padding. The kernel slides over the zeros too: `size` is the
    length without them, and there are `padding` zeros at each end."""
    refuse(size, kernel, stride, padding)
    return (size - kernel) // stride + 1


@mutant(of="output_size", help="#how-many-windows-fit")
def windows_may_hang_over(size, kernel, stride, padding):
    """You start a window at every stride as long as there is a pixel under its first place. The whole
    kernel must fit: the last place where it may start is H + 2p - K."""
    refuse(size, kernel, stride, padding)
    return (size + 2 * padding - 1) // stride + 1


@mutant(of="output_size", help="#how-many-windows-fit")
def stride_divides_the_picture(size, kernel, stride, padding):
    """You divide the length of the axis by the stride first and subtract the kernel afterward. The stride
    says how far apart the windows start; it does not make the kernel shorter. At which places may a window
    start, and how many of them are multiples of s?"""
    refuse(size, kernel, stride, padding)
    return (size + 2 * padding) // stride - kernel + 1


# conv


@mutant(of="conv", help="#the-kernel-slides")
def kernel_turned_around(x, w, stride=1, padding=0):
    """You flip the kernel before it slides, as mathematicians do in a convolution. In deep learning it is
    not flipped: its first number meets the window's first pixel."""
    return original(x, w[::-1, ::-1], stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def kernel_transposed(x, w, stride=1, padding=0):
    """You treat the kernel's rows as its columns. Its first axis, KH, goes with the height of the picture,
    and its second, KW, with the width. With a square kernel even the shape is right."""
    return original(x, w.permute((1, 0, 2, 3)), stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def channels_first_in_the_window(x, w, stride=1, padding=0):
    """You order the numbers of a window and of a kernel differently: one has channels first, the other has
    row and column first. All shapes fit, but each product multiplies two numbers that do not belong
    together. In which order are the numbers of w, with shape (KH, KW, C_in, C_out), once you reshape it?"""
    k_h, k_w, c_in, c_out = w.shape
    return original(x, w.reshape((c_in, k_h, k_w, c_out)).permute((1, 2, 0, 3)), stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def kernel_flattened_channels_first(x, w, stride=1, padding=0):
    """You permute w so that its channels come first, and then flatten it. The numbers of a window are in the
    order row, column, channel. All shapes fit, but each product multiplies two numbers that do not belong
    together. w has the order of the windows already: reshape it as it is."""
    return original(x, w.permute((2, 0, 1, 3)).reshape(w.shape), stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def windows_flattened_column_by_column(x, w, stride=1, padding=0):
    """You flatten each window column by column, and the kernel row by row. The shapes fit, but a pixel meets
    the weight of another place. Row and column must come in the order of w: first the row."""
    k_h, k_w, c_in, c_out = w.shape
    return original(x, w.reshape((k_w, k_h, c_in, c_out)).permute((1, 0, 2, 3)), stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def kernels_reshaped_into_rows(x, w, stride=1, padding=0):
    """You reshape w as if its first axis were C_out, and transpose the result. But C_out is the last axis
    of w, the one that changes fastest in memory, and a reshape never changes that order. Each of your
    columns mixes all kernels. See "Permute is not reshape" in the handout."""
    rows = w.reshape((w.shape[3], w.size // w.shape[3]))
    return original(x, rows.permute((1, 0)).reshape(w.shape), stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def picture_reshaped(x, w, stride=1, padding=0):
    """You bring the channels of x to the front with a reshape. A reshape leaves the numbers in their order
    and only cuts them at other places, so it mixes channels and columns. Use permute to swap axes. With one
    channel the two are the same."""
    n, height, width, c_in = x.shape
    return original(x.reshape((n, c_in, height, width)).permute((0, 2, 3, 1)), w, stride, padding)


@mutant(of="conv", help="#windows-as-a-matrix")
def output_reshaped(x, w, stride=1, padding=0):
    """Your sums are right, but they are in the wrong places. The output channels are their first axis, and
    you reshape them to (N, H', W', C_out), which leaves their order as it is. Use permute to move an
    axis."""
    out = original(x, w, stride, padding)
    return out.permute((3, 0, 1, 2)).reshape(out.shape)


@mutant(
    of="conv",
    help="#windows-as-a-matrix",
    edits={
        "out.reshape((n, out_h, out_w, c_out))": "out.reshape((n, c_out, out_h, out_w)).permute((0, 2, 3, 1))"
    },
)
def rows_taken_for_channels():
    """You reshape the product to (N, C_out, H', W') and move the channels to the end. But its rows are
    pixels and its columns are channels, so the channels are last already: reshape it to (N, H', W',
    C_out)."""


@mutant(of="conv", help="#how-many-windows-fit", edits={"pair(stride),": "(stride[0], stride[1]),"})
def stride_of_conv_taken_for_a_pair():
    """You treat `stride` as a pair. It may also be one number, which is for both axes: `pair(stride)` always
    returns two numbers."""


@mutant(of="conv", help="#zeros-around-the-picture")
def strides_before_padding(x, w, stride=1, padding=0):
    """You take the strides from the picture before padding. The padded picture has longer rows, so one row
    down is further in its memory than it was in x. As soon as there is padding, your windows are in the
    wrong places."""
    image, row, column, channel = x.strides
    (s_h, s_w), frame = pair(stride), pair(padding)
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = pad_images(x, frame, frame).as_strided((n, out_h, out_w, *w.shape[:3]), steps)
    return times_kernels(windows, w)


@mutant(of="conv", help="#zeros-around-the-picture")
def strides_before_padding_of_a_compact_picture(x, w, stride=1, padding=0):
    """You make x compact and take its strides before you pad it. The padded picture has longer rows, so one
    row down is further in its memory than it was in x. As soon as there is padding, your windows are in the
    wrong places."""
    image, row, column, channel = x.compact().strides
    (s_h, s_w), frame = pair(stride), pair(padding)
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = pad_images(x, frame, frame).as_strided((n, out_h, out_w, *w.shape[:3]), steps)
    return times_kernels(windows, w)


@mutant(of="conv", help="#how-many-windows-fit")
def windows_one_pixel_apart(x, w, stride=1, padding=0):
    """You use the stride to count the windows, but not to place them: they start one pixel apart. Output
    (i, j) belongs to the window that starts at row s·i and column s·j of the padded picture."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    return original(x, w, 1, padding)[:, :out_h, :out_w]


@mutant(of="conv", help="#how-many-windows-fit")
def stride_inside_the_window(x, w, stride=1, padding=0):
    """You apply the stride inside the window: its pixels are s apart, and the next window is one pixel
    further on. Do the reverse: a window is K neighboring pixels, and the next window is s pixels further
    on."""
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), frame = pair(stride), pair(padding)
    x = pad_images(x, frame, frame)
    image, row, column, channel = x.strides
    steps = (image, row, column, s_h * row, s_w * column, channel)
    return times_kernels(x.as_strided((n, out_h, out_w, *w.shape[:3]), steps), w)


@mutant(of="conv", help="#how-many-windows-fit")
def stride_between_and_inside(x, w, stride=1, padding=0):
    """You apply the stride twice: your windows are s apart, and so are the pixels inside each of them. A
    window is K neighboring pixels; use s only from one window to the next."""
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), frame = pair(stride), pair(padding)
    x = pad_images(x, frame, frame)
    image, row, column, channel = x.strides
    steps = (image, s_h * row, s_w * column, s_h * row, s_w * column, channel)
    return times_kernels(x.as_strided((n, out_h, out_w, *w.shape[:3]), steps), w)


@mutant(of="conv", help="#how-many-windows-fit")
def first_window_one_stride_late(x, w, stride=1, padding=0):
    """Your windows are s apart, but the first one starts at s - 1. The first window is in the top left
    corner: windows start at the multiples of s, and 0 is one of them."""
    s_h, s_w = pair(stride)
    return original(x, w, 1, padding)[:, s_h - 1 :: s_h, s_w - 1 :: s_w]


@mutant(of="conv", help="#how-many-windows-fit")
def left_over_at_the_start(x, w, stride=1, padding=0):
    """Your windows reach the last pixel, so the pixels that the stride leaves over are in front of the
    first window. The first window always starts at 0: windows start at the multiples of s, and the pixels
    left over are at the end."""
    (_, out_h, out_w, _), (s_h, s_w) = output_shape(x.shape, w.shape, stride, padding), pair(stride)
    out = original(x, w, 1, padding)
    rest_h, rest_w = out.shape[1] - 1 - (out_h - 1) * s_h, out.shape[2] - 1 - (out_w - 1) * s_w
    return out[:, rest_h::s_h, rest_w::s_w]


@mutant(of="conv", help="#how-many-windows-fit")
def left_over_shared_out(x, w, stride=1, padding=0):
    """You center the windows, with half of the pixels that the stride leaves over on either side. The first
    window always starts at 0, and all pixels left over are at the end: windows start at the multiples of
    s."""
    (_, out_h, out_w, _), (s_h, s_w) = output_shape(x.shape, w.shape, stride, padding), pair(stride)
    out = original(x, w, 1, padding)
    rest_h, rest_w = out.shape[1] - 1 - (out_h - 1) * s_h, out.shape[2] - 1 - (out_w - 1) * s_w
    return out[:, rest_h // 2 :: s_h, rest_w // 2 :: s_w][:, :out_h, :out_w]


@mutant(of="conv", help="#how-many-windows-fit")
def strides_exchanged(x, w, stride=1, padding=0):
    """You use the stride of the width for the height, and vice versa. A pair is (height, width), in the
    order of the axes: the first number says how many rows a window moves down."""
    return original(x, w, pair(stride)[::-1], padding)


@mutant(of="conv", help="#zeros-around-the-picture")
def paddings_exchanged(x, w, stride=1, padding=0):
    """You put the rows of zeros at the sides and the columns above and below. A pair is (height, width):
    the first number is for the height, so it counts the rows above and below."""
    return original(x, w, stride, pair(padding)[::-1])


@mutant(of="conv", help="#how-many-windows-fit")
def stride_of_the_height_for_both(x, w, stride=1, padding=0):
    """You move by the stride of the height on both axes. A pair has two numbers, (height, width), and they
    may differ: use the second one for the columns."""
    return original(x, w, pair(stride)[0], padding)


@mutant(of="conv", help="#how-many-windows-fit")
def columns_moved_by_the_stride_of_the_height(x, w, stride=1, padding=0):
    """You count the windows correctly, but move along the width by the stride of the height. A pair is
    (height, width): the column at which a window starts is a multiple of the second number."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    wide = with_columns_behind(x, w, stride, padding)
    return original(wide, w, pair(stride)[0], 0)[:, :out_h, :out_w].compact()


@mutant(of="conv", help="#how-many-windows-fit")
def stride_of_conv_taken_for_one_number(x, w, stride=1, padding=0):
    """You treat `stride` as one number. It may also be a pair (height, width): `pair(stride)` always
    returns two numbers."""
    return original(x, w, stride + 0, padding)


@mutant(of="conv", help="#how-many-windows-fit")
def padding_of_conv_taken_for_one_number(x, w, stride=1, padding=0):
    """You treat `padding` as one number. It may also be a pair (height, width): `pair(padding)` always
    returns two numbers."""
    return original(x, w, stride, padding + 0)


@mutant(of="conv", help="#zeros-around-the-picture")
def padding_of_the_height_for_both(x, w, stride=1, padding=0):
    """You use the padding of the height for the columns at the sides too. The two may differ: the second
    number of the pair is for the width."""
    return original(x, w, stride, pair(padding)[0])


@mutant(of="conv", help="#the-kernel-slides")
def kernel_taken_as_square(x, w, stride=1, padding=0):
    """You use the kernel's height for its width too. KH and KW may differ: w has shape (KH, KW, C_in,
    C_out), and a window is as wide as the kernel."""
    k, frame, (s_h, s_w) = w.shape[0], pair(padding), pair(stride)
    x = pad_images(x, frame, frame)
    n, height, width, c_in = x.shape
    image, row, column, channel = x.strides
    shape = (n, (height - k) // s_h + 1, (width - k) // s_w + 1, k, k, c_in)
    windows = x.as_strided(shape, (image, s_h * row, s_w * column, row, column, channel))
    return times_kernels(windows, w)


@mutant(of="conv", help="#zeros-around-the-picture")
def padded_at_the_top_left_only(x, w, stride=1, padding=0):
    """You put zeros above and to the left, but none below and to the right. A padding of p means p on
    either side, so the padded picture has H + 2p rows."""
    return original(pad_images(x, pair(padding), (0, 0)), w, stride)


@mutant(of="conv", help="#zeros-around-the-picture")
def all_zeros_at_the_bottom_right(x, w, stride=1, padding=0):
    """You add 2p zeros, but all of them at the end of each axis. The output has the right shape, but every
    window is in the wrong place: put p zeros before the first pixel and p after the last."""
    p_h, p_w = pair(padding)
    return original(pad_images(x, (0, 0), (2 * p_h, 2 * p_w)), w, stride)


@mutant(of="conv", help="#zeros-around-the-picture")
def edge_pixels_around_the_picture(x, w, stride=1, padding=0):
    """You fill the padding with copies of the outermost pixels. Fill it with zeros, so that a window that
    hangs over the edge gets nothing from there."""
    p_h, p_w = pair(padding)
    return original(with_edges_repeated(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))), w, stride)


@mutant(of="conv", help="#zeros-around-the-picture")
def padding_forgotten(x, w, stride=1, padding=0):
    """You do not pad the picture, so there are too few windows. Put p zeros at both ends of each spatial
    axis before the kernel slides."""
    return original(x, w, stride, 0)


@mutant(of="conv", help="#zeros-around-the-picture")
def windows_of_zeros_left_out(x, w, stride=1, padding=0):
    """You never pad by more than K - 1. A window that is entirely in the padding sees only zeros, but it
    still counts: its output is 0, and it has a place in the output."""
    (p_h, p_w), (k_h, k_w) = pair(padding), w.shape[:2]
    return original(x, w, stride, (min(p_h, k_h - 1), min(p_w, k_w - 1)))


@mutant(of="conv", help="#four-axes")
def first_picture_repeated(x, w, stride=1, padding=0):
    """Every picture of the batch gets the output of the first one. Follow N through your code: at which
    step do the other pictures get lost?"""
    out = original(x, w, stride, padding)
    return out[:1].broadcast_to(out.shape)


@mutant(of="conv", help="#four-axes")
def mean_over_channels(x, w, stride=1, padding=0):
    """You take the mean over the channels of a window. An output is a *sum* over all KH · KW · C_in
    products: divide by nothing."""
    return original(x, w, stride, padding) / x.shape[3]


@mutant(of="conv", help="#how-many-windows-fit")
def last_row_and_column_missing(x, w, stride=1, padding=0):
    """You never compute the last row and the last column of the output. A window may start at H + 2p - K,
    and that place counts: where does your loop or your slice end?"""
    out = original(x, w, stride, padding)
    out[:, -1], out[:, :, -1] = 0.0, 0.0
    return out


@mutant(of="conv", help="#four-axes")
def result_in_float64(x, w, stride=1, padding=0):
    """Your result is in float64. It has the dtype of x and w. NumPy's `zeros` makes float64 unless you give
    it a dtype."""
    out = zeros(output_shape(x.shape, w.shape, stride, padding), x.device, "float64")
    out[...] = original(x, w, stride, padding).numpy()
    return out


@mutant(of="conv", help="#views")
def x_read_in_memory_order(x, w, stride=1, padding=0):
    """You read x from the start of its buffer, as if it were compact. x may be a view: its strides and its
    offset say where each pixel is. See "Views" in the handout."""
    return original(in_memory_order(x), w, stride, padding)


@mutant(of="conv", help="#views")
def w_read_in_memory_order(x, w, stride=1, padding=0):
    """You read w from the start of its buffer, as if it were compact. Like x it may be a view, with its own
    offset and strides."""
    return original(x, in_memory_order(w), stride, padding)


@mutant(of="conv", help="#views")
def offset_of_x_dropped(x, w, stride=1, padding=0):
    """You use the strides of x but not its offset, so you read from the start of the buffer. If x is a
    slice, its first pixel is further on: at `x.offset`."""
    return original(NDArray(x.buffer, x.shape, x.strides, 0, x.device), w, stride, padding)


@mutant(of="conv", help="#views")
def backward_axes_read_forwards(x, w, stride=1, padding=0):
    """You treat every stride of x as positive. A view may run backward through memory, as `a[:, ::-1]`
    does: then its stride is negative, and its offset is at the other end."""
    forwards = tuple(slice(None, None, -1 if step < 0 else 1) for step in x.strides)
    return original(x[forwards], w, stride, padding)


@mutant(of="conv", help="#views")
def kernel_turned_in_place(x, w, stride=1, padding=0):
    """Your output is right, but you change w: you flip the kernel by writing into w itself. The caller
    still needs it. Make a view or a copy, and leave w as it was."""
    w[...] = w[::-1, ::-1]
    return original(x, w[::-1, ::-1], stride, padding)


@mutant(of="conv", help="#views")
def left_over_pixels_cleared(x, w, stride=1, padding=0):
    """Your output is right, but you change x: you write zeros over the pixels that the stride leaves over.
    They are in no window, but the caller may still need them: leave x as it was."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    out = original(x, w, stride, padding)
    x[:, (out_h - 1) * s_h + w.shape[0] - p_h :] = 0.0
    x[:, :, (out_w - 1) * s_w + w.shape[1] - p_w :] = 0.0
    return out


@mutant(of="conv", help="#views")
def what_the_first_call_asked(x, w, stride=1, padding=0):
    """You store something under the shapes of x and w, such as where the windows are, and use it again in
    the next call. It also depends on stride and padding. Call conv twice on the same arrays with two
    strides."""
    stride, padding = KEPT.setdefault((x.shape, w.shape), (stride, padding))
    return original(x, w, stride, padding)


@mutant(of="conv", help="#the-kernel-slides")
def computed_in_half(x, w, stride=1, padding=0):
    """You compute in half precision: 16 bits store 11 binary digits, so 2049 becomes 2048. Keep the dtype
    of the inputs, float32, in every step."""
    return original(in_half(x), in_half(w), stride, padding)


@mutant(of="conv", help="#how-many-windows-fit")
def windows_counted_without_the_first(x, w, stride=1, padding=0):
    """You compute (H + 2p - K + 1) // s windows. That is right only if the stride leaves s - 1 pixels over.
    The first window costs no step, so there are (H + 2p - K) // s + 1 windows: `output_shape` counts them."""
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    rows = (x.shape[1] + 2 * p_h - w.shape[0] + 1) // s_h
    columns = (x.shape[2] + 2 * p_w - w.shape[1] + 1) // s_w
    return original(x, w, stride, padding)[:, :rows, :columns]


@mutant(of="conv", help="#how-many-windows-fit")
def padding_added_to_the_padded_lengths(x, w, stride=1, padding=0):
    """You add 2p to the lengths of a picture that is padded already, so you count windows that are beyond
    its end. Take H and W before you pad, or leave 2p out."""
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, [2 * p for p in pair(padding)])
    frame, (s_h, s_w), (k_h, k_w) = pair(padding), pair(stride), w.shape[:2]
    x = pad_images(x, frame, frame)
    image, row, column, channel = x.strides
    shape = (n, out_h, out_w, k_h, k_w, x.shape[3])
    windows = x.as_strided(shape, (image, s_h * row, s_w * column, row, column, channel))
    return times_kernels(windows, w)


@mutant(of="conv", help="#views")
def strides_of_a_compact_picture(x, w, stride=1, padding=0):
    """You compute the strides of x from its lengths, as if it were compact, and do so even where nothing was
    padded. Then x may be a view, with strides of its own: use `x.strides`, or always pad."""
    if any(pair(padding)):
        return original(x, w, stride, padding)
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (k_h, k_w), (_, height, width, c_in) = pair(stride), w.shape[:2], x.shape
    row, column = width * c_in, c_in
    steps = (height * row, s_h * row, s_w * column, row, column, 1)
    return times_kernels(x.as_strided((n, out_h, out_w, k_h, k_w, c_in), steps), w)


# conv_loops


@mutant(
    of="conv_loops",
    help="#how-many-windows-fit",
    edits={WINDOW: "i : i + w.shape[0], j : j + w.shape[1]"},
)
def loop_without_stride():
    """Your windows start one pixel apart. Window (i, j) starts at row s_h · i and column s_w · j."""


@mutant(of="conv_loops", help="#the-kernel-slides", edits={"w[..., o]": "w[::-1, ::-1, :, o]"})
def loop_over_a_turned_kernel():
    """You flip the kernel. The first weight belongs to the first pixel of the window."""


@mutant(
    of="conv_loops",
    help="#four-axes",
    edits={"(window * w[..., o]).sum()": "(window[..., 0] * w[:, :, 0, o]).sum()"},
)
def loop_over_one_channel():
    """You sum over the first channel only. Each output sums over all channels of its window."""


@mutant(
    of="conv_loops",
    help="#zeros-around-the-picture",
    edits={"((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))": "((0, 0), (0, 2 * p_h), (0, 2 * p_w), (0, 0))"},
)
def loop_padded_at_the_end():
    """You put all zeros below the picture and to its right. Put p of them on each side."""


@mutant(
    of="conv_loops",
    help="#how-many-windows-fit",
    edits={"range(out_h), range(out_w)": "range(out_h - 1), range(out_w)"},
)
def loop_without_the_last_row():
    """Your loop ends too early: the last row of the output stays 0."""


@mutant(of="conv_loops", help="#how-many-windows-fit")
def loop_takes_stride_for_a_pair(x, w, stride=1, padding=0):
    """You treat stride and padding as pairs. Each may also be one number, which is for both axes:
    `pair(stride)` always returns two numbers."""
    return original(x, w, (stride[0], stride[1]), padding)


@mutant(
    of="conv_loops",
    help="#the-kernel-slides",
    edits={
        WINDOW: "s_h * i : s_h * i + w.shape[0], s_w * j : s_w * j + w.shape[0]",
        "w[..., o]": "w[:, : w.shape[0], :, o]",
    },
)
def loop_over_a_square_kernel():
    """You use the kernel's height for its width too. KH and KW may differ: w has shape (KH, KW, C_in,
    C_out), and a window is as wide as the kernel."""


@mutant(of="conv_loops", help="#how-many-windows-fit")
def loop_moved_by_the_stride_of_the_height(x, w, stride=1, padding=0):
    """You count the windows correctly, but move along the width by the stride of the height. A pair is
    (height, width): the column at which a window starts is a multiple of the second number."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    wide = with_columns_behind(x, w, stride, padding)
    return original(wide, w, pair(stride)[0], 0)[:, :out_h, :out_w].compact()


@mutant(of="conv_loops", help="#views")
def loop_in_memory_order(x, w, stride=1, padding=0):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), w, stride, padding)


@mutant(
    of="conv_loops",
    help="#one-number-after-the-other",
    edits={"(window * w[..., o]).sum()": "window[-1, -1, -1] * w[-1, -1, -1, o]"},
)
def loop_keeps_the_last_product():
    """Each product overwrites the one before, so only the last weight counts. An output is the sum of all
    products of its window: add to it."""


# im2col


@mutant(
    of="im2col",
    help="#windows-as-a-matrix",
    edits={"image, s_h * row, s_w * column, row": "image, row, column, row"},
)
def rows_one_pixel_apart():
    """Your windows start one pixel apart. From one window to the next it is `stride` pixels."""


@mutant(
    of="im2col",
    help="#windows-as-a-matrix",
    edits={"windows.copy()": "windows.permute((0, 1, 2, 5, 3, 4)).copy()"},
)
def channels_first_in_a_row():
    """You put the channels of a window first. The numbers in a row must have the order of the kernel: row,
    column, channel."""


@mutant(
    of="im2col",
    help="#windows-as-a-matrix",
    edits={"windows.copy()": "windows.permute((0, 1, 2, 4, 3, 5)).copy()"},
)
def window_column_by_column():
    """You write each window column by column. The numbers in a row must have the order of the kernel: row,
    column, channel. Which of the two axes of a window comes first in your `as_strided`?"""


@mutant(of="im2col", help="#windows-as-a-matrix")
def strides_taken_before_padding(x, kernel, stride=1, padding=0):
    """You take the strides from the picture before padding. The padded picture has longer rows, so one row
    down is further in its memory than it was in x. Pad first, and read the strides of the result."""
    image, row, column, channel = x.strides
    (s_h, s_w), frame = pair(stride), pair(padding)
    n, out_h, out_w, _ = output_shape(x.shape, (*kernel, x.shape[3], 1), stride, padding)
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = pad_images(x, frame, frame).as_strided((n, out_h, out_w, *kernel, x.shape[3]), steps)
    return windows.copy().reshape((n * out_h * out_w, kernel[0] * kernel[1] * x.shape[3]))


@mutant(
    of="im2col",
    help="#windows-as-a-matrix",
    edits={"windows.copy()": "windows.permute((0, 2, 1, 3, 4, 5)).copy()"},
)
def windows_column_by_column():
    """You list the windows column by column. The rows of the matrix must have the order of the outputs:
    picture, row, column."""


@mutant(
    of="im2col",
    help="#zeros-around-the-picture",
    edits={"((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))": "((0, 0), (0, 2 * p_h), (0, 2 * p_w), (0, 0))"},
)
def windows_padded_at_the_end():
    """You put all zeros below the picture and to its right. Put p of them on each side."""


@mutant(of="im2col", help="#windows-as-a-matrix")
def windows_moved_by_the_stride_of_the_height(x, kernel, stride=1, padding=0):
    """You count the windows correctly, but move along the width by the stride of the height. A pair is
    (height, width): the column at which a window starts is a multiple of the second number."""
    like_w = zeros((*kernel, x.shape[3], 1), x.device, x.dtype)
    n, out_h, out_w, _ = output_shape(x.shape, like_w.shape, stride, padding)
    wide, (s_h, _) = with_columns_behind(x, like_w, stride, padding), pair(stride)
    image, row, column, channel = wide.strides
    steps = (image, s_h * row, s_h * column, row, column, channel)
    windows = wide.as_strided((n, out_h, out_w, *kernel, x.shape[3]), steps)
    return windows.copy().reshape((n * out_h * out_w, kernel[0] * kernel[1] * x.shape[3]))


@mutant(of="im2col", help="#how-many-windows-fit")
def padding_counted_twice_in_im2col(x, kernel, stride=1, padding=0):
    """You count windows on the padded picture, and add the padding once more. So you count windows that are
    beyond its end. Take H and W before you pad, or leave the padding out."""
    frame, (k_h, k_w), (s_h, s_w) = pair(padding), kernel, pair(stride)
    x = pad_images(x, frame, frame)
    out_h, out_w = (
        (n + 2 * p - k) // s + 1 for n, p, k, s in zip(x.shape[1:3], frame, kernel, pair(stride), strict=True)
    )
    n, _, _, channels = x.shape
    image, row, column, channel = x.strides
    steps = (image, s_h * row, s_w * column, row, column, channel)
    windows = x.as_strided((n, out_h, out_w, k_h, k_w, channels), steps)
    return windows.copy().reshape((n * out_h * out_w, k_h * k_w * channels))


@mutant(of="im2col", help="#views")
def windows_in_memory_order(x, kernel, stride=1, padding=0):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), kernel, stride, padding)


# col2im


@mutant(
    of="col2im",
    help="#the-way-back-from-the-matrix",
    edits={"if columns.shape != (n * out_h * out_w, k_h * k_w * channels):": "if False:"},
)
def columns_of_any_shape():
    """You accept columns of another shape, because the number of elements is right. Compare the shape with
    that of im2col's result, and raise ValueError."""


@mutant(of="col2im", help="#the-way-back-from-the-matrix", edits={"x[pixels] + windows": "windows"})
def windows_overwritten():
    """Each window overwrites the numbers of the windows before it. Where windows overlap, add their numbers
    up."""


@mutant(
    of="col2im",
    help="#the-way-back-from-the-matrix",
    edits={
        "range(k_h), range(k_w)": "range(out_h), range(out_w)",
        "slice(a, a + s_h * (out_h - 1) + 1, s_h)": "slice(s_h * a, s_h * a + k_h)",
        "slice(b, b + s_w * (out_w - 1) + 1, s_w)": "slice(s_w * b, s_w * b + k_w)",
        "x[pixels] + windows[:, :, :, a, b]": "windows[:, a, b]",
    },
)
def last_window_kept():
    """You go from window to window, and each overwrites the pixels that it shares with the windows before
    it. Where windows overlap, add their numbers up."""


@mutant(
    of="col2im",
    help="#the-way-back-from-the-matrix",
    edits={INSIDE: "x[:, p_h:-p_h, p_w:-p_w].compact()"},
)
def frame_cut_up_to_minus_zero():
    """You cut the padding off with a slice that ends at -p. That works while p is positive. If p is 0 the
    slice ends at -0, which is 0, and is empty. Compute the end as a number counted from the start."""


@mutant(
    of="col2im",
    help="#the-way-back-from-the-matrix",
    edits={INSIDE: "x[:, :height, :width].compact()"},
)
def frame_cut_below():
    """You cut the padding off only below and on the right. It is p wide on every side."""


@mutant(
    of="col2im",
    help="#the-way-back-from-the-matrix",
    edits={IN_ROW: "(n, out_h, out_w, channels, k_h, k_w)).permute((0, 1, 2, 4, 5, 3))"},
)
def channels_first_on_the_way_back():
    """You read a row of the matrix channel by channel. im2col wrote it in the order row, column,
    channel."""


@mutant(of="col2im", help="#the-way-back-from-the-matrix")
def mean_of_the_windows(columns, x_shape, kernel, stride=1, padding=0):
    """You divide by the number of windows that see a pixel, so that you get x back from im2col(x). Return
    the sum: col2im is the adjoint of im2col, not its inverse."""
    total = original(columns, x_shape, kernel, stride, padding)
    ones = zeros(columns.shape, columns.device, columns.dtype) + 1.0
    return total / original(ones, x_shape, kernel, stride, padding).maximum(1.0)


@mutant(of="col2im", help="#views")
def columns_in_memory_order(columns, x_shape, kernel, stride=1, padding=0):
    """You read the numbers of the matrix in the order of its buffer. It may be a view, with its own offset
    and strides."""
    return original(in_memory_order(columns), x_shape, kernel, stride, padding)


@mutant(
    of="col2im",
    help="#the-way-back-from-the-matrix",
    edits={INSIDE: "x"},
)
def frame_returned():
    """You return the padded picture. The numbers that fall on the padding belong to no pixel: cut p rows and
    columns off at each side, so that the result has the shape `x_shape`."""


# conv_shifted


@mutant(
    of="conv_shifted",
    help="#the-kernel-slides",
    edits={"w[a, b]": "w[w.shape[0] - 1 - a, w.shape[1] - 1 - b]"},
)
def shifted_kernel_turned():
    """You flip the kernel. Place (a, b) meets the pixels that are a rows below and b columns to the right
    of each window's corner."""


@mutant(of="conv_shifted", help="#one-product-for-each-place", edits={"out = out + pixels": "out = pixels"})
def last_product_alone():
    """Your result is the product for the kernel's last place only. Add up the products for all places."""


@mutant(
    of="conv_shifted",
    help="#one-product-for-each-place",
    edits={STEPPED: "a::s_h, b::s_w"},
)
def shifted_pixels_to_the_end():
    """You take every s-th pixel up to the end of the picture. There may be more such pixels than windows.
    Stop after the last window: with H' windows, the slice of row a ends at a + s·(H' - 1) + 1."""


@mutant(
    of="conv_shifted",
    help="#one-product-for-each-place",
    edits={STEPPED: "b : b + s_h * (out_h - 1) + 1 : s_h, a : a + s_w * (out_w - 1) + 1 : s_w"},
)
def shifted_row_and_column_exchanged():
    """You use the row of a place in the kernel for the columns of the picture, and its column for the rows.
    Place (a, b) meets the pixels that are a rows below and b columns to the right of each window's
    corner."""


@mutant(
    of="conv_shifted",
    help="#zeros-around-the-picture",
    edits={
        STEPPED: "a : x.shape[1] - 2 * p_h - w.shape[0] + a + 1 : s_h, "
        "b : x.shape[2] - 2 * p_w - w.shape[1] + b + 1 : s_w"
    },
)
def shifted_within_the_bare_picture():
    """Your slices end where the picture ended before you padded it. The padded picture has H + 2p rows and W
    + 2p columns: compute the ends from these."""


@mutant(
    of="conv_shifted",
    help="#one-product-for-each-place",
    edits={
        "out = zeros((n * out_h * out_w, c_out)": "out = zeros((n, out_h, out_w, c_out)",
        "pixels.reshape((n * out_h * out_w, x.shape[3])) @ w[a, b]": "pixels @ w[a, b]",
    },
)
def four_axes_multiplied():
    """You multiply pixels with four axes by a matrix. With NDArrays, `@` needs two matrices: reshape the
    pixels to (N·H'·W', C_in) first."""


@mutant(
    of="conv_shifted",
    help="#zeros-around-the-picture",
    edits={"((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))": "((0, 0), (0, 2 * p_h), (0, 2 * p_w), (0, 0))"},
)
def shifted_padding_at_the_end():
    """You put all zeros below the picture and to its right. Put p of them on each side."""


@mutant(of="conv_shifted", help="#one-product-for-each-place")
def all_windows_at_once(x, w, stride=1, padding=0):
    """You copy all windows into one matrix, each pixel up to KH · KW times. That is what im2col does. Here
    no array may be larger than the picture or the result."""
    shape = output_shape(x.shape, w.shape, stride, padding)
    return (im2col(x, w.shape[:2], stride, padding) @ w.reshape((-1, w.shape[3]))).reshape(shape)


@mutant(of="conv_shifted", help="#one-product-for-each-place")
def pixel_after_pixel(x, w, stride=1, padding=0):
    """You loop over the pixels of the result. Loop over the places of the kernel: all pixels that one place
    meets are one slice, and need one product."""
    return conv_loops(x, w, stride, padding)


@mutant(of="conv_shifted", help="#views")
def shifted_in_memory_order(x, w, stride=1, padding=0):
    """You read the numbers of x in the order of its buffer. It may be a view, with its own offset and
    strides."""
    return original(in_memory_order(x), w, stride, padding)
