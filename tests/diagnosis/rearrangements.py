"""dilate, undilate, flip and pad in styles of their own, and slips in them."""

from tests.diagnosis.slip import slip

DILATE = """
def dilate(a, axes, dilation):
    data = a.numpy()
    axes = [axes] if isinstance(axes, int) else list(axes)
    if any(not -data.ndim <= axis < data.ndim for axis in axes):
        raise IndexError(f"the array does not have all of the axes {axes}")
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

DILATE_SLIPS = (
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
)

FLIP = """
def flip(a, axes):
    axes = [axes] if isinstance(axes, int) else list(axes)
    if len({axis % a.ndim for axis in axes}) < len(axes):
        raise ValueError(f"an axis is named twice in {axes}")
    offset, strides = a.offset, list(a.strides)
    for axis in axes:
        axis = axis % a.ndim
        if a.size:
            offset += strides[axis] * (a.shape[axis] - 1)
        strides[axis] = -strides[axis]
    return a.as_strided(a.shape, tuple(strides), offset)
"""

FLIP_SLIPS = (
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
        "a.as_strided(a.shape, tuple(strides), offset)",
        "a.as_strided(a.shape, tuple(strides), a.buffer.size - 1)",
        "start_at_the_end_of_the_buffer",
    ),
    slip(
        "strides[axis] = -strides[axis]",
        "strides[axis] = -abs(strides[axis])",
        "backwards_stays_backwards",
        "axes_that_run_backwards_left_alone",
    ),
)

UNDILATE = """
def undilate(a, axes, dilation):
    axes = [axes] if isinstance(axes, int) else list(axes)
    shape, strides, offset = list(a.shape), list(a.strides), a.offset
    for axis in axes:
        axis = axis % a.ndim
        step = dilation + 1
        shape[axis] = -(-shape[axis] // step)
        strides[axis] *= step
    return a.as_strided(tuple(shape), tuple(strides), offset)
"""
UNDILATE_SLIPS = (
    slip(
        "        strides[axis] *= step",
        "        offset += dilation * strides[axis]\n        strides[axis] *= step",
        "last_of_each_kept",
    ),
    slip("step = dilation + 1", "step = dilation", "every_dilation_th_kept"),
    slip("        strides[axis] *= step\n", "", "first_part_kept"),
    slip("for axis in axes:", "for axis in range(a.ndim):", "undilated_on_every_axis"),
    slip("list(axes)", "list(axes)[:1]", "undilated_on_one_axis"),
    slip(
        "for axis in axes:",
        "for axis in [axis for axis in axes if axis >= 0]:",
        "negative_axes_not_undilated",
    ),
    slip("axis = axis % a.ndim", "axis = abs(axis)", "minus_dropped_in_undilate"),
    slip(
        "list(a.strides), a.offset",
        "[int(np.prod(a.shape[i + 1:])) for i in range(a.ndim)], 0",
        "undilated_in_memory_order",
    ),
    slip(", offset)", ", offset).copy()", "undilate_copies"),
    slip("list(a.strides), a.offset", "list(a.strides), 0", "offset_dropped_in_undilate"),
)
