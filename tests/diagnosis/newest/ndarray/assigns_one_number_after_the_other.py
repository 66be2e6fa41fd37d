"""__setitem__ reads while it writes and lets elements share a place, and sum keeps its axes at the end.

Ideas: read_while_writing, several_values_for_one_place, summed_axes_kept_at_the_end.
"""


def __setitem__(self, index, value):
    view = self[index]
    if not isinstance(value, NDArray):
        value = array(value, dtype=self.dtype)
    value = value.broadcast_to(view.shape)
    to = positions(view.shape, view.strides, view.offset)
    come_from = positions(value.shape, value.strides, value.offset)
    for t, f in zip(to, come_from):
        self.buffer[t] = value.buffer[f]  # wrong: the value may lie in the same memory, and places may be shared


def sum(self, axis=None, keepdims=False):
    axes = tuple(range(self.ndim)) if axis is None else normalize_axes(axis, self.ndim)
    stay = tuple(i for i in range(self.ndim) if i not in axes)
    moved = self.permute(stay + axes).compact()
    rows = math.prod(self.shape[i] for i in stay)
    table = moved.numpy().reshape(rows, math.prod(self.shape[i] for i in axes))
    out = array(table.sum(axis=1), dtype=self.dtype)
    shape = tuple(self.shape[i] for i in stay)
    if keepdims:
        shape = shape + (1,) * len(axes)  # wrong: an axis of length 1 stays where it was
    return out.as_strided(shape, row_major_strides(shape), 0)
