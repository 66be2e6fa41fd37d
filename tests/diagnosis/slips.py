"""Right solutions of conv_backward in styles of their own, and slips in them as edits of their text.

The gradients are written with NumPy, loops and scattered sums, as students write them. A slip names the
mutants that say what is wrong with it.
"""

from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Slip:
    """`old` becomes `new` in a function; `ideas` are the mutants that name it."""

    old: str
    new: str
    ideas: frozenset[str]


IMPORTS = """\
import numpy as np
from ndarray import array


def two(value):
    return (value, value) if isinstance(value, int) else (value[0], value[1])
"""
X_GRAD = """
def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = two(stride), two(padding)
    n, height, width, c_in = x_shape
    kh, kw, _, c_out = w.shape
    g, k = out_grad.numpy(), w.numpy()
    _, oh, ow, _ = g.shape
    rows, cols = height + 2 * ph - kh + 1, width + 2 * pw - kw + 1
    big = np.zeros((n, rows + 9, cols + 9, c_out), g.dtype)
    for i in range(oh):
        for j in range(ow):
            big[:, i * sh, j * sw] = g[:, i, j]
    big = big[:, :rows, :cols]
    top, left = kh - 1 - ph, kw - 1 - pw
    low, side = top, left
    framed = np.zeros((n, big.shape[1] + 2 * max(low, 0), big.shape[2] + 2 * max(side, 0), c_out), g.dtype)
    framed[:, max(low, 0):max(low, 0) + big.shape[1], max(side, 0):max(side, 0) + big.shape[2]] = big
    framed = framed[:, max(-low, 0):framed.shape[1] - max(-low, 0)]
    framed = framed[:, :, max(-side, 0):framed.shape[2] - max(-side, 0)]
    turned = k[::-1, ::-1].transpose(0, 1, 3, 2)
    out = np.zeros((n, framed.shape[1] - kh + 1, framed.shape[2] - kw + 1, turned.shape[3]), g.dtype)
    for a in range(kh):
        for b in range(kw):
            out += framed[:, a:a + out.shape[1], b:b + out.shape[2]] @ turned[a, b]
    return array(out)
"""
W_GRAD = """
def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = two(stride), two(padding)
    kh, kw, c_in, c_out = w_shape
    a, g = x.numpy(), out_grad.numpy()
    n, height, width, _ = a.shape
    big = np.zeros((n, height + 2 * ph, width + 2 * pw, c_in), a.dtype)
    big[:, ph:ph + height, pw:pw + width] = a
    _, oh, ow, _ = g.shape
    out = np.zeros((kh, kw, c_in, c_out), a.dtype)
    for i in range(kh):
        for j in range(kw):
            seen = big[:, i:i + sh * oh:sh, j:j + sw * ow:sw][:, :oh, :ow]
            out[i, j] = seen.reshape(-1, c_in).T @ g.reshape(-1, c_out)
    return array(out)
"""
DILATE = """
def dilate(a, axes, dilation):
    data = a.numpy()
    axes = [axes] if isinstance(axes, int) else list(axes)
    for axis in axes:
        axis = axis % data.ndim
        step = dilation + 1
        shape = list(data.shape)
        shape[axis] = shape[axis] * step
        out = np.zeros(shape, data.dtype)
        index = [slice(None)] * data.ndim
        index[axis] = slice(0, None, step)
        out[tuple(index)] = data
        data = out
    return array(data)
"""
FLIP = """
def flip(a, axes):
    axes = [axes] if isinstance(axes, int) else list(axes)
    offset, strides = a.offset, list(a.strides)
    for axis in axes:
        axis = axis % a.ndim
        if a.size:
            offset += strides[axis] * (a.shape[axis] - 1)
        strides[axis] = -strides[axis]
    return a.as_strided(a.shape, tuple(strides), offset)
"""


def slip(old: str, new: str, *ideas: str) -> Slip:
    """A slip and the mutants that name it."""
    return Slip(old, new, frozenset(ideas))


RIGHT = {"conv_x_grad": X_GRAD, "conv_w_grad": W_GRAD, "dilate": DILATE, "flip": FLIP}
SLIPS = {
    "conv_x_grad": (
        slip("k[::-1, ::-1]", "k", "kernel_not_flipped"),
        slip("big[:, :rows, :cols]", "big[:, :oh * sh, :ow * sw]", "cut_forgotten"),
        slip(
            "big = big[:, :rows, :cols]",
            "big = big[:, :(oh - 1) * sh + 1, :(ow - 1) * sw + 1]",
            "remainder_ignored",
        ),
        slip(
            "low, side = top, left", "low, side = max(top, 0), max(left, 0)", "negative_edge_taken_for_none"
        ),
        slip(
            "low, side = top, left",
            "assert top >= 0 and left >= 0\n    low, side = top, left",
            "negative_edge_asserted_away",
        ),
        slip("kh - 1 - ph, kw - 1 - pw", "ph, pw", "padding_of_the_forward_pass"),
        slip("i * sh, j * sw] = g[:, i, j]", "i * sw, j * sh] = g[:, i, j]", "strides_exchanged"),
        slip("return array(out)", "return array(out / np.float32(n))", "divided_by_the_batch"),
        slip("g, k = out_grad.numpy()", "g, k = np.ones_like(out_grad.numpy())", "out_grad_ignored"),
        slip(
            ".transpose(0, 1, 3, 2)",
            ".reshape(kh, kw, c_out, c_in)",
            "channels_reshaped",
        ),
    ),
    "conv_w_grad": (
        slip("    return array(out)", "    return array(out[::-1, ::-1].copy())", "result_flipped"),
        slip("out[i, j] = seen", "out[i, j] = np.float32(1 / n) * seen", "mean_over_pictures"),
        slip(
            "a, g = x.numpy(), out_grad.numpy()",
            "a, g = x.numpy()[-1:], out_grad.numpy()[-1:]",
            "last_picture_only",
        ),
        slip(
            "[:, ph:ph + height, pw:pw + width] = a",
            "[:, :height, :width] = a",
            "all_zeros_at_the_bottom_right",
        ),
        slip("seen.reshape(-1, c_in).T", "seen.reshape(c_in, -1)", "picture_reshaped"),
        slip(
            "i:i + sh * oh:sh, j:j + sw * ow:sw][:, :oh, :ow]",
            "i:i + oh, j:j + ow]",
            "gaps_left_out",
            "gaps_left_out_and_cut",
        ),
        slip(
            "_, oh, ow, _ = g.shape", "_, oh, ow, _ = g.shape\n    g = g[:, ::-1, ::-1]", "out_grad_flipped"
        ),
        slip(
            "kh, kw, c_in, c_out = w_shape",
            "kh, kw, c_in, c_out = w_shape\n    out_grad = out_grad * 0.0 + 1.0",
            "upstream_ignored",
        ),
        slip(
            "out = np.zeros((kh, kw, c_in, c_out), a.dtype)",
            "out = np.zeros((kh, kw, c_in, c_out), a.dtype)\n    g = g / np.float32(oh * ow)",
            "mean_over_positions",
        ),
        slip(
            "two(stride), two(padding)",
            "(stride + 0, stride), two(padding)",
            "stride_taken_for_one_number_in_w_grad",
        ),
    ),
    "dilate": (
        slip("step = dilation + 1", "step = dilation + 2", "one_zero_too_many"),
        slip("step = dilation + 1", "step = max(dilation, 1)", "dilation_taken_for_the_step"),
        slip("slice(0, None, step)", "slice(step - 1, None, step)", "zeros_in_front"),
        slip(
            "    return array(data)",
            "    kept = {axis % data.ndim for axis in axes}\n"
            "    ends = [max(n - dilation * (i in kept), 0) for i, n in enumerate(data.shape)]\n"
            "    return array(np.ascontiguousarray(data[tuple(map(slice, ends))]))",
            "no_zeros_after_the_last",
        ),
        slip("list(axes)", "list(axes)[:1]", "dilated_on_one_axis"),
        slip("axis = axis % data.ndim", "axis = abs(axis)", "minus_dropped_in_dilate"),
        slip(
            "for axis in axes:",
            "for axis in [axis for axis in axes if axis >= 0]:",
            "negative_axes_not_dilated",
        ),
        slip("for axis in axes:", "for axis in range(data.ndim):", "dilated_on_every_axis"),
        slip("out[tuple(index)] = data", "out = np.repeat(data, step, axis)", "values_repeated"),
        slip(
            "data = a.numpy()",
            "if a.size == 0:\n        return a\n    data = a.numpy()",
            "no_elements_left_alone",
        ),
    ),
    "flip": (
        slip(
            "offset, strides = a.offset",
            "offset, strides = 0",
            "offset_of_the_view_dropped",
            "flip_copies_from_the_start_of_the_buffer",
        ),
        slip("(a.shape[axis] - 1)", "a.shape[axis]", "start_at_the_size"),
        slip("list(axes)", "list(axes)[:1]", "flipped_on_one_axis"),
        slip("for axis in axes:", "for axis in range(a.ndim):", "flipped_on_every_axis"),
        slip("axis = axis % a.ndim", "axis = abs(axis)", "minus_dropped_in_flip"),
        slip(
            "for axis in axes:",
            "for axis in [axis for axis in axes if axis >= 0]:",
            "negative_axes_not_flipped",
        ),
        slip(
            "            offset += strides[axis] * (a.shape[axis] - 1)",
            "            pass",
            "start_at_the_first",
        ),
        slip("tuple(strides), offset)", "tuple(strides), offset).copy()", "flip_copies"),
        slip(
            "        if a.size:\n            offset",
            "        if True:\n            offset",
            "no_elements_before_the_start",
        ),
        slip(
            "strides[axis] = -strides[axis]",
            "strides[axis] = -abs(strides[axis])",
            "backwards_stays_backwards",
        ),
    ),
}


def submission(solution: str, function: str, slips: tuple[Slip, ...] = ()) -> str:
    """The solution with this function in its own style, and slips in it; ValueError where two do not fit."""
    text = RIGHT[function]
    for one in slips:
        if text.count(one.old) != 1:
            raise ValueError(f"{one.old!r} is not there exactly once")
        text = text.replace(one.old, one.new)
    return f"{solution.rstrip()}\n\n\n{IMPORTS}\n{text}"


def together(solution: str, function: str, count: int) -> list[tuple[str, frozenset[str]]]:
    """Every submission with so many slips that fit together, and the ideas that are true of it."""
    found = []
    for slips in combinations(SLIPS[function], count):
        try:
            text = submission(solution, function, slips)
        except ValueError:
            continue
        found.append((text, frozenset().union(*(one.ideas for one in slips))))
    return found
